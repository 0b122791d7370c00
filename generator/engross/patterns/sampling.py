"""Write texts that match a pattern, and texts that do not.

A candidate is written from the syntax tree, so it matches unless an assertion or an
anchor stands against it; whoever asks holds it against the pattern. Candidates differ
in length, in the alternatives taken and in the characters, readable ones first.
"""

from __future__ import annotations

import random
import string
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import field
from enum import Enum
from functools import cache
from typing import Final, Protocol

from engross.data import dataclass
from engross.patterns.characters import Ranges
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

LONGEST: Final = 10_000
"""No text is written that is longer."""

_GROWTHS: Final = (0, 1, 2, 3, 5, 8, 13, 21)
_CHOICES: Final = 4
_GUESSES: Final = 200
_MOST_CHANGES: Final = 20
_FEW: Final = 3
_PADDINGS: Final = "xa0A -"

_LOWER: Final = string.ascii_lowercase
_UPPER: Final = string.ascii_uppercase
_DIGITS: Final = "1234567890"
_SYMBOLS: Final = "-_ .:/@!#$%&*+,;=?~'\"()<>[]{}|\\^`"
_MIXED: Final = "Aa1-Bb2_Cc3.Dd4!"
_STYLES: Final = (
    (_LOWER, _DIGITS, _UPPER, _SYMBOLS),
    (_MIXED, _LOWER, _DIGITS, _UPPER, _SYMBOLS),
    (_DIGITS, _LOWER, _UPPER, _SYMBOLS),
    (_UPPER, _LOWER, _DIGITS, _SYMBOLS),
    (_LOWER[::-1], _DIGITS[::-1], _UPPER[::-1], _SYMBOLS[::-1]),
)
"""The alphabets that characters are taken from, the first that has any of a class."""

_IMPOSSIBLE: Final = 1 << 100
"""The length of a text that does not exist."""


def matching_texts(node: Node, shortest: int, longest: int) -> Iterator[str]:
    """Yield candidates for a text that matches, of a length within the bounds."""
    least, most = _lengths(node)
    ceiling = min(longest, LONGEST)
    if max(least, shortest) > ceiling:
        return
    start = max(least, min(shortest, most))
    lengths = [start + growth for growth in _GROWTHS if start + growth <= ceiling]
    if any(isinstance(part, Backreference) for part in walk(node)):
        # What a reference repeats adds to the length.
        lengths = [*lengths[:1], *range(least, min(start, least + _MOST_CHANGES))]
    for text in _written(node, lengths):
        if shortest <= len(text) <= longest:
            yield text
        elif len(text) < shortest:
            missing = shortest - len(text)
            for char in _PADDINGS:
                yield text + char * missing
                yield char * missing + text


def other_texts(
    node: Node, sample: Callable[[], str | None], shortest: int, longest: int
) -> Iterator[str]:
    """Yield candidates for a text that does not match, of a length within the bounds.

    Args:
        node: the pattern.
        sample: returns a text that matches, if one is known; asked only if the plain
            candidates do not suffice.
        shortest: the least number of characters.
        longest: the greatest number of characters.
    """
    if shortest <= min(longest, LONGEST):
        for text in _unlikely(node, sample, max(shortest, 1)):
            if shortest <= len(text) <= longest:
                yield text


def _unlikely(
    node: Node, sample: Callable[[], str | None], length: int
) -> Iterator[str]:
    yield from ("no match", "!", "", "0", "a")
    yield from (char * length for char in "!0a")
    text = sample()
    if text is not None:
        yield from (f"{text}!", f"!{text}", text[:-1], text[1:], text.swapcase())
        for index in range(min(len(text), _MOST_CHANGES)):
            for char in "!0aA ":
                yield text[:index] + char + text[index + 1 :]
    for look in walk(node):  # what an assertion excludes
        if not isinstance(look, Look):
            continue
        least = _lengths(look.body)[0]
        if least <= LONGEST:
            writer = _Writer(_Orderly(_STYLES[0], 0))
            excluded = writer.write(look.body, max(length, least))
            yield from (excluded, excluded.ljust(length, "x"))
    yield from (char * length for char in (*string.printable, "é"))


def _written(node: Node, lengths: list[int]) -> Iterator[str]:
    """Yield texts of about the given lengths, the plainest first."""
    for length in lengths:
        for choice in range(_CHOICES):
            for alphabets in _STYLES:
                yield _Writer(_Orderly(alphabets, choice)).write(node, length)
    looks = [part for part in walk(node) if isinstance(part, Look)]
    if any(not look.negative for look in looks):
        for places in (_Places.BEHIND, _Places.ALL, _Places.AT_END):
            for length in lengths[:_FEW]:
                writer = _Writer(_Orderly(_STYLES[0], 0), places)
                text = writer.write(node, length)
                yield text + "".join(writer.ahead)
    for seed in range(_GUESSES):
        chance = random.Random(seed)
        yield _Writer(_Guessing(chance)).write(node, chance.choice(lengths))


class _Places(Enum):
    """Where the text that an assertion asks for is written."""

    NOWHERE = "nowhere"
    BEHIND = "where it looks, if that is behind"
    ALL = "where the assertion is"
    AT_END = "at the end, if it looks ahead"


class _Choices(Protocol):
    """Decides where a pattern leaves a choice."""

    def char(self, ranges: Ranges) -> str:
        """Return a character of a class that is not empty."""
        ...

    def option(self, count: int) -> int:
        """Return the number of one of several alternatives."""
        ...


@dataclass(slots=True)
class _Orderly:
    """Takes characters in the order of alphabets, and the same alternative everywhere."""

    alphabets: tuple[str, ...]
    choice: int
    used: Counter[str] = field(default_factory=Counter)
    """How many characters of an alphabet were taken."""

    def char(self, ranges: Ranges) -> str:
        for alphabet in self.alphabets:
            members = _members(ranges, alphabet)
            if members:
                number = self.used[alphabet]
                self.used[alphabet] += 1
                return members[number % len(members)]
        return _first(ranges)

    def option(self, count: int) -> int:
        return self.choice % count


@dataclass(slots=True)
class _Guessing:
    """Decides at random, but the same way in every run."""

    chance: random.Random

    def char(self, ranges: Ranges) -> str:
        alphabets = (_LOWER, _UPPER, _DIGITS, _SYMBOLS)
        readable = "".join(_members(ranges, alphabet) for alphabet in alphabets)
        return self.chance.choice(readable) if readable else _first(ranges)

    def option(self, count: int) -> int:
        return self.chance.randrange(count)


@cache
def _members(ranges: Ranges, alphabet: str) -> str:
    """Return the characters of an alphabet that are in a class."""
    starts = [first for first, _ in ranges]

    def is_member(char: str) -> bool:
        index = bisect_right(starts, ord(char)) - 1
        return index >= 0 and ord(char) <= ranges[index][1]

    return "".join(filter(is_member, alphabet))


def _first(ranges: Ranges) -> str:
    """Return the first printable character of a class, or else its first."""
    chars = [chr(first) for first, _ in ranges]
    return next(filter(str.isprintable, chars), chars[0])


@dataclass(slots=True)
class _Writer:
    """Writes one text; whether assertions and anchors hold is for others to check."""

    choices: _Choices
    places: _Places = _Places.NOWHERE
    captured: dict[int, str] = field(default_factory=dict)
    ahead: list[str] = field(default_factory=list)
    """What belongs at the end, as assertions ask for it."""

    def write(self, node: Node, length: int) -> str:
        """Write a text of about the given length, which is not below the least."""
        if isinstance(node, Chars):
            (first, last), *others = node.ranges
            return chr(first) if first == last and not others else self._char(node)
        if isinstance(node, Sequence):
            return self._sequence(node, length)
        if isinstance(node, Alternatives):
            return self.write(self._alternative(node, length), length)
        if isinstance(node, Group):
            text = self.write(node.body, length)
            if node.number is not None:
                self.captured[node.number] = text
            return text
        if isinstance(node, Repeat):
            return self._repeat(node, length)
        if isinstance(node, Backreference):
            return self.captured.get(node.number, "")
        if isinstance(node, Look):
            return self._look(node)
        return ""

    def _look(self, node: Look) -> str:
        places, least = self.places, _lengths(node.body)[0]
        if node.negative or places is _Places.NOWHERE or least > LONGEST:
            return ""
        if node.behind or places is _Places.ALL:
            return self.write(node.body, least)
        if places is _Places.AT_END:
            self.ahead.append(self.write(node.body, least))
        return ""

    def _char(self, node: Chars) -> str:
        return self.choices.char(node.ranges)

    def _sequence(self, node: Sequence, length: int) -> str:
        bounds = [_lengths(part) for part in node.parts]
        lengths = [least for least, _ in bounds]
        spare = max(length - sum(lengths), 0)
        # Parts that can be of any length take what there is before the others do.
        for index, (least, most) in sorted(
            enumerate(bounds), key=lambda part: part[1][1] < _IMPOSSIBLE
        ):
            taken = min(spare, most - least)
            lengths[index] += taken
            spare -= taken
        parts = zip(node.parts, lengths, strict=True)
        return "".join([self.write(part, length) for part, length in parts])

    def _alternative(self, node: Alternatives, length: int) -> Node:
        """Return an alternative that can have the length, or come near to it."""
        bounds = [(part, *_lengths(part)) for part in node.parts]
        short = [(part, most) for part, least, most in bounds if least <= length]
        fitting = [part for part, most in short if most >= length]
        if not fitting:
            longest = max(most for _, most in short)
            fitting = [part for part, most in short if most == longest]
        return fitting[self.choices.option(len(fitting))]

    def _repeat(self, node: Repeat, length: int) -> str:
        least, most = _lengths(node.body)
        if not most:
            return ""
        rounds = max(min(node.least, length // least if least else length), 0)
        if length > rounds * most:
            rounds = -(-length // most) if most < _IMPOSSIBLE else 1
            rounds = max(rounds, min(node.least, length))
        if node.most is not None:
            rounds = min(rounds, node.most)
        texts = []
        spare = length - rounds * least
        for _ in range(rounds):
            text = self.write(node.body, least + max(min(spare, most - least), 0))
            spare -= len(text) - least
            texts.append(text)
        return "".join(texts)


@cache
def _lengths(node: Node) -> tuple[int, int]:
    """Return the least and the greatest length of what a node matches."""
    if isinstance(node, Chars):
        return (1, 1) if node.ranges else (_IMPOSSIBLE, _IMPOSSIBLE)
    if isinstance(node, Sequence):
        bounds = [_lengths(part) for part in node.parts]
    elif isinstance(node, Alternatives):
        bounds = [_lengths(part) for part in node.parts]
        return min(least for least, _ in bounds), max(most for _, most in bounds)
    elif isinstance(node, Group):
        return _lengths(node.body)
    elif isinstance(node, Repeat):
        least, most = _lengths(node.body)
        rounds = _IMPOSSIBLE if node.most is None else node.most
        bounds = [(least * node.least, most * rounds)]
    elif isinstance(node, Backreference):
        return 0, _IMPOSSIBLE
    else:
        return 0, 0
    least, most = map(sum, zip((0, 0), *bounds, strict=True))
    return min(least, _IMPOSSIBLE), min(most, _IMPOSSIBLE)
