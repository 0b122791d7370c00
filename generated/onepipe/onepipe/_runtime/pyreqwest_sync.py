"""Sending over pyreqwest, blocking."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from pyreqwest.client import SyncClient, SyncClientBuilder

from .pyreqwest_shared import (
    Limits,
    Pools,
    PyreqwestReply,
    body_of,
    configured,
    failed,
    fill,
    pyreqwest_error,
    sync_released,
    unreadable_url,
)
from .transport_types import Failed, Opened, Received, Request

if TYPE_CHECKING:
    from pyreqwest.request import SyncRequestBuilder, SyncStreamRequest
    from pyreqwest.response import SyncResponse

    from .decompression import Inflater


class SyncPyreqwestTransport:
    """Sends with pyreqwest's sync client, the caller's or our own.

    The caller's client must be built with ``follow_redirects(False)``, since pyreqwest
    sends secrets to wherever it is redirected.
    """

    def __init__(self, client: SyncClient | None = None) -> None:
        self._pools = Pools(client, _made)

    def send(self, request: Request) -> Received | Failed:
        """Send once."""
        reply: PyreqwestReply | None = None
        body: Inflater | None = None
        try:
            exchange = self._builder(request).build_streamed()
            response = exchange.__enter__()
            try:
                reply = PyreqwestReply(response)
                read = response.body_reader.read_chunk
                chunk = read()
                if chunk is None:
                    return reply
                content = chunk.to_bytes()
                if reply.is_whole(content):
                    reply.content = content
                    return reply
                body = body_of(reply)
                while body.feed(content):
                    chunk = read()
                    if chunk is None:
                        break
                    content = chunk.to_bytes()
                reply.content, reply.defect = body.content(), body.defect
                return reply
            finally:
                exchange.__exit__(None, None, None)
        except pyreqwest_error() as error:
            if reply is not None and body is not None:
                reply.content = body.content()
            return failed(error, reply)

    def open(self, request: Request) -> "Received | SyncOpenedReply | Failed":
        """Send once, and leave the body of a success to be read."""
        try:
            builder = self._builder(request)
            builder.streamed_read_buffer_limit(0)  # pass on bytes as soon as they come
            exchange = builder.build_streamed()
            response = exchange.__enter__()
        except pyreqwest_error() as error:
            return failed(error, None)
        opened = SyncOpenedReply(exchange, response)
        return opened if 200 <= opened.status < 300 else opened.collected()

    def close(self) -> None:
        """Close our connections."""
        clients = self._pools.drain()
        for client in clients:
            client.close()
        if clients:
            sync_released()

    def _builder(self, request: Request) -> "SyncRequestBuilder":
        pools = self._pools
        client = pools.client(request.timeout)
        try:
            builder = client.request(request.method, request.url)
        except ValueError as error:
            raise unreadable_url(error) from error
        fill(builder, request, is_given=pools.given is not None)
        content = request.content
        if content is not None and not isinstance(content, bytes):
            builder.body_stream(cast(Iterable[bytes], content))
        return builder


def _made(key: Limits, forked: bool) -> SyncClient:
    return configured(SyncClientBuilder(), key, forked=forked).build()


class SyncOpenedReply(PyreqwestReply, Opened):
    """A response whose body is read piece by piece."""

    __slots__ = ("_exchange", "_read")

    def __init__(self, exchange: "SyncStreamRequest", response: "SyncResponse") -> None:
        super().__init__(response)
        self._exchange = exchange
        self._read = response.body_reader.read_chunk

    def chunk(self) -> bytes | Failed | None:
        try:
            piece = self._read()
        except pyreqwest_error() as error:
            return failed(error, self)
        return None if piece is None else piece.to_bytes()

    def close(self) -> None:
        self._exchange.__exit__(None, None, None)

    def collected(self) -> Received | Failed:
        """Read the rest of the body, in bounded memory, and free the connection."""
        body = body_of(self)
        try:
            while (piece := self.chunk()) is not None:
                if isinstance(piece, Failed):
                    self.content = body.content()
                    return piece
                if not body.feed(piece):
                    break
        finally:
            self.close()
        self.content, self.defect = body.content(), body.defect
        return self
