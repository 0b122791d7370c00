"""What bodies that come in pieces are made of, without any input or output."""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from .exchange import MAX_REPLY
from .reading import UnreadableError
from .response import codec, json_value

_BY_MARK: Final = {
    "utf-16": (b"\xff\xfe", b"\xfe\xff"),
    "utf-32": (b"\xff\xfe\0\0", b"\0\0\xfe\xff"),
}
"""Codecs whose bytes begin with a mark that tells their order; without it, the usual."""

_TOO_LONG: Final = f"one part of it is larger than {MAX_REPLY} bytes"


class TextDecoder:
    """Decodes text piece by piece; what is no text becomes U+FFFD."""

    __slots__ = ("_codec", "_decoder", "_head")

    def __init__(self, content_type: str | None) -> None:
        self._codec = codec(content_type)
        self._decoder: IncrementalDecoder | None = None
        self._head = b""

    def feed(self, piece: bytes) -> str:
        """Return the text that is whole by now."""
        if self._decoder is not None:
            return self._decoder.decode(piece)
        self._head += piece
        if self._codec in _BY_MARK and len(self._head) < 4:
            return ""
        return self._begun().decode(self._head)

    def end(self) -> str:
        """Return what is left at the end."""
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
        """Return the lines that are whole by now, without their ends."""
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
    """Splits bytes at LF, as JSON lines are; blank lines are left out."""

    __slots__ = ("_first", "_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._first = True

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Return the lines that are whole by now."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            line = self._line(part)
            if line.strip():
                yield line
        if rest:
            self._parts.append(rest)
            self._size = bounded(self._size + len(rest))

    def end(self) -> Iterator[bytes]:
        """Return the last line, which may lack its end."""
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
    """Return a size; raise ``UnreadableError`` if it is beyond what is kept."""
    if size > MAX_REPLY:
        raise UnreadableError(_TOO_LONG)
    return size


class ServerSentEvent(Struct, frozen=True, kw_only=True):
    """One event of a ``text/event-stream``."""

    event: str = "message"
    """Name of the event."""

    data: str = ""
    """What it carries; several lines of data are joined by line feeds."""

    id: str = ""
    """The last id that the stream gave; send it as the header ``Last-Event-ID`` to go
    on from here."""

    retry: int | None = None
    """Milliseconds to wait before connecting anew, as the stream last said."""

    def json(self) -> object:
        """Return the data as decoded JSON; numbers with a fraction are ``Decimal``.

        Raises:
            ValueError: it is no JSON.
        """
        return json_value(self.data)


class Events:
    """Puts lines together to events, by the rules of the HTML standard."""

    __slots__ = ("_data", "_event", "_id", "_retry", "_size")

    def __init__(self) -> None:
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._id = ""
        self._retry: int | None = None

    def feed(self, line: str) -> ServerSentEvent | None:
        """Take a line; return the event that it ends."""
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
"""Events are UTF-8, whatever the reply says."""
