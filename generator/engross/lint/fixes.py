"""What can be written into a contract without changing what is generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from engross.contract import build
from engross.contract.facts import extension
from engross.findings import Position, Span
from engross.lint.rules import lacks_retry
from engross.source import Source
from engross.source.text_edits import Edit

_ASSUMED: Final = '"retry": { "class": "unsafe" }'
"""What engross takes for granted of a call that changes something."""


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
            if not span.file.endswith(".json"):
                members = members.replace('"', "")
            yield written_first(members, span, source.text(span.file))


def written_first(members: str, span: Span, text: str) -> Edit:
    """Return the edit that writes members before all others of an object.

    Args:
        members: the new members.
        span: the object, from its bracket or its first key on.
        text: the file that it is in.
    """
    line = text.split("\n")[span.start.line - 1]
    column = span.start.column - 1
    if not line.startswith("{", column):
        ending = "\r\n" if line.endswith("\r") else "\n"
        return _insertion(span, span.start, f"{members}{ending}{' ' * column}")
    rest = line[column + 1 :]
    end = " " if rest.lstrip().startswith("}") else ","
    space = "" if end == " " or rest.startswith(" ") else " "
    inside = Position(span.start.line, span.start.column + 1)
    return _insertion(span, inside, f" {members}{end}{space}")


def _insertion(span: Span, at: Position, text: str) -> Edit:
    return Edit(replace(span, start=at, end=at), text)
