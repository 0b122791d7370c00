"""From JSON to the types of the contract: strictly, and tolerantly where that fails."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
)

import msgspec
from msgspec import Struct, UnsetType, ValidationError
from msgspec import json as _json
from msgspec.structs import fields as struct_fields

Convert: TypeAlias = Callable[[Any], object]

ADDITIONAL: Final = "(additional properties)"
"""Wire name of the field with the members that the contract describes without naming them.
No provider has a member of this name."""


class WireType:
    """Base of types whose wire form neither JSON nor msgspec knows."""

    __slots__ = ()

    @classmethod
    def wire_converter(cls) -> Convert | None:
        """Return the function that converts values; None: they are sent unchanged."""
        raise NotImplementedError

    @classmethod
    def from_wire(cls, value: object) -> object:
        """Return the value that a decoded JSON value stands for.

        Raises:
            ValueError: it stands for none.
            OverflowError: it stands for one that Python cannot represent.
        """
        raise NotImplementedError


class Text:
    """Marks a Decimal whose wire form is a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Text()"


DecimalText: TypeAlias = Annotated[Decimal, Text()]
"""A Decimal that is sent as a string; a plain Decimal is sent as a JSON number."""


class WireTypeError(TypeError):
    """A value that has no faithful wire form."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.problem = problem
        self.path = path

    def within(self, step: str) -> "WireTypeError":
        """Return the error with a step added before its path."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return WireTypeError(self.problem, f"{step}{joint}{self.path}")


class RawObject(dict[str, object]):
    """An object of the provider that is of no model of the contract, under wire names."""

    __slots__ = ()


_MOST_DIGITS: Final = 1000


def is_whole(number: Decimal) -> bool:
    """Return whether a number is an integer of a size that is worth writing out."""
    return number.adjusted() < _MOST_DIGITS and number == number.to_integral_value()


_INSTANT: Final = re.compile(r"[+-]?\d{4,}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d)?.*)?\Z")
"""What is meant as a date or an instant, even if Python has no such date."""


def decoder(kind: object) -> "_json.Decoder[Any]":
    """Return the decoder of a type; raise ``TypeError`` for a type that cannot be decoded."""
    return _json.Decoder(cast(type[Any], kind), dec_hook=custom, float_hook=Decimal)


def converted(value: object, kind: object) -> object:
    """Return decoded JSON as a type.

    Raises:
        ValidationError: it is no value of the type.
    """
    return cast(object, msgspec.convert(value, cast(type[Any], kind), dec_hook=custom))


def custom(kind: type, value: object) -> object:
    """Return a value as a type that msgspec does not know."""
    if kind is object:
        return value
    if issubclass(kind, WireType):
        try:
            return kind.from_wire(value)
        except OverflowError as error:
            raise ValueError(str(error)) from error
    raise NotImplementedError(f"cannot decode {kind!r}")


def tolerant(value: object, kind: object) -> object:
    """Return decoded JSON as a type, as far as it says what the type means.

    An integer may be written ``1.0``. An instant that Python cannot represent, text
    that is no base64, and a constant that has another value are kept as they were sent.

    Raises:
        ValueError: it is no value of the type.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        return tolerant(value, get_args(kind)[0])
    if origin is Union or origin is UnionType:
        return _one_of(value, get_args(kind))
    if origin is Literal:
        return _constant(value, get_args(kind))
    if origin is list and isinstance(value, list):
        (item_kind,) = get_args(kind)
        return [tolerant(item, item_kind) for item in value]
    if origin is dict and isinstance(value, dict):
        value_kind = get_args(kind)[1]
        return {name: tolerant(member, value_kind) for name, member in value.items()}
    if isinstance(kind, type):
        return _plain(value, kind)
    return converted(value, kind)


def _plain(value: object, kind: type) -> object:
    if issubclass(kind, Struct) and isinstance(value, dict):
        return _struct(value, kind)
    if issubclass(kind, WireType):
        try:
            return kind.from_wire(value)
        except OverflowError:  # an instant that Python cannot represent
            return value
    if isinstance(value, Decimal) and is_whole(value):
        if kind is int:
            return int(value)
        if issubclass(kind, IntEnum):
            return kind(int(value))
    try:
        return converted(value, kind)
    except ValidationError:
        if kind in (date, datetime) and _is_instant(value):
            return value
        if kind is bytes and isinstance(value, str):
            return value  # text that is no base64
        raise


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and _INSTANT.match(value) is not None


def _struct(value: dict[str, object], kind: type[Struct]) -> Struct:
    given: dict[str, object] = {}
    for name, wire, type_, required in _fields(kind):
        if wire in value:
            given[name] = tolerant(value[wire], type_)
        elif required:
            raise ValueError(f"{kind.__name__} is missing the required field {wire!r}")
    return kind(**given)


@cache
def _fields(kind: type[Struct]) -> tuple[tuple[str, str, object, bool], ...]:
    """Return attribute, wire name, type and necessity of each field."""
    return tuple(
        (field.name, field.encode_name, field.type, field.required)
        for field in struct_fields(kind)
    )


def _constant(value: object, constants: tuple[object, ...]) -> object:
    kinds = {type(constant) for constant in constants}
    if type(value) in kinds:
        return value
    if isinstance(value, Decimal) and int in kinds:
        return _plain(value, int)
    raise ValueError(f"expected {constants[0]!r}, got {value!r}")


def _one_of(value: object, kinds: tuple[object, ...]) -> object:
    if value is None and NoneType in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind not in (NoneType, UnsetType))
    for convert in (converted, tolerant):
        for kind in kinds:
            try:
                return convert(value, kind)
            except (ValueError, OverflowError):
                continue
    raise ValueError(f"{value!r} is of none of the expected types")
