"""Bodies of responses, collected and decompressed in bounded memory."""

import zlib
from collections.abc import Iterator
from typing import Final

from .transport_types import MAX_REPLY, TOO_LARGE, UnreadableError

PIECE: Final = 64 * 1024
"""Most bytes that are decompressed at a time."""

_MEMBERS: Final = 1000
"""Most members of a gzip body that are read."""

_GZIP: Final = zlib.MAX_WBITS | 16


class Decompressor:
    """Decompresses a body piece by piece, a compression bomb included.

    A gzip body may have several members. Bytes after a complete body are dropped.
    """

    __slots__ = (
        "_coding",
        "_ended",
        "_head",
        "_inflate",
        "_members",
        "_proven",
        "over",
    )

    def __init__(self, coding: str) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise UnreadableError(
                f"the body is compressed as {coding!r}, which was not asked for"
            )
        self._inflate: zlib._Decompress | None = None
        self._head = b""
        self._ended = True
        self._members = 0
        self._proven = True
        """Whether the bytes that follow are known to be part of the body."""
        self.over = False
        """Whether the body is complete."""

    @property
    def is_plain(self) -> bool:
        """Return whether the body is not compressed."""
        return self._coding in ("", "identity")

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the decompressed content of a piece.

        Raises:
            UnreadableError: it cannot be decompressed.
        """
        if self.is_plain:
            if chunk:
                yield chunk
            return
        while chunk and not self.over:
            if self._ended and not self._begin(chunk):
                return
            chunk, self._head = self._head + chunk, b""
            assert self._inflate is not None
            try:
                piece = self._inflate.decompress(chunk, PIECE)
            except zlib.error as error:
                if self._proven:
                    raise UnreadableError(
                        f"the body cannot be decompressed ({error})"
                    ) from error
                self.over = self._ended = True
                return
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof:
                chunk = self._inflate.unused_data
                self._ended = True
                self.over = self._coding == "deflate"
            if piece:
                self._proven = True
                yield piece

    def _begin(self, chunk: bytes) -> bool:
        """Start a body or a member; return False if more bytes are needed for that."""
        bits = _GZIP
        if self._coding == "deflate":
            head = self._head + chunk
            if len(head) < 2:
                self._head = head
                return False
            wrapped = head[0] & 15 == 8 and (head[0] * 256 + head[1]) % 31 == 0
            bits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
        self._proven = self._members == 0
        self._members += 1
        if self._members > _MEMBERS:
            raise UnreadableError("the compressed body has too many parts")
        self._inflate = zlib.decompressobj(bits)
        self._ended = False
        return True

    def end(self) -> None:
        """Raise ``UnreadableError`` if the compressed body is incomplete."""
        if not self._ended or self._head:
            raise UnreadableError("the compressed body ends early")


class Inflater:
    """Collects a decompressed body of bounded size."""

    __slots__ = ("_parts", "_size", "_unpack", "defect")

    def __init__(self, coding: str) -> None:
        self._unpack: Decompressor | None = None
        self.defect = ""
        try:
            unpack = Decompressor(coding)
        except UnreadableError as error:
            self.defect = str(error)
        else:
            self._unpack = None if unpack.is_plain else unpack
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> bool:
        """Add received bytes; return whether more can be added."""
        if self._unpack is None:
            return self._add(chunk)
        try:
            whole = all(self._add(piece) for piece in self._unpack.feed(chunk))
        except UnreadableError as error:
            self.defect = str(error)
            self._parts.append(chunk)
            return False
        return whole and not self._unpack.over

    def _add(self, piece: bytes) -> bool:
        self._parts.append(piece)
        self._size += len(piece)
        if self._size > MAX_REPLY:
            self.defect = TOO_LARGE
            return False
        return True

    def content(self) -> bytes:
        """Return what was received, decompressed; being incomplete is a defect."""
        if self._unpack is not None and not self.defect:
            try:
                self._unpack.end()
            except UnreadableError as error:
                self.defect = str(error)
        return b"".join(self._parts)
