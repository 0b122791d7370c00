"""How long Python's backtracking can take over a pattern, and the automaton that helps.

A pattern is matched in linear time if at each character there is one way to go on, or
if it has no more than one loop to try again. Else its time grows with a power of the
text's length, or doubles with each character. Such patterns come with their position
automaton (Glushkov's), which reads any text once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engross.source.pattern_tree import (
    Alternatives,
    Backreference,
    Boundary,
    Chars,
    End,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    Start,
)
from engross.source.unicode_classes import Ranges, overlap

_STEPS = 20_000_000
"""What Python may spend on one text: about a third of a second."""
_UNROLLED = 8
_MOST_CHOICES = 12
_MOST_RUNS = 200
_MOST_STATES = 1500
_MOST_POSITIONS = 120
_MOST_ROWS = 1000


START: Ranges = ((-1, -1),)
END: Ranges = ((-2, -2),)


@dataclass(frozen=True, slots=True)
class Automaton:
    """Positions of a pattern: what each reads, and which may follow it."""

    classes: tuple[Ranges, ...]
    follow: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    empty: bool
    """Whether the empty text fits."""


def longest_text(node: Node, *, anchored: bool) -> int | None:
    """Give the length up to which texts are matched fast enough; None for any length.

    Args:
        node: the pattern, without the anchors around it.
        anchored: whether it is tried at the start of the text alone.
    """
    positions = _Positions(exact=False)
    whole = positions.add(node)
    choices = _choices(positions, whole)
    if not choices and (anchored or not _loops(node)):
        return None
    if positions.has_two_ways() or _repeats_nothing(node):
        return 0
    if choices > _MOST_CHOICES and not _few_runs(positions, whole):
        return 0
    degree = 2 if not choices else _degree(node, 0 if anchored else 1)
    return None if degree < 2 else int(_STEPS ** (1 / degree))


def automaton_of(node: Node) -> Automaton | None:
    """Give the automaton of a pattern; None if it has assertions, or is very large.

    The anchors read the marks `START` and `END`, which stand around the text.
    """
    if any(isinstance(part, (Look, Boundary, Backreference)) for part in _walk(node)):
        return None
    positions = _Positions(exact=True)
    try:
        whole = positions.add(node)
    except OverflowError:
        return None
    if any(
        positions.classes[position] == mark == positions.classes[other]
        for mark in (START, END)
        for position, following in enumerate(positions.follow)
        for other in following
    ):
        return None  # one mark cannot be read twice
    return Automaton(
        tuple(positions.classes),
        tuple(tuple(dict.fromkeys(following)) for following in positions.follow),
        tuple(dict.fromkeys(whole.first)),
        tuple(dict.fromkeys(whole.last)),
        whole.empty,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a part of a pattern can begin and end."""

    empty: bool = True
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


@dataclass(slots=True)
class _Positions:
    """Numbers the characters of a pattern, and notes which may follow which.

    A pair noted twice can be passed in two ways.
    """

    exact: bool
    """Whether counted repetitions are written out in full; else they become loops."""
    classes: list[Ranges] = field(default_factory=list)
    follow: list[list[int]] = field(default_factory=list)
    times: int = 1
    """How often the part at hand is written out already."""

    def add(self, node: Node) -> _Part:
        """Add a part of the pattern."""
        if isinstance(node, Chars):
            if len(self.classes) >= _MOST_ROWS:
                raise OverflowError
            self.classes.append(node.ranges)
            self.follow.append([])
            position = (len(self.classes) - 1,)
            return _Part(False, position, position)
        if isinstance(node, Sequence):
            part = _Part()
            for child in node.parts:
                part = self._after(part, self.add(child))
            return part
        if isinstance(node, Alternatives):
            parts = [self.add(child) for child in node.parts]
            return _Part(
                any(part.empty for part in parts),
                tuple(position for part in parts for position in part.first),
                tuple(position for part in parts for position in part.last),
            )
        if isinstance(node, Group):
            return self.add(node.body)
        if isinstance(node, Repeat):
            return self._repeat(node)
        if isinstance(node, (Start, End)) and self.exact:
            return self.add(Chars(START if isinstance(node, Start) else END))
        if isinstance(node, Backreference):
            return self.add(Repeat(Chars(((0, 0x10FFFF),)), 0, None, lazy=False))
        return _Part()

    def _after(self, left: _Part, right: _Part) -> _Part:
        for position in left.last:
            self.follow[position] += right.first
        return _Part(
            left.empty and right.empty,
            left.first + (right.first if left.empty else ()),
            right.last + (left.last if right.empty else ()),
        )

    def _repeat(self, node: Repeat) -> _Part:
        least, most = node.least, node.most
        times = self.times
        self.times *= max(least, most or 0, 1)
        if not self.exact and self.times > _UNROLLED:
            least, most = min(least, 1), None
        part = self._rounds(node, least, most)
        self.times = times
        return part

    def _rounds(self, node: Repeat, least: int, most: int | None) -> _Part:
        part = _Part()
        for _ in range(least if most is not None else max(least - 1, 0)):
            part = self._after(part, self.add(node.body))
        if most is None:
            loop = self.add(node.body)
            for position in loop.last:
                self.follow[position] += loop.first
            empty = loop.empty or least == 0
            return self._after(part, _Part(empty, loop.first, loop.last))
        optional = [self.add(node.body) for _ in range(most - least)]
        rest = _Part()
        for each in reversed(optional):
            joined = self._after(each, rest)
            rest = _Part(True, joined.first, joined.last)
        return self._after(part, rest)

    def has_two_ways(self) -> bool:
        """Tell whether some text leads from a position back to it in two ways."""
        size = len(self.classes)
        if size > _MOST_POSITIONS:
            return True
        reach = _reachable(self.follow)
        for position, following in enumerate(self.follow):
            for other in following:
                if following.count(other) > 1 and position in reach[other]:
                    return True
        return self._two_paths(reach)

    def _two_paths(self, reach: list[set[int]]) -> bool:
        """Walk pairs of positions that the same text leads to."""
        loops = [p for p in range(len(self.classes)) if p in reach[p]]
        edges: dict[tuple[int, int], list[tuple[int, int]]] = {}

        def next_pairs(pair: tuple[int, int]) -> list[tuple[int, int]]:
            known = edges.get(pair)
            if known is None:
                known = edges[pair] = [
                    (left, right)
                    for left in self.follow[pair[0]]
                    for right in self.follow[pair[1]]
                    if overlap(self.classes[left], self.classes[right])
                ]
            return known

        for start in loops:
            seen: set[tuple[int, int]] = set()
            pending = [(start, start)]
            while pending:
                for pair in next_pairs(pending.pop()):
                    left, right = pair
                    back = start in reach[left] and start in reach[right]
                    if back and pair not in seen:
                        seen.add(pair)
                        pending.append(pair)
            # Apart and together again: two ways around.
            apart = [pair for pair in seen if pair[0] != pair[1]]
            if any(_leads(next_pairs, pair, (start, start), seen) for pair in apart):
                return True
        return False


def _leads(
    next_pairs: Callable[[tuple[int, int]], list[tuple[int, int]]],
    source: tuple[int, int],
    goal: tuple[int, int],
    within: set[tuple[int, int]],
) -> bool:
    seen = {source}
    pending = [source]
    while pending:
        for pair in next_pairs(pending.pop()):
            if pair == goal:
                return True
            if pair in within and pair not in seen:
                seen.add(pair)
                pending.append(pair)
    return False


def _reachable(follow: list[list[int]]) -> list[set[int]]:
    """Give the positions that can come after each, soon or late."""
    reach = []
    for following in follow:
        seen = set(following)
        pending = list(following)
        while pending:
            for other in follow[pending.pop()]:
                if other not in seen:
                    seen.add(other)
                    pending.append(other)
        reach.append(seen)
    return reach


def _choices(positions: _Positions, whole: _Part) -> int:
    """Count the positions after which a character can be read in more ways than one."""
    return sum(
        any(
            overlap(positions.classes[position], positions.classes[other])
            for index, position in enumerate(following)
            for other in following[:index]
        )
        for following in (whole.first, *map(tuple, positions.follow))
    )


def _few_runs(positions: _Positions, whole: _Part) -> bool:
    """Tell whether no text can be read in more than a handful of ways.

    Follows every text at once, by the classes of characters that matter, and counts
    the ways to each position.
    """
    edges = {
        edge
        for ranges in positions.classes
        for first, last in ranges
        for edge in (first, last + 1)
    }
    chars = sorted(edges)
    start = dict.fromkeys(whole.first, 1)
    states = [tuple(sorted(start.items()))]
    seen = set(states)
    while states:
        ahead = states.pop()
        for char in chars:
            reached: dict[int, int] = {}
            for position, ways in ahead:
                if overlap(positions.classes[position], ((char, char),)):
                    for other in positions.follow[position]:
                        reached[other] = reached.get(other, 0) + ways
            state = tuple(sorted(reached.items()))
            if sum(reached.values()) > _MOST_RUNS or len(seen) > _MOST_STATES:
                return False
            if state and state not in seen:
                seen.add(state)
                states.append(state)
    return True


def _repeats_nothing(node: Node) -> bool:
    """Tell whether a loop goes round what may be empty, or an assertion has two ways."""
    for part in _walk(node):
        probe = _Positions(exact=False)
        if isinstance(part, Repeat) and (part.most is None or part.most > _UNROLLED):
            if probe.add(part.body).empty and probe.classes:
                return True
        elif isinstance(part, Look):
            probe.add(part.body)
            if probe.has_two_ways():
                return True
    return False


def _degree(node: Node, before: int) -> int:
    """Give the power of the text's length that bounds the tries: loops in a row."""
    if isinstance(node, Sequence):
        here, most = before, before
        for part in node.parts:
            most = max(most, _degree(part, here))
            here += _loops(part)
        return max(most, here)
    if isinstance(node, Alternatives):
        return max((_degree(part, before) for part in node.parts), default=before)
    if isinstance(node, Group):
        return _degree(node.body, before)
    if isinstance(node, Look):
        return _degree(node.body, before)
    if isinstance(node, Repeat):
        if node.most is None or node.most > _UNROLLED:
            return _degree(node.body, before + 1)
        return _degree(node.body, before)
    return before + (1 if isinstance(node, Backreference) else 0)


def _loops(node: Node) -> int:
    """Give how many loops a part goes through, one after the other or nested."""
    if isinstance(node, Sequence):
        return sum(map(_loops, node.parts))
    if isinstance(node, Alternatives):
        return max(map(_loops, node.parts), default=0)
    if isinstance(node, Group):
        return _loops(node.body)
    if isinstance(node, Repeat):
        endless = node.most is None or node.most > _UNROLLED
        return _loops(node.body) + endless
    return 1 if isinstance(node, Backreference) else 0


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, (Sequence, Alternatives)):
        for part in node.parts:
            yield from _walk(part)
    elif isinstance(node, (Group, Look, Repeat)):
        yield from _walk(node.body)
