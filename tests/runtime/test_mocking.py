"""Code that uses a package can be tested without a server."""

from __future__ import annotations

import asyncio
import typing
from collections.abc import Iterator
from typing import Any
from unittest.mock import create_autospec

import httpx2
import pytest
import till
from pyreqwest.pytest_plugin import ClientMocker
from till.async_client import AsyncTill
from till.client import Till
from till.errors import (
    APIConnectionError,
    ConfigurationError,
    DuplicateTransactionId,
    InternalServerError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    RequestInvalidError,
    ResponseInvalidError,
    TillError,
)

from tests.runtime.till_server import invoice

BODY = {"success": True, "data": invoice("T-1")}


def handle(request: httpx2.Request) -> httpx2.Response:
    if request.url.path.endswith("missing"):
        return httpx2.Response(404, json={"message": "no such invoice"})
    if request.url.path.endswith("zipped"):
        import gzip

        zipped = gzip.compress(httpx2.Response(200, json=BODY).content)
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return httpx2.Response(200, content=zipped, headers=headers)
    if "files" in request.url.path:
        return httpx2.Response(200, content=b"%PDF")
    return httpx2.Response(200, json=BODY)


@pytest.mark.parametrize("reference", ["T-1", "zipped"])
def test_httpx2_mock_transport_answers_the_sync_client(reference: str) -> None:
    with httpx2.Client(transport=httpx2.MockTransport(handle)) as http_client:
        client = Till(
            secret_key="sk", base_url="http://till.test", http_client=http_client
        )
        assert client.invoices.retrieve(reference).amount == 2000
        with pytest.raises(NotFoundError, match="no such invoice"):
            client.invoices.retrieve("missing")
        with client.with_streaming_response.files.download("a") as response:
            assert b"".join(response.iter_bytes()) == b"%PDF"


def test_httpx2_mock_transport_answers_the_async_client() -> None:
    async def call() -> None:
        transport = httpx2.MockTransport(handle)
        async with httpx2.AsyncClient(transport=transport) as http_client:
            client = AsyncTill(
                secret_key="sk", base_url="http://till.test", http_client=http_client
            )
            assert (await client.invoices.retrieve("T-1")).amount == 2000
            with pytest.raises(NotFoundError, match="no such invoice"):
                await client.invoices.retrieve("missing")
            async with client.with_streaming_response.files.download("a") as response:
                assert await response.read() == b"%PDF"

    asyncio.run(call())


@pytest.fixture
def mocker(monkeypatch: pytest.MonkeyPatch) -> ClientMocker:
    return ClientMocker.create_mocker(monkeypatch)


def test_mocker_of_pyreqwest_answers_both_clients(mocker: ClientMocker) -> None:
    mocker.get(path="/payments/invoices/T-1").with_body_json(BODY)
    mocker.get(path="/payments/invoices/T-2").with_status(404).with_body_json(
        {"message": "none"}
    )
    client = Till(secret_key="sk", base_url="http://till.test")
    assert client.invoices.retrieve("T-1").amount == 2000
    with pytest.raises(NotFoundError, match="none"):
        client.invoices.retrieve("T-2")

    async def call() -> None:
        async with AsyncTill(secret_key="sk", base_url="http://till.test") as other:
            assert (await other.invoices.retrieve("T-1")).amount == 2000

    asyncio.run(call())
    assert mocker.get_call_count() == 3


def test_hook_of_an_http_client_may_read_the_response() -> None:
    http_client = httpx2.Client(
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Pieces())),
        event_hooks={"response": [lambda response: response.read()]},
    )
    client = Till(secret_key="sk", base_url="http://till.test", http_client=http_client)
    assert client.invoices.retrieve("T-1").amount == 2000


class Pieces(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield httpx2.Response(200, json=BODY).content


def test_errors_are_made_in_one_line() -> None:
    assert NotFoundError("no such invoice").status_code == 404
    assert RateLimitError().status_code == 429
    assert InternalServerError("down").status_code == 500
    made = DuplicateTransactionId("used before")
    assert (made.status_code, made.code, made.request_id) == (
        400,
        "DUPLICATE_TRANSACTION_ID",
        None,
    )
    assert str(OutcomeUnknownError("it may exist")) == "it may exist"
    assert ResponseInvalidError("broken").response.status_code == 200
    assert RequestInvalidError().violations == ()
    assert str(APIConnectionError("down")) == "down"
    assert isinstance(ConfigurationError("wrong"), TillError)


@pytest.mark.parametrize("kind", [Till, AsyncTill])
def test_autospec_knows_the_methods_of_a_client(kind: Any) -> None:
    client = create_autospec(kind, instance=True)
    client.payments.list("inv")
    client.payments.list.assert_called_once_with("inv")
    with pytest.raises(TypeError):
        client.payments.list()
    with pytest.raises(AttributeError):
        client.payments.lst("inv")
    assert callable(client.invoices.retrieve)
    assert callable(client.webhooks.unwrap)
    client.with_options(timeout=1)


def test_type_hints_of_every_method_are_found() -> None:
    client = Till(secret_key="sk")
    other = AsyncTill(secret_key="sk")
    for made in (client, other):
        for resource in (
            "invoices",
            "payments",
            "orders",
            "pages",
            "transfers",
            "files",
        ):
            group = getattr(made, resource)
            for name in dir(group):
                if not name.startswith("_"):
                    assert "return" in typing.get_type_hints(getattr(group, name))
    hints = typing.get_type_hints(client.invoices.create)
    assert hints["return"] is till.Invoice


def test_completion_of_a_client_shows_no_internal_methods() -> None:
    shown = {name for name in dir(Till(secret_key="sk")) if not name.startswith("_")}
    assert shown.isdisjoint({"send", "send_raw", "paginate"})
    assert {"invoices", "request", "with_options", "close"} <= shown


def test_errors_name_the_module_that_callers_import_them_from() -> None:
    for kind in (NotFoundError, OutcomeUnknownError, DuplicateTransactionId):
        assert kind.__module__ == "till.errors"
        assert getattr(till, kind.__name__) is kind
