"""JSON values and pointers into them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import TypeAlias, TypeGuard
from urllib.parse import unquote

JSON: TypeAlias = (
    "bool | int | float | Decimal | str | list[JSON] | dict[str, JSON] | None"
)
Number: TypeAlias = int | float | Decimal
Tokens: TypeAlias = tuple[str, ...]


def is_number(value: object) -> TypeGuard[Number]:
    """Tell whether the value is a number; booleans are not."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def escape(token: str) -> str:
    """Give a token as it stands in a JSON pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def to_pointer(tokens: Iterable[str]) -> str:
    """Write tokens as a JSON pointer."""
    return "".join(f"/{escape(token)}" for token in tokens)


def from_fragment(fragment: str) -> Tokens:
    """Read the tokens of a JSON pointer that stands in a URI's fragment."""
    return tuple(
        token.replace("~1", "/").replace("~0", "~")
        for token in unquote(fragment).split("/")[1:]
    )


def lookup(document: JSON, tokens: Tokens) -> JSON:
    """Give the value at the tokens.

    Raises:
        KeyError: there is no such value.
    """
    value = document
    for token in tokens:
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list):
            if not token.isdecimal() or int(token) >= len(value):
                raise KeyError(token)
            value = value[int(token)]
        else:
            raise KeyError(token)
    return value


def type_of(value: object) -> str:
    """Return the JSON type of a value; a whole number is an integer, however it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case Decimal():
            return "integer" if value == value.to_integral_value() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def same(left: object, right: object) -> bool:
    """Return whether two JSON values are equal: 1 is 1.0, and neither is true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) and is_number(right):
        return exact(left) == exact(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same(member, right[name]) for name, member in left.items()
        )
    return type(left) is type(right) and left == right


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
