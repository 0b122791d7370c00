"""What can be written into a contract without changing what is generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engross.contract import build
from engross.contract.facts import extension
from engross.lint.rules import lacks_retry
from engross.source import Source
from engross.source.text_edits import Edit, written_first

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
