"""Files and streams as bodies: read as they are sent, never as a whole."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from io import SEEK_END, TextIOBase
from os.path import basename
from pathlib import PurePath
from typing import IO, Final, TypeAlias, cast

File: TypeAlias = (
    bytes
    | IO[bytes]
    | PurePath
    | tuple[str, bytes | IO[bytes] | PurePath]
    | tuple[str, bytes | IO[bytes] | PurePath, str]
)
"""A file within a body: its bytes, an open file, a path, or a name with one of these
and a media type."""

RawBody: TypeAlias = (
    str | bytes | IO[bytes] | PurePath | Iterable[bytes] | AsyncIterable[bytes]
)
"""A body that is sent as it is: a text, bytes, an open file, a path, or pieces of bytes
that are made as they are sent."""

_CHUNK: Final = 64 * 1024


class Piecewise:
    """A body, or a part of one, that is read as it is sent."""

    __slots__ = ("size",)

    def __init__(self, size: int | None) -> None:
        self.size = size
        """How many bytes it has, where that is known beforehand."""

    @property
    def replayable(self) -> bool:
        """Whether it can be sent, from its start."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError


class OpenFile(Piecewise):
    """An open file, sent from where it stands."""

    __slots__ = ("_begun", "_file", "_seekable", "_start")

    def __init__(self, file: object) -> None:
        if isinstance(file, TextIOBase):
            raise TypeError("a file is read as bytes: open it with mode 'rb'")
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
    """Return what a file holds; no more than was announced, should it have grown."""
    left = size
    while chunk := file.read(_CHUNK if left is None else min(_CHUNK, left)):
        if left is not None:
            left -= len(chunk)
        yield chunk


class FileAt(Piecewise):
    """A file by its path, opened when it is sent."""

    __slots__ = ("_path",)

    def __init__(self, path: PurePath) -> None:
        self._path = path
        with open(path, "rb") as file:  # unreadable files are told of before sending
            super().__init__(file.seek(0, SEEK_END))

    @property
    def replayable(self) -> bool:
        return True

    def __iter__(self) -> Iterator[bytes]:
        with open(self._path, "rb") as file:
            yield from _chunks(file, self.size)


class Pieces(Piecewise):
    """Bytes that the caller makes; those of an iterator can be had once only."""

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
    """The same, made by the tasks of the caller."""

    __slots__ = ("_begun", "_once", "_pieces")

    def __init__(self, pieces: AsyncIterable[bytes]) -> None:
        self._pieces = pieces
        self._once = isinstance(pieces, AsyncIterator)
        self._begun = False

    @property
    def replayable(self) -> bool:
        """Whether it can be sent, from its start."""
        return not (self._once and self._begun)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._begun = True
        async for piece in self._pieces:
            yield piece


def is_file(value: object) -> bool:
    """Whether a value is sent as a file."""
    if isinstance(value, tuple):
        return len(value) in (2, 3) and is_file(value[1])
    return isinstance(value, (bytes, bytearray, PurePath)) or hasattr(value, "read")


def file_name(file: object) -> str:
    """Return the name that a file has by itself; empty if it has none."""
    if isinstance(file, PurePath):
        return file.name
    name = getattr(file, "name", "")
    return basename(name) if isinstance(name, str) else ""


def content_of(file: object) -> bytes | Piecewise:
    """Return what is sent of a file.

    Raises:
        OSError: it cannot be read.
        TypeError: it is open for text.
    """
    if isinstance(file, (bytes, bytearray, memoryview)):
        return bytes(file)
    if isinstance(file, PurePath):
        return FileAt(file)
    return OpenFile(file)
