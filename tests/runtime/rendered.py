"""Packages of small contracts, and their methods called in every way."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, reduce
from importlib import import_module, invalidate_caches
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import yaml

from engross.source import load
from engross.tree.rendering import make
from tests.runtime.server import Server, Taken, answer

Json = Any

_NUMBERS = count()
_FOLDER = Path(tempfile.mkdtemp(prefix="rendered-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
sys.path.insert(0, str(_FOLDER))


def contract(
    paths: Mapping[str, Json],
    schemas: Mapping[str, Json] | None = None,
    version: str = "3.1.1",
) -> str:
    """Return a contract as text."""
    document = {
        "openapi": version,
        "info": {"title": "Rendered", "version": "1"},
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": dict(paths),
        "components": {"schemas": dict(schemas or {})},
    }
    return yaml.safe_dump(document, sort_keys=False)


def operation(
    operation_id: str,
    *,
    reply: Json = None,
    body: Json = None,
    replies: Mapping[str, Json] | None = None,
    bodies: Mapping[str, Json] | None = None,
    status: str = "200",
    parameters: list[Json] | None = None,
) -> Json:
    """Return an operation of the tag `things`.

    `reply` and `body` are schemas of JSON; `replies` and `bodies` have one for each media
    type.
    """
    response: dict[str, Json] = {"description": "Done."}
    if reply is not None:
        replies = {"application/json": reply}
    if replies:
        response["content"] = {kind: {"schema": s} for kind, s in replies.items()}
    made: dict[str, Json] = {
        "operationId": operation_id,
        "tags": ["things"],
        "responses": {status: response},
    }
    if parameters:
        made["parameters"] = parameters
    if body is not None:
        bodies = {"application/json": body}
    if bodies:
        content = {kind: {"schema": schema} for kind, schema in bodies.items()}
        made["requestBody"] = {"required": True, "content": content}
    return made


@cache
def package(text: str) -> ModuleType:
    """Return the package of a contract, imported."""
    name = f"rendered{next(_NUMBERS)}"
    document = yaml.safe_load(text)
    document["info"]["title"] = name
    path = _FOLDER / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    made, files, _ = make(load(path, root=_FOLDER))
    for file, content in files.items():
        if file.startswith(f"{made}/"):
            (_FOLDER / file).parent.mkdir(parents=True, exist_ok=True)
            (_FOLDER / file).write_bytes(content)
    invalidate_caches()
    return import_module(made)


def module(text: str, name: str) -> Any:
    """Return a module of the package of a contract, such as `models`."""
    return import_module(f"{package(text).__name__}.{name}")


@dataclass(frozen=True)
class Way:
    """A client and a transport."""

    is_async: bool
    transport: str

    def __str__(self) -> str:
        return f"{'async' if self.is_async else 'sync'}-{self.transport}"

    def call(
        self, text: str, server: Server, method: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Call a method, such as `things.create`, and return what it returns."""
        client = package(text).__name__.capitalize()
        if self.is_async:
            return asyncio.run(self._async(text, client, server, method, args, kwargs))
        own = httpx2.Client() if self.transport == "httpx2" else None
        made = getattr(package(text), client)(base_url=server.url, http_client=own)
        try:
            with made:
                return reduce(getattr, method.split("."), made)(*args, **kwargs)
        finally:
            if own is not None:
                own.close()

    async def _async(
        self,
        text: str,
        client: str,
        server: Server,
        method: str,
        args: Any,
        kwargs: Any,
    ) -> Any:
        own = httpx2.AsyncClient() if self.transport == "httpx2" else None
        kind = getattr(package(text), f"Async{client}")
        try:
            async with kind(base_url=server.url, http_client=own) as made:
                return await reduce(getattr, method.split("."), made)(*args, **kwargs)
        finally:
            if own is not None:
                await own.aclose()

    def received(self, text: str, server: Server, method: str, body: Json) -> Any:
        """Return what a method returns for a body."""
        server.does(answer(200, body))
        return self.call(text, server, method)

    def sent(
        self, text: str, server: Server, method: str, *args: Any, **kwargs: Any
    ) -> Taken:
        """Return the request that a method sends."""
        server.does(answer(200, {}))
        self.call(text, server, method, *args, **kwargs)
        return server.taken[-1]


WAYS = tuple(
    Way(is_async, transport)
    for is_async in (False, True)
    for transport in ("pyreqwest", "httpx2")
)
SYNC = WAYS[0]
