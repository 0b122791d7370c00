"""A fake as an ASGI application, and the command that serves it over HTTP."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from os import environ
from pathlib import Path
from typing import Any, Final, TypeAlias

from msgspec import UNSET
from msgspec import json as _json

from .answers import Answer
from .fake import Fake
from .reading import Taken

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_SHOWN: Final = 200
"""Calls that the page shows."""


class FakeApp:
    """Serves a fake, and a page that shows what it keeps and what was called."""

    def __init__(self, fake: Fake, page: str = "/") -> None:
        self._fake = fake
        self._page = page
        self._state = f"{page.rstrip('/')}/__state__"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI says."""
        if scope["type"] != "http":
            return
        taken = await _taken(scope, receive)
        if taken.method == "GET" and taken.path == self._page:
            page = Path(__file__).with_name("page.html").read_text("utf-8")
            text = page.replace("{{state}}", self._state)
            headers = {"content-type": "text/html; charset=utf-8"}
            answer = Answer(200, text.encode(), headers)
        elif taken.method == "GET" and taken.path == self._state:
            headers = {"content-type": "application/json", "cache-control": "no-store"}
            answer = Answer(200, self._shown(), headers)
        else:
            # A message that the fake sends may lead to another call.
            answer = await asyncio.to_thread(self._fake.answer, taken)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        headers = {**answer.headers, "content-length": str(len(answer.content))}
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        await send(start)
        if not answer.is_lost:  # else the server closes the connection
            content = b"" if taken.method == "HEAD" else answer.content
            await send({"type": "http.response.body", "body": content})

    def _shown(self) -> bytes:
        """Return what the page shows, as JSON."""
        fake = self._fake
        calls = [
            {
                "call": str(call),
                "status": call.status,
                "body": None if call.body is UNSET else call.body,
            }
            for call in [*fake.calls][-_SHOWN:]
        ]
        state = {
            "provider": fake.knowledge.contract.name,
            "now": fake.now.isoformat(),
            "count": len(fake.calls),
            "items": {name: fake.items(name) for name in fake.knowledge.resources},
            "calls": calls,
        }
        return _json.encode(state)


async def _taken(scope: Message, receive: Receive) -> Taken:
    """Return a request as a fake takes it."""
    content = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        mark = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{mark}{value}" if name in headers else value
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return Taken(scope["method"], path, query, headers, content)


def main(kind: Callable[..., Fake], page: str) -> None:
    """Serve a fake until the command is interrupted.

    Secrets are those of the environment, as for a client; others may be any text.

    Args:
        kind: What makes the fake.
        page: Path of the page that shows it.
    """
    parser = ArgumentParser(description="Plays the provider over HTTP, for tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--seed", type=int, default=0, help="makes other names")
    if hasattr(kind, "deliver_to"):
        parser.add_argument("--webhooks", metavar="URL", help="where to post webhooks")
    given = parser.parse_args()
    try:
        uvicorn: Any = import_module("uvicorn")
    except ImportError:
        package = __name__.partition(".")[0]
        parser.exit(2, f"this needs a server: pip install '{package}[testing]'\n")
    contract = kind().knowledge.contract
    credentials = [
        *(each for scheme in contract.security.values() for each in scheme.credentials),
        *contract.webhook_secrets,
    ]
    secrets = {each.argument: environ.get(each.env) or None for each in credentials}
    fake: Any = kind(seed=given.seed, **secrets)
    if getattr(given, "webhooks", None):
        fake.deliver_to(given.webhooks)
    app: Any = FakeApp(fake, page)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")
