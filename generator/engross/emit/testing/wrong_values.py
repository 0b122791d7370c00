"""Values that break one keyword of a schema, and those at the edge of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from engross.emit.testing.cases import Change, LongText, Repeated
from engross.patterns import read_pattern
from engross.schema.composition import Effective
from engross.schema.json_values import JSON, Number, exact, same, type_of
from engross.schema.tree import Schema

AMOUNT: Final = Decimal("7.10")
"""An amount whose last digit is easily lost."""

PAST, FUTURE = "2001-01-31T12:00:00Z", "2999-01-31T12:00:00Z"

TEXTS: Final = {
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
}
"""A text that has not the format."""

_LONGEST_LIST: Final = 1000
_LONGEST_TEXT: Final = 100_000
_SHORT_TEXT: Final = 20


class Trial(NamedTuple):
    """A change that should break a keyword."""

    keyword: str
    change: Change
    edge: Change | None = None
    """A change that just keeps to it, if there is one."""


def of_another_type(types: frozenset[str], effective: Effective) -> Iterator[JSON]:
    """Yield a value of none of the types, if there is one.

    A number is no wrong value for an amount that travels as text: the client writes it as one.
    """
    candidates: tuple[JSON, ...] = ("text", 12, True, [], {})
    for candidate in candidates:
        is_written = candidate == 12 and "string" in types and is_amount(effective)
        kind = type_of(candidate)
        is_allowed = kind in types or (kind == "integer" and "number" in types)
        if not is_allowed and not is_written:
            yield candidate
            return


def is_amount(effective: Effective) -> bool:
    """Return whether a value is a decimal to the caller."""
    return effective.extension("money") is not None or "decimal" in effective.formats


def unlike(values: tuple[JSON, ...]) -> Iterator[JSON]:
    """Yield a value of the same type as those listed that is none of them."""
    known = [value for value in values if value is not None]
    candidates: tuple[JSON, ...] = ()
    match known[0] if known else None:
        case str():
            candidates = ("something else", "something else again")
        case bool():
            candidates = (not known[0],)
        case int():
            # The next one could be the constant of another member of a union.
            candidates = (-1, min(one for one in known if isinstance(one, int)) - 1)
    others = (v for v in candidates if not any(same(v, value) for value in values))
    yield from [*others][:1]


def of_text(schema: Schema) -> Iterator[Trial]:
    """Yield trials of the keywords of texts."""
    shortest, longest = schema.min_length, schema.max_length
    if shortest is not None and shortest <= _LONGEST_TEXT:
        yield Trial("minLength", _text_of(shortest - 1), _text_of(shortest))
    if longest is not None and longest <= _LONGEST_TEXT:
        yield Trial("maxLength", _text_of(longest + 1), _text_of(longest))
    if schema.pattern is not None:
        pattern = read_pattern(schema.pattern.original)
        text = pattern.counterexample(shortest or 0, longest)
        yield from [] if text is None else [Trial("pattern", text)]
    if schema.format in TEXTS:
        yield Trial("format", TEXTS[schema.format])


def of_number(schema: Schema, *, is_whole: bool) -> Iterator[Trial]:
    """Yield trials of the keywords of numbers."""
    unit = Decimal(1) if is_whole else Decimal("0.01")
    for keyword, limit, inside, outside in (
        ("minimum", schema.minimum, 0, -1),
        ("maximum", schema.maximum, 0, 1),
        ("exclusiveMinimum", schema.exclusive_minimum, 1, 0),
        ("exclusiveMaximum", schema.exclusive_maximum, -1, 0),
    ):
        if limit is not None and _is_in_reach(limit):
            wrong, right = (exact(limit) + side * unit for side in (outside, inside))
            yield Trial(keyword, _plain(wrong), _plain(right))
    step = schema.multiple_of
    if step is not None and _is_in_reach(step) and not (is_whole and step == 1):
        half = Decimal(1) if is_whole else exact(step) / 2
        yield Trial("multipleOf", _plain(exact(step) + half))


def of_list(schema: Schema, items: list[JSON]) -> Iterator[Trial]:
    """Yield trials of the keywords of lists."""
    fewest, most = schema.min_items, schema.max_items
    if fewest and fewest < _LONGEST_LIST:
        if items:
            yield Trial("minItems", Repeated(fewest - 1), Repeated(fewest))
        else:
            yield Trial("minItems", [])
    if most is not None and most < _LONGEST_LIST and items:
        yield Trial("maxItems", Repeated(most + 1), Repeated(most) if most else None)
    if schema.unique_items and items:
        yield Trial("uniqueItems", Repeated(2))


def _text_of(length: int) -> Change:
    return "x" * length if length <= _SHORT_TEXT else LongText(length)


def _is_in_reach(number: Number) -> bool:
    """Return whether the neighbours of a number can be calculated."""
    digits = exact(number)
    return len(digits.as_tuple().digits) < 24 and abs(digits.adjusted()) < 24


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number
