"""Documented payloads as Python source: what a developer would have written to send them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

from engross.contract.ir import (
    ADDITIONAL,
    ANY,
    Definition,
    Enum,
    Field,
    Kind,
    ListOf,
    Literal,
    MapOf,
    Model,
    Nullable,
    Primitive,
    Ref,
    Type,
    Union,
    UnionType,
    by_field,
)
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.layout import Expression, Group, Item, call, dict_of, literal, string
from engross.schema.json_values import JSON, bytes_of, same, type_of

_JSON_TYPES: Final = {
    Kind.BOOLEAN: ("boolean",),
    Kind.NULL: ("null",),
    Kind.INTEGER: ("integer",),
    Kind.NUMBER: ("integer", "number"),
    Kind.DECIMAL: ("integer", "number"),
    Kind.UNIX_SECONDS: ("integer",),
    Kind.UNIX_MILLISECONDS: ("integer",),
}
"""Types of JSON of the kinds that are no text."""

_BYTES = (Kind.BINARY, Kind.FILE, Kind.CONTENT)
_PLAIN = frozenset(map(chr, range(32, 127))) - {'"', "\\"}
_UUID = re.compile(r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}\Z")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z")


def member_of(
    names: PythonNames,
    value: Mapping[str, object],
    members: tuple[Type, ...],
    alias: UnionType | None = None,
) -> Type | None:
    """Return the member of a union that an object is: named by its tag, or most like it.

    Args:
        value: the object, by the names of the wire.
        members: the types that it may be.
        alias: the union, if it is one with a name.
    """
    if alias is not None and alias.discriminator is not None:
        named = dict(alias.mapping).get(str(value.get(alias.discriminator)))
        if named is not None:
            return Ref(named)
    objects = [
        each
        for each in members
        if isinstance(each, Ref) and not isinstance(names.definition(each), Enum)
    ]
    maps = [each for each in members if isinstance(each, MapOf)]
    if not objects:
        return maps[0] if maps else None
    distances = [_distance(names, value, each) for each in objects]
    least = min(distances)
    if maps and least > (0, 0, 0):
        return maps[0]
    pairs = zip(objects, distances, strict=True)
    alike = [each for each, distance in pairs if distance == least]
    if len(alike) == 1:
        return alike[0]
    return min(alike, key=lambda each: _lost(names, value, each))


def _distance(
    names: PythonNames, value: Mapping[str, object], member: Ref
) -> tuple[int, int, int]:
    """Return how many listed values differ, how many fields lack, and how many are new."""
    model = names.definition(member)
    if not isinstance(model, Model):
        return 0, 0, 0
    value = by_field(value, model.wires)
    differing = (
        not any(same(cast(JSON, value[field.wire]), each) for each in known)
        for field in model.fields
        if field.wire in value and (known := _known_values(names, field.type))
    )
    lacking = (field.required and field.wire not in value for field in model.fields)
    return sum(differing), sum(lacking), len(value.keys() - set(model.wires))


def _lost(names: PythonNames, value: object, type_: Type) -> int:
    """Return how many members of a value a type has no place for, at any depth."""
    match type_, value:
        case Nullable(inner), _:
            return _lost(names, value, inner)
        case ListOf(inner), list():
            return sum(_lost(names, each, inner) for each in value)
        case MapOf(inner), dict():
            return sum(_lost(names, each, inner) for each in value.values())
        case Union(members), _:
            return min(_lost(names, value, each) for each in members)
        case Ref() as ref, _:
            definition = names.definition(ref)
            if isinstance(definition, UnionType):
                return _lost(names, value, Union(definition.members))
            if isinstance(definition, Model) and isinstance(value, dict):
                types = {field.wire: field.type for field in definition.fields}
                return sum(
                    _lost(names, each, types[wire]) if wire in types else 1
                    for wire, each in by_field(value, types).items()
                )
    return int(isinstance(value, dict | list) and type_ != ANY)


def _known_values(names: PythonNames, type_: Type) -> tuple[JSON, ...]:
    """Return the values that a type lists; none if it is not of constants or an enum."""
    match type_:
        case Literal(values):
            return values
        case Ref() as ref if isinstance(enum := names.definition(ref), Enum):
            return tuple(member.value for member in enum.members)
    return ()


def nearest(
    names: PythonNames, value: object, members: tuple[Type, ...]
) -> Type | None:
    """Return the member that a value, one that is no object, is most like.

    None if it is a plain text.
    """
    if isinstance(value, str) and Primitive(Kind.STRING) in members:
        return None
    fitting = [member for member in members if _is_of(names, value, member)]
    return min(fitting, key=lambda each: _misfit(names, value, each), default=None)


def _misfit(names: PythonNames, value: object, type_: Type) -> tuple[int, ...]:
    """Return how far the objects in a value are from those of a type, all together."""
    none = 0, 0, 0
    match type_, value:
        case ListOf(item), list():
            misfits = (_misfit(names, each, item) for each in value)
            return tuple(map(sum, zip(none, *misfits, strict=True)))
        case Ref() as ref, dict():
            return _distance(names, value, ref)
    return none


def _is_of(names: PythonNames, value: object, type_: Type) -> bool:
    """Return whether Python writes a wire value of a type as JSON does, or in its own way."""
    match type_, value:
        case Nullable(inner), _:
            return value is None or _is_of(names, value, inner)
        case Literal(values), _:
            return any(same(cast(JSON, value), each) for each in values)
        case ListOf(item), list():
            return all(_is_of(names, each, item) for each in value)
        case Union(members), _:
            return any(_is_of(names, value, member) for member in members)
        case Ref() as ref, _:
            definition = names.definition(ref)
            if isinstance(definition, UnionType):
                return any(_is_of(names, value, each) for each in definition.members)
            if isinstance(definition, Enum):
                known = (member.value for member in definition.members)
                return any(same(cast(JSON, value), each) for each in known)
            return isinstance(value, dict)
        case MapOf(), _:
            return isinstance(value, dict)
        case Primitive(Kind.DATE_TIME), str():
            return "T" in value.upper()  # a date alone is one of the next member
        case Primitive(Kind.DATE), str():
            return _DATE.match(value) is not None
        case Primitive(Kind.UUID), str():
            return _UUID.match(value) is not None
        case Primitive(kind), _:
            types = _JSON_TYPES.get(kind, ("string",))
            return kind is Kind.ANY or type_of(value) in types
    return False


@dataclass(frozen=True, slots=True)
class ValueWriter:
    """Writes wire values as Python expressions of their types."""

    names: PythonNames
    imports: Imports
    class_of: Callable[[Definition], str] | None = None
    """Names the class of a model or an enum; None if they are written as plain values."""
    class_in_list: Callable[[Definition], str] | None = None
    """Names the class of models in a list that is one of several; None for plain values.

    Type checkers find no type for a list of dicts that may be one of several lists.
    """

    def write(self, value: object, type_: Type) -> Expression:
        """The expression of a wire value; one that does not fit its type is written as it is."""
        match type_, value:
            case Nullable(inner), _ if value is not None:
                return self.write(value, inner)
            case ListOf(item), list():
                return Group(
                    "[", tuple(Item("", self.write(each, item)) for each in value), "]"
                )
            case MapOf(inner), dict():
                return dict_of(
                    {string(str(k)): self.write(v, inner) for k, v in value.items()}
                )
            case Ref() as ref, dict():
                definition = self.names.definition(ref)
                if isinstance(definition, Model):
                    return self._model(value, definition)
                if isinstance(definition, UnionType):
                    return self._one_of(value, definition.members, definition)
            case Union(members), dict():
                return self._one_of(value, members)
            case Union(members), _ if value is not None:
                return self._single(value, members)
            case Ref() as ref, _ if isinstance(
                definition := self.names.definition(ref), UnionType
            ):
                return self._single(value, definition.members)
            case Ref() as ref, str() | int() if self.class_of:
                definition = self.names.definition(ref)
                if isinstance(definition, Enum):
                    return self._member(value, definition, self.class_of(definition))
            case Primitive(kind), _:
                return self._primitive(value, kind)
        return self._literal(value)

    def as_sent(self, value: object, type_: Type) -> object:
        """A wire value in the one form that clients have for it, of several that mean the same."""
        match type_, value:
            case Nullable(inner), _:
                return self.as_sent(value, inner)
            case ListOf(item), list():
                return [self.as_sent(each, item) for each in value]
            case MapOf(inner), dict():
                return {name: self.as_sent(each, inner) for name, each in value.items()}
            case Ref() as ref, dict() if isinstance(
                definition := self.names.definition(ref), Model
            ):
                types = {field.wire: field.type for field in definition.fields}
                rest = types.get(ADDITIONAL)
                other = rest.value if isinstance(rest, MapOf) else ANY
                return {
                    name: self.as_sent(each, types.get(name, other))
                    for name, each in value.items()
                    if name in types or rest is not None
                }
            case Union(members), _ if not isinstance(value, dict):
                member = nearest(self.names, value, members)
                return value if member is None else self.as_sent(value, member)
            case Ref() as ref, _ if isinstance(
                definition := self.names.definition(ref), UnionType
            ):
                return self.as_sent(value, Union(definition.members))
            case Primitive(Kind.INTEGER), float() | Decimal() if value == int(value):
                return int(value)
            case Primitive(Kind.UUID), str():
                return value.lower()
            case Primitive(Kind.DATE_TIME), str():
                return re.sub(
                    r"\+00:00$", "Z", datetime.fromisoformat(value).isoformat()
                )
            case _:
                return value

    def _one_of(
        self,
        value: Mapping[str, object],
        members: tuple[Type, ...],
        alias: UnionType | None = None,
    ) -> Expression:
        member = member_of(self.names, value, members, alias)
        return self._literal(value) if member is None else self.write(value, member)

    def _single(self, value: object, members: tuple[Type, ...]) -> Expression:
        member = nearest(self.names, value, members)
        if member is None:
            return self._literal(value)
        lists = [each for each in members if isinstance(each, ListOf)]
        if len(lists) > 1 and isinstance(value, list) and self.class_in_list:
            return replace(self, class_of=self.class_in_list).write(value, member)
        return self.write(value, member)

    def _model(self, value: Mapping[str, object], model: Model) -> Expression:
        value = by_field(value, model.wires)
        given = [
            (self.names.field(model, each), self.write(value[each.wire], each.type))
            for each in model.fields
            if each.wire in value and not _is_default(each, value[each.wire])
        ]
        if self.class_of is not None:
            return call(self.class_of(model), **dict(given))
        return dict_of({string(name): written for name, written in given})

    def _member(self, value: str | int, enum: Enum, class_name: str) -> Expression:
        for member in enum.members:
            if member.value == value:
                return f"{class_name}.{self.names.member(enum, member)}"
        return call(class_name, literal(value))

    def _literal(self, value: object) -> Expression:
        return json_source(value, self.imports)

    def _dt(self) -> str:
        return self.imports.use_module("datetime", "dt")

    def _primitive(self, value: object, kind: Kind) -> Expression:
        if kind in (Kind.DECIMAL, Kind.DECIMAL_TEXT) and isinstance(
            value, int | float | str | Decimal
        ):
            name = self.imports.use("decimal", "Decimal")
            return f"{name}({string(str(value))})"
        if (
            kind is Kind.DATE
            and isinstance(value, str)
            and (match := _DATE.match(value))
        ):
            numbers = ", ".join(str(int(part)) for part in match.groups())
            return f"{self._dt()}.date({numbers})"
        if kind is Kind.DATE_TIME and isinstance(value, str):
            return call(f"{self._dt()}.datetime.fromisoformat", string(value))
        if kind is Kind.UUID and isinstance(value, str):
            return call(self.imports.use("uuid", "UUID"), string(value))
        if kind in (Kind.UNIX_SECONDS, Kind.UNIX_MILLISECONDS) and isinstance(
            value, int
        ):
            dt = self._dt()
            seconds = value if kind is Kind.UNIX_SECONDS else value / 1000
            return f"{dt}.datetime.fromtimestamp({seconds!r}, {dt}.UTC)"
        if kind is Kind.BASE64 and isinstance(value, str):
            return _decoded(value)
        if kind is Kind.INTEGER and isinstance(value, float | Decimal):
            return str(int(value)) if value == int(value) else self._literal(value)
        if kind in _BYTES and isinstance(value, str):
            return (
                f"b{string(value)}" if value.isascii() else f"{string(value)}.encode()"
            )
        return self._literal(value)


def json_source(value: object, imports: Imports) -> Expression:
    """Return a JSON value as source: a number as a float, if that has all its digits."""
    return literal(_with_floats(value, imports))


def _with_floats(value: object, imports: Imports) -> object:
    match value:
        case dict():
            return {name: _with_floats(each, imports) for name, each in value.items()}
        case list():
            return [_with_floats(each, imports) for each in value]
        case Decimal() if Decimal(repr(float(value))) == value:
            return float(value)
        case Decimal():
            imports.add("decimal", "Decimal")
    return value


def _decoded(text: str) -> Expression:
    """Return the bytes that base64 stands for; what is no base64 stays as it is."""
    content = bytes_of(text)
    if content is None:
        return literal(text)
    written = "".join(
        chr(byte) if chr(byte) in _PLAIN else f"\\x{byte:02x}" for byte in content
    )
    return f'b"{written}"'


def _is_default(field: Field, value: object) -> bool:
    return field.constant and field.default is not None and field.default.value == value
