"""Edits of the text of a file, in which all else stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engross.data import dataclass
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


def is_in_brackets(span: Span, text: str) -> bool:
    """Return whether an object is written in brackets, not as a block of YAML.

    Args:
        span: the object.
        text: the file that it is in.
    """
    return _line(text, span.start).startswith("{", span.start.column - 1)


def written_first(members: Sequence[str], span: Span, text: str) -> Edit:
    """Return the edit that writes members before all others of an object.

    Args:
        members: the new members.
        span: the object, from its bracket or its first key on.
        text: the file that it is in.
    """
    column = span.start.column - 1
    if not is_in_brackets(span, text):
        ending = line_end(span.start, text)
        added = "".join(f"{member}{ending}{' ' * column}" for member in members)
        return _insertion(span, span.start, added)
    rest = _line(text, span.start)[column + 1 :]
    end = " " if rest.lstrip().startswith("}") else ","
    space = "" if end == " " or rest.startswith(" ") else " "
    inside = Position(span.start.line, span.start.column + 1)
    return _insertion(span, inside, f" {', '.join(members)}{end}{space}")


def written_below(lines: str, span: Span, text: str) -> Edit:
    """Return the edit that writes lines below the one in which something ends.

    Args:
        lines: the lines, without the end of the last one.
        span: what ends in that line.
        text: the file that it is in.
    """
    line = _line(text, span.end).removesuffix("\r")
    at = Position(span.end.line, len(line) + 1)
    return _insertion(span, at, f"{line_end(span.end, text)}{lines}")


def line_end(at: Position, text: str) -> str:
    """Return how the line of a position ends."""
    return "\r\n" if _line(text, at).endswith("\r") else "\n"


def _line(text: str, at: Position) -> str:
    return text.split("\n")[at.line - 1]


def _insertion(span: Span, at: Position, text: str) -> Edit:
    return Edit(replace(span, start=at, end=at), text)
