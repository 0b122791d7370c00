"""Functions and methods that rules may call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from engross.data import dataclass
from engross.layout import string
from engross.patterns import Method, PatternError, Regex, read_re2
from engross.validation.cel.cel_syntax import At
from engross.validation.cel.kinds import (
    BOOLEAN,
    DURATION,
    INTEGER,
    NUMBER_TYPE,
    TEXT,
    TIMESTAMP,
    Kind,
    Schemas,
    Type,
)
from engross.validation.cel.python import (
    ATOM,
    COMPARE,
    SUM,
    Py,
    contained,
    need,
    number_of,
)

_DURATION = re.compile(r"([-+]?)((?:\d+(?:\.\d*)?(?:h|ms|m|s|us|ns))+)")
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?)(h|ms|m|s|us|ns)")
_MICROSECONDS = {
    "h": Decimal(3_600_000_000),
    "m": Decimal(60_000_000),
    "s": Decimal(1_000_000),
    "ms": Decimal(1000),
    "us": Decimal(1),
    "ns": Decimal("0.001"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What functions need to know of the contract."""

    schemas: Schemas
    constant: Callable[[Regex], str]
    """Returns the name of the constant that matches a pattern."""


def timestamp_of(value: Py, at: At) -> Py:
    """Read a string as an instant; a literal is checked at once."""
    if value.operator == "literal":
        try:
            stamp = datetime.fromisoformat(value.operands[0].text)
        except ValueError:
            stamp = None
        if stamp is None or stamp.tzinfo is None:
            raise at.error("this is not an instant such as '2030-01-31T09:30:00Z'")
        return Py(f"instant({value.text})", TIMESTAMP)
    return Py(f"instant({value.text})", TIMESTAMP, fails=True)


def _size(context: Context, at: At, value: Py) -> Py:
    if value.type.kind not in (Kind.TEXT, Kind.LIST, Kind.OBJECT):
        raise at.error(f"{value.type.kind.words} has no size")
    return Py(f"len({value.text})", INTEGER, fails=value.fails)


def _text_method(method: str) -> Callable[[Context, At, Py, Py], Py]:
    def compile_call(context: Context, at: At, value: Py, other: Py) -> Py:
        need(value, at, Kind.TEXT)
        need(other, at, Kind.TEXT)
        text = f"{value.within(ATOM)}.{method}({other.text})"
        return Py(text, BOOLEAN, fails=value.fails or other.fails)

    return compile_call


def _contains(context: Context, at: At, value: Py, other: Py) -> Py:
    need(value, at, Kind.TEXT)
    need(other, at, Kind.TEXT)
    return contained(other, value)


def _matches(context: Context, at: At, value: Py, pattern: Py) -> Py:
    """Compile `matches`, whose pattern must be known in advance."""
    need(value, at, Kind.TEXT)
    if pattern.operator != "literal":
        raise at.error("matches() needs its pattern written out")
    try:
        regex = read_re2(pattern.operands[0].text).regex
    except PatternError as error:
        raise at.error(str(error)) from None
    if regex.longest is not None:
        raise at.error(f"the pattern {regex.original!r} is too large")
    source, fails = string(regex.source), value.fails
    if regex.method is Method.EQUALS:
        return Py(f"{value.within(SUM)} == {source}", BOOLEAN, COMPARE, fails)
    if regex.method is Method.CONTAINS:
        return contained(Py(source, TEXT), value)
    if regex.method in (Method.STARTS_WITH, Method.ENDS_WITH):
        text = f"{value.within(ATOM)}.{regex.method.value}({source})"
        return Py(text, BOOLEAN, fails=fails)
    text = f"bool({context.constant(regex)}({value.text}))"
    return Py(text, BOOLEAN, fails=fails, is_bool=True)


def _timestamp(context: Context, at: At, value: Py) -> Py:
    if value.type.kind is Kind.TIMESTAMP:
        return value
    need(value, at, Kind.TEXT)
    return replace(timestamp_of(value, at), path=value.path)


def _duration(context: Context, at: At, value: Py) -> Py:
    if value.operator != "literal":
        raise at.error("duration() needs its text written out")
    match = _DURATION.fullmatch(value.operands[0].text)
    if match is None:
        raise at.error("this is not a duration such as '1h30m'")
    total = sum(
        (
            Decimal(number) * _MICROSECONDS[unit]
            for number, unit in _DURATION_PART.findall(match[2])
        ),
        Decimal(0),
    )
    amount = int(total) * (-1 if match[1] == "-" else 1)
    seconds, rest = divmod(amount, 1_000_000)
    parts = f"microseconds={amount}" if rest else f"seconds={seconds}"
    return Py(f"timedelta({parts})", DURATION)


def _sum(context: Context, at: At, value: Py) -> Py:
    items = _numbers(context, at, value, "sum()")
    type_ = Type(context.schemas.item(value.type).kind)
    return Py(
        f"sum({items})",
        type_,
        fails=True,
        operator="sum",
        operands=value.operands if value.operator == "map" else (),
    )


def _extreme(function: str) -> Callable[[Context, At, Py], Py]:
    def compile_call(context: Context, at: At, value: Py) -> Py:
        items = _numbers(context, at, value, f"{function}()")
        type_ = Type(context.schemas.item(value.type).kind)
        return Py(f"{function}({items})", type_, fails=True)

    return compile_call


def _numbers(context: Context, at: At, value: Py, function: str) -> str:
    """Return the argument for a function over the numbers of a list."""
    need(value, at, Kind.LIST)
    item = context.schemas.item(value.type)
    if not item.kind.is_number:
        raise at.error(f"{function} needs a list of numbers")
    if value.operator == "map":
        return value.text[1:-1]
    return f"map(exact, {value.text})"


def _unique(context: Context, at: At, value: Py) -> Py:
    need(value, at, Kind.LIST)
    return Py(f"unique({value.text})", BOOLEAN, fails=value.fails, is_bool=True)


def _double(context: Context, at: At, value: Py) -> Py:
    return replace(number_of(value, at), type=NUMBER_TYPE)


def _dynamic(context: Context, at: At, value: Py) -> Py:
    return value


FUNCTIONS: dict[str, tuple[int, Callable[..., Py]]] = {
    "double": (1, _double),
    "duration": (1, _duration),
    "dyn": (1, _dynamic),
    "matches": (2, _matches),
    "size": (1, _size),
    "timestamp": (1, _timestamp),
}
"""Name of a function -> how many arguments it has, and what compiles a call."""

METHODS: dict[str, tuple[int, Callable[..., Py]]] = {
    "contains": (2, _contains),
    "endsWith": (2, _text_method("endswith")),
    "matches": (2, _matches),
    "max": (1, _extreme("max")),
    "min": (1, _extreme("min")),
    "size": (1, _size),
    "startsWith": (2, _text_method("startswith")),
    "sum": (1, _sum),
    "unique": (1, _unique),
}
"""The same for methods; the first argument is the value that has the method."""
