"""Bytes of a file become text with countable lines, or one finding."""

from codecs import BOM_UTF8, getincrementaldecoder
from functools import cached_property
from typing import Final
from zlib import compress, decompress, decompressobj

from engross.data import dataclass
from engross.findings import Finding, Position, Span

_LINE_END: Final = "\n"
_OLD_LINE_END: Final = "\r"
"""The only line end of a text without any other."""

_BLOCK: Final = 1 << 14
"""Characters in which ends of lines are counted when a position is asked for."""

_PIECE: Final = 1 << 16
"""Bytes that are unpacked at once."""

_UNKNOWN: Final = "?"
"""Stands in an outline for a character that Latin-1 lacks."""

_QUICKLY: Final = 2
"""Level of compression; others take more time than they save memory."""


@dataclass(frozen=True)
class Text:
    """Text of a file: no byte order mark, line ends as they are.

    It is kept compressed: a string with one unusual character is four times as large as
    its UTF-8, and that is ten times as large as it need be until a position is asked for.
    """

    file: str
    _packed: bytes

    @staticmethod
    def of(file: str, content: str) -> "Text":
        """Return a text that is at hand as a string."""
        return _packed(file, content.encode(errors="surrogatepass"))

    @cached_property
    def content(self) -> str:
        """The text as a string."""
        return decompress(self._packed).decode(errors="surrogatepass")

    @cached_property
    def outline(self) -> str:
        """The text with a question mark for each character that Latin-1 lacks.

        It takes a byte for each character, where one emoji makes the text take four, and
        tells the same offsets.
        """
        unpacking = decompressobj()
        decoder = getincrementaldecoder("utf-8")("surrogatepass")
        packed = memoryview(self._packed)
        found = bytearray()
        for at in range(0, len(packed), _PIECE):
            piece = decoder.decode(unpacking.decompress(packed[at : at + _PIECE]))
            found += piece.encode("latin-1", "replace")
        return found.decode("latin-1")

    def between(self, start: int, end: int) -> str:
        """Return what is between two character offsets."""
        found = self.outline[start:end]
        return self.content[start:end] if _UNKNOWN in found else found

    @cached_property
    def _line_end(self) -> str:
        return _LINE_END if _LINE_END in self.outline else _OLD_LINE_END

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """Of each block: the ends of lines before it, and the start of its first line."""
        content, end = self.outline, self._line_end
        ends, start = 0, 0
        found = []
        for at in range(0, len(content) + 1, _BLOCK):
            found.append((ends, start))
            ends += content.count(end, at, at + _BLOCK)
            start = max(start, content.rfind(end, at, at + _BLOCK) + 1)
        return found

    def forget(self) -> None:
        """Forget what can be made again, when it is asked for."""
        for made in ("content", "outline", "_line_end", "_blocks"):
            vars(self).pop(made, None)

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset."""
        content, end = self.outline, self._line_end
        at = offset - offset % _BLOCK
        ends, start = self._blocks[offset // _BLOCK]
        ends += content.count(end, at, offset)
        start = max(start, content.rfind(end, at, offset) + 1)
        return Position(ends + 1, offset - start + 1)

    def span(self, start: int, end: int) -> Span:
        """Return the span between two character offsets, without trailing space."""
        end = start + len(self.outline[start:end].rstrip(" \t\r\n"))
        return Span(self.file, self.position(start), self.position(max(start, end)))


def decode(file: str, data: bytes) -> Text | Finding:
    """Return the text of UTF-8 bytes, or the finding that shows where they are not."""
    data = data.removeprefix(BOM_UTF8)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = _packed(file, data[: error.start])
        position = before.position(len(before.content))
        return Finding(
            "invalid-encoding",
            f"byte 0x{data[error.start]:02X} is not UTF-8",
            Span(file, position, Position(position.line, position.column + 1)),
            hint="save the file as UTF-8",
        )
    return _packed(file, data)


def _packed(file: str, utf8: bytes) -> Text:
    return Text(file, compress(utf8, level=_QUICKLY))
