"""Arguments and options that a caller misspells or gives a wrong value."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from till._runtime.errors import ConfigurationError
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.server import Server

ITEM = {"code": "P", "quantity": 1, "unit_amount": 5}
INVOICE = {"transaction_id": "T-1", "payment_items": [ITEM]}


@pytest.fixture
def client(server: Server) -> Iterator[Any]:
    """A client whose calls mypy does not check."""
    with Till(secret_key="sk-secret", base_url=server.url) as made:
        yield made


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda client: client.invoices.create(**INVOICE, descripton="x"),
            r"invoices.create\(\) got an .* 'descripton'; did you mean 'description'",
        ),
        (
            lambda client: client.invoices.create(**INVOICE, max_retires=0),
            "'max_retires'; did you mean 'max_retries'",
        ),
        (
            lambda client: client.payments.list("inv", per_pge=2),
            "'per_pge'; did you mean 'per_page'",
        ),
        (
            lambda client: client.with_raw_response.invoices.retrieve("1", timout=1),
            "'timout'; did you mean 'timeout'",
        ),
        (
            lambda client: client.with_streaming_response.files.download("1", timout=1),
            "'timout'; did you mean 'timeout'",
        ),
        (
            lambda client: client.request("GET", "/x", quary={}),
            r"request\(\) got an unexpected keyword argument 'quary'; did you mean 'query'",
        ),
        (
            lambda client: client.with_options(max_retris=0),
            r"with_options\(\) got .* 'max_retris'; did you mean 'max_retries'",
        ),
        (
            lambda client: client.invoices.retrieve("1", zzz=1),
            "unexpected keyword argument 'zzz'$",
        ),
        (
            lambda client: client.invoices.create(
                **{**INVOICE, "payment_items": [{**ITEM, "quantty": 2}]}
            ),
            r"payment_items\[0\]: \w+ has no field 'quantty'; did you mean 'quantity'",
        ),
        (
            lambda client: client.invoices.create(
                **{**INVOICE, "customer": {"emial": "a@b.c"}}
            ),
            r"customer: \w+ has no field 'emial'; did you mean 'email'",
        ),
    ],
)
def test_misspelt_name_raises_and_suggests(
    client: Any, server: Server, call: Callable[[Any], object], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        call(client)
    assert server.taken == []


def test_misspelt_name_raises_in_the_async_client(server: Server) -> None:
    async def call() -> None:
        async with AsyncTill(secret_key="sk", base_url=server.url) as client:
            untyped: Any = client
            with pytest.raises(TypeError, match="'quary'; did you mean 'query'"):
                await untyped.request("GET", "/x", quary={})
            with pytest.raises(TypeError, match="did you mean 'timeout'"):
                await untyped.invoices.retrieve("1", timeot=1)
            with pytest.raises(TypeError, match="did you mean 'timeout'"):
                untyped.payments.list("1", timeot=1)

    asyncio.run(call())
    assert server.taken == []


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds"),
        ({"timeout": True}, TypeError, "timeout must be a number of seconds"),
        ({"timeout": -1}, ValueError, "timeout must be greater than 0"),
        ({"max_retries": "2"}, TypeError, "max_retries must be an integer, got '2'"),
        ({"max_retries": -1}, ConfigurationError, "max_retries must not be negative"),
        (
            {"default_headers": {"X": 1}},
            TypeError,
            r"default_headers\['X'\] must be text, got int",
        ),
        ({"default_headers": "X: 1"}, TypeError, "default_headers must be a mapping"),
        ({"default_headers": {"X Y": "1"}}, ValueError, "'X Y' is not a header name"),
        ({"default_headers": {"X": "a\nb"}}, ValueError, "line break"),
        ({"default_headers": {"X": "\ud800"}}, ValueError, "surrogate"),
        ({"default_query": [("a", 1)]}, TypeError, "default_query must be a mapping"),
    ],
)
def test_wrong_option_raises_when_the_client_is_made(
    options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        Till(secret_key="sk", **options)
    with Till(secret_key="sk") as client, pytest.raises(kind, match=message):
        client.with_options(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": "5"}, "timeout must be a number of seconds"),
        ({"max_retries": 1.5}, "max_retries must be an integer"),
        ({"extra_headers": {"X": None}}, r"extra_headers\['X'\] must be text"),
        ({"extra_query": "a=1"}, "extra_query must be a mapping"),
        ({"extra_body": {"a": 1}}, r"invoices.retrieve\(\) sends no body"),
    ],
)
def test_wrong_option_of_a_call_raises(
    client: Any, server: Server, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        client.invoices.retrieve("1", **options)
    assert server.taken == []


def test_extra_body_of_a_body_that_is_no_object_raises(client: Any) -> None:
    with pytest.raises(TypeError, match="extra_body cannot be added"):
        client.files.upload_raw(body=b"x", extra_body={"a": 1})


def test_http_client_of_another_kind_raises() -> None:
    wrong: Any = httpx2.AsyncClient()
    with pytest.raises(TypeError, match="http_client must be"):
        Till(secret_key="sk", http_client=wrong)
