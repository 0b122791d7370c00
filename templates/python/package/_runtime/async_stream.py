"""Responses that are read piece by piece."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from msgspec import UNSET

from .async_client import AsyncClient
from .async_retry_loop import AsyncOpened
from .call import Call
from .conversion import decoder
from .errors import ResponseInvalidError
from .operation import Operation
from .options import NO_OPTIONS, CallOptions
from .response import BROKEN, Headers, RawResponse, exact
from .stream_decoders import (
    EVENT_STREAM,
    ByteLines,
    Events,
    Lines,
    ServerSentEvent,
    TextDecoder,
    bounded,
    immediate,
)
from .transport_types import Failed, Received, UnreadableError

P = ParamSpec("P")
T = TypeVar("T")


class AsyncStreamedResponse:
    """A successful response whose body is read once, piece by piece.

    ``Timeout.read`` bounds the wait for the head and for each piece. ``Timeout.attempt``
    does not apply, and ``Timeout.total`` only bounds retries. A failure while reading
    raises ``APIConnectionError`` for an operation that is safe to repeat, otherwise
    ``OutcomeUnknownError``; an invalid body raises ``ResponseInvalidError``.
    """

    __slots__ = (
        "_call",
        "_coding",
        "_read",
        "_source",
        "attempts",
        "headers",
        "method",
        "request_id",
        "status_code",
        "url",
    )

    status_code: int
    """HTTP status."""

    headers: Headers
    """Headers of the response."""

    method: str
    """Method of the request."""

    url: str
    """URL of the request, without secrets."""

    request_id: str | None
    """The provider's identifier of the request, if the response has one."""

    attempts: int
    """How many attempts it took to get this response."""

    def __init__(
        self,
        call: Call[object],
        head: RawResponse[object],
        source: AsyncOpened | None,
    ) -> None:
        self._call = call
        self._source: AsyncOpened | bytes = head.content if source is None else source
        self._read = False
        self._coding = "" if source is None else source.header("content-encoding") or ""
        self.status_code = head.status_code
        self.headers = head.headers
        self.method = head.method
        self.url = head.url
        self.request_id = head.request_id
        self.attempts = head.attempts

    def __repr__(self) -> str:
        return f"<{self.status_code} to {self.method} {self.url}, streamed>"

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """Return the body piece by piece, decompressed."""
        if self._read:
            raise RuntimeError("the body has been read already")
        self._read = True
        source = self._source
        if isinstance(source, bytes):
            yield source
            return
        from .decompression import Decompressor

        try:
            body = Decompressor(self._coding)
            while not body.over:
                chunk = await source.chunk()
                if chunk is None:
                    break
                if isinstance(chunk, Failed):
                    raise self._call.cut_off(chunk)
                for piece in body.feed(chunk):
                    yield piece
            body.end()
        except UnreadableError as error:
            raise self._invalid(str(error)) from error.__cause__

    async def iter_text(self) -> AsyncIterator[str]:
        """Return the body as text, in the charset of the response, else UTF-8."""
        async for piece in self._decoded(self.headers.get("content-type")):
            yield piece

    async def iter_lines(self) -> AsyncIterator[str]:
        """Return the lines of the body, without line ends."""
        async for piece in self._lines(self.headers.get("content-type")):
            yield piece

    @overload
    def iter_json_lines(self) -> AsyncIterator[object]: ...

    @overload
    def iter_json_lines(self, kind: type[T]) -> AsyncIterator[T]: ...

    async def iter_json_lines(
        self,
        kind: type[T] | None = None,
    ) -> AsyncIterator[object]:
        """Return the values of lines of JSON, as JSON types or as a given type.

        Blank lines are skipped. For ``application/jsonl`` and ``application/x-ndjson``.
        """
        decode = exact.decode if kind is None else decoder(kind).decode
        lines = ByteLines()
        try:
            async for piece in self.iter_bytes():
                for line in lines.feed(piece):
                    yield self._json(line, decode)
            for line in lines.end():
                yield self._json(line, decode)
        except UnreadableError as error:
            raise self._invalid(str(error)) from error.__cause__

    async def iter_events(self) -> AsyncIterator[ServerSentEvent]:
        """Return the events of a ``text/event-stream``; an unfinished last event is dropped."""
        events = Events()
        try:
            async for line in self._lines(EVENT_STREAM):
                event = events.feed(line)
                if event is not None:
                    yield event
        except UnreadableError as error:
            raise self._invalid(str(error)) from None

    async def read(self) -> bytes:
        """Return the whole body, decompressed, up to 64 MiB."""
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in self.iter_bytes():
                pieces.append(piece)
                size = bounded(size + len(piece))
        except UnreadableError as error:
            raise self._invalid(str(error)) from None
        return b"".join(pieces)

    async def close(self) -> None:
        """Free the connection; leaving ``async with`` does it."""
        self._read = True
        source = self._source
        if not isinstance(source, bytes):
            self._source = b""
            await source.close()

    async def _decoded(self, content_type: str | None) -> AsyncIterator[str]:
        text = TextDecoder(content_type)
        first = True
        async for piece in self.iter_bytes():
            whole = text.feed(piece)
            if first and whole:
                whole, first = whole.removeprefix("\ufeff"), False
            if whole:
                yield whole
        if rest := text.end():
            yield rest

    async def _lines(self, content_type: str | None) -> AsyncIterator[str]:
        lines = Lines()
        try:
            async for text in self._decoded(content_type):
                for line in lines.feed(text):
                    yield line
            for line in lines.end():
                yield line
        except UnreadableError as error:
            raise self._invalid(str(error)) from None

    def _json(self, line: bytes, decode: Callable[[bytes], object]) -> object:
        try:
            return decode(line)
        except BROKEN as error:
            raise self._invalid(f"a line does not match: {error}", line) from error

    def _invalid(self, problem: str, content: bytes = b"") -> ResponseInvalidError:
        return ResponseInvalidError(
            f"the response with status {self.status_code} is invalid: {problem}",
            response=RawResponse(
                status_code=self.status_code,
                headers=self.headers,
                content=content,
                method=self.method,
                url=self.url,
                request_id=self.request_id,
                attempts=self.attempts,
            ),
        )


class AsyncStreaming:
    """A call whose response is read piece by piece: ``async with ... as response``.

    The request is sent on entering; leaving frees the connection.
    """

    __slots__ = ("_call", "_client", "_response")

    def __init__(self, client: AsyncClient, call: Call[T]) -> None:
        self._client = client
        self._call = cast("Call[object]", call)
        self._response: AsyncStreamedResponse | None = None

    async def __aenter__(self) -> AsyncStreamedResponse:
        """Send, and return the response when its head was received."""
        if self._response is not None or self._call.attempts:
            raise RuntimeError("a streamed call can be entered only once")
        call = self._call
        found = await self._client._loop.opened(call)
        if isinstance(found, Received):
            opened = cast(AsyncOpened, found)
            response = AsyncStreamedResponse(call, call.response(found), opened)
        else:
            response = AsyncStreamedResponse(call, found, None)
        self._response = response
        return response

    async def __aexit__(self, *_: object) -> None:
        if self._response is not None:
            await self._response.close()


class _StreamingSender:
    """A stand-in for a client whose ``_send`` returns streams."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _send(
        self,
        operation: Operation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> AsyncStreaming:
        streaming = operation.streaming()
        call = Call(self._client._core, streaming, arguments, body, options)
        return AsyncStreaming(self._client, call)


def async_streamed(method: Callable[P, object]) -> Callable[P, AsyncStreaming]:
    """Return a resource's method in the form whose response is read piece by piece."""
    resource: Any = method.__self__  # type: ignore[attr-defined]
    sender = cast(AsyncClient, _StreamingSender(resource._client))
    function = getattr(type(resource)(sender), method.__name__)

    def streaming(*args: P.args, **kwargs: P.kwargs) -> AsyncStreaming:
        return cast(AsyncStreaming, immediate(function(*args, **kwargs)))

    return streaming


class Pageable(Protocol):
    """A pager, which this module does not depend on."""

    def first_call(self) -> tuple[AsyncClient, Call[Any]]:
        """Return the client and the call for the first page."""
        ...


def async_streamed_page(method: Callable[P, Pageable]) -> Callable[P, AsyncStreaming]:
    """Return a method in the form that streams the response with the first page."""

    def streaming(*args: P.args, **kwargs: P.kwargs) -> AsyncStreaming:
        return AsyncStreaming(*method(*args, **kwargs).first_call())

    return streaming
