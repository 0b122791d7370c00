"""Schemas to types: which model, enum, union or plain value a schema describes.

Definitions are found by walking from the operations, so nothing that no call uses is emitted,
save for component schemas, which a developer may want by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engross.contract.ir import (
    ANY,
    Default,
    Kind,
    ListOf,
    Literal,
    MapOf,
    Nullable,
    Primitive,
    Ref,
    Type,
    Union,
)
from engross.source import Location, Source

Schema = Mapping[str, object]

_STRING_FORMATS = {
    "decimal": Kind.DECIMAL_TEXT,
    "date": Kind.DATE,
    "date-time": Kind.DATE_TIME,
    "uuid": Kind.UUID,
    "binary": Kind.BINARY,
}
_TIMES = {"unix-s": Kind.UNIX_SECONDS, "unix-ms": Kind.UNIX_MILLISECONDS}
_KINDS = {
    "null": Kind.NULL,
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "string": Kind.STRING,
}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object."""

    wire: str
    at: Location
    type: Type
    required: bool
    default: Default | None
    constant: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition, before it is described."""

    at: Location
    shape: str
    """object, enum or union."""
    properties: tuple[Property, ...] = ()
    values: tuple[str, ...] = ()
    members: tuple[Type, ...] = ()
    discriminator: str | None = None
    mapping: tuple[tuple[str, Location], ...] = ()


@dataclass(slots=True)
class Classifier:
    """Gives each schema its type and collects the definitions on the way."""

    source: Source
    drafts: dict[Location, Draft] = field(default_factory=dict)
    """Definitions in the order in which they were found."""

    def type_of(self, at: Location) -> Type:
        """Return the type of the schema at a location."""
        target = self.source.follow(at)
        schema = self.source.value(target)
        return self._classify(target, schema) if isinstance(schema, dict) else ANY

    def _classify(self, at: Location, schema: Schema) -> Type:
        if "const" in schema:
            return _constant_type(schema["const"], schema)
        kinds = list(_type_names(schema))
        if "null" in kinds and len(kinds) > 1:
            return _nullable(self._without_null(at, schema, kinds))
        if "enum" in schema:
            return self._enum(at, schema)
        if "allOf" in schema:
            return self._all_of(at, schema)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return self._choice(at, schema, keyword)
        return self._plain(at, schema, kinds)

    def _without_null(self, at: Location, schema: Schema, kinds: list[str]) -> Type:
        rest = [kind for kind in kinds if kind != "null"]
        bare: dict[str, object] = {
            **schema,
            "type": rest[0] if len(rest) == 1 else rest,
        }
        if "enum" in schema:
            values = schema["enum"]
            bare["enum"] = (
                [v for v in values if v is not None] if isinstance(values, list) else []
            )
        return self._classify(at, bare)

    def _plain(self, at: Location, schema: Schema, kinds: list[str]) -> Type:
        if len(kinds) > 1:
            return Union(tuple(self._plain(at, schema, [kind]) for kind in kinds))
        kind = kinds[0] if kinds else _implied_kind(schema)
        if kind == "object":
            return self._object(at, schema)
        if kind == "array":
            items = schema.get("items")
            if not isinstance(items, dict):
                return ListOf(ANY)
            return ListOf(self.type_of(at / "items"))
        if kind == "string" and isinstance(schema.get("x-extensible-enum"), list):
            return self._enum(at, schema)
        return _primitive(kind, schema)

    def _enum(self, at: Location, schema: Schema) -> Type:
        values = schema.get("enum", schema.get("x-extensible-enum"))
        if not isinstance(values, list) or not values:
            return ANY
        if None in values:
            rest = [value for value in values if value is not None]
            return (
                _nullable(self._enum(at, {"enum": rest}))
                if rest
                else Primitive(Kind.NULL)
            )
        if all(isinstance(value, str) for value in values):
            self.drafts[at] = Draft(at, "enum", values=tuple(dict.fromkeys(values)))
            return Ref(at)
        if all(isinstance(value, str | int | bool) for value in values):
            return Literal(tuple(values))
        return _primitive(_implied_kind(schema), schema)

    def _object(self, at: Location, schema: Schema) -> Type:
        if not schema.get("properties"):
            extra = schema.get("additionalProperties")
            if isinstance(extra, dict) and extra:
                return MapOf(self.type_of(at / "additionalProperties"))
            return MapOf(ANY)
        return self._model(at)

    def _model(self, at: Location) -> Type:
        if at not in self.drafts:
            # A stand-in, for schemas that refer back to this one.
            self.drafts[at] = Draft(at, "object")
            required = frozenset(required_of(self.source, at))
            properties = tuple(
                self._property(wire, where, wire in required)
                for wire, where in properties_of(self.source, at).items()
            )
            self.drafts[at] = Draft(at, "object", properties=properties)
        return Ref(at)

    def _property(self, wire: str, at: Location, required: bool) -> Property:
        schema = self.source.value(self.source.follow(at))
        here = self.source.value(at)
        merged: dict[str, object] = {}
        for part in (schema, here):
            if isinstance(part, dict):
                merged.update(part)
        default: Default | None = None
        if required and "const" in merged:
            default = Default(merged["const"])
        elif required and "default" in merged:
            default = Default(merged["default"])
        return Property(
            wire=wire,
            at=at,
            type=self.type_of(at),
            required=required,
            default=default,
            constant=required and "const" in merged,
        )

    def _all_of(self, at: Location, schema: Schema) -> Type:
        parts = schema["allOf"]
        count = len(parts) if isinstance(parts, list) else 0
        if properties_of(self.source, at):
            own = schema.get("properties")
            if count == 1 and not own and "required" not in schema:
                return self.type_of(at / "allOf" / 0)
            return self._model(at)
        types = [self.type_of(at / "allOf" / index) for index in range(count)]
        known = [each for each in types if each != ANY]
        return known[0] if known else ANY

    def _choice(self, at: Location, schema: Schema, keyword: str) -> Type:
        parts = schema[keyword]
        members: list[Type] = []
        nullable = False
        for index in range(len(parts) if isinstance(parts, list) else 0):
            each = self.type_of(at / keyword / index)
            if isinstance(each, Nullable):
                nullable, each = True, each.inner
            if each == Primitive(Kind.NULL):
                nullable = True
            elif each not in members:
                members.append(each)
        if not members:
            return Primitive(Kind.NULL) if nullable else ANY
        if ANY in members:
            return ANY
        choice = members[0] if len(members) == 1 else self._union(at, schema, members)
        return _nullable(choice) if nullable else choice

    def _union(self, at: Location, schema: Schema, members: list[Type]) -> Type:
        if all(isinstance(member, Primitive | Literal) for member in members):
            return Union(tuple(members))
        discriminator = schema.get("discriminator")
        name: str | None = None
        mapping: list[tuple[str, Location]] = []
        if isinstance(discriminator, dict):
            name = str(discriminator["propertyName"])
            given = discriminator.get("mapping")
            for value, target in (given if isinstance(given, dict) else {}).items():
                mapping.append((value, self._mapping_target(at, str(target))))
            named = {target for _, target in mapping}
            mapping += [
                (str(member.at.tokens[-1]), member.at)
                for member in members
                if isinstance(member, Ref)
                and member.at.tokens
                and member.at not in named
            ]
        self.drafts[at] = Draft(
            at,
            "union",
            members=tuple(members),
            discriminator=name,
            mapping=tuple(mapping),
        )
        return Ref(at)

    def _mapping_target(self, at: Location, target: str) -> Location:
        if "#" in target or "/" in target:
            return self.source.follow(self.source.resolve(at, target))
        return self.source.follow(self.source.root / "components" / "schemas" / target)


def _type_names(schema: Schema) -> Iterator[str]:
    declared = schema.get("type")
    if isinstance(declared, str):
        yield declared
    elif isinstance(declared, list):
        yield from (name for name in declared if isinstance(name, str))


def _implied_kind(schema: Schema) -> str:
    """The type that a schema without `type` must mean."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    values = schema.get("enum")
    if isinstance(values, list) and values:
        if all(
            isinstance(value, int) and not isinstance(value, bool) for value in values
        ):
            return "integer"
        if all(isinstance(value, int | float | Decimal) for value in values):
            return "number"
    if "pattern" in schema or "x-extensible-enum" in schema:
        return "string"
    return "any"


def _primitive(kind: str, schema: Schema) -> Type:
    extension = schema.get("x-engross")
    facts = extension if isinstance(extension, dict) else {}
    money = "money" in facts
    stated = schema.get("format")
    if kind == "number" and (money or stated == "decimal"):
        return Primitive(Kind.DECIMAL)
    if kind == "string":
        if money:
            return Primitive(Kind.DECIMAL_TEXT)
        return Primitive(_STRING_FORMATS.get(str(stated), Kind.STRING))
    if kind in ("integer", "number") and str(facts.get("time")) in _TIMES:
        return Primitive(_TIMES[str(facts["time"])])
    return Primitive(_KINDS.get(kind, Kind.ANY))


def _constant_type(value: object, schema: Schema) -> Type:
    if value is None:
        return Primitive(Kind.NULL)
    if isinstance(value, str | int | bool):
        return Literal((value,))
    return _primitive(next(_type_names(schema), "any"), schema)


def _nullable(inner: Type) -> Type:
    return inner if isinstance(inner, Nullable) or inner == ANY else Nullable(inner)


def properties_of(source: Source, at: Location) -> dict[str, Location]:
    """Wire name -> location of each property, with those of every part of an `allOf`."""
    found: dict[str, Location] = {}
    for where in _parts(source, at):
        schema = source.value(where)
        properties = schema.get("properties") if isinstance(schema, dict) else None
        for wire in properties if isinstance(properties, dict) else ():
            found[str(wire)] = where / "properties" / str(wire)
    return found


def required_of(source: Source, at: Location) -> Iterator[str]:
    """Wire names that an object must have, with those of every part of an `allOf`."""
    for where in _parts(source, at):
        schema = source.value(where)
        required = schema.get("required") if isinstance(schema, dict) else None
        yield from (
            str(name) for name in (required if isinstance(required, list) else ())
        )


def _parts(
    source: Source, at: Location, seen: frozenset[Location] = frozenset()
) -> Iterator[Location]:
    """The schema at a location and every schema that its `allOf` adds, outermost last."""
    target = source.follow(at)
    if target in seen:
        return
    schema = source.value(target)
    parts = schema.get("allOf") if isinstance(schema, dict) else None
    for index in range(len(parts) if isinstance(parts, list) else 0):
        yield from _parts(source, target / "allOf" / index, seen | {target})
    yield target
