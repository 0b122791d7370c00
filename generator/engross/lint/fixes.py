"""What can be written into a contract without changing what is generated from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engross.contract import build
from engross.contract.facts import extension
from engross.findings import Position
from engross.lint.rules import lacks_retry
from engross.source import Source

_ASSUMED: Final = '"retry": { "class": "unsafe" }'
"""What engross takes for granted of a call that changes something."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Members that are written before all others of an object of a file.

    Attributes:
        at: where the object begins, with its bracket or its first key.
        members: the new members.
    """

    file: str
    at: Position
    members: str


def fixes(source: Source) -> Iterator[Edit]:
    """Yield what states the retry class that engross assumes.

    Only for a contract with `x-engross`: it would make a foreign document one.

    Raises:
        FindingsError: The contract is invalid.
    """
    if not source.is_of_ours:
        return
    for operation in build(source).operations:
        if lacks_retry(source, operation):
            stated = extension(source.value(operation.at))
            span = source.span(operation.at / "x-engross" if stated else operation.at)
            members = _ASSUMED if stated else f'"x-engross": {{ {_ASSUMED} }}'
            is_json = span.file.endswith(".json")
            yield Edit(
                span.file, span.start, members if is_json else members.replace('"', "")
            )


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits; all else stays as it is, comments and layout included."""
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda each: each.at, reverse=True):
        row, column = edit.at.line - 1, edit.at.column - 1
        before, after = lines[row][:column], lines[row][column:]
        if after.startswith("{"):
            is_empty = after[1:].lstrip().startswith("}")
            rest = after[1:].lstrip(" ")
            rest = f" {rest}" if is_empty else f", {rest}"
            lines[row] = f"{before}{{ {edit.members}{rest}"
        else:
            ending = "\r\n" if lines[row].endswith("\r\n") else "\n"
            lines[row] = f"{before}{edit.members}{ending}{' ' * column}{after}"
    return "".join(lines)
