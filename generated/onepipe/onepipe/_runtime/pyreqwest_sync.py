"""Sending over pyreqwest."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from pyreqwest.client import SyncClient, SyncClientBuilder

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
from .sync_transport import collected

if TYPE_CHECKING:
    from pyreqwest.request import SyncRequestBuilder, SyncStreamRequest
    from pyreqwest.response import SyncResponse

    from .inflate import Inflater
    from .sync_transport import SyncOpened


class PyreqwestTransport:
    """Sends with pyreqwest's sync client: one of ours, or one that the caller made.

    A client of the caller's must be made with ``follow_redirects(False)``, since
    pyreqwest takes secrets along to wherever it is redirected.
    """

    def __init__(self, client: SyncClient | None = None) -> None:
        self._pools = Pools(client, _made)

    def send(self, request: Request) -> Received | Failed:
        """Send once."""
        exchange = self._builder(request).build_streamed()
        reply: PyreqwestReply | None = None
        body: Inflater | None = None
        try:
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

    def open(self, request: Request) -> "Received | SyncOpened | Failed":
        """Send once, and leave the body of a success to be read."""
        builder = self._builder(request)
        builder.streamed_read_buffer_limit(0)  # what has come is handed on at once
        exchange = builder.build_streamed()
        try:
            response = exchange.__enter__()
        except pyreqwest_error() as error:
            return failed(error, None)
        opened = OpenedPyreqwestReply(exchange, response)
        return opened if 200 <= opened.status < 300 else collected(opened)

    def close(self) -> None:
        """Close the connections that are ours."""
        for client in self._pools.drain():
            client.close()

    def _builder(self, request: Request) -> "SyncRequestBuilder":
        pools = self._pools
        client = pools.client(request.timeout)
        builder = client.request(request.method, request.url)
        fill(builder, request, is_given=pools.given is not None)
        content = request.content
        if content is not None and not isinstance(content, bytes):
            builder.body_stream(cast(Iterable[bytes], content))
        return builder


def _made(key: Limits, forked: bool) -> SyncClient:
    return configured(SyncClientBuilder(), key, forked=forked).build()


class OpenedPyreqwestReply(PyreqwestReply, Opened):
    """A reply whose body is read as it comes."""

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
