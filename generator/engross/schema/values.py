"""JSON values and pointers into them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import unquote

JSON: TypeAlias = (
    "bool | int | float | Decimal | str | list[JSON] | dict[str, JSON] | None"
)
Number: TypeAlias = int | float | Decimal
Tokens: TypeAlias = tuple[str, ...]


def is_number(value: object) -> bool:
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
