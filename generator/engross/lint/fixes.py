"""What can be written into a contract without changing what is generated from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from engross.contract import build
from engross.contract.facts import extension
from engross.emit import standalone_name
from engross.findings import Position, Span
from engross.lint.rules import lacks_retry, unstated_names
from engross.source import Location, Source
from engross.source.text_edits import Edit

_ASSUMED: Final = '"retry": { "class": "unsafe" }'
"""What engross takes for granted of a call that changes something."""


def fixes(source: Source) -> Iterator[Edit]:
    """Yield what states the retry classes and the names that engross assumes.

    Only for a contract with `x-engross`: it would make a foreign document one.

    Raises:
        FindingsError: The contract is invalid.
    """
    if not source.is_of_ours:
        return
    contract = build(source)
    names = unstated_names(contract, source)
    # Without a project, a package may be named otherwise.
    if names and names.get("package") in (None, standalone_name(contract)):
        stated = [f'"{key}": {json.dumps(name)}' for key, name in names.items()]
        yield _written(source, source.root / "x-engross", stated)
    for operation in contract.operations:
        if lacks_retry(source, operation):
            if extension(source.value(operation.at)):
                yield _written(source, operation.at / "x-engross", [_ASSUMED])
            else:
                members = f'"x-engross": {{ {_ASSUMED} }}'
                yield _written(source, operation.at, [members])


def _written(source: Source, at: Location, members: Sequence[str]) -> Edit:
    span = source.span(at)
    if not span.file.endswith(".json"):
        members = [_PLAIN.sub(r"\1", member) for member in members]
    return written_first(members, span, source.text(span.file))


_PLAIN: Final = re.compile(
    r'"(?!(?:false|no|null|off|on|true|yes)")([\w-]+)"', re.IGNORECASE
)
"""Words that YAML reads as texts without quotes, whatever its version."""


def written_first(members: Sequence[str], span: Span, text: str) -> Edit:
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
        added = "".join(f"{member}{ending}{' ' * column}" for member in members)
        return _insertion(span, span.start, added)
    rest = line[column + 1 :]
    end = " " if rest.lstrip().startswith("}") else ","
    space = "" if end == " " or rest.startswith(" ") else " "
    inside = Position(span.start.line, span.start.column + 1)
    return _insertion(span, inside, f" {', '.join(members)}{end}{space}")


def _insertion(span: Span, at: Position, text: str) -> Edit:
    return Edit(replace(span, start=at, end=at), text)
