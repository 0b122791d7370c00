"""Sending over the caller's async httpx2 client."""

import httpx2

from .decompression import Inflater
from .httpx2_shared import (
    ERRORS,
    TOO_LONG,
    Httpx2Reply,
    async_bound,
    async_content,
    async_extensions,
    async_reused,
    failed,
    headers_of,
    hiding,
    timeout_of,
)
from .transport_types import Failed, Opened, Received, Request


class AsyncHttpx2Transport:
    """Sends with the caller's client, and leaves it open."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def send(self, request: Request) -> Received | Failed:
        """Send once; redirects are not followed, whatever the client's setting."""
        reply: Httpx2Reply | None = None
        body: Inflater | None = None
        problem: Exception
        try:
            async with async_bound(request.within):
                response = await self._client.send(
                    self._prepared(request), stream=True, follow_redirects=False
                )
                try:
                    reply = Httpx2Reply(response)
                    async_reused(response)
                    if response.is_stream_consumed:
                        reply.content = response.content
                        return reply
                    body = Inflater(response.headers.get("content-encoding", ""))
                    async for chunk in response.aiter_raw():
                        if not body.feed(chunk):
                            break
                    reply.content, reply.defect = body.content(), body.defect
                    return reply
                finally:
                    await response.aclose()
        except ERRORS as error:
            problem = error
        except TimeoutError:
            problem = httpx2.ReadTimeout(TOO_LONG)
        if reply is not None and body is not None:
            reply.content = body.content()
        return failed(problem, reply)

    async def open(self, request: Request) -> "Received | AsyncOpenedReply | Failed":
        """Send once, and leave the body of a success to be read."""
        try:
            async with async_bound(request.timeout.read):
                response = await self._client.send(
                    self._prepared(request), stream=True, follow_redirects=False
                )
        except ERRORS as error:
            return failed(error, None)
        except TimeoutError:
            return failed(httpx2.ReadTimeout(TOO_LONG), None)
        opened = AsyncOpenedReply(response)
        return opened if 200 <= opened.status < 300 else await opened.collected()

    def _prepared(self, request: Request) -> httpx2.Request:
        prepared = self._client.build_request(
            request.method,
            request.url,
            headers=headers_of(request),
            content=async_content(request),
            timeout=timeout_of(request),
            extensions=async_extensions,
        )
        return hiding(prepared, request)

    async def close(self) -> None:
        """Leave the caller's client open."""


class AsyncOpenedReply(Httpx2Reply, Opened):
    """A response whose body is read piece by piece."""

    __slots__ = ("_pieces", "_rest")

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response)
        self._pieces = None if self._is_read else response.aiter_raw()
        self._rest = response.content if self._is_read else None

    async def chunk(self) -> bytes | Failed | None:
        if self._pieces is None:
            content, self._rest = self._rest, None
            return content
        try:
            return await anext(self._pieces, None)
        except ERRORS as error:
            return failed(error, self)

    async def close(self) -> None:
        await self._response.aclose()

    async def collected(self) -> Received | Failed:
        """Read the rest of the body, in bounded memory, and free the connection."""
        body = Inflater(self.header("content-encoding") or "")
        try:
            while (piece := await self.chunk()) is not None:
                if isinstance(piece, Failed):
                    self.content = body.content()
                    return piece
                if not body.feed(piece):
                    break
        finally:
            await self.close()
        self.content, self.defect = body.content(), body.defect
        return self
