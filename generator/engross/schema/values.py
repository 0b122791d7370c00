"""Values of JSON."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import TypeAlias

from engross.source import Value

JSON: TypeAlias = Value
Number: TypeAlias = int | float | Decimal


def is_number(value: object) -> bool:
    """Return whether the value is a number; booleans are not."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def type_of(value: object) -> str:
    """Return the JSON type of a value; a whole number is an integer, however it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float() | Decimal():
            return "integer" if value % 1 == 0 else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def same(left: object, right: object) -> bool:
    """Return whether two JSON values are equal: 1 is 1.0, and neither is true."""
    return identity(left) == identity(right)


def identity(value: object) -> Hashable:
    """Return what is equal for two JSON values just if they are the same."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", *map(identity, value))
    if isinstance(value, dict):
        return ("object", frozenset((name, identity(v)) for name, v in value.items()))
    return exact(value)


def exact(number: object) -> Decimal:
    """Return a number with the digits that it is written with."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(str(number))
