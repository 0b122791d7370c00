"""Sending over pyreqwest."""

from collections.abc import Iterable
from os import getpid
from typing import TYPE_CHECKING, cast

from pyreqwest.client import SyncClient, SyncClientBuilder

from .errors import ConfigurationError
from .exchange import Failed, Opened, Received, Request
from .options import Timeout
from .pyreqwest_failures import failed, pyreqwest_error
from .pyreqwest_shared import (
    CLOSED,
    EXACT_POOLS,
    FORKED_TWICE,
    Body,
    Limits,
    PyreqwestReply,
    body_of,
    coarse,
    configured,
    in_forked_process,
    limits,
    prepared,
    span,
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
        self._given = client
        self._built: dict[Limits, SyncClient] = {}
        self._latest: tuple[Timeout, SyncClient] | None = None
        self._process = getpid()
        self._closed = False

    def send(self, request: Request) -> Received | Failed:
        """Send once."""
        exchange = self._builder(request).build_streamed()
        reply: PyreqwestReply | None = None
        body: Body | Inflater | None = None
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
        self._closed = True
        built, self._built, self._latest = self._built, {}, None
        for client in built.values():
            client.close()

    def _builder(self, request: Request) -> "SyncRequestBuilder":
        timeout = request.timeout
        latest = self._latest
        if latest is None or latest[0] is not timeout or self._process != getpid():
            latest = self._latest = timeout, self._client(timeout)
        builder = latest[1].request(request.method, request.url)
        builder.headers(prepared(request.headers))
        if self._given is not None:
            builder.error_for_status(False)
        within = request.within
        if within is not None:
            builder.timeout(span(within))
        content = request.content
        if isinstance(content, bytes):
            builder.body_bytes(content)
        elif content is not None:
            builder.body_stream(cast(Iterable[bytes], content))
        return builder

    def _client(self, timeout: Timeout) -> SyncClient:
        if self._given is not None:
            return self._given
        if self._closed:
            raise RuntimeError(CLOSED)
        if self._process != getpid():
            # Threads and sockets of the parent do not work here.
            self._built, self._process = {}, getpid()
        key = limits(timeout)
        client = self._built.get(key)
        if client is None and len(self._built) >= EXACT_POOLS:
            key = coarse(key)
            client = self._built.get(key)
        if client is None:
            client = self._built[key] = _client(key)
        return client


def _client(key: Limits) -> SyncClient:
    try:
        return configured(SyncClientBuilder(), key).build()
    except RuntimeError:  # pyreqwest's usual runtime died with a fork
        try:
            return configured(in_forked_process(SyncClientBuilder()), key).build()
        except RuntimeError as error:
            raise ConfigurationError(FORKED_TWICE) from error


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
