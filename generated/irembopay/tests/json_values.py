"""JSON as the tests compare and change it."""

import copy
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

from msgspec import ValidationError, convert

from .package import UNSET, Model, to_wire

Json: TypeAlias = Any
"""JSON as Python has it; numbers with a fraction are Decimals."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={1,2}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def plain(value: object) -> Json:
    """The value in a form in which equal means the same.

    Models become what they are on the wire. Instants, UUIDs and base64 compare as such
    however they are written, and numbers by their value.
    """
    match value:
        case Model():
            return plain(_sent(value))
        case dict():
            return {name: plain(member) for name, member in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case bool() | None:
            return value
        case int() | float() | Decimal():
            return Decimal(str(value))
        case bytes():
            return b64encode(value).decode()
        case Enum():
            return plain(value.value)
        case str() if _INSTANT.match(value):
            return _instant(value)
        case str() if _UUID.fullmatch(value):
            return value.lower()
        case str() if _BASE64.fullmatch(value) and len(value) % 4 == 0:
            return b64encode(b64decode(value)).decode()
        case UUID():
            return str(value)
        case datetime():
            return plain(to_wire(type(value), value))
        case _:
            return to_wire(None, value)


def _sent(model: Model) -> Json:
    """Return a model as JSON types with exact numbers."""
    return json.loads(model.to_json(), parse_float=Decimal)


def _instant(text: str) -> Json:
    try:
        return convert(text, datetime)  # rounds as clients do
    except ValidationError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def value_at(value: Json, pointer: str) -> Json:
    """The part of a JSON value that a pointer names; UNSET if there is none."""
    for step in _steps(pointer):
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else UNSET
        elif isinstance(value, dict):
            value = value.get(step, UNSET)
        else:
            return UNSET
    return value


def field_at(value: Any, pointer: str) -> Any:
    """The part of a model that a pointer with wire names leads to."""
    for step in _steps(pointer):
        if isinstance(value, Model):
            index = value.__struct_encode_fields__.index(step)
            value = getattr(value, value.__struct_fields__[index])
        else:
            value = value[int(step) if isinstance(value, list) else step]
    return value


def on_the_wire(value: Any) -> Json:
    """What a method returned, as JSON types, with all that the provider sent."""
    if isinstance(value, list):
        return [on_the_wire(item) for item in value]
    if isinstance(value, dict):
        return {name: on_the_wire(member) for name, member in value.items()}
    return _sent(value) if isinstance(value, Model) else value


def unknown_at(value: Any, pointer: str) -> Json:
    """What a model that a method returned says of a field that it does not know."""
    if isinstance(value, list | dict):
        step, slash, rest = pointer[1:].partition("/")
        (name,) = _steps(f"/{step}")
        part = value[int(name)] if isinstance(value, list) else value[name]
        return unknown_at(part, slash + rest)
    return value_at(value.unknown_fields, pointer)


def changed(value: Json, pointer: str, new: Json) -> Json:
    """A copy of a JSON value with another part, or without it if that is UNSET."""
    return _rewritten(value, pointer, lambda _: new)


def repeated(value: Json, pointer: str, count: int) -> Json:
    """A copy of a JSON value in which a list holds its first item some times."""
    return _rewritten(value, pointer, lambda items: items[:1] * count)


def _rewritten(value: Json, pointer: str, change: Callable[[Json], Json]) -> Json:
    if not pointer:
        return change(value)
    root = copy.deepcopy(value)
    *path, last = _steps(pointer)
    holder = root
    for step in path:
        holder = holder[int(step) if isinstance(holder, list) else step]
    if isinstance(holder, list):
        holder[int(last)] = change(holder[int(last)])
        return root
    new = change(holder.pop(last, UNSET))
    if new is not UNSET:
        holder[last] = new
    return root


def _steps(pointer: str) -> list[str]:
    return [
        part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]
    ]
