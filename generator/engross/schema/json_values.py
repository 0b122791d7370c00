"""Values of JSON."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Hashable
from decimal import Decimal
from typing import Final, TypeAlias, TypeGuard

from engross.source import Value

JSON: TypeAlias = Value
Number: TypeAlias = int | float | Decimal


def is_number(value: object) -> TypeGuard[Number]:
    """Return whether the value is a number; booleans are not."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def type_of(value: object) -> str:
    """Return the JSON type of a value; a whole number is an integer, however it is written."""
    known = _TYPES.get(type(value))
    if known is not None:
        return known
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, Decimal):
        return "integer" if value == value.to_integral_value() else "number"
    return next(
        (name for kind, name in _TYPES.items() if isinstance(value, kind)), "object"
    )


_TYPES: Final = {
    str: "string",
    bool: "boolean",
    int: "integer",
    dict: "object",
    list: "array",
    type(None): "null",
}


def same(left: JSON, right: JSON) -> bool:
    """Return whether two JSON values are equal: 1 is 1.0, and neither is true."""
    return identity(left) == identity(right)


def exact(number: Number) -> Decimal:
    """Return a number with the digits that it is written with."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def is_multiple(number: Number, step: Number) -> bool:
    """Return whether a number is a whole multiple of a step, without rounding."""
    digits, exponent = _digits(number)
    step_digits, step_exponent = _digits(step)
    shift = exponent - step_exponent
    if shift >= 0:
        remainder: int = digits * pow(10, shift, step_digits) % step_digits
        return remainder == 0
    if -shift > digits.bit_length():
        return digits == 0  # the step is larger than the number
    scaled: int = step_digits * 10**-shift
    return digits % scaled == 0


def identity(value: JSON) -> Hashable:
    """Return what two JSON values share if, and only if, they are equal."""
    match value:
        case None | bool() | str():
            return type_of(value), value
        case int() | float() | Decimal():
            digits, exponent = _digits(value)
            while digits and digits % 10 == 0:
                digits, exponent = digits // 10, exponent + 1
            return "number", value < 0, digits, exponent if digits else 0
        case list():
            return "array", tuple(map(identity, value))
        case dict():
            members = ((name, identity(member)) for name, member in value.items())
            return "object", frozenset(members)


def _digits(number: Number) -> tuple[int, int]:
    """Return the digits of a number without its sign, and the power of ten of the last."""
    if isinstance(number, int):
        return abs(number), 0
    _, digits, exponent = exact(number).as_tuple()
    assert isinstance(exponent, int), "JSON numbers are finite"
    return int(Decimal((0, digits, 0))), exponent


def bytes_of(text: str) -> bytes | None:
    """Return the bytes that base64 stands for; None for a text that is none, or cut short."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None
