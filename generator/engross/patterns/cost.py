"""Bound the time that Python's backtracking takes over a pattern.

Python tries the ways to match a text one after the other. How many there are follows
from the position automaton of the pattern. If some text leads from a position back to
it in two ways, they double again and again. Else they grow with a power of the text's
length: the number of loops in a row that can read the same characters.
"""

from __future__ import annotations

from collections.abc import Sequence as Row
from dataclasses import field
from math import factorial
from typing import Final

from engross.data import dataclass
from engross.patterns.characters import MAX_CODE_POINT, Ranges
from engross.patterns.syntax import (
    Alternatives,
    Backreference,
    Chars,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    walk,
)

_STEPS_FOR_EACH_CHARACTER: Final = 400
"""What Python may spend where an automaton can take over, which costs about ten."""
_STEPS_FOR_A_SHORT_TEXT: Final = 4000
"""What it may spend in any case: a fraction of a millisecond."""
_STEPS: Final = 5_000_000
"""What Python may spend on a text where nothing can take over: about 0.1 s."""

_UNROLLED: Final = 8
_UNROLLED_EXACTLY: Final = 64
_MOST_EMPTIES: Final = 3
_MOST_EDGES: Final = 200_000
_MOST_PAIRS: Final = 20_000
_MOST_CHOICES: Final = 12
_MOST_RUNS: Final = 200
_MOST_STATES: Final = 1000
_LONGEST_COUNTED: Final = 1000
_ANY: Final[Ranges] = ((0, MAX_CODE_POINT),)


def longest_text(
    node: Node, *, is_anchored: bool, has_automaton: bool = True
) -> int | None:
    """Return the length up to which Python matches texts fast enough.

    Args:
        node: the pattern, without the anchors around it.
        is_anchored: whether it is tried only at the start of the text.
        has_automaton: whether longer texts are matched in another way.

    Returns:
        None if Python is fast for texts of any length.
    """
    graph = _Graph()
    try:
        whole = graph.add(node)
    except OverflowError:
        return 0 if has_automaton else _LONGEST_COUNTED
    symbols = _symbols(graph.classes)
    choices = _choices(graph.follow, whole, symbols)
    if (
        _repeats_nothing(node)
        or _is_exponential(graph.follow, symbols)
        or (choices > _MOST_CHOICES and _has_many_ways(graph.follow, whole, symbols))
    ):
        return 0 if has_automaton else _countable_length(graph.follow, whole)
    if not is_anchored:  # any text may come before
        graph.add(Repeat(Chars(_ANY), 0, None, lazy=True))
        graph.follow[-1] += whole.first
        symbols = _symbols(graph.classes)
    degree = _degree(graph.follow, symbols)
    if degree == 0:
        return None
    if not has_automaton:
        return _length(_STEPS, degree + 1)
    return max(
        _length(_STEPS_FOR_EACH_CHARACTER // (1 + choices), degree),
        _length(_STEPS_FOR_A_SHORT_TEXT // (1 + choices), degree + 1),
    )


def _length(steps: int, degree: int) -> int:
    """Return the length of the texts that have so many ways to put borders into them."""
    return int((steps * factorial(degree)) ** (1 / degree))


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a part of a pattern can begin and end.

    A position that is there twice can be reached in two ways.
    """

    empties: int = 1
    """The number of ways to match the empty text; more than a few do not matter."""
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


@dataclass(slots=True)
class _Graph:
    """The position automaton of a pattern.

    Positions are the characters of the pattern; an edge that is there twice can be
    passed in two ways. High counts become loops, and assertions branches that lead
    nowhere, so there are never fewer ways than in the pattern.
    """

    classes: list[Ranges] = field(default_factory=list)
    follow: list[list[int]] = field(default_factory=list)
    _copies: int = 1
    """How often the part at hand is written out."""
    _edges: int = 0

    def add(self, node: Node) -> _Part:
        """Add a part of the pattern.

        Raises:
            OverflowError: the automaton is too large.
        """
        if isinstance(node, Chars):
            self.classes.append(node.ranges)
            self.follow.append([])
            self._count(1)
            position = (len(self.classes) - 1,)
            return _Part(0, position, position)
        if isinstance(node, Sequence):
            part = _Part()
            for child in node.parts:
                part = self._after(part, self.add(child))
            return part
        if isinstance(node, Alternatives):
            parts = [self.add(child) for child in node.parts]
            return _Part(
                min(sum(part.empties for part in parts), _MOST_EMPTIES),
                tuple(position for part in parts for position in part.first),
                tuple(position for part in parts for position in part.last),
            )
        if isinstance(node, Group):
            return self.add(node.body)
        if isinstance(node, Repeat):
            return self._repeat(node)
        if isinstance(node, Look):
            return _Part(first=self.add(node.body).first)
        if isinstance(node, Backreference):
            return self._loop(Chars(_ANY), least=0)
        return _Part()

    def _count(self, edges: int) -> None:
        self._edges += edges
        if self._edges > _MOST_EDGES:
            raise OverflowError

    def _after(self, left: _Part, right: _Part) -> _Part:
        self._link(left.last, right.first)
        return _Part(
            min(left.empties * right.empties, _MOST_EMPTIES),
            left.first + right.first * left.empties,
            right.last + left.last * right.empties,
        )

    def _link(self, last: tuple[int, ...], first: tuple[int, ...]) -> None:
        self._count(len(last) * len(first))
        for position in last:
            self.follow[position] += first

    def _loop(self, body: Node, least: int) -> _Part:
        part = self.add(body)
        self._link(part.last, part.first)
        # An empty round may be the last one.
        rounds = 1 + part.empties
        empties = min(part.empties + (least == 0), _MOST_EMPTIES)
        return _Part(empties, part.first, part.last * min(rounds, _MOST_EMPTIES))

    def _repeat(self, node: Repeat) -> _Part:
        least, most, copies = node.least, node.most, self._copies
        if most is None or copies * most > (
            _UNROLLED_EXACTLY if least == most else _UNROLLED
        ):
            return self._loop(node.body, least)
        self._copies *= max(most, 1)
        part = _Part()
        for _ in range(least):
            part = self._after(part, self.add(node.body))
        rest = _Part()
        for _ in range(most - least):
            joined = self._after(self.add(node.body), rest)
            empties = min(joined.empties + 1, _MOST_EMPTIES)
            rest = _Part(empties, joined.first, joined.last)
        self._copies = copies
        return self._after(part, rest)


def _symbols(classes: Row[Ranges]) -> list[int]:
    """Return what each class reads, as the bits of a number.

    All characters that no class tells apart share one bit.
    """
    numbers = {ranges: number for number, ranges in enumerate(dict.fromkeys(classes))}
    edges: dict[int, int] = {}
    for ranges, number in numbers.items():
        for first, last in ranges:
            edges[first] = edges.get(first, 0) ^ 1 << number
            edges[last + 1] = edges.get(last + 1, 0) ^ 1 << number
    readers, kinds = 0, dict[int, None]()
    for edge in sorted(edges):
        readers ^= edges[edge]
        kinds[readers] = None
    read = [
        sum(1 << bit for bit, readers in enumerate(kinds) if readers >> number & 1)
        for number in range(len(numbers))
    ]
    return [read[numbers[ranges]] for ranges in classes]


def _components(follow: Row[Row[int]]) -> list[list[int]]:
    """Return the strongly connected components, the last ones first (Tarjan)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    components = []
    for root in range(len(follow)):
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack.append(root)
        waiting.add(root)
        work = [(root, iter(follow[root]))]
        while work:
            position, others = work[-1]
            for other in others:
                if other not in order:
                    order[other] = low[other] = len(order)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(follow[other])))
                    break
                if other in waiting:
                    low[position] = min(low[position], order[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[position])
                if low[position] == order[position]:
                    component = [stack.pop()]
                    while component[-1] != position:
                        component.append(stack.pop())
                    waiting.difference_update(component)
                    components.append(component)
    return components


def _is_exponential(follow: Row[Row[int]], symbols: Row[int]) -> bool:
    """Return whether some text leads from a position back to it in two ways."""
    for component in _components(follow):
        members = frozenset(component)
        inner = {
            position: [other for other in follow[position] if other in members]
            for position in component
        }
        if any(len(set(others)) < len(others) for others in inner.values()):
            return True
        if _meet_again(inner, symbols):
            return True
    return False


def _meet_again(follow: dict[int, list[int]], symbols: Row[int]) -> bool:
    """Return whether two walks that read the same text part and meet, and can do so again.

    Args:
        follow: a strongly connected component.
        symbols: what each position reads.
    """
    pairs = [(position, position) for position in follow]
    numbers = {pair: number for number, pair in enumerate(pairs)}
    edges: list[list[int]] = []
    for left, right in pairs:  # grows
        reached = {
            (min(after_left, after_right), max(after_left, after_right))
            for after_left in follow[left]
            for after_right in follow[right]
            if symbols[after_left] & symbols[after_right]
        }
        for pair in reached - numbers.keys():
            numbers[pair] = len(pairs)
            pairs.append(pair)
        if len(pairs) > _MOST_PAIRS:
            return True
        edges.append([numbers[pair] for pair in reached])
    return any(
        len({pairs[number][0] == pairs[number][1] for number in component}) == 2
        for component in _components(edges)
    )


def _choices(follow: Row[Row[int]], whole: _Part, symbols: Row[int]) -> int:
    """Return how often a character can be read in one more way."""
    choices = 0
    for following in (whole.first, *follow):
        read = 0
        for position in following:
            choices += bool(read & symbols[position])
            read |= symbols[position]
    return choices


def _has_many_ways(follow: Row[Row[int]], whole: _Part, symbols: Row[int]) -> bool:
    """Return whether a text may be read in many ways even without a loop."""
    # Follow all texts at once, and count the ways to each position.
    start = tuple(sorted(dict.fromkeys(whole.first, 1).items()))
    pending, seen = [start], {start}
    while pending:
        ahead = pending.pop()
        remaining = 0
        for position, _ in ahead:
            remaining |= symbols[position]
        while remaining:
            symbol = remaining & -remaining
            remaining ^= symbol
            ways: dict[int, int] = {}
            for position, count in ahead:
                if symbols[position] & symbol:
                    for other in follow[position]:
                        ways[other] = ways.get(other, 0) + count
            state = tuple(sorted(ways.items()))
            if sum(ways.values()) > _MOST_RUNS or len(seen) > _MOST_STATES:
                return True
            if state and state not in seen:
                seen.add(state)
                pending.append(state)
    return False


def _repeats_nothing(node: Node) -> bool:
    """Return whether a loop can go round without reading anything."""
    return any(
        isinstance(part, Repeat)
        and (part.most is None or part.most > _UNROLLED)
        and _can_be_empty(part.body)
        and any(isinstance(inner, (Chars, Backreference)) for inner in walk(part.body))
        for part in walk(node)
    )


def _can_be_empty(node: Node) -> bool:
    if isinstance(node, Chars):
        return False
    if isinstance(node, Sequence):
        return all(map(_can_be_empty, node.parts))
    if isinstance(node, Alternatives):
        return any(map(_can_be_empty, node.parts))
    if isinstance(node, Group):
        return _can_be_empty(node.body)
    if isinstance(node, Repeat):
        return node.least == 0 or _can_be_empty(node.body)
    return True


def _degree(follow: Row[Row[int]], symbols: Row[int]) -> int:
    """Return the power of the text's length by which the ways for each character grow.

    That is how many loops in a row can hand the same text on to the next.
    """
    degrees: dict[int, int] = {}
    """First position of a loop -> the degree of what begins with it."""
    loops: dict[int, tuple[int, int]] = {}
    """Position -> the loop that it is in, and what that reads."""
    for component in _components(follow):
        loop = component[0]
        if len(component) == 1 and loop not in follow[loop]:
            continue
        read = 0
        for position in component:
            read |= symbols[position]
        loops |= dict.fromkeys(component, (loop, read))
        degree = 0
        for other in _reachable(component, follow):
            if other in loops and loops[other][0] != loop:
                degree = max(degree, degrees[loops[other][0]])
        passing = [position for position, symbol in enumerate(symbols) if symbol & read]
        for other in _reachable(component, follow, frozenset(passing)):
            if other in loops and loops[other][0] != loop:
                degree = max(degree, degrees[loops[other][0]] + 1)
        degrees[loop] = degree
    return max(degrees.values(), default=0)


def _reachable(
    component: Row[int], follow: Row[Row[int]], within: frozenset[int] | None = None
) -> set[int]:
    """Return the positions that can come after a component, through those allowed."""
    seen = set(component)
    pending = list(component)
    while pending:
        for other in follow[pending.pop()]:
            if other not in seen and (within is None or other in within):
                seen.add(other)
                pending.append(other)
    return seen


def _countable_length(follow: Row[Row[int]], whole: _Part) -> int:
    """Return the length up to which no text can be read in too many ways."""
    ways = dict.fromkeys(whole.first, 1)
    total = steps = 0
    for length in range(_LONGEST_COUNTED):
        total += sum(ways.values())
        steps += sum(len(follow[position]) for position in ways)
        if total * (length + 1) > _STEPS or steps > _STEPS:
            return length
        following: dict[int, int] = {}
        for position, count in ways.items():
            for other in follow[position]:
                following[other] = following.get(other, 0) + count
        ways = following
    return _LONGEST_COUNTED
