"""Schemas to types: which model, enum, union or plain value a schema describes.

Definitions are found by walking from the operations, so nothing that no call uses is emitted,
save for component schemas, which a developer may want by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from itertools import chain
from typing import Final

from engross.contract.alike import Alike
from engross.contract.ir import (
    ADDITIONAL,
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
    is_component,
)
from engross.data import dataclass
from engross.schema.annotations import Discriminator
from engross.schema.composition import Composer, Effective, Keys, Property
from engross.schema.json_values import JSON, type_of
from engross.schema.schemas import Schemas
from engross.schema.tree import ALL_TYPES, Direction, Key
from engross.source import Location

_NULL: Final = Primitive(Kind.NULL)

_STRING_FORMATS: Final = {
    "decimal": Kind.DECIMAL_TEXT,
    "date": Kind.DATE,
    "date-time": Kind.DATE_TIME,
    "uuid": Kind.UUID,
    "binary": Kind.FILE_TEXT,
    "byte": Kind.BASE64,
}
_TIMES: Final = {"unix-s": Kind.UNIX_SECONDS, "unix-ms": Kind.UNIX_MILLISECONDS}
_SECTIONS: Final = (("schemas",), ("definitions",), ("$defs",))
"""Where schemas have names."""

_ORDER: Final = ("object", "array", "string", "number", "integer", "boolean")


_LONGEST_NAME: Final = 4
"""Words of a title that names a constant; longer ones describe it."""

_NO_FIELD: Final = re.compile(r'[\x00-\x1f"\\]')
"""What the name of a field cannot contain; such members are among the additional ones."""


class Shape(Enum):
    """What a definition is."""

    OBJECT = "object"
    ENUM = "enum"
    UNION = "union"


@dataclass(frozen=True, slots=True)
class DraftField:
    """A property of an object."""

    wire: str
    at: Location
    """Where the property is declared, the outermost place."""
    schema: Effective
    """What it says, here or in the same words elsewhere."""
    type: Type
    required_in_request: bool
    required_in_response: bool
    default: Default | None
    constant: bool

    @property
    def explicit(self) -> str | None:
        """The name that the author chose for code."""
        for said in self.schema.nearest:
            if "argument" in said.extension:
                return str(said.extension["argument"])
        return None

    def is_required(self, *, in_response: bool) -> bool:
        """Return whether values of a direction must have it."""
        return self.required_in_response if in_response else self.required_in_request


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition, before it is described."""

    schema: Effective
    shape: Shape
    fields: tuple[DraftField, ...] = ()
    closed: bool = False
    values: tuple[str | int, ...] = ()
    labels: Mapping[str | int, str] = field(default_factory=dict)
    """The author's names for the values."""
    descriptions: Mapping[str | int, str] = field(default_factory=dict)
    """What the values mean, where that is said."""
    members: tuple[Type, ...] = ()
    discriminator: str | None = None
    mapping: tuple[tuple[str, Location], ...] = ()
    implied: frozenset[str] = frozenset()
    recursive: bool = False
    is_family: bool = False
    """Whether it is an object with those that extend it."""


@dataclass(slots=True)
class TypeBuilder:
    """Gives each schema its type and collects the definitions on the way."""

    schemas: Schemas
    components: tuple[Location, ...]
    """Schemas with a name, among which are the children of those with a discriminator."""
    alike: Alike
    drafts: dict[Location, Draft] = field(default_factory=dict)
    """Definitions in the order in which they were found."""
    _types: dict[Location, Type] = field(default_factory=dict)
    _families: dict[Location, tuple[Effective, ...]] | None = None
    """Schemas that extend each schema."""
    _recursive: set[Location] = field(default_factory=set)
    """Arrays, maps and unions that contain themselves."""
    _by_words: dict[Hashable, Effective] = field(default_factory=dict)
    """The first of the schemas that say the same."""
    _open: set[Location] = field(default_factory=set)
    """Schemas whose types are being worked out."""

    def type_of(self, at: Location) -> Type:
        """Return the type of the schema at a location."""
        return self._together(at, (self.composer.graph.entry(at),))

    @property
    def composer(self) -> Composer:
        """What puts schemas together."""
        return self.schemas.composer

    def schema(self, at: Location) -> Effective:
        """Return the effective schema at a location."""
        return self.composer.of(self.composer.graph.entry(at))

    def default_of(self, schema: Effective) -> tuple[Default | None, bool]:
        """Return what stands for a required value that is not given, and whether it is constant."""
        values = schema.constants or ()
        if schema.is_const and len(values) == 1:
            return Default(values[0]), True
        default = self.schemas.default(schema)
        return (None if default is None else Default(default.value)), False

    def _type(self, schema: Effective) -> Type:
        schema = self.composer.origin(schema)
        at = schema.at
        found = self._types.get(at)
        if found is None:
            # What is within an array, a map or a union of itself; an object is a
            # definition by then.
            self._types[at] = found = _nullable_if(Ref(at), "null" in schema.kinds)
            self._open.add(at)
            whole = self._classified(schema)
            self._open.remove(at)
            if at in self._recursive:
                self._alias(schema, whole)
            else:
                found = self._types[at] = whole
        elif at not in self.drafts and found in (Ref(at), Nullable(Ref(at))):
            self._recursive.add(at)
        return found

    def _alias(self, schema: Effective, whole: Type) -> None:
        """Give a name to an array, a map or a union that contains itself."""
        at = schema.at
        inner = whole.inner if isinstance(whole, Nullable) else whole
        members = inner.members if isinstance(inner, Union) else (inner,)
        draft = self.drafts.get(at) or Draft(schema, Shape.UNION, members=members)
        self.drafts[at] = replace(draft, recursive=True)

    def _together(self, at: Location, keys: Keys) -> Type:
        return self._type(self._said(at, keys)) if keys else ANY

    def _classified(self, schema: Effective) -> Type:
        if schema.constants is not None:
            return self._constants(schema, schema.constants)
        if schema.choices:
            return self._annotated_enum(schema) or self._union(schema)
        kinds = schema.kinds
        if kinds == ALL_TYPES or not kinds:
            return ANY
        names = [kind for kind in _ORDER if kind in kinds]
        if "number" in names:
            names.remove("integer")
        if not names:
            return _NULL
        members = tuple(self._single(schema, kind) for kind in names)
        whole = members[0] if len(members) == 1 else Union(members)
        return _nullable(whole) if "null" in kinds else whole

    def _single(self, schema: Effective, kind: str) -> Type:
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return ListOf(self._item(schema))
            case "string" if _are_texts(schema.known_values):
                return self._enum(schema, schema.known_values)
            case "integer" | "number" if are_named_integers(
                schema, schema.known_values
            ):
                return self._enum(schema, schema.known_values)
            case _:
                return _primitive(schema, kind)

    # Constants

    def _constants(self, schema: Effective, values: tuple[JSON, ...]) -> Type:
        rest = tuple(value for value in values if value is not None)
        if not rest:
            return _NULL if values else ANY
        if any(map(_is_long, rest)):
            is_integer = set(map(type_of, rest)) == {"integer"}
            found: Type = _primitive(schema, "integer") if is_integer else ANY
        elif schema.is_const and len(rest) == 1 and isinstance(rest[0], str | int):
            found = Literal((rest[0],))
        elif _are_texts(rest) or are_named_integers(schema, rest):
            found = self._enum(schema, rest)
        elif all(isinstance(value, str | int) for value in rest):
            found = Literal(tuple(v for v in rest if isinstance(v, str | int)))
        else:
            kinds = set(map(type_of, rest))
            found = _primitive(schema, kinds.pop()) if len(kinds) == 1 else ANY
            if kinds == {"integer"} or found == Primitive(Kind.INTEGER):
                found = _primitive(schema, "number")
        return found if len(rest) == len(values) else _nullable(found)

    def _enum(self, schema: Effective, values: tuple[JSON, ...]) -> Type:
        known = tuple(value for value in values if isinstance(value, str | int))
        labels = _labels(schema, known)
        descriptions = {
            value: text
            for value, text in schema.described_values
            if isinstance(value, str | int)
        }
        is_named = is_component(schema.at) or schema.extension("name") is not None
        if len(known) == 1 and not (is_named or labels or descriptions):
            return Literal(known)
        return self._defined_enum(schema, known, labels, descriptions)

    def _defined_enum(
        self,
        schema: Effective,
        values: tuple[str | int, ...],
        labels: Mapping[str | int, str],
        descriptions: Mapping[str | int, str],
    ) -> Type:
        self.drafts[schema.at] = Draft(
            schema,
            Shape.ENUM,
            values=values,
            labels=labels,
            descriptions=descriptions,
        )
        return Ref(schema.at)

    def _annotated_enum(self, schema: Effective) -> Type | None:
        """Return the enum that a union of constants is; None if it is another union.

        That is how JSON Schema describes each value of an enum. A title names a value where
        it is short.
        """
        (choice, *others), graph = schema.choices, self.composer.graph
        keys = choice.members
        if others or any(self.composer.plain(key) != key for key in keys):
            return None
        members = [(self.composer.of(key), graph.annotations(key)) for key in keys]
        said = {
            inner.constants[0]: about
            for inner, about in members
            if inner.constants is not None
            and len(inner.constants) == 1
            and isinstance(inner.constants[0], str | int)
        }
        is_null = [inner.kinds == {"null"} for inner, _ in members]
        if len(said) < 2 or len(said) + sum(is_null) < len(members):
            return None
        titles = {value: about.title for value, about in said.items()}
        is_named = all(
            0 < len(title.split()) <= _LONGEST_NAME for title in titles.values()
        )
        labels = titles if is_named else {}
        are_integers = all(type(v) is int and not _is_long(v) for v in said)
        if not (_are_texts(tuple(said)) or (are_integers and labels)):
            return None
        descriptions = {
            v: a.description or ("" if labels else a.title) for v, a in said.items()
        }
        found = self._defined_enum(schema, tuple(said), labels, descriptions)
        return _nullable_if(found, any(is_null))

    # Objects and arrays

    def _object(self, schema: Effective) -> Type:
        if schema.properties or schema.undeclared:
            children = self._children(schema)
            return self._family(schema, children) if children else self._model(schema)
        return MapOf(self._other_members(schema))

    def _children(self, schema: Effective) -> tuple[Effective, ...]:
        """Return the schemas that extend one whose discriminator tells them apart."""
        if schema.discriminator is None:
            return ()
        if self._families is None:
            found: dict[Location, list[Effective]] = {}
            for at in self.components:
                child = self.schema(at)
                for node in child.nodes:
                    if node.key.place != at and not child.choices:
                        found.setdefault(node.key.place, []).append(child)
            self._families = {at: tuple(children) for at, children in found.items()}
        return self._families.get(schema.at, ())

    def _family(self, schema: Effective, children: tuple[Effective, ...]) -> Type:
        """Return the union of a schema and of those that extend it."""
        at = schema.at / "discriminator"
        assert schema.discriminator is not None
        holder, discriminator = schema.discriminator
        self._types[schema.at] = _nullable_if(Ref(at), "null" in schema.kinds)
        variants = [(schema, self._model(schema))]
        grandchildren: set[Location] = set()
        for child in children:
            found = self._type(child)
            origin = self.composer.origin(child)
            place, of_child = origin.at, self._children(origin)
            family = Ref(place / "discriminator")
            is_above = schema.at in (place, *(each.at for each in of_child))
            if found in (family, Nullable(family)) and not is_above:
                grandchildren.update(each.at for each in of_child)
                variants.append((child, family))
            elif place in self.drafts:  # else no object fits it
                variants.append((child, Ref(place)))
        members = (each for one, each in variants if one.at not in grandchildren)
        stated = self._mapping(holder, discriminator, variants, parent=schema.at)
        named = dict(self._by_schema_name(variants[1:], stated, discriminator))
        self.drafts[at] = Draft(
            schema,
            Shape.UNION,
            members=tuple(dict.fromkeys(members)),
            discriminator=discriminator.property_name,
            mapping=(*stated.items(), *named.items()),
            # What no child is named by is the parent.
            implied=frozenset(v for v, place in stated.items() if place == schema.at),
            is_family=True,
        )
        return Ref(at)

    def _other_members(self, schema: Effective) -> Type:
        """Return the type of the members that are not declared by name."""
        at = schema.at
        values = [
            self._together(at / "patternProperties" / regex.original, keys)
            for regex, keys in schema.patterns
        ]
        if not schema.is_closed:
            values.append(
                self._together(at / "additionalProperties", schema.additional)
            )
        distinct = tuple(dict.fromkeys(values))
        if not distinct or ANY in distinct:
            return ANY
        return distinct[0] if len(distinct) == 1 else Union(distinct)

    def _model(self, schema: Effective) -> Type:
        at = schema.at
        self.drafts[at] = Draft(schema, Shape.OBJECT)
        request, response = (
            self._required(schema, direction)
            for direction in (Direction.REQUEST, Direction.RESPONSE)
        )
        properties = [*schema.properties.values(), *schema.undeclared]
        fields = tuple(
            self._field(at, found, found.name in request, found.name in response)
            for found in properties
            if not _NO_FIELD.search(found.name)
        )
        unnamed = [found for found in properties if _NO_FIELD.search(found.name)]
        others = self._described_members(schema)
        if others is not None or unnamed:
            type_ = MapOf(ANY if unnamed else self._other_members(schema))
            described = others or self.composer.together(at, unnamed[0].schemas)
            others_at = _outermost(described.schemas, described.at)
            fields = (
                *fields,
                DraftField(
                    ADDITIONAL, others_at, described, type_, False, False, None, False
                ),
            )
        is_closed = schema.is_closed and not unnamed
        self.drafts[at] = Draft(schema, Shape.OBJECT, fields=fields, closed=is_closed)
        return Ref(at)

    def _described_members(self, schema: Effective) -> Effective | None:
        """Return what describes members that are not declared by name, if anything does."""
        keys = [key for _, found in schema.patterns for key in found]
        if not schema.is_closed:
            stated = (node.additional_properties for node in schema.nodes)
            keys += [key for key in stated if key is not None]
        return self.composer.of(keys[0]) if keys else None

    def _required(self, schema: Effective, direction: Direction) -> frozenset[str]:
        """Return the members that a value that travels in a direction must have."""
        graph = self.composer.graph
        own = tuple(node.key for node in schema.nodes)
        keys = tuple(
            graph.enter(key.place, key.scope, direction)._replace(is_base=key.is_base)
            for key in own
        )
        if keys != own:
            schema = self.composer.conjunction(keys)
        return frozenset(schema.required)

    def _field(
        self, holder: Location, found: Property, in_request: bool, in_response: bool
    ) -> DraftField:
        at = holder / "properties" / found.name
        schema = self._said(at, found.schemas)
        default, constant = None, False
        if in_request or in_response:
            default, constant = self.default_of(schema)
        return DraftField(
            wire=found.name,
            at=_outermost(found.schemas, at),
            schema=schema,
            type=self._type(schema) if found.schemas else ANY,
            required_in_request=in_request,
            required_in_response=in_response,
            default=default,
            constant=constant,
        )

    def _said(self, at: Location, keys: Keys) -> Effective:
        """Return what schemas say together, or what the first says that says the same.

        One that is being worked out is within itself, and not within what says the same.
        """
        words = self.alike.words(keys[0]) if len(keys) == 1 else None
        if words is None:
            return self.composer.together(at, keys)
        found = self._by_words.get(words)
        if found is None or found.at in self._open:
            own = self.composer.together(at, keys)
            self._by_words.setdefault(words, own)
            return own
        return found

    def _item(self, schema: Effective) -> Type:
        at = schema.at
        types = [
            self._together(at / "prefixItems" / index, keys)
            for index, keys in enumerate(schema.prefix_items)
        ]
        graph = self.composer.graph
        most = schema.most("max_items")
        is_longer = most is None or most > len(types)
        if is_longer and not any(graph[key].always is False for key in schema.items):
            types.append(self._together(at / "items", schema.items))
        distinct = tuple(dict.fromkeys(types))
        if not distinct or ANY in distinct:
            return ANY
        return distinct[0] if len(distinct) == 1 else Union(distinct)

    # Unions

    def _union(self, schema: Effective) -> Type:
        members: dict[Type, None] = {}
        is_nullable = False
        selected: list[tuple[Effective, Type]] = []
        for variant in schema.variants:
            member = self._type(variant)
            if isinstance(member, Nullable):
                is_nullable, member = True, member.inner
            if member == _NULL:
                is_nullable = True
            else:
                members[member] = None
                selected.append((variant, member))
        whole = self._choice(schema, tuple(members), selected) if members else _NULL
        return _nullable(whole) if is_nullable else whole

    def _choice(
        self,
        schema: Effective,
        members: tuple[Type, ...],
        variants: list[tuple[Effective, Type]],
    ) -> Type:
        if len(members) == 1:
            return members[0]
        if ANY in members:
            return ANY
        if all(isinstance(member, Primitive | Literal) for member in members):
            return Union(members)
        name: str | None = None
        stated: dict[str, Location] = {}
        implied: dict[str, Location] = {}
        if schema.discriminator is not None:
            holder, discriminator = schema.discriminator
            name = discriminator.property_name
            stated = self._mapping(holder, discriminator, variants)
            implied = dict(self._by_schema_name(variants, stated, discriminator))
        at = schema.at
        self.drafts[at] = Draft(
            schema,
            Shape.UNION,
            members=members,
            discriminator=name,
            mapping=(*stated.items(), *implied.items()),
            implied=frozenset(implied),
        )
        return Ref(at)

    def _mapping(
        self,
        holder: Key,
        discriminator: Discriminator,
        variants: list[tuple[Effective, Type]],
        *,
        parent: Location | None = None,
    ) -> dict[str, Location]:
        """Return the values of the discriminator, with the definition that each selects.

        What the mapping says comes first, then what a member calls itself, then constants.
        A member that shares some with others, or has them from its parent, is told by
        what else it has.
        """
        found: dict[str, Location] = {}
        for value, reference in discriminator.mapping:
            target = self.composer.mapped(holder, reference)
            at = None if target is None else self._member_at(target.place, variants)
            if at is not None:
                found[value] = at
        named = {*found.values()}
        constants: dict[Location, list[str]] = {}
        for variant, member in variants:
            if not isinstance(member, Ref) or member.at in named:
                continue
            called = self.composer.graph.annotations(self._own(variant)).tag
            if called is None:
                tags = self._tags(variant, discriminator.property_name)
                constants[member.at] = [*dict.fromkeys(tags)]
            else:
                found.setdefault(called, member.at)
        inherited = constants.pop(parent, []) if parent is not None else []
        times = Counter(chain(found, *constants.values()))
        if parent is not None:
            found |= {value: parent for value in inherited if not times[value]}
        for at, values in constants.items():
            if values != inherited and all(times[value] == 1 for value in values):
                found |= dict.fromkeys(values, at)
        return found

    def _member_at(
        self, target: Location, variants: list[tuple[Effective, Type]]
    ) -> Location | None:
        """Return the definition of the member that is this schema, else of one that extends it."""
        refs = [(each, found) for each, found in variants if isinstance(found, Ref)]
        for variant, member in refs:
            if self._own(variant).place == target:
                return member.at
        for variant, member in refs:
            if any(node.key.place == target for node in variant.nodes):
                return member.at
        return None

    def _own(self, variant: Effective) -> Key:
        """Return what the schema of a member is, or merely refers to."""
        return self.composer.plain(variant.schemas[0])

    def _tags(self, variant: Effective, name: str) -> Iterator[str]:
        """Yield the constants of a discriminator, as a mapping writes them."""
        tag = variant.properties.get(name)
        place = variant.at / "properties" / name
        values = self.composer.together(place, tag.schemas).constants if tag else ()
        for constant in values or ():
            if isinstance(constant, str | int):
                yield _tag_text(constant)

    def _by_schema_name(
        self,
        variants: list[tuple[Effective, Type]],
        stated: Mapping[str, Location],
        discriminator: Discriminator,
    ) -> Iterator[tuple[str, Location]]:
        """Values of the discriminator that follow from the names of schemas alone."""
        named = set(stated.values())
        for variant, member in variants:
            if not isinstance(member, Ref) or member.at in named:
                continue
            tokens = self._own(variant).place.tokens
            if tokens[-2:-1] not in _SECTIONS or str(tokens[-1]) in stated:
                continue
            tags = [*self._tags(variant, discriminator.property_name)]
            if not tags or tokens[-1] in tags:
                yield str(tokens[-1]), member.at


def _outermost(keys: Keys, at: Location) -> Location:
    """Return the outermost of the places of schemas; a place where there are none."""
    return keys[0].place if keys else at


def _tag_text(value: str | int) -> str:
    """The value of a discriminator as a mapping writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_long(value: JSON) -> bool:
    """Return whether a value is an integer of more than 64 bits, which no decoder tells apart."""
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def _are_texts(values: tuple[JSON, ...]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def are_named_integers(schema: Effective, values: tuple[JSON, ...]) -> bool:
    """Return whether values are plain integers, each with a name that the author chose."""
    if not values:
        return False
    is_plain = _primitive(schema, "integer") == Primitive(Kind.INTEGER)
    is_of_integers = all(type(value) is int and not _is_long(value) for value in values)
    return is_plain and is_of_integers and bool(_labels(schema, values))


def _labels(schema: Effective, values: Iterable[JSON]) -> Mapping[str | int, str]:
    """Return the author's names for the values, where there is one for each."""
    names = {
        value: name
        for value, name in schema.named_values
        if isinstance(value, str | int)
    }
    return names if names.keys() >= set(values) else {}


def _primitive(schema: Effective, kind: str) -> Type:
    is_money = schema.extension("money") is not None
    match kind:
        case "boolean":
            return Primitive(Kind.BOOLEAN)
        case "string" if is_money:
            return Primitive(Kind.DECIMAL_TEXT)
        case "string":
            known = (_STRING_FORMATS.get(name) for name in schema.formats)
            stated = next((kind for kind in known if kind is not None), None)
            return Primitive(stated or _content_kind(schema))
        case "number" if is_money or "decimal" in schema.formats:
            return Primitive(Kind.DECIMAL)
        case "integer" | "number":
            time = _TIMES.get(str(schema.extension("time")))
            if time is not None:
                return Primitive(time)
            return Primitive(Kind.INTEGER if kind == "integer" else Kind.NUMBER)
    return ANY


def _content_kind(schema: Effective) -> Kind:
    """Return what a text is, by what it says of its content."""
    if schema.is_base64:
        return Kind.BASE64
    is_file = any(said.content_media_type for said in schema.annotations)
    is_coded = any(said.content_encoding for said in schema.annotations)
    return Kind.FILE_TEXT if is_file and not is_coded else Kind.STRING


def _nullable_if(inner: Type, condition: bool) -> Type:
    return _nullable(inner) if condition else inner


def _nullable(inner: Type) -> Type:
    has_null = isinstance(inner, Nullable) or inner in (ANY, _NULL)
    return inner if has_null else Nullable(inner)
