"""Edits of the text of a file, in which all else stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engross.findings import Position, Span


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A text that takes the place of another in a file."""

    span: Span
    text: str


def edited(content: str, edits: Iterable[Edit]) -> str:
    """Return the text of a file after edits that do not overlap."""
    line_end = "\n" if "\n" in content else "\r"  # as positions are counted
    starts = [0]
    for line in content.split(line_end):
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: Position) -> int:
        return starts[position.line - 1] + position.column - 1

    for edit in sorted(edits, reverse=True):
        start, end = offset(edit.span.start), offset(edit.span.end)
        content = content[:start] + edit.text + content[end:]
    return content
