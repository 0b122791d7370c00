"""The functions and methods that rules may call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from engross.validation.cel.kinds import (
    BOOLEAN,
    DURATION,
    INTEGER,
    NUMBER_TYPE,
    TIMESTAMP,
    Kind,
    Type,
)
from engross.validation.cel.python import ATOM, Py, need, number_of
from engross.validation.cel.syntax import At

if TYPE_CHECKING:
    from engross.validation.cel.compiler import Compiler


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


def timestamp_of(value: Py, at: At) -> Py:
    """Read a text as an instant; one that is written out is read now."""
    if value.operator == "literal":
        try:
            stamp = datetime.fromisoformat(value.operands[0].text)
        except ValueError:
            stamp = None
        if stamp is None or stamp.tzinfo is None:
            raise at.error("this is not an instant such as '2030-01-31T09:30:00Z'")
        return Py(f"instant({value.text})", TIMESTAMP)
    return Py(f"instant({value.text})", TIMESTAMP, fails=True)


def _size(compiler: Compiler, at: At, value: Py) -> Py:
    if value.type.kind not in (Kind.TEXT, Kind.LIST, Kind.OBJECT):
        raise at.error(f"{value.type.kind.words} has no size")
    return Py(f"len({value.text})", INTEGER, fails=value.fails)


def _text_method(method: str) -> Callable[[Compiler, At, Py, Py], Py]:
    def compile_call(compiler: Compiler, at: At, value: Py, other: Py) -> Py:
        need(value, at, Kind.TEXT)
        need(other, at, Kind.TEXT)
        text = f"{value.within(ATOM)}.{method}({other.text})"
        return Py(text, BOOLEAN, fails=value.fails or other.fails)

    return compile_call


def _contains(compiler: Compiler, at: At, value: Py, other: Py) -> Py:
    need(value, at, Kind.TEXT)
    need(other, at, Kind.TEXT)
    return compiler.contained(other, value)


def _matches(compiler: Compiler, at: At, value: Py, pattern: Py) -> Py:
    need(value, at, Kind.TEXT)
    return compiler.matches(at, value, pattern)


def _timestamp(compiler: Compiler, at: At, value: Py) -> Py:
    if value.type.kind is Kind.TIMESTAMP:
        return value
    need(value, at, Kind.TEXT)
    return replace(timestamp_of(value, at), path=value.path)


def _duration(compiler: Compiler, at: At, value: Py) -> Py:
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


def _sum(compiler: Compiler, at: At, value: Py) -> Py:
    items = _numbers(compiler, at, value, "sum()")
    type_ = Type(compiler.schemas.item(value.type).kind)
    return Py(
        f"sum({items})",
        type_,
        fails=True,
        operator="sum",
        operands=value.operands if value.operator == "map" else (),
    )


def _extreme(function: str) -> Callable[[Compiler, At, Py], Py]:
    def compile_call(compiler: Compiler, at: At, value: Py) -> Py:
        items = _numbers(compiler, at, value, f"{function}()")
        type_ = Type(compiler.schemas.item(value.type).kind)
        return Py(f"{function}({items})", type_, fails=True)

    return compile_call


def _numbers(compiler: Compiler, at: At, value: Py, function: str) -> str:
    """Give the argument for a function over the numbers of a list."""
    need(value, at, Kind.LIST)
    item = compiler.schemas.item(value.type)
    if not item.kind.is_number:
        raise at.error(f"{function} needs a list of numbers")
    if value.operator == "map":
        return value.text[1:-1]
    return f"map(exact, {value.text})"


def _unique(compiler: Compiler, at: At, value: Py) -> Py:
    need(value, at, Kind.LIST)
    return Py(f"unique({value.text})", BOOLEAN, fails=value.fails, is_bool=True)


def _double(compiler: Compiler, at: At, value: Py) -> Py:
    return replace(number_of(value, at), type=NUMBER_TYPE)


def _dynamic(compiler: Compiler, at: At, value: Py) -> Py:
    return value


FUNCTIONS: dict[str, tuple[int, Callable[..., Py]]] = {
    "double": (1, _double),
    "duration": (1, _duration),
    "dyn": (1, _dynamic),
    "matches": (2, _matches),
    "size": (1, _size),
    "timestamp": (1, _timestamp),
}


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
