"""Bodies of replies, put together and decompressed in bounded memory."""

import zlib
from typing import Final

from .exchange import MAX_REPLY, TOO_LARGE

_GZIP: Final = zlib.MAX_WBITS | 16


class Inflater:
    """Collects a body, decompressed, up to the bound."""

    __slots__ = ("_coding", "_inflate", "_parts", "_size", "defect")

    def __init__(self, coding: str) -> None:
        self._coding = coding.strip().lower()
        self._inflate = None
        if self._coding in ("gzip", "x-gzip"):
            self._inflate = zlib.decompressobj(_GZIP)
        elif self._coding == "deflate":
            self._inflate = zlib.decompressobj()
        self.defect = ""
        if self._inflate is None and self._coding not in ("", "identity"):
            self.defect = (
                f"the body is compressed as {coding!r}, which was not asked for"
            )
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> bool:
        """Add what came; False if there is no use in more."""
        if self._inflate is not None:
            try:
                chunk = self._inflate.decompress(chunk, MAX_REPLY + 1 - self._size)
            except zlib.error as error:
                if self._coding == "deflate" and not self._parts:
                    self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
                    self._coding = "raw deflate"
                    return self.feed(chunk)
                self.defect = f"the body cannot be decompressed ({error})"
                self._parts.append(chunk)
                return False
        self._parts.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_REPLY:
            self.defect = TOO_LARGE
            return False
        return True

    def content(self) -> bytes:
        """Return what came, decompressed."""
        return b"".join(self._parts)
