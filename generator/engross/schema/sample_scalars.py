"""Texts and numbers that are likely to satisfy a schema, the most readable first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from typing import Final

from engross.patterns import Regex, read_pattern
from engross.schema.composition import Effective
from engross.schema.json_values import Number, exact

TEXTS: Final = {
    "byte": "dGV4dA==",
    "date": "2026-01-31",
    "date-time": "2099-01-31T12:00:00Z",
    "decimal": "10.00",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "idn-email": "someone@example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/",
    "iri-reference": "https://example.com/",
    "json-pointer": "/text",
    "regex": "^text$",
    "relative-json-pointer": "0/text",
    "time": "12:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "uri-template": "https://example.com/{text}",
    "url": "https://example.com/",
    "uuid": "7f1f2a4e-4a5c-4b57-9f0e-2f1c5a1c9a10",
}
"""A text of each format."""

_OTHER_DECIMALS: Final = ("1.00", "1.0", "1", "0", ".5")
"""Where a pattern limits the digits."""

LONGEST_TEXT: Final = 4000
"""Characters beyond which no text is made."""

_SEVERAL: Final = 100
"""Values that are made of one kind, where several different ones are needed."""

_LARGEST_EXPONENT: Final = 400
"""Powers of ten beyond which no number is calculated."""

_PADDING: Final = {
    "email": ("", "@example.com"),
    "hostname": ("", ".example.com"),
    "idn-email": ("", "@example.com"),
    "idn-hostname": ("", ".example.com"),
    "iri": ("https://example.com/", ""),
    "iri-reference": ("https://example.com/", ""),
    "json-pointer": ("/", ""),
    "uri": ("https://example.com/", ""),
    "uri-reference": ("https://example.com/", ""),
    "uri-template": ("https://example.com/", ""),
    "url": ("https://example.com/", ""),
}
"""What stands around the letters of a format's text of another length."""


# Texts


def texts(effective: Effective) -> Iterator[str]:
    """Yield texts; not every one satisfies the schema."""
    shortest, longest = effective.fewest("min_length"), effective.most("max_length")
    if shortest > LONGEST_TEXT:
        return
    for name in effective.formats:
        if name in TEXTS:
            yield TEXTS[name]
            yield from _of_other_length(name, shortest, longest)
        if name == "decimal":
            yield from _OTHER_DECIMALS
    if effective.pattern_texts:
        found = text_matching(effective.pattern_texts, shortest, longest)
        if found is not None:
            yield found
    yield _fitted("text", shortest, longest)
    for number in range(2, _SEVERAL):
        numbered = f"text {number}"
        yield numbered.ljust(shortest, "x")
        if longest is not None and len(numbered) > longest:
            yield str(number).ljust(shortest, "x")[:longest]
            yield chr(ord("a") + number % 26)[:longest]


def _fitted(text: str, shortest: int, longest: int | None) -> str:
    return text.ljust(shortest, "x")[:longest]


def _of_other_length(name: str, shortest: int, longest: int | None) -> Iterator[str]:
    """Yield texts of a format for which the usual one is too short or too long."""
    if name not in _PADDING:
        return
    before, after = _PADDING[name]
    count = shortest - len(before) - len(after)
    if longest is not None and longest < len(TEXTS[name]):
        before, after = {
            "@example.com": ("", "@a.co"),
            ".example.com": ("", ".co"),
        }.get(after, ("a:" if before else "", after))
        count = max(shortest - len(before) - len(after), 1)
    yield f"{before}{'x' * max(count, 1)}{after}"


def text_matching(
    regexes: Sequence[Regex], shortest: int = 0, longest: int | None = None
) -> str | None:
    """Return a text that matches all patterns; None if none was found.

    It is empty only if no other text is: an empty one names nothing, and shows nothing.
    """
    first, *others = (read_pattern(regex.original) for regex in regexes)
    found = first.sample(max(shortest, 1), longest, others)
    return first.sample(shortest, longest, others) if found is None else found


# Numbers


def numbers(effective: Effective) -> Iterator[int | Decimal]:
    """Yield numbers; not every one satisfies the schema."""
    bounds = _Bounds.of(effective)
    is_whole = "number" not in effective.types
    step = _step([*effective.multiples, *([1] if is_whole else [])])
    if bounds is None or step is None:
        for limit in (effective.minimum, effective.maximum):
            if limit is not None:
                yield _plain(exact(limit))
        yield from (1, 0)
        return
    unit = step or Fraction(1)
    yield from map(_written, chain(bounds.multiples_of(unit), bounds.between()))


def _step(multiples: list[Number]) -> Fraction | None:
    """Return what a number is a multiple of; 0 for none, None if it is out of reach."""
    found = Fraction(0)
    for multiple in multiples:
        step = _fraction(multiple)
        if step is None:
            return None
        if not found:
            found = step
        else:
            numerator = lcm(found.numerator, step.numerator)
            found = Fraction(numerator, gcd(found.denominator, step.denominator))
    return found


class _Bounds:
    """The limits of a number, each with whether it is a value itself."""

    def __init__(self, low: list[Fraction], high: list[Fraction]) -> None:
        self._low = max(low, default=None)
        self._high = min(high, default=None)

    @classmethod
    def of(cls, effective: Effective) -> _Bounds | None:
        """Return the limits of a schema's numbers; None if they are out of reach."""
        low: list[Fraction] = []
        high: list[Fraction] = []
        for limits, stated in (
            (low, (effective.minimum, effective.exclusive_minimum)),
            (high, (effective.maximum, effective.exclusive_maximum)),
        ):
            for limit in stated:
                if limit is not None:
                    fraction = _fraction(limit)
                    if fraction is None:
                        return None
                    limits.append(fraction)
        return cls(low, high)

    def multiples_of(self, unit: Fraction) -> Iterator[Fraction]:
        """Yield multiples of a unit from the lower limit on; 1 of it if it can be."""
        first = unit
        if self._low is not None and self._low >= unit:
            first = -(-self._low // unit) * unit
        elif self._high is not None and self._high < unit:
            first = self._high // unit * unit
        is_downwards = self._high is not None and first + unit > self._high
        for count in range(_SEVERAL):
            yield first - count * unit if is_downwards else first + count * unit
        if self._low is not None:
            yield -(-self._low // unit) * unit

    def between(self) -> Iterator[Fraction]:
        """Yield the limits, and numbers between them."""
        low, high = self._low, self._high
        yield from (limit for limit in (high, low) if limit is not None)
        if low is not None and high is not None:
            for parts in range(2, _SEVERAL):
                yield low + (high - low) / parts
        elif low is not None:
            yield from (low + Fraction(1, 10**digits) for digits in range(3))
        elif high is not None:
            yield from (high - Fraction(1, 10**digits) for digits in range(3))


def _fraction(number: Number) -> Fraction | None:
    digits = exact(number)
    if digits and abs(digits.adjusted()) > _LARGEST_EXPONENT:
        return None
    if len(digits.as_tuple().digits) > _LARGEST_EXPONENT:
        return None
    return Fraction(digits)


def _written(number: Fraction) -> int | Decimal:
    """Return a number with digits, all of them if there is an end to them."""
    if number.denominator == 1:
        return number.numerator
    rest = number.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives) if rest == 1 else 20
    digits = number.numerator * 10**places // number.denominator
    sign, text = int(digits < 0), str(abs(digits))
    return Decimal((sign, tuple(map(int, text)), -places))


def _plain(number: Decimal) -> int | Decimal:
    is_short = abs(number.adjusted()) < _LARGEST_EXPONENT
    if is_short and number == number.to_integral_value():
        return int(number)
    return number
