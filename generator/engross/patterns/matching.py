"""Match regular expressions in linear time.

Python's `re` tries the ways to match a text one after the other, and some patterns have
exponentially many. Here a pattern is a list of automata, each of which reads the text
once: first those of the assertions, innermost first, then that of the pattern itself.
An emitted package that has such patterns carries this module as `_runtime/patterns.py`,
so it depends on the standard library alone.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Final, NamedTuple, TypeAlias

Expression: TypeAlias = "str | int | list[Expression | None]"
"""A class of characters as pairs of first and last, such as `azAZ`; an assertion, by
number; or a list of an operator and its operands: `.` (sequence), `|` (alternatives) or
`{` (repetition: least, most or None, and what is repeated).

A number `n` asserts bit `n` of the flags at a place in the text, `-n - 1` its absence.
Bit 0 is the start of the text, bit 1 its end; the others are those of the automata, in
order.
"""

_MOST_MOVES: Final = 5_000
"""How many transitions an automaton remembers."""
_START, _END = 1, 2


class LinearPattern:
    """A regular expression that is matched in linear time, whatever the text.

    Args:
        source: the pattern for Python's `re`, which is faster for short texts.
        method: `search`, `match` or `fullmatch`.
        limit: the longest text that Python's `re` may read; -1 for none.
        program: the automata as JSON, each a list of its direction (1 is forward, -1
            backward) and its expressions.
    """

    __slots__ = ("_automata", "_limit", "_match", "_method", "_program", "_source")

    def __init__(self, source: str, method: str, limit: int, program: str) -> None:
        self._source, self._method = source, method
        self._limit, self._program = limit, program
        self._match: Callable[[str], object] | None = None
        self._automata: tuple[_Symbols, list[_Automaton]] | None = None

    def __call__(self, text: str) -> bool:
        """Return whether the text matches."""
        if len(text) <= self._limit:
            match = self._match
            if match is None:
                compiled = re.compile(self._source, re.ASCII)
                match = self._match = getattr(compiled, self._method)
            return match(text) is not None
        if self._automata is None:
            self._automata = load(self._program)
        symbols_of, automata = self._automata
        symbols = [symbols_of[char] for char in text]
        flags = [0] * (len(text) + 1)
        flags[0] |= _START
        flags[-1] |= _END
        for automaton in automata[:-1]:
            automaton.mark(symbols, flags)
        return any(True for _ in automata[-1].matches(symbols, flags))


def load(program: str) -> tuple[_Symbols, list[_Automaton]]:
    """Build the automata of a program, and the alphabet that they share."""
    automata = []
    bit = 2
    for direction, expressions in json.loads(program):
        automata.append(_Automaton(expressions, bit, is_backward=direction < 0))
        bit += len(expressions)
    edges = {edge for automaton in automata for edge in automaton.edges}
    symbols = _Symbols(sorted(edges))
    for automaton in automata:
        automaton.complete(symbols.edges)
    return symbols, automata


class _Symbols(dict[str, int]):
    """The alphabet: a number for all characters that no class tells apart."""

    def __init__(self, edges: list[int]) -> None:
        super().__init__()
        self.edges = edges

    def __missing__(self, char: str) -> int:
        if len(self) >= _MOST_MOVES:
            self.clear()
        symbol = self[char] = bisect_right(self.edges, ord(char))
        return symbol


class _Part(NamedTuple):
    """Where an expression can begin and end; sets of positions are bits of a number."""

    is_empty: bool
    first: int
    last: int


_EMPTY: Final = _Part(True, 0, 0)


class _State:
    """The positions that may read the next character, and what matches up to here."""

    __slots__ = ("marks", "moves", "ready")

    def __init__(self, ready: int, marks: int) -> None:
        self.ready, self.marks = ready, marks
        self.moves: dict[tuple[int, int], _State] = {}


class _Automaton:
    """The position automaton of expressions, and the states of it seen so far.

    Every occurrence of a class or an assertion in an expression is a position. The
    expressions are searched for: each can begin at any place of the text.
    """

    def __init__(
        self, expressions: list[Expression], bit: int, *, is_backward: bool
    ) -> None:
        self._is_backward = is_backward
        self._follow: list[int] = []
        self._assertions: dict[int, int] = {}
        """Position -> the assertion there."""
        self.edges: dict[int, int] = {}
        """Code point -> the positions that read it and not the one before, or not it
        but the one before."""
        self._relevant = 0
        """The flags that assertions ask for."""
        parts = [self._add(expression) for expression in expressions]
        self._marks = [(part.last, 1 << bit + n) for n, part in enumerate(parts)]
        self._always = sum(
            1 << bit + n for n, part in enumerate(parts) if part.is_empty
        )
        self._first = 0
        for part in parts:
            self._first |= part.first
        self._asserting = sum(1 << position for position in self._assertions)
        self._readers: list[int] = []
        self._chained = 0
        """The positions that the next one may follow."""
        jumps: dict[int, int] = {}
        for position, followers in enumerate(self._follow):
            here = 1 << position
            if followers & here << 1:
                self._chained |= here
            others = followers & ~(here << 1)
            if others:
                jumps[others] = jumps.get(others, 0) | here
        self._jumps = [(sources, targets) for targets, sources in jumps.items()]
        """Positions, and what else may follow each of them."""
        self._states: dict[tuple[int, int], _State] = {}
        self._moves = 0

    @property
    def effort(self) -> int:
        """The number of steps that find the positions that may follow others."""
        return len(self._jumps)

    def complete(self, edges: Iterable[int]) -> None:
        """Tell the automaton where the symbols of the alphabet begin."""
        readers = 0
        self._readers = [0]
        for edge in edges:
            readers ^= self.edges.get(edge, 0)
            self._readers.append(readers)

    def mark(self, symbols: list[int], flags: list[int]) -> None:
        """Set the flags of the expressions at each place where they match."""
        if self._is_backward:
            symbols.reverse()
            flags.reverse()
        for place, marks in self.matches(symbols, flags):
            flags[place] |= marks
        if self._is_backward:
            symbols.reverse()
            flags.reverse()

    def matches(
        self, symbols: list[int], flags: list[int]
    ) -> Iterator[tuple[int, int]]:
        """Yield each place where expressions match up to, and their flags."""
        relevant = self._relevant
        state = self._settled(0, self._first, flags[0] & relevant)
        if state.marks:
            yield 0, state.marks
        seen = iter([flag & relevant for flag in flags]) if relevant else repeat(0)
        next(seen)
        for place, move in enumerate(zip(symbols, seen, strict=False), 1):
            state = state.moves.get(move) or self._move(state, move)
            if state.marks:
                yield place, state.marks

    def _move(self, state: _State, move: tuple[int, int]) -> _State:
        """Return the state after a symbol, where the next place has certain flags."""
        if self._moves >= _MOST_MOVES:
            for known in self._states.values():
                known.moves.clear()
            self._states.clear()
            self._moves = 0
        symbol, flags = move
        read = state.ready & self._readers[symbol]
        reached = self._first | self._followers(read)
        following = state.moves[move] = self._settled(read, reached, flags)
        self._moves += 1
        return following

    def _followers(self, positions: int) -> int:
        """Return the positions that may follow."""
        followers = (positions & self._chained) << 1
        for sources, targets in self._jumps:
            if positions & sources:
                followers |= targets
        return followers

    def _settled(self, read: int, reached: int, flags: int) -> _State:
        """Return the state after the assertions that are reached, and hold, are passed."""
        pending = asked = reached & self._asserting
        while pending:
            position = pending.bit_length() - 1
            pending ^= 1 << position
            assertion = self._assertions[position]
            if flags >> (~assertion if assertion < 0 else assertion) & 1 != (
                assertion < 0
            ):
                read |= 1 << position
                reached |= self._follow[position]
                pending |= reached & self._asserting & ~asked
                asked |= pending
        marks = self._always
        for last, mark in self._marks:
            if read & last:
                marks |= mark
        key = (reached & ~self._asserting, marks)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _State(*key)
        return state

    def _add(self, expression: Expression) -> _Part:
        """Add the positions of an expression."""
        if isinstance(expression, list):
            return self._add_list(expression)
        position = len(self._follow)
        here = 1 << position
        self._follow.append(0)
        if isinstance(expression, int):
            self._assertions[position] = expression
            self._relevant |= 1 << (~expression if expression < 0 else expression)
        else:
            for first, last in zip(expression[::2], expression[1::2], strict=True):
                for edge in (ord(first), ord(last) + 1):
                    self.edges[edge] = self.edges.get(edge, 0) ^ here
        return _Part(False, here, here)

    def _add_list(self, expression: list[Expression | None]) -> _Part:
        operator, *rest = expression
        operands = [operand for operand in rest if operand is not None]
        if operator == "{":
            least, most, body = operands[0], rest[1], operands[-1]
            assert isinstance(least, int)
            assert most is None or isinstance(most, int)
            return self._repeated(least, most, body)
        if operator == "|":
            parts = [self._add(operand) for operand in operands]
            first = last = 0
            for part in parts:
                first |= part.first
                last |= part.last
            return _Part(any(part.is_empty for part in parts), first, last)
        whole = _EMPTY
        for operand in reversed(operands) if self._is_backward else operands:
            whole = self._joined(whole, self._add(operand))
        return whole

    def _joined(self, left: _Part, right: _Part) -> _Part:
        for position in _each(left.last):
            self._follow[position] |= right.first
        return _Part(
            left.is_empty and right.is_empty,
            left.first | (right.first if left.is_empty else 0),
            right.last | (left.last if right.is_empty else 0),
        )

    def _repeated(self, least: int, most: int | None, body: Expression) -> _Part:
        whole = _EMPTY
        for _ in range(least - (most is None and least > 0)):
            whole = self._joined(whole, self._add(body))
        rest = _EMPTY
        if most is None:
            loop = self._joined(self._add(body), _EMPTY)
            self._joined(loop, loop)
            rest = loop._replace(is_empty=loop.is_empty or least == 0)
        else:
            optional = [self._add(body) for _ in range(most - least)]
            for part in reversed(optional):
                rest = self._joined(part, rest)._replace(is_empty=True)
        return self._joined(whole, rest)


def _each(positions: int) -> Iterator[int]:
    while positions:
        position = positions.bit_length() - 1
        positions ^= 1 << position
        yield position
