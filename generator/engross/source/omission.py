"""Operations that cannot be generated, and are left out of what is read on request."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from engross.source.location import Location
from engross.source.repair import Defect, removal


def omitting_broken(
    defects: Iterable[Defect],
    entry: str,
    operations: Collection[Location],
    *,
    requested: bool,
) -> Iterator[Defect]:
    """Yield defects; those that break an operation leave it out, or say how to.

    Args:
        defects: What is wrong.
        entry: The entry document.
        operations: The locations of the operations and path items of all documents.
        requested: Whether to leave out operations.
    """
    for defect in defects:
        at = None
        if defect.repair is None and defect.is_error:
            at = _around(defect.at, entry, operations)
        if at is None:
            yield defect
        elif requested:
            yield replace(defect, repair=removal(at, f"{_name(at)} is left out"))
        else:
            hint = defect.finding.hint or f"--skip-broken leaves out {_name(at)}"
            yield replace(defect, finding=replace(defect.finding, hint=hint))


def _around(
    at: Location, entry: str, operations: Collection[Location]
) -> Location | None:
    """Return the operation, or else the path item, that a location is in."""
    place = at
    while place.tokens:
        if place in operations:
            return place
        place = place.parent
    is_path = at.document == entry and at.tokens[:1] in _SECTIONS and at.tokens[1:]
    return Location(entry, at.tokens[:2]) if is_path else None


_SECTIONS: Final = (("paths",), ("webhooks",))


def _name(at: Location) -> str:
    """Return what messages call an operation or a path item: `GET /pets`."""
    if at.tokens[:1] not in _SECTIONS:
        return "this operation"
    _, path, *method = at.tokens
    return f"{str(method[-1]).upper()} {path}" if method else str(path)
