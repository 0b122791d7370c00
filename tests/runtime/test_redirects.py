"""Redirects: never followed, an unknown outcome, and a result where they are documented."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import UNSET
from till._runtime.call import Call
from till._runtime.errors import APIStatusError, OutcomeUnknownError
from till._runtime.operation import Operation, Reply
from till._runtime.sync_stream import Streaming
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.foreign import imported
from tests.runtime.server import Server, answer

TODAY = date(2024, 1, 31)


REDIRECTS = [300, 301, 302, 303, 307, 308]


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_an_unsafe_call_is_an_unknown_outcome_with_location(
    status: int, server: Server
) -> None:
    server.does(answer(status, b"", {"Location": "/elsewhere/7"}))
    with (
        Till(secret_key="sk", base_url=server.url) as client,
        pytest.raises(OutcomeUnknownError) as raised,
    ):
        client.payments.create("inv", amount=Decimal(1), date=TODAY)
    assert "Location: /elsewhere/7" in str(raised.value)
    assert "payments.list" in str(raised.value)
    assert len(server.taken) == 1


def test_redirect_of_a_safe_call_names_its_location(server: Server) -> None:
    server.does(answer(302, b"", {"Location": "/elsewhere/7"}))
    with (
        Till(secret_key="sk", base_url=server.url) as client,
        pytest.raises(APIStatusError, match="not followed, Location: /elsewhere/7"),
    ):
        client.invoices.retrieve("1")


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307])
def test_documented_redirect_is_returned(status: int, server: Server) -> None:
    operation: Operation[None] = Operation(
        id="move",
        name="moves.create",
        method="POST",
        path="/moves",
        replies={status: Reply()} if status != 307 else {"3XX": Reply()},
    )
    server.does(answer(status, b"", {"Location": "/moves/7"}))
    with Till(secret_key="sk", base_url=server.url) as client:
        client._send(operation)
        raw = client._send_raw(operation)
        with Streaming(
            client, Call(client._core, operation, {}, UNSET, {})
        ) as streamed:
            assert streamed.headers["location"] == "/moves/7"
    assert (raw.status_code, raw.headers["location"]) == (status, "/moves/7")
    assert repr(raw).endswith("/moves, Location: /moves/7>")
    assert raw.parse() is None


def test_documented_redirect_is_returned_by_the_async_client(server: Server) -> None:
    operation: Operation[None] = Operation(
        id="move", name="a.b", method="POST", path="/moves", replies={303: Reply()}
    )
    server.does(answer(303, b"", {"Location": "/moves/7"}))

    async def call() -> str:
        async with AsyncTill(secret_key="sk", base_url=server.url) as client:
            await client._send(operation)
            return (await client._send_raw(operation)).headers["location"]

    assert asyncio.run(call()) == "/moves/7"


MOVES = """
openapi: 3.1.0
info: { title: Moves, version: "1" }
paths:
  /archive:
    get:
      operationId: getArchive
      tags: [archive]
      responses:
        "302": { description: It is elsewhere., headers: { Location: { schema: { type: string } } } }
        default: { description: An error., content: { application/json: { schema: { type: object } } } }
  /files:
    get:
      operationId: getFile
      tags: [files]
      responses:
        "200": { description: The file., content: { text/plain: { schema: { type: string } } } }
        "307": { description: It is elsewhere. }
"""


def test_operation_that_documents_only_a_redirect_returns_it(
    server: Server, tmp_path: Path
) -> None:
    moves = imported(MOVES, "moves", tmp_path)
    server.does(
        answer(302, b"moved", {"Location": "/elsewhere", "Content-Type": "text/plain"})
    )
    with moves.Moves(base_url=server.url) as client:
        assert client.archive.get() is None
        raw = client.with_raw_response.archive.get()
        assert raw.headers["location"] == "/elsewhere"
        server.does(answer(404, {"message": "gone"}))
        with pytest.raises(moves.NotFoundError):
            client.archive.get()


def test_redirect_beside_a_success_returns_nothing(
    server: Server, tmp_path: Path
) -> None:
    moves = imported(MOVES, "moves", tmp_path)
    with moves.Moves(base_url=server.url) as client:
        server.does(answer(307, b"{}", {"Location": "/elsewhere"}))
        assert client.files.get() is None
        server.does(answer(200, b"text", {"Content-Type": "text/plain"}))
        assert client.files.get() == "text"
