"""Sending over pyreqwest, without blocking."""

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Final, cast

from pyreqwest.client import Client, ClientBuilder

from .async_transport import collected
from .exchange import Failed, Opened, Received, Request
from .pyreqwest_failures import failed, pyreqwest_error
from .pyreqwest_shared import (
    Limits,
    Pools,
    PyreqwestReply,
    body_of,
    configured,
    fill,
)

if TYPE_CHECKING:
    from pyreqwest.request import RequestBuilder, StreamRequest
    from pyreqwest.response import Response

    from .async_transport import AsyncOpened
    from .inflate import Inflater


_SETTLING: Final = 0.005
"""Seconds that pyreqwest's threads are given after a client is closed."""


class AsyncPyreqwestTransport:
    """Sends with pyreqwest's async client: one of ours, or one that the caller made.

    A client of the caller's must be made with ``follow_redirects(False)``, since
    pyreqwest takes secrets along to wherever it is redirected.
    """

    def __init__(self, client: Client | None = None) -> None:
        self._pools = Pools(client, _made)

    async def send(self, request: Request) -> Received | Failed:
        """Send once."""
        exchange = self._builder(request).build_streamed()
        reply: PyreqwestReply | None = None
        body: Inflater | None = None
        try:
            response = await exchange.__aenter__()
            try:
                reply = PyreqwestReply(response)
                read = response.body_reader.read_chunk
                chunk = await read()
                if chunk is None:
                    return reply
                content = chunk.to_bytes()
                if reply.is_whole(content):
                    reply.content = content
                    return reply
                body = body_of(reply)
                while body.feed(content):
                    chunk = await read()
                    if chunk is None:
                        break
                    content = chunk.to_bytes()
                reply.content, reply.defect = body.content(), body.defect
                return reply
            finally:
                await exchange.__aexit__(None, None, None)
        except pyreqwest_error() as error:
            if reply is not None and body is not None:
                reply.content = body.content()
            return failed(error, reply)

    async def open(self, request: Request) -> "Received | AsyncOpened | Failed":
        """Send once, and leave the body of a success to be read."""
        builder = self._builder(request)
        builder.streamed_read_buffer_limit(0)  # what has come is handed on at once
        exchange = builder.build_streamed()
        try:
            response = await exchange.__aenter__()
        except pyreqwest_error() as error:
            return failed(error, None)
        opened = OpenedAsyncPyreqwestReply(exchange, response)
        return opened if 200 <= opened.status < 300 else await collected(opened)

    async def close(self) -> None:
        """Close the connections that are ours."""
        clients = self._pools.drain()
        for client in clients:
            await client.close()
        if clients:
            from asyncio import sleep

            # Its threads still let go of what they held; an interpreter that ends in
            # that moment is aborted.
            await sleep(_SETTLING)

    def _builder(self, request: Request) -> "RequestBuilder":
        pools = self._pools
        client = pools.client(request.timeout)
        builder = client.request(request.method, request.url)
        fill(builder, request, is_given=pools.given is not None)
        content = request.content
        if content is not None and not isinstance(content, bytes):
            builder.body_stream(cast(AsyncIterable[bytes], content))
        return builder


def _made(key: Limits, forked: bool) -> Client:
    return configured(ClientBuilder(), key, forked=forked).build()


class OpenedAsyncPyreqwestReply(PyreqwestReply, Opened):
    """A reply whose body is read as it comes."""

    __slots__ = ("_exchange", "_read")

    def __init__(self, exchange: "StreamRequest", response: "Response") -> None:
        super().__init__(response)
        self._exchange = exchange
        self._read = response.body_reader.read_chunk

    async def chunk(self) -> bytes | Failed | None:
        try:
            piece = await self._read()
        except pyreqwest_error() as error:
            return failed(error, self)
        return None if piece is None else piece.to_bytes()

    async def close(self) -> None:
        await self._exchange.__aexit__(None, None, None)
