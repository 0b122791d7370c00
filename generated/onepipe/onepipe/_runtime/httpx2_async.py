"""Sending over an async httpx2 client of the caller's."""

from asyncio import timeout
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from math import inf
from time import monotonic
from typing import Final

import httpx2

from .async_transport import AsyncOpened, collected
from .exchange import Failed, Opened, Received, Request
from .httpx2_shared import Httpx2Reply, failed, headers_of, hiding, timeout_of
from .inflate import Inflater

_GRACE: Final = 0.1


class AsyncHttpx2Transport:
    """Sends with the caller's client, and leaves it open."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def send(self, request: Request) -> Received | Failed:
        """Send once; redirects are not followed, whatever the client's setting."""
        prepared = self._prepared(request)
        until = inf if request.within is None else monotonic() + request.within
        reply: Httpx2Reply | None = None
        body: Inflater | None = None
        try:
            # Its own limits begin anew with each piece of the request and of the head;
            # where they strike first, they tell more.
            whole = None if request.within is None else request.within + _GRACE
            async with timeout(whole):
                response = await self._client.send(
                    prepared, stream=True, follow_redirects=False
                )
            try:
                reply = Httpx2Reply(response)
                body = Inflater(response.headers.get("content-encoding", ""))
                async for chunk in response.aiter_raw():
                    if monotonic() > until:
                        raise httpx2.ReadTimeout("the attempt took too long")
                    if not body.feed(chunk):
                        break
                reply.content, reply.defect = body.content(), body.defect
                return reply
            finally:
                await response.aclose()
        except httpx2.TransportError as error:
            if reply is not None and body is not None:
                reply.content = body.content()
            return failed(error, reply)
        except TimeoutError:
            return failed(httpx2.ReadTimeout("the attempt took too long"), None)

    async def open(self, request: Request) -> Received | AsyncOpened | Failed:
        """Send once, and leave the body of a success to be read."""
        try:
            response = await self._client.send(
                self._prepared(request), stream=True, follow_redirects=False
            )
        except httpx2.TransportError as error:
            return failed(error, None)
        opened = OpenedAsyncHttpx2Reply(response)
        return opened if 200 <= opened.status < 300 else await collected(opened)

    def _prepared(self, request: Request) -> httpx2.Request:
        prepared = self._client.build_request(
            request.method,
            request.url,
            headers=headers_of(request),
            content=_content(request),
            timeout=timeout_of(request),
        )
        return hiding(prepared, request)

    async def close(self) -> None:
        """Leave the caller's client open."""


class OpenedAsyncHttpx2Reply(Httpx2Reply, Opened):
    """A reply whose body is read as it comes."""

    __slots__ = ("_pieces",)

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response)
        self._pieces = response.aiter_raw()

    async def chunk(self) -> bytes | Failed | None:
        try:
            return await anext(self._pieces, None)
        except httpx2.TransportError as error:
            return failed(error, self)

    async def close(self) -> None:
        await self._response.aclose()


def _content(request: Request) -> bytes | AsyncIterable[bytes] | None:
    content = request.content
    if content is None or isinstance(content, bytes):
        return content
    if isinstance(content, AsyncIterable):
        return content
    return _one_by_one(content)


async def _one_by_one(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece
