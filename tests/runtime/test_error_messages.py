"""What the exception for an error response says, whatever the response looks like."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.foreign import imported
from tests.runtime.server import Server, answer

SHOP = """
openapi: 3.0.3
info: { title: Shop, version: "1" }
security: [{ key: [] }]
paths:
  /things/{id}:
    get:
      operationId: getThing
      tags: [things]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: It. } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package of a document that says nothing of errors."""
    return imported(SHOP, "shop", tmp_path_factory.mktemp("shop"))


@pytest.fixture
def client(shop: Any, server: Server) -> Iterator[Any]:
    with shop.Shop(api_key="sk-secret-1", base_url=server.url) as made:
        yield made


def said(client: Any, shop: Any) -> str:
    with pytest.raises(shop.APIStatusError) as raised:
        client.things.get("a/1")
    return str(raised.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "no such thing"}, "no such thing"),
        ({"message": "", "title": "Gone"}, "Gone"),
        ({"detail": "not here"}, "not here"),
        (
            {
                "detail": [
                    {"loc": ["body", "items", 0], "msg": "field required", "type": "m"}
                ]
            },
            "body.items.0: field required",
        ),
        (
            {"detail": [{"loc": ["query", "q"], "msg": f"bad {n}"} for n in range(5)]},
            "query.q: bad 0; query.q: bad 1; query.q: bad 2; and 2 more",
        ),
        ({"error": "invalid_grant"}, "invalid_grant"),
        (
            {"error": "invalid_grant", "error_description": "expired"},
            "invalid_grant: expired",
        ),
        ({"error": {"message": "card declined", "type": "card"}}, "card declined"),
        ({"errors": ["too long", "too wide"]}, "too long; too wide"),
        (
            {"errors": [{"message": "too long"}, {"detail": "too wide"}]},
            "too long; too wide",
        ),
        (
            {"errors": {"name": ["is blank"], "age": ["is low"]}},
            "name: is blank; age: is low",
        ),
        ({"type": "about:blank", "title": "Forbidden thing"}, "Forbidden thing"),
        ({"code": 7}, '{"code":7}'),
        (["broken"], '["broken"]'),
        (b"<html>\n  <b>Oops</b></html>", "<html> <b>Oops</b></html>"),
        (b"x" * 1000, "x" * 200 + "..."),
        ({"message": "m" * 900}, "m" * 495 + "..."),
        ({"message": "line\nbreak \u202e \x1b[31m"}, "line\\nbreak \\u202e \\x1b[31m"),
        ({"message": "bad key sk-secret-1"}, "bad key ***"),
        ({"got": "x" * 180 + "sk-secret-1"}, '{"got":"' + "x" * 180 + '***"}'),
        ({"message": {"error": {"a": 1}}, "title": "T"}, "T"),
    ],
)
def test_message_of_the_provider_is_shown(
    client: Any, shop: Any, server: Server, body: object, message: str
) -> None:
    server.does(answer(400, body))
    assert said(client, shop) == f"400: {message} (GET /things/a%2F1)"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "400 Bad Request"),
        (404, "404 Not Found"),
        (499, "499"),
        (304, "304 Not Modified"),
    ],
)
def test_status_without_a_body_is_named(
    client: Any, shop: Any, server: Server, status: int, text: str
) -> None:
    server.does(answer(status, b"", {"X-Request-Id": "r-1"}))
    assert said(client, shop) == f"{text} (GET /things/a%2F1, request r-1)"


def test_message_is_shown_by_the_async_client(shop: Any, server: Server) -> None:
    server.does(answer(422, {"detail": "not here"}))

    async def call() -> str:
        async with shop.AsyncShop(api_key="sk-secret-1", base_url=server.url) as client:
            with pytest.raises(shop.UnprocessableEntityError) as raised:
                await client.things.get("1")
        return str(raised.value)

    assert asyncio.run(call()) == "422: not here (GET /things/1)"


def test_timeout_of_a_get_is_a_timeout_error(
    shop: Any, server: Server, waits: list[float], tmp_path: Path
) -> None:
    server.does(lambda connection: server.done.wait(5))
    timeout = shop.Timeout(read=0.1)
    with (
        shop.Shop(
            api_key="sk-secret-1", base_url=server.url, timeout=timeout
        ) as client,
        pytest.raises(shop.APITimeoutError, match="the operation is safe to repeat"),
    ):
        client.things.get("1", max_retries=0)
    server.does(answer(503), answer(200))
    with shop.Shop(api_key="sk-secret-1", base_url=server.url) as client:
        client.things.get("1")
    assert len(server.taken) == 2
