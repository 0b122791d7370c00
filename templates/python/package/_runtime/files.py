"""Files and streams as bodies: read while they are sent, never as a whole."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from decimal import Decimal
from io import SEEK_END, TextIOBase
from os import PathLike, fspath
from os.path import basename
from typing import IO, Final, TypeAlias, cast

from msgspec import UNSET

from .operation import Body
from .transport_types import Content
from .wire import text

File: TypeAlias = (
    bytes
    | IO[bytes]
    | PathLike[str]
    | tuple[str, bytes | IO[bytes] | PathLike[str]]
    | tuple[str, bytes | IO[bytes] | PathLike[str], str]
)
"""A file within a body: bytes, an open file, a path, or a tuple of a name, one of these
and perhaps a media type."""

RawBody: TypeAlias = (
    str | bytes | IO[bytes] | PathLike[str] | Iterable[bytes] | AsyncIterable[bytes]
)
"""A body that is sent unchanged: a string, bytes, an open file, a path, or an iterable of
bytes."""

_CHUNK: Final = 64 * 1024


class Piecewise:
    """A body, or a part of one, that is read while it is sent."""

    __slots__ = ("size",)

    def __init__(self, size: int | None) -> None:
        self.size = size
        """Its length in bytes, if that is known."""

    @property
    def replayable(self) -> bool:
        """Return whether it can be sent from its start."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError


class OpenFile(Piecewise):
    """An open file, sent from its current position."""

    __slots__ = ("_begun", "_file", "_seekable", "_start")

    def __init__(self, file: object) -> None:
        if isinstance(file, TextIOBase):
            raise TypeError("a file must be opened in binary mode, 'rb'")
        self._file = cast(IO[bytes], file)
        self._begun = False
        seekable = getattr(file, "seekable", None)
        self._seekable = seekable is not None and seekable() is True
        if not self._seekable:
            super().__init__(None)
            return
        self._start = self._file.tell()
        super().__init__(self._file.seek(0, SEEK_END) - self._start)
        self._file.seek(self._start)

    @property
    def replayable(self) -> bool:
        return self._seekable or not self._begun

    def __iter__(self) -> Iterator[bytes]:
        if self._seekable:
            self._file.seek(self._start)
        self._begun = True
        yield from _chunks(self._file, self.size)


def _chunks(file: IO[bytes], size: int | None) -> Iterator[bytes]:
    """Return the content of a file, up to the announced size."""
    left = size
    while chunk := file.read(_CHUNK if left is None else min(_CHUNK, left)):
        if left is not None:
            left -= len(chunk)
        yield chunk


class FileAt(Piecewise):
    """A file given by its path, opened when it is sent."""

    __slots__ = ("_path",)

    def __init__(self, path: PathLike[str]) -> None:
        self._path = path
        with open(
            path, "rb"
        ) as file:  # an unreadable file fails before anything is sent
            super().__init__(file.seek(0, SEEK_END))

    @property
    def replayable(self) -> bool:
        return True

    def __iter__(self) -> Iterator[bytes]:
        with open(self._path, "rb") as file:
            yield from _chunks(file, self.size)


class Pieces(Piecewise):
    """An iterable of bytes; an iterator can be sent only once."""

    __slots__ = ("_begun", "_once", "_pieces")

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__(None)
        self._pieces = pieces
        self._once = isinstance(pieces, Iterator)
        self._begun = False

    @property
    def replayable(self) -> bool:
        return not (self._once and self._begun)

    def __iter__(self) -> Iterator[bytes]:
        self._begun = True
        yield from self._pieces


class AsyncPieces:
    """An asynchronous iterable of bytes; an iterator can be sent only once."""

    __slots__ = ("_begun", "_once", "_pieces")

    def __init__(self, pieces: AsyncIterable[bytes]) -> None:
        self._pieces = pieces
        self._once = isinstance(pieces, AsyncIterator)
        self._begun = False

    @property
    def replayable(self) -> bool:
        """Return whether it can be sent from its start."""
        return not (self._once and self._begun)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._begun = True
        async for piece in self._pieces:
            yield piece


def is_file(value: object) -> bool:
    """Return whether a value is sent as a file."""
    if isinstance(value, tuple):
        return len(value) in (2, 3) and is_file(value[1])
    return isinstance(value, (bytes, bytearray, PathLike)) or hasattr(value, "read")


def file_name(file: object) -> str:
    """Return the file's own name; empty if it has none."""
    if isinstance(file, PathLike):
        return basename(str(fspath(file)))
    name = getattr(file, "name", "")
    return basename(name) if isinstance(name, str) else ""


def content_of(file: object) -> bytes | Piecewise:
    """Return what is sent of a file.

    Raises:
        OSError: it cannot be read.
        TypeError: it is open in text mode.
    """
    if isinstance(file, (bytes, bytearray, memoryview)):
        return bytes(file)
    if isinstance(file, PathLike):
        return FileAt(file)
    return OpenFile(file)


_SINGLE: Final = (str, int, float, Decimal)


class RawEncoder:
    """Sends strings and bytes unchanged, and streams files and iterables."""

    __slots__ = ("content_type",)

    def __init__(self, body: Body) -> None:
        self.content_type = body.media_type

    def encode(self, payload: object) -> Content:
        """Return what is sent for a body.

        Raises:
            OSError: a file cannot be read.
            TypeError: it cannot be sent.
        """
        if isinstance(payload, (bytes, bytearray, memoryview)):
            return bytes(payload)
        if isinstance(payload, _SINGLE):
            return text(payload).encode()
        if is_file(payload) and not isinstance(payload, tuple):
            return content_of(payload)
        if isinstance(payload, AsyncIterable):
            return AsyncPieces(payload)
        if isinstance(payload, Iterable) and not isinstance(payload, Mapping):
            return Pieces(payload)
        raise TypeError(
            "expected a string, bytes, a file, a path or an iterable of bytes, "
            f"got {type(payload).__name__}"
        )

    def shown(self, payload: object) -> object:
        """Return what validators see: a single value, but no bytes or streams."""
        return payload if isinstance(payload, _SINGLE) else UNSET
