"""Which parts of a contract must be read again, given a newer version of a document.

That is so if a line that they cite has changed or is gone, if the lines of a range no
longer stand together, since one came between them or left, or if the order within a fact
is another one. A fact that moved as a whole need not be read again, nor need a table
whose rows are in another order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from engross.audit.line_changes import LineChanges, are_consecutive
from engross.contract.citations import (
    Citation,
    LineRange,
    ranges_of,
    written_ranges,
)
from engross.data import dataclass


@dataclass(frozen=True, slots=True)
class Rereading:
    """Lines that are cited and are not what they were.

    Attributes:
        reasons: What happened to them.
        now: Where what is left of them is in the newer version.
    """

    citation: Citation
    reasons: tuple[str, ...]
    now: tuple[LineRange, ...]


def rereadings(
    cited: Iterable[Citation], changes: LineChanges
) -> tuple[Rereading, ...]:
    """Return what must be read again of all that cites lines of one document."""
    cited = tuple(cited)
    versions = _Versions(changes, cited)
    found: list[Rereading] = []
    for citation in cited:
        reasons = [
            reason for lines in citation.ranges for reason in versions.reasons(lines)
        ]
        if reasons:
            now = versions.now(citation.ranges)
            found.append(Rereading(citation, tuple(dict.fromkeys(reasons)), now))
    return tuple(found)


def ranges_now(
    ranges: Iterable[LineRange], changes: LineChanges
) -> tuple[LineRange, ...]:
    """Return where lines are in the newer version, as far as they are there."""
    return _Versions(changes, ()).now(ranges)


def unplaced(found: Iterable[Rereading], changes: LineChanges) -> frozenset[int]:
    """Return the new lines that are not among the lines of any of these citations."""
    versions = _Versions(changes, ())
    among: set[int] = set()
    for rereading in found:
        for lines in rereading.citation.ranges:
            places = versions.places(versions.lines(lines))
            if places:
                among.update(changes.new_order[min(places) : max(places) + 1])
    return changes.new - among


class _Versions:
    """A document before and after, with what cites it."""

    def __init__(self, changes: LineChanges, cited: Iterable[Citation]) -> None:
        self._changes = changes
        self._old_places = _places(changes.old_order)
        self._new_places = _places(changes.new_order)
        self._facts = {
            frozenset(self.lines(lines))
            for citation in cited
            for lines in citation.ranges
        }

    def lines(self, lines: LineRange) -> list[int]:
        """Return the lines of a range that are not blank."""
        return [line for line in lines.lines if line in self._old_places]

    def places(self, lines: Iterable[int]) -> list[int]:
        """Return where lines are in the order of the newer version, changed ones too."""
        changes = self._changes
        now = {**changes.changed, **changes.kept}
        return [self._new_places[now[line]] for line in lines if line in now]

    def now(self, ranges: Iterable[LineRange]) -> tuple[LineRange, ...]:
        """Return the new numbers of lines; blank lines between them are included."""
        lines = [line for each in ranges for line in self.lines(each)]
        order = self._changes.new_order
        together = ranges_of(self.places(lines))
        return tuple(LineRange(order[at.first], order[at.last]) for at in together)

    def reasons(self, cited: LineRange) -> Iterator[str]:
        """Yield what is no longer so about the lines of a range."""
        changes, lines = self._changes, self.lines(cited)
        for line in lines:
            if line in changes.changed:
                yield f"line {line} changed"
            elif line in changes.gone:
                yield f"line {line} is gone"
        places = self.places(lines)
        if not are_consecutive(sorted(places)):
            apart = written_ranges(self.now([cited]))
            yield f"lines {cited} are apart now: {apart}"
        elif not are_consecutive(places) and not self._are_whole(lines, places):
            yield f"lines {cited} are in another order now"

    def _are_whole(self, lines: Sequence[int], places: Sequence[int]) -> bool:
        """Return whether only facts that others cite as a whole changed their places."""
        if len(lines) != len(places):
            return True
        rest = -1
        for run, place in _runs(lines, places):
            facts = [fact for fact in self._facts if fact <= run]
            if run != frozenset().union(*facts):
                if place < rest:
                    return False
                rest = place
        return True


def _runs(
    lines: Sequence[int], places: Sequence[int]
) -> Iterator[tuple[frozenset[int], int]]:
    """Yield the lines that still follow each other, with the place of the first."""
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or places[end] != places[end - 1] + 1:
            yield frozenset(lines[start:end]), places[start]
            start = end


def _places(order: Sequence[int]) -> Mapping[int, int]:
    return {line: place for place, line in enumerate(order)}
