"""Mutations of documents, each with what must be read again because of it.

What must be read again follows from the places of the mutation alone: no versions are
compared here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

Ranges: TypeAlias = Sequence[range]
"""Lines that an object cites; the first line is 0."""

Cited: TypeAlias = Mapping[str, Ranges]
"""What each object cites, by its name."""


class Kind(Enum):
    """What happens to a document."""

    CHANGE = auto()
    DELETE = auto()
    INSERT = auto()
    MOVE = auto()
    BLANK = auto()


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutated document, and the names of what must be read again."""

    kind: Kind
    lines: tuple[str, ...]
    named: frozenset[str]
    about: str


class Mutations:
    """Makes mutations of one document at random."""

    def __init__(self, lines: Sequence[str], cited: Cited, seed: int) -> None:
        self._lines = tuple(lines)
        self._cited = cited
        self._random = random.Random(seed)
        self._full = [i for i, line in enumerate(lines) if line.strip()]
        self._facts = sorted(
            {(r.start, r.stop) for ranges in cited.values() for r in ranges}
        )

    def one(self) -> tuple[Mutation, ...]:
        """Return a mutation, with all others that lead to the same text."""
        kind = self._random.choice(list(Kind))
        match kind:
            case Kind.CHANGE:
                return (self._change(),)
            case Kind.DELETE:
                line = self._random.choice(self._full)
                return (*self._deletions(line),)
            case Kind.INSERT:
                return (*self._insertions(),)
            case Kind.MOVE:
                return (*self._moves(),)
            case Kind.BLANK:
                return (self._blank(),)

    def _change(self) -> Mutation:
        line = self._random.choice(self._full)
        text = self._text()
        while text.rstrip() == self._lines[line].rstrip():
            text = self._text()
        lines = (*self._lines[:line], text, *self._lines[line + 1 :])
        named = self._citing(line)
        return Mutation(Kind.CHANGE, lines, named, f"line {line + 1} changed")

    def _deletions(self, line: int) -> Iterator[Mutation]:
        """Yield the deletion of a line, and of equal lines beside it."""
        for place in self._equal(line):
            lines = (*self._lines[:line], *self._lines[line + 1 :])
            about = f"line {line + 1} deleted"
            yield Mutation(Kind.DELETE, lines, self._citing(place), about)

    def _insertions(self) -> Iterator[Mutation]:
        """Yield an insertion, and those beside equal lines that give the same text."""
        place, text = self._random.randint(0, len(self._lines)), self._text()
        lines = (*self._lines[:place], text, *self._lines[place:])
        before = [i for i in self._full if i < place]
        after = [i for i in self._full if i >= place]
        gaps = {(before[-1] if before else -1, after[0] if after else -1)}
        for beside in (before[-1:], after[:1]):
            if beside and self._lines[beside[0]].rstrip() == text.rstrip():
                run = [self._full.index(i) for i in self._equal(beside[0])]
                for at in (*run, run[-1] + 1):
                    first = self._full[at - 1] if at else -1
                    last = self._full[at] if at < len(self._full) else -1
                    gaps.add((first, last))
        for gap in sorted(gaps):
            about = f"{text!r} inserted before line {place + 1}"
            yield Mutation(Kind.INSERT, lines, self._spanning(*gap), about)

    def _moves(self) -> Iterator[Mutation]:
        """Yield the move of a fact, which is everything that an object cites in one place.

        Lines beside it may equal its first or last ones. Then other moves give the same text.
        """
        start, stop = self._random.choice(self._facts)
        size = sum(i in range(start, stop) for i in self._full)
        first = sum(i < start for i in self._full)
        gap = self._random.choice(
            [at for at in range(len(self._full) + 1) if not first < at < first + size]
        )
        text = self._text_of(self._moved(first, size, gap))
        about = f"{size} lines from {start + 1} moved to place {gap}"
        yield Mutation(Kind.MOVE, tuple(text), self._torn(first, size, gap), about)
        for same in self._same_moves(text):
            yield Mutation(Kind.MOVE, tuple(text), self._torn(*same), about)

    def _same_moves(self, text: list[str]) -> Iterator[tuple[int, int, int]]:
        """Yield every move that gives a text: the first line, their number, the new place."""
        old, size = self._text_of(self._full), len(text)
        differ = [i for i in range(size) if old[i] != text[i]]
        if not differ:
            yield 0, 0, 0
            return
        for first in range(differ[0] + 1):
            for last in range(differ[-1] + 1, size + 1):
                for cut in range(first + 1, last):
                    rest = last - cut
                    if (
                        old[cut] == text[first]
                        and old[cut:last] == text[first : first + rest]
                        and old[first:cut] == text[first + rest : last]
                    ):
                        yield first, cut - first, last
                        yield cut, rest, first

    def _moved(self, first: int, size: int, gap: int) -> list[int]:
        """Return the lines that are not blank, in an order in which a block moved."""
        block, order = self._full[first : first + size], self._full
        return [
            *(line for line in order[:gap] if line not in block),
            *block,
            *(line for line in order[gap:] if line not in block),
        ]

    def _text_of(self, lines: Sequence[int]) -> list[str]:
        return [self._lines[line] for line in lines]

    def _torn(self, first: int, size: int, gap: int) -> frozenset[str]:
        """Return what cites lines that a move tears apart."""
        if first <= gap <= first + size:
            return frozenset()
        block = set(self._full[first : first + size])
        jumped = {*self._full[gap:first], *self._full[first + size : gap]}
        is_whole = self._is_whole(block) or self._is_whole(jumped)
        before, after = self._full[gap - 1 : gap] if gap else [], self._full[
            gap : gap + 1
        ]
        named = set()
        for name, ranges in self._cited.items():
            for cited in ranges:
                own = {i for i in self._full if i in cited}
                lands = own.issuperset(before) and own.issuperset(after)
                lands = lands and bool(before and after)
                near = not own.isdisjoint({*before, *after})
                if own.isdisjoint(block):  # another fact
                    changes = lands
                elif own.issubset(block):  # the fact itself, or a part of it
                    changes = False
                elif own.issuperset(block):  # a table around it
                    changes = not near or not is_whole
                else:  # its part is torn off
                    changes = True
                if changes:
                    named.add(name)
        return frozenset(named)

    def _is_whole(self, block: set[int]) -> bool:
        """Return whether lines are facts that are cited as a whole."""
        facts = [{i for i in self._full if i in range(*fact)} for fact in self._facts]
        return block == set().union(*(fact for fact in facts if fact <= block))

    def _blank(self) -> Mutation:
        """Add blank lines, remove blank lines, and add space at the ends of lines."""
        lines: list[str] = []
        for line in self._lines:
            if line.strip():
                lines.append(line + self._random.choice(["", "", " ", "\t"]))
            if self._random.random() < (0.2 if line.strip() else 0.7):
                lines.append(self._random.choice(["", "  "]))
        return Mutation(Kind.BLANK, tuple(lines), frozenset(), "blank lines changed")

    def _text(self) -> str:
        """Return the text of a new line: often one that is there already."""
        if self._random.random() < 0.5:
            return self._lines[self._random.choice(self._full)]
        return f"new text {self._random.randrange(10**9)}"

    def _equal(self, line: int) -> list[int]:
        """Return the run of equal lines around a line."""
        at = self._full.index(line)
        first = last = at
        text = self._lines[line].rstrip()
        while first and self._lines[self._full[first - 1]].rstrip() == text:
            first -= 1
        while (
            last + 1 < len(self._full)
            and self._lines[self._full[last + 1]].rstrip() == text
        ):
            last += 1
        return self._full[first : last + 1]

    def _citing(self, line: int) -> frozenset[str]:
        return frozenset(
            name
            for name, ranges in self._cited.items()
            if any(line in cited for cited in ranges)
        )

    def _spanning(self, first: int, last: int) -> frozenset[str]:
        return frozenset(
            name
            for name, ranges in self._cited.items()
            if any(first in cited and last in cited for cited in ranges)
        )
