"""The one error of the schema compiler."""

from __future__ import annotations

from collections.abc import Sequence

from engross.source import Location


class SchemaError(Exception):
    """A schema that cannot be honoured: malformed, unresolvable or not supported.

    Attributes:
        at: where in the schema.
        message: what is wrong there.
        hint: what to write in its stead, where there is such a thing.
        others: what else cannot be honoured.
        inside: where in the CEL there: line and column, from 1, and the CEL.
    """

    def __init__(
        self,
        at: Location,
        message: str,
        hint: str | None = None,
        inside: tuple[int, int, str] | None = None,
    ) -> None:
        super().__init__(f"{at}: {message}")
        self.inside = inside
        self.at = at
        self.message = message
        self.hint = hint
        self.others: tuple[SchemaError, ...] = ()


def raise_all(errors: Sequence[SchemaError]) -> None:
    """Raise the first error, if there is one, with all the others."""
    if errors:
        first, *others = errors
        first.others = tuple(others)
        raise first
