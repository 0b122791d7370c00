"""Values that break one keyword of a schema, and those at the edge of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engross.contract.schemas import Facts, allows, number
from engross.emit.testing.cases import LongText, Repeated
from engross.emit.testing.fitting import matches
from engross.patterns import PatternError, read_pattern

AMOUNT = Decimal("7.10")
"""An amount whose last digit is easily lost."""

PAST, FUTURE = "2001-01-31T12:00:00Z", "2999-01-31T12:00:00Z"

TEXTS = {
    "date": "2023-02-30",
    "date-time": "yesterday",
    "time": "noon",
    "duration": "two days",
    "email": "nobody",
    "hostname": "no host",
    "ipv4": "192.0.2.256",
    "ipv6": "192.0.2.1",
    "uri": "no address",
    "uuid": "no identifier",
    "decimal": "ten",
}
"""A text that has not the format."""

_LONGEST_LIST = 1000
_LONGEST_TEXT = 20
_LONGEST_TRIED = 100_000
"""Bounds of a length beyond this are not tried; a test would take too long."""

Pair = tuple[str, object, object]
"""A keyword, a value that breaks it, and one that just does not; NONE where none is known."""

NONE = object()


def of_another_type(types: frozenset[str], facts: Facts) -> object:
    """A value of none of the types; NONE where every type is allowed.

    A number is no wrong value for an amount that travels as text: the client writes it as one.
    """
    candidates: tuple[object, ...] = ("text", 12, True, [], {})
    for candidate in candidates:
        is_written = candidate == 12 and "string" in types and is_amount(facts)
        if not allows(types, candidate) and not is_written:
            return candidate
    return NONE


def is_amount(facts: Facts) -> bool:
    """Whether a value is a decimal to the caller."""
    own = facts.get("x-engross")
    has_unit = isinstance(own, dict) and "money" in own
    return has_unit or facts.get("format") == "decimal"


def unlike(values: list[object]) -> object:
    """A value of the same type as those listed that is none of them."""
    known = [value for value in values if value is not None]
    match known[0] if known else None:
        case str():
            texts = ("something else", "something else again")
            return next(text for text in texts if text not in values)
        case bool():
            return NONE if len(set(map(bool, known))) == 2 else not known[0]
        case int():
            return max(value for value in known if isinstance(value, int)) + 1
        case _:
            return NONE


def for_text(facts: Facts, formats: frozenset[str]) -> Iterator[Pair]:
    """Pairs for the keywords of texts."""
    shortest, longest = facts.get("minLength"), facts.get("maxLength")
    if isinstance(shortest, int) and 0 < shortest <= _LONGEST_TRIED:
        yield "minLength", _text_of(shortest - 1), _text_of(shortest)
    if isinstance(longest, int) and longest <= _LONGEST_TRIED:
        yield "maxLength", _text_of(longest + 1), _text_of(longest)
    pattern, stated = facts.get("pattern"), str(facts.get("format"))
    if isinstance(pattern, str):
        yield "pattern", _unmatched(pattern, facts), NONE
    if stated in formats and stated in TEXTS:
        wrong = TEXTS[stated]
        is_alone = _has_the_length(facts, wrong) and (
            not isinstance(pattern, str) or matches(pattern, wrong)
        )
        yield "format", wrong if is_alone else NONE, NONE


def for_number(facts: Facts, *, is_whole: bool) -> Iterator[Pair]:
    """Pairs for the keywords of numbers."""
    unit = 1 if is_whole else Decimal("0.01")
    for keyword, inside, outside in (
        ("minimum", 0, -1),
        ("maximum", 0, 1),
        ("exclusiveMinimum", 1, 0),
        ("exclusiveMaximum", -1, 0),
    ):
        limit = number(facts.get(keyword))
        if limit is not None:
            yield keyword, limit + outside * unit, limit + inside * unit
    step = number(facts.get("multipleOf"))
    if step is not None and not (is_whole and step == 1):
        yield "multipleOf", step + (1 if is_whole else Decimal(step) / 2), NONE


def for_list(facts: Facts, value: list[object], *, is_unique: bool) -> Iterator[Pair]:
    """Pairs for the keywords of lists; equal items are no edge where items must differ."""
    fewest, most = facts.get("minItems"), facts.get("maxItems")
    if isinstance(fewest, int) and fewest > 0:
        edge = NONE if is_unique or not value else Repeated(fewest)
        yield "minItems", _times(value, fewest - 1), edge
    if isinstance(most, int) and most < _LONGEST_LIST and value:
        edge = NONE if is_unique or most == 0 else Repeated(most)
        yield "maxItems", _times(value, most + 1), edge
    if facts.get("uniqueItems") and value and most != 1:
        yield "uniqueItems", Repeated(2), NONE


def _times(value: list[object], count: int) -> object:
    return Repeated(count) if count and value else []


def _text_of(length: int) -> object:
    return "x" * length if length <= _LONGEST_TEXT else LongText(length)


def _unmatched(pattern: str, facts: Facts) -> object:
    """Return a text of an allowed length that does not match; NONE if none is found."""
    shortest, longest = facts.get("minLength"), facts.get("maxLength")
    least = shortest if isinstance(shortest, int) else 0
    most = longest if isinstance(longest, int) else None
    try:
        wrong = read_pattern(pattern).counterexample(least, most)
    except PatternError:
        return NONE
    return NONE if wrong is None else wrong


def _has_the_length(facts: Facts, text: str) -> bool:
    shortest, longest = facts.get("minLength"), facts.get("maxLength")
    return not (
        (isinstance(shortest, int) and len(text) < shortest)
        or (isinstance(longest, int) and len(text) > longest)
    )
