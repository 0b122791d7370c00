"""Bytes of a file become text with countable lines, or one finding."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from engross.findings import Finding, Position, Span


@dataclass(frozen=True)
class Text:
    """Text of a file: no byte order mark, line ends as they are."""

    file: str
    content: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        content = self.content
        at = content.find("\n")
        if at < 0 and "\r" in content:
            return [0, *(i + 1 for i, char in enumerate(content) if char == "\r")]
        while at >= 0:
            starts.append(at + 1)
            at = content.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def span(self, start: int, end: int) -> Span:
        """Return the span between two character offsets, without trailing space."""
        end = start + len(self.content[start:end].rstrip(" \t\r\n"))
        return Span(self.file, self.position(start), self.position(max(start, end)))


def decode(file: str, data: bytes) -> Text | Finding:
    """Return the text of UTF-8 bytes, or the finding that shows where they are not."""
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        position = Text(file, before).position(len(before))
        return Finding(
            "invalid-encoding",
            f"byte 0x{data[error.start]:02X} is not UTF-8",
            Span(file, position, Position(position.line, position.column + 1)),
            hint="save the file as UTF-8",
        )
    return Text(file, content)
