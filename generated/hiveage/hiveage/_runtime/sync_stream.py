"""Replies that are read as they come."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar, cast, overload

from .call import Call
from .conversation import converse_open
from .errors import ResponseInvalidError
from .exchange import Failed, Received
from .inflate import Decompressor
from .pieces import (
    EVENT_STREAM,
    ByteLines,
    Events,
    Lines,
    ServerSentEvent,
    TextDecoder,
    bounded,
)
from .reading import BROKEN, UnreadableError, decoder, exact
from .response import Headers, RawResponse

if TYPE_CHECKING:
    from .sync_client import SyncClient
    from .sync_transport import SyncOpened

T = TypeVar("T")


class StreamedResponse:
    """A reply of success whose body is read once, as it comes.

    ``Timeout.read`` bounds the wait for its head and for each piece; ``Timeout.attempt``
    does not apply, and ``Timeout.total`` only to whether it is sent again. What goes
    wrong while reading raises ``APIConnectionError`` for an operation that is safe to
    repeat, otherwise ``OutcomeUnknownError``; a body of the wrong form raises
    ``ResponseInvalidError``.
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
    """Headers of the reply."""

    method: str
    """Method of the request."""

    url: str
    """Address of the request, without secrets."""

    request_id: str | None
    """The provider's name for the request, if the reply names one."""

    attempts: int
    """How often the request was sent to get this reply."""

    def __init__(
        self,
        call: "Call[object]",
        head: RawResponse[object],
        source: "SyncOpened | None",
    ) -> None:
        self._call = call
        self._source: SyncOpened | bytes = head.content if source is None else source
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

    def iter_bytes(self) -> Iterator[bytes]:
        """Return the body piece by piece, decompressed."""
        if self._read:
            raise RuntimeError("the body has been read, or is being read, already")
        self._read = True
        source = self._source
        if isinstance(source, bytes):
            yield source
            return
        try:
            body = Decompressor(self._coding)
            while not body.over:
                chunk = source.chunk()
                if chunk is None:
                    break
                if isinstance(chunk, Failed):
                    raise self._call.cut_off(chunk)
                yield from body.feed(chunk)
            body.end()
        except UnreadableError as error:
            raise self._invalid(str(error)) from error.__cause__

    def iter_text(self) -> Iterator[str]:
        """Return the body as text, in the charset that the reply names, else UTF-8."""
        yield from self._decoded(self.headers.get("content-type"))

    def iter_lines(self) -> Iterator[str]:
        """Return the lines of the body, without their ends."""
        yield from self._lines(self.headers.get("content-type"))

    @overload
    def iter_json_lines(self) -> Iterator[object]: ...

    @overload
    def iter_json_lines(self, kind: type[T]) -> Iterator[T]: ...

    def iter_json_lines(self, kind: type[T] | None = None) -> Iterator[object]:
        """Return what each line of JSON holds: JSON types, or of a type that is given.

        Blank lines are skipped. For ``application/jsonl`` and ``application/x-ndjson``.
        """
        decode = exact.decode if kind is None else decoder(kind).decode
        lines = ByteLines()
        try:
            for piece in self.iter_bytes():
                for line in lines.feed(piece):
                    yield self._json(line, decode)
            for line in lines.end():
                yield self._json(line, decode)
        except UnreadableError as error:
            raise self._invalid(str(error)) from error.__cause__

    def iter_events(self) -> Iterator[ServerSentEvent]:
        """Return the events of a ``text/event-stream``; one that is not ended is lost."""
        events = Events()
        try:
            for line in self._lines(EVENT_STREAM):
                event = events.feed(line)
                if event is not None:
                    yield event
        except UnreadableError as error:
            raise self._invalid(str(error)) from None

    def read(self) -> bytes:
        """Return the whole body, decompressed; it may have up to 64 MiB."""
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in self.iter_bytes():
                pieces.append(piece)
                size = bounded(size + len(piece))
        except UnreadableError as error:
            raise self._invalid(str(error)) from None
        return b"".join(pieces)

    def close(self) -> None:
        """Free the connection; leaving ``with`` does it."""
        self._read = True
        source = self._source
        if not isinstance(source, bytes):
            self._source = b""
            source.close()

    def _decoded(self, content_type: str | None) -> Iterator[str]:
        text = TextDecoder(content_type)
        first = True
        for piece in self.iter_bytes():
            whole = text.feed(piece)
            if first and whole:
                whole, first = whole.removeprefix("\ufeff"), False
            if whole:
                yield whole
        if rest := text.end():
            yield rest

    def _lines(self, content_type: str | None) -> Iterator[str]:
        lines = Lines()
        try:
            for text in self._decoded(content_type):
                yield from lines.feed(text)
            yield from lines.end()
        except UnreadableError as error:
            raise self._invalid(str(error)) from None

    def _json(self, line: bytes, decode: Callable[[bytes], object]) -> object:
        try:
            return decode(line)
        except BROKEN as error:
            raise self._invalid(f"a line does not fit: {error}", line) from error

    def _invalid(self, problem: str, content: bytes = b"") -> ResponseInvalidError:
        return ResponseInvalidError(
            f"the reply with status {self.status_code} cannot be read: {problem}",
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


class Streaming:
    """A call whose reply is read as it comes: ``with ... as response``.

    It is sent on the way in; on the way out its connection is freed.
    """

    __slots__ = ("_call", "_client", "_response")

    def __init__(self, client: "SyncClient", call: "Call[T]") -> None:
        self._client = client
        self._call = cast("Call[object]", call)
        self._response: StreamedResponse | None = None

    def __enter__(self) -> StreamedResponse:
        """Send, and return the reply when its head has come."""
        if self._response is not None or self._call.attempts:
            raise RuntimeError("a streamed call is made once")
        call = self._call
        came = self._client._carry_out(converse_open(call))
        if isinstance(came, Received):
            opened = cast("SyncOpened", came)
            response = StreamedResponse(call, call.response(came), opened)
        else:
            response = StreamedResponse(call, came, None)
        self._response = response
        return response

    def __exit__(self, *_: object) -> None:
        if self._response is not None:
            self._response.close()
