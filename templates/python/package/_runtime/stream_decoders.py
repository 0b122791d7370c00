"""Text, lines, JSON lines and events of bodies that are read piece by piece."""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Coroutine, Iterator
from typing import Final

from msgspec import Struct

from .response import codec, json_value
from .transport_types import MAX_REPLY, UnreadableError

_BY_MARK: Final = {
    "utf-16": (b"\xff\xfe", b"\xfe\xff"),
    "utf-32": (b"\xff\xfe\0\0", b"\0\0\xfe\xff"),
}
"""Codecs whose bytes may begin with a byte order mark; without it, little endian."""

_TOO_LONG: Final = f"one part of it is larger than {MAX_REPLY} bytes"


class TextDecoder:
    """Decodes text piece by piece; invalid bytes become U+FFFD."""

    __slots__ = ("_codec", "_decoder", "_head")

    def __init__(self, content_type: str | None) -> None:
        self._codec = codec(content_type)
        self._decoder: IncrementalDecoder | None = None
        self._head = b""

    def feed(self, piece: bytes) -> str:
        """Return the text that is complete."""
        if self._decoder is not None:
            return self._decoder.decode(piece)
        self._head += piece
        if self._codec in _BY_MARK and len(self._head) < 4:
            return ""
        return self._begun().decode(self._head)

    def end(self) -> str:
        """Return the rest of the text."""
        if self._decoder is None:
            return self._begun().decode(self._head, final=True)
        return self._decoder.decode(b"", final=True)

    def _begun(self) -> IncrementalDecoder:
        name = self._codec
        marks = _BY_MARK.get(name)
        if marks and not self._head.startswith(marks):
            name = f"{name}-le"
        self._decoder = getincrementaldecoder(name)("replace")
        return self._decoder


class Lines:
    """Splits text into lines, which end with LF, CR LF or CR."""

    __slots__ = ("_after_cr", "_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self._after_cr = False

    def feed(self, text: str) -> Iterator[str]:
        """Return the lines that are complete, without line ends."""
        if not text:
            return
        if self._after_cr and text[0] == "\n":
            text = text[1:]
        self._after_cr = text.endswith("\r") if text else False
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines[:-1]:
            yield "".join([*self._parts, line])
            self._parts.clear()
            self._size = 0
        if lines[-1]:
            self._parts.append(lines[-1])
            self._size = bounded(self._size + len(lines[-1]))

    def end(self) -> Iterator[str]:
        """Return the last line, if it is not empty."""
        if self._parts:
            yield "".join(self._parts)
            self._parts.clear()


class ByteLines:
    """Splits bytes into JSON lines, which end with LF; blank lines are left out."""

    __slots__ = ("_first", "_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._first = True

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Return the lines that are complete."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            line = self._line(part)
            if line.strip():
                yield line
        if rest:
            self._parts.append(rest)
            self._size = bounded(self._size + len(rest))

    def end(self) -> Iterator[bytes]:
        """Return the last line, which may lack a line end."""
        line = self._line(b"")
        if line.strip():
            yield line

    def _line(self, part: bytes) -> bytes:
        line = b"".join([*self._parts, part])
        self._parts.clear()
        self._size = 0
        if self._first:
            self._first = False
            return line.removeprefix(b"\xef\xbb\xbf")
        return line


def bounded(size: int) -> int:
    """Return a size; raise ``UnreadableError`` if it is over the limit."""
    if size > MAX_REPLY:
        raise UnreadableError(_TOO_LONG)
    return size


class ServerSentEvent(Struct, frozen=True, kw_only=True):
    """One event of a ``text/event-stream``."""

    event: str = "message"
    """Name of the event."""

    data: str = ""
    """Its data; several lines are joined by line feeds."""

    id: str = ""
    """The last id that the stream gave; send it as the header ``Last-Event-ID`` to go
    on from here."""

    retry: int | None = None
    """Milliseconds to wait before reconnecting, as the stream last said."""

    def json(self) -> object:
        """Return the data as decoded JSON; numbers with a fraction are ``Decimal``.

        Raises:
            ValueError: it is not JSON.
        """
        return json_value(self.data)


class Events:
    """Builds events from lines, by the rules of the HTML standard."""

    __slots__ = ("_data", "_event", "_id", "_retry", "_size")

    def __init__(self) -> None:
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._id = ""
        self._retry: int | None = None

    def feed(self, line: str) -> ServerSentEvent | None:
        """Add a line; return the event that it completes."""
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
                self._size = bounded(self._size + len(value) + 1)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self._retry = int(value[:18])
            case _:
                pass
        return None

    def _dispatched(self) -> ServerSentEvent | None:
        data, name = self._data, self._event
        self._data, self._event, self._size = [], "", 0
        if not data:
            return None
        return ServerSentEvent(
            event=name or "message",
            data="\n".join(data),
            id=self._id,
            retry=self._retry,
        )


EVENT_STREAM: Final = "text/event-stream; charset=utf-8"
"""Events are UTF-8, whatever the response says."""


def immediate(result: object) -> object:
    """Return the result of a call that waits for nothing, also if it is a coroutine."""
    if not isinstance(result, Coroutine):
        return result
    try:
        result.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a call that only creates a stream waits for nothing")
