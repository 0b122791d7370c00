"""Calls made through each client and transport, written once."""

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable
from contextlib import AsyncExitStack, ExitStack
from typing import Any, NamedTuple, TypeVar, cast

from .package import Client, async_client, client

T = TypeVar("T")


class Way(NamedTuple):
    """A kind of client and what it sends with."""

    is_async: bool
    httpx2: Any
    """The module `httpx2`, or None for the transport that comes with the package."""


class Send:
    """Calls a method of a client: `send(lambda client: client.things.create(...))`.

    The same call is made by the sync or the async client; its result is that of the
    sync one.
    """

    def __init__(self, url: str, way: Way) -> None:
        self._url = url
        self._way = way

    def __call__(self, call: Callable[[Client], T]) -> T:
        """Make the call and return what it returns."""
        if self._way.is_async:
            return cast(T, asyncio.run(self._await(call)))
        with ExitStack() as stack:
            return call(self._client(stack))

    def items(self, call: Callable[[Client], Iterable[T]]) -> list[T]:
        """Make a call that lists, and return the items of all pages."""
        if self._way.is_async:
            return cast(list[T], asyncio.run(self._await(call)))
        with ExitStack() as stack:
            return list(call(self._client(stack)))

    def _client(self, stack: ExitStack) -> Client:
        http_client = None
        if self._way.httpx2:
            pool = self._way.httpx2.Client(verify=False)  # loading certificates is slow
            http_client = stack.enter_context(pool)
        return stack.enter_context(client(self._url, http_client))

    async def _await(self, call: Callable[[Client], Any]) -> object:
        async with AsyncExitStack() as stack:
            http_client = None
            if self._way.httpx2:
                pool = self._way.httpx2.AsyncClient(verify=False)
                http_client = await stack.enter_async_context(pool)
            opened = async_client(self._url, http_client)
            made = await stack.enter_async_context(opened)
            # Both clients have the same methods, so one call fits both.
            result = call(cast(Client, cast(object, made)))
            if isinstance(result, AsyncIterable):
                return [item async for item in result]
            return await result
