"""What can be written into a contract without changing what is generated from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from engross.contract import build
from engross.contract.facts import extension
from engross.emit import standalone_name
from engross.lint.rules import lacks_retry, unstated_names
from engross.source import Location, Source
from engross.source.text_edits import Edit, written_first

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
