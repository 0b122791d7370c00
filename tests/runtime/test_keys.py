"""Idempotency keys: those that the client fills in, and calls that carry none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.runtime.faults import after_reading, reset
from tests.runtime.foreign import imported
from tests.runtime.server import Server, answer

SHOP = """
openapi: 3.1.1
info: { title: Shop, version: "1" }
paths:
  /orders:
    post:
      operationId: createOrder
      x-engross:
        method: orders.create
        retry: { class: keyed, key: $request.header.Idempotency-Key, generate: uuid, because: A key is honoured once. }
      parameters: [{ name: idempotency-key, in: header, required: true, schema: { type: string } }]
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [note], properties: { note: { type: string } } } } }
      responses: { "201": { description: It is made. } }
  /bills:
    post:
      operationId: createBill
      x-engross:
        method: bills.create
        retry: { class: keyed, key: $request.body#/meta/re~1f, generate: uuid, because: A key is honoured once. }
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                note: { type: string }
                meta: { type: object, properties: { re/f: { type: string, format: uuid } } }
      responses: { "201": { description: It is made. } }
  /notes:
    post:
      operationId: createNote
      x-engross:
        method: notes.create
        retry: { class: keyed, key: $request.body#/id, generate: uuid, because: A key is honoured once. }
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [id, note], properties: { id: { type: string, format: uuid }, note: { type: string } } }
      responses: { "201": { description: It is made. } }
  /marks:
    post:
      operationId: createMark
      x-engross:
        method: marks.create
        retry: { class: keyed, key: $request.query.key, because: A key is honoured once. }
      parameters: [{ name: key, in: query, schema: { type: [string, "null"] } }]
      responses: { "201": { description: It is made. } }
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package of the contract above."""
    return imported(SHOP, "shop", tmp_path_factory.mktemp("shop"))


@pytest.fixture(params=["pyreqwest", "httpx2"])
def client(
    shop: Any, server: Server, waits: list[float], request: pytest.FixtureRequest
) -> Iterator[Any]:
    with httpx2.Client() as other:
        http_client = other if request.param == "httpx2" else None
        with shop.Shop(base_url=server.url, http_client=http_client) as made:
            yield made


def test_generated_key_in_a_header_is_the_same_for_every_attempt(
    client: Any, server: Server
) -> None:
    server.does(after_reading(reset)(None), answer(503), answer(201))  # type: ignore[arg-type]
    client.orders.create(note="x")
    first, *others = [taken.headers["idempotency-key"] for taken in server.taken]
    assert UUID(first).version == 4
    assert others == [first, first]
    server.does(answer(201))
    client.orders.create(note="x")
    assert server.taken[-1].headers["idempotency-key"] != first


def test_generated_key_in_a_required_member_is_validated_and_sent(
    client: Any, server: Server
) -> None:
    server.does(answer(503), answer(201))
    client.notes.create(note="x")
    bodies = [taken.json() for taken in server.taken]
    assert bodies[0] == bodies[1]
    assert UUID(bodies[0]["id"]).version == 4  # type: ignore[index]


@pytest.mark.parametrize("arguments", [{}, {"note": "x"}, {"meta": {}}])
def test_generated_key_at_an_escaped_pointer_is_sent_with_any_body(
    client: Any, server: Server, arguments: dict[str, Any]
) -> None:
    server.does(answer(201))
    client.bills.create(**arguments)
    body: Any = server.taken[-1].json()
    assert UUID(body["meta"]["re/f"]).version == 4


def test_key_of_the_caller_is_kept(client: Any, server: Server) -> None:
    server.does(answer(201))
    client.orders.create(note="x", idempotency_key="mine")
    assert server.taken[-1].headers["idempotency-key"] == "mine"
    key = "9b2f7a3c-5d1e-4c8a-a6f0-2e4b8d7c1f35"
    client.notes.create(note="x", id=key)
    assert server.taken[-1].json() == {"id": key, "note": "x"}


@pytest.mark.parametrize("arguments", [{}, {"key": ""}, {"key": None}, {"key": " "}])
def test_keyed_call_without_key_is_never_retried(
    client: Any, shop: Any, server: Server, arguments: dict[str, Any]
) -> None:
    server.does(answer(503), answer(201))
    with pytest.raises(shop.OutcomeUnknownError):
        client.marks.create(**arguments)
    assert len(server.taken) == 1


def test_generated_key_is_sent_by_the_async_client(
    shop: Any, server: Server, waits: list[float]
) -> None:
    server.does(answer(503), answer(201))

    async def call() -> None:
        async with shop.AsyncShop(base_url=server.url) as client:
            await client.orders.create(note="x")

    asyncio.run(call())
    first, second = [taken.headers["idempotency-key"] for taken in server.taken]
    assert first == second


def test_signature_shows_that_a_generated_key_need_not_be_given(
    shop: Any, tmp_path: Path
) -> None:
    documented = shop.client.Shop(base_url="http://127.0.0.1").orders.create.__doc__
    words = " ".join(documented.split())
    assert "`idempotency_key` is the idempotency key (a UUID if you give none)" in words
