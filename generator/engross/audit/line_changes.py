"""What became of each line of a document in a newer version, by digests alone.

Blank lines do not count. If one block moved and nothing else happened, that is it. Otherwise,
blocks of lines that each version has once are the same ones,
wherever they are, and so are equal lines beside them. What is between them is aligned at
the least cost: lines that are paired with others have changed. Of what is left, equal
blocks have moved, and the rest is gone or new.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, TypeAlias

from engross.audit.document_text import BLANK
from engross.data import dataclass

_SIZES: Final = (16, 8, 4, 2, 1)
"""Sizes of the blocks that are looked for, in their order: long ones say the most."""

_GAP: Final = 2
"""Cost of a line that only one version has."""

_CHANGE: Final = 3
"""Cost of a changed line: less than one gone and one new, more than one of these."""

_MOST_CELLS: Final = 4_000_000
"""Size of a table beyond which the alignment is that of `difflib`, which may not be the best."""

_MOST_SLID: Final = 20
"""Lines at each end of a moved block that may be equal to others beside it."""

_Pair: TypeAlias = tuple[int | None, int | None]
"""Positions in the old and in the new version, counted without blank lines."""


@dataclass(frozen=True, slots=True)
class LineChanges:
    """What became of lines; all numbers are those of lines, from 1.

    Attributes:
        kept: New number of each line that is as it was, moved ones included.
        moved: The lines among these that others have overtaken.
        changed: New number of each line with another text at its place.
        gone: Lines without anything at their place.
        new: Lines of the new version that were not there before.
        old_order: The lines of the old version that are not blank.
        new_order: The same for the new version.
    """

    kept: Mapping[int, int]
    moved: frozenset[int]
    changed: Mapping[int, int]
    gone: frozenset[int]
    new: frozenset[int]
    old_order: tuple[int, ...]
    new_order: tuple[int, ...]


def line_changes(old: Sequence[str], new: Sequence[str]) -> LineChanges:
    """Return what became of the lines with these digests."""
    old_order = [line for line, digest in enumerate(old, 1) if digest != BLANK]
    new_order = [line for line, digest in enumerate(new, 1) if digest != BLANK]
    versions = _Versions(
        [old[line - 1] for line in old_order], [new[line - 1] for line in new_order]
    )
    kept, changed = versions.compared()
    gone = set(range(len(old_order))) - kept.keys() - changed.keys()
    added = set(range(len(new_order))) - {*kept.values(), *changed.values()}
    return LineChanges(
        kept={old_order[i]: new_order[j] for i, j in sorted(kept.items())},
        moved=frozenset(old_order[i] for i in _overtaken(kept)),
        changed={old_order[i]: new_order[j] for i, j in sorted(changed.items())},
        gone=frozenset(old_order[i] for i in gone),
        new=frozenset(new_order[j] for j in added),
        old_order=tuple(old_order),
        new_order=tuple(new_order),
    )


def are_consecutive(positions: Sequence[int]) -> bool:
    """Return whether each position follows the one before."""
    return all(after == before + 1 for before, after in pairwise(positions))


class _Versions:
    """Two versions, and which of their lines are the same."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old = old
        self._new = new
        self._kept: dict[int, int] = {}
        self._back: dict[int, int] = {}
        self._changed: dict[int, int] = {}
        self._replacing: set[int] = set()

    def compared(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return the new place of each line that was kept, and of each that changed."""
        move = _one_move(self._old, self._new)
        if move is not None:
            return dict(enumerate(move)), {}
        for size in _SIZES:
            self._keep_unique(size)
            self._keep_neighbors()
        for start, end in self._open_runs():
            self._align(start, end)
        self._keep_moved()
        return self._kept, self._changed

    def _keep(self, i: int, j: int) -> None:
        self._kept[i] = j
        self._back[j] = i

    def _keep_unique(self, size: int) -> None:
        """Keep the lines of blocks that both versions have once."""
        old, new = _unique_blocks(self._old, size), _unique_blocks(self._new, size)
        for block, i in old.items():
            j = new.get(block)
            if j is None:
                continue
            pairs = [(i + step, j + step) for step in range(size)]
            are_free = all(
                self._kept.get(one, other) == other
                and self._back.get(other, one) == one
                for one, other in pairs
            )
            if are_free:
                for one, other in pairs:
                    self._keep(one, other)

    def _keep_neighbors(self) -> None:
        """Keep equal lines beside those that are kept; the ends count as kept."""
        self._extend(-1, -1, 1)
        for i in sorted(self._kept):
            self._extend(i, self._kept[i], 1)
        self._extend(len(self._old), len(self._new), -1)
        for i in sorted(self._kept, reverse=True):
            self._extend(i, self._kept[i], -1)

    def _extend(self, i: int, j: int, step: int) -> None:
        while True:
            i, j = i + step, j + step
            is_within = 0 <= i < len(self._old) and 0 <= j < len(self._new)
            if not is_within or i in self._kept or j in self._back:
                return
            if self._old[i] != self._new[j]:
                return
            self._keep(i, j)

    def _open_runs(self) -> list[tuple[int, int]]:
        """Return the runs of old lines that are not kept."""
        kept = [-1, *sorted(self._kept), len(self._old)]
        return [(one + 1, other) for one, other in pairwise(kept) if other > one + 1]

    def _align(self, start: int, end: int) -> None:
        """Align a run of old lines with the new ones at its place."""
        before = self._kept.get(start - 1, -1)
        after = self._kept.get(end, len(self._new))
        places: list[int] = []
        j = before + 1
        while j < len(self._new) and self._is_open(j):
            places.append(j)
            j += 1
        if j != after:
            j = after - 1
            behind: list[int] = []
            while j >= 0 and self._is_open(j):
                behind.append(j)
                j -= 1
            places += reversed(behind)
        old, new = self._old[start:end], [self._new[place] for place in places]
        is_small = len(old) * len(new) <= _MOST_CELLS
        for one, other in (_cheapest if is_small else _by_difflib)(old, new):
            if one is None or other is None:
                continue
            if old[one] == new[other]:
                self._keep(start + one, places[other])
            else:
                self._changed[start + one] = places[other]
                self._replacing.add(places[other])

    def _is_open(self, j: int) -> bool:
        return j not in self._back and j not in self._replacing

    def _keep_moved(self) -> None:
        """Keep the lines of equal blocks that are left.

        There must be as many of a block as before. Where other lines have taken its
        place, it must be the only one: where "Yes" became "No", another "Yes" is no trace
        of it.
        """
        old, new = self._old, self._new
        free = set(range(len(old))) - self._kept.keys()
        places = set(range(len(new))) - self._back.keys()
        numbers: dict[tuple[str, ...], tuple[int, int]] = {}
        for size, i, j in sorted(self._blocks(free, places)):
            here, there = range(i, i - size), range(j, j - size)
            if not (free.issuperset(here) and places.issuperset(there)):
                continue
            block = tuple(old[i : i - size])
            if block not in numbers:
                numbers[block] = _occurrences(block, old), _occurrences(block, new)
            number, number_now = numbers[block]
            is_replaced = any(one in self._changed for one in here)
            is_replaced = is_replaced or not self._replacing.isdisjoint(there)
            if number == number_now and (number == 1 or not is_replaced):
                for one, other in zip(here, there, strict=True):
                    self._keep(one, other)
                free.difference_update(here)
                places.difference_update(there)
        self._changed = {
            i: j
            for i, j in self._changed.items()
            if i not in self._kept and j not in self._back
        }

    def _blocks(
        self, free: set[int], places: set[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield equal blocks at free places as negative size, old and new start."""
        starts: dict[str, list[int]] = defaultdict(list)
        for j in sorted(places):
            starts[self._new[j]].append(j)
        for i in sorted(free):
            for j in starts.get(self._old[i], ()):
                size = 0
                while (
                    i + size in free
                    and j + size in places
                    and self._old[i + size] == self._new[j + size]
                ):
                    size += 1
                    yield -size, i, j


def _one_move(old: Sequence[str], new: Sequence[str]) -> list[int] | None:
    """Return the new place of each line if nothing happened but that one block moved.

    Lines beside it may be equal to those at its ends, so that the place where the versions
    begin to differ can be within the block; places before that are tried, too.
    """
    if old == new:
        return [*range(len(old))]
    if Counter(old) != Counter(new):
        return None
    size = len(old)
    head = next(i for i in range(size) if old[i] != new[i])
    tail = next(i for i in range(size) if old[~i] != new[~i])
    for slid in range(2 * _MOST_SLID + 1):
        for start in range(max(0, slid - _MOST_SLID), min(slid, _MOST_SLID) + 1):
            first, last = head - start, size - tail + slid - start
            if first < 0 or last > size:
                continue
            for cut in range(first + 1, last):
                rest = last - cut
                if (
                    old[cut] == new[first]
                    and old[cut:last] == new[first : first + rest]
                    and old[first:cut] == new[first + rest : last]
                ):
                    behind = range(first + rest, last)
                    before = range(first, first + rest)
                    return [*range(first), *behind, *before, *range(last, size)]
    return None


def _unique_blocks(lines: Sequence[str], size: int) -> dict[tuple[str, ...], int]:
    """Return where each block of a size begins that is there once."""
    starts: dict[tuple[str, ...], int | None] = {}
    for i in range(len(lines) - size + 1):
        block = tuple(lines[i : i + size])
        starts[block] = None if block in starts else i
    return {block: i for block, i in starts.items() if i is not None}


def _cheapest(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    """Yield the alignment of the least cost."""
    # costs[i][j]: of what follows line i of the old and line j of the new version.
    costs = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    costs[-1] = [_GAP * (len(new) - j) for j in range(len(new) + 1)]
    for i in range(len(old) - 1, -1, -1):
        row, below, line = costs[i], costs[i + 1], old[i]
        row[-1] = below[-1] + _GAP
        for j in range(len(new) - 1, -1, -1):
            if line == new[j]:
                row[j] = below[j + 1]
            else:
                row[j] = min(below[j + 1] + _CHANGE, min(below[j], row[j + 1]) + _GAP)
    i = j = 0
    while i < len(old) or j < len(new):
        cost = costs[i][j]
        is_both = i < len(old) and j < len(new)
        step = _CHANGE if is_both and old[i] != new[j] else 0
        if is_both and cost == costs[i + 1][j + 1] + step:
            yield i, j
            i, j = i + 1, j + 1
        elif i < len(old) and cost == costs[i + 1][j] + _GAP:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _by_difflib(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    """Yield an alignment of long versions."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        yield from zip(range(start, end), range(new_start, new_end), strict=False)


def _occurrences(block: tuple[str, ...], lines: Sequence[str]) -> int:
    size = len(block)
    return sum(
        tuple(lines[i : i + size]) == block
        for i in range(len(lines) - size + 1)
        if lines[i] == block[0]
    )


def _overtaken(kept: Mapping[int, int]) -> set[int]:
    """Return the lines that are not in order: as few as can be said to have moved."""
    ends: list[int] = []  # the least new place at which a row of each length ends
    before: dict[int, int | None] = {}
    last: list[int] = []
    for i, j in sorted(kept.items()):
        size = bisect_left(ends, j)
        ends[size:] = [j, *ends[size + 1 :]]
        last[size:] = [i, *last[size + 1 :]]
        before[i] = last[size - 1] if size else None
    in_order: set[int] = set()
    line = last[-1] if last else None
    while line is not None:
        in_order.add(line)
        line = before[line]
    return set(kept) - in_order
