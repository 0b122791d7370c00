"""Schemas as the compiler sees them: checked, resolved, ready to be written out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from engross.data import dataclass
from engross.patterns import Regex
from engross.schema.json_values import JSON, Number
from engross.source import Location

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
ALL_TYPES = frozenset(TYPES)

Codes = Mapping[str, str]


class Direction(Enum):
    """Which way a value travels, where that changes what is required of it.

    A property that is `readOnly` is required in responses only, one that is `writeOnly`
    in requests only. Of a value that may travel either way, neither is required.
    """

    EITHER = "either"
    REQUEST = "request"
    RESPONSE = "response"

    __hash__ = object.__hash__  # that of Enum is slow, and keys are hashed a lot


class Key(NamedTuple):
    """One schema as it applies at one point: what a check is compiled for."""

    place: Location
    scope: tuple[tuple[str, Location], ...] = ()
    """Dynamic anchors in force: name and place."""
    direction: Direction = Direction.EITHER
    """Set only where something below the schema depends on it."""
    is_base: bool = False
    """Whether the schema is extended by a member of its own `oneOf` or `anyOf`.

    The union does not apply there: each member would consist of itself without end.
    """


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of the contract; `None` is a value too."""

    value: JSON


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition across members, written in CEL."""

    id: str
    cel: str
    message: str
    code: str | None
    place: Location


@dataclass(frozen=True, slots=True)
class Applied:
    """A subschema that applies to the very same value, and the keyword that says so."""

    keyword: str
    key: Key

    @property
    def is_reference(self) -> bool:
        """Whether a reference leads to it; otherwise it is a member of `allOf`."""
        return self.keyword in ("$ref", "$dynamicRef")


class Schema:
    """One schema object; an absent keyword is None or empty.

    Of the attributes below most schemas have few, so each keeps those only.
    """

    key: Key
    always: bool | None = None
    """The verdict of a boolean schema."""

    types: frozenset[str] | None = None
    const: Constant | None = None
    enum: tuple[JSON, ...] | None = None

    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: Number | None = None
    exclusive_maximum: Number | None = None
    multiple_of: Number | None = None

    min_length: int | None = None
    max_length: int | None = None
    pattern: Regex | None = None
    format: str | None = None
    """Set only where formats are asserted."""
    instant: str | None = None
    """How the value stands for an instant: `date-time`, `date`, `unix-ms`, `unix-s`."""

    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    prefix_items: tuple[Key, ...] = ()
    items: Key | None = None
    contains: Key | None = None
    min_contains: int = 1
    max_contains: int | None = None

    min_properties: int | None = None
    max_properties: int | None = None
    required: tuple[str, ...] = ()
    dependent_required: tuple[tuple[str, tuple[str, ...]], ...] = ()
    properties: tuple[tuple[str, Key], ...] = ()
    pattern_properties: tuple[tuple[Regex, Key], ...] = ()
    additional_properties: Key | None = None
    property_names: Key | None = None

    every: tuple[Applied, ...] = ()
    """`$ref`, `$dynamicRef` and `allOf`."""
    any_of: tuple[Key, ...] = ()
    one_of: tuple[Key, ...] = ()
    tag: str | None = None
    """Property that names the member of `any_of` or `one_of` that an object is."""
    selections: tuple[tuple[str, Key], ...] = ()
    """Values of that property, and the member that each names."""
    not_: Key | None = None
    if_: Key | None = None
    then: Key | None = None
    else_: Key | None = None
    dependent_schemas: tuple[tuple[str, Key], ...] = ()

    unevaluated_items: Key | None = None
    unevaluated_properties: Key | None = None

    codes: Codes | None = None
    rules: tuple[Rule, ...] = ()

    def __init__(self, key: Key, keywords: Mapping[str, object] | None = None) -> None:
        """Make the schema of a key.

        Args:
            key: where it is, and how it is reached.
            keywords: values of the attributes below; absent ones may be among them.
        """
        own = self.__dict__
        for name, value in keywords.items() if keywords else ():
            # Absent values are objects of which there is one each, as None is.
            if value is not getattr(Schema, name):
                own[name] = value
        own["key"] = key

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({stated})"

    def placed(self, key: Key) -> Schema:
        """Return a schema with the same keywords at another place."""
        alike = Schema(key)
        alike.__dict__ = {**self.__dict__, "key": key}
        return alike

    @property
    def keywords(self) -> Mapping[str, object]:
        """The attributes that are not absent."""
        return {name: value for name, value in vars(self).items() if name != "key"}

    def has_any_of(self, keywords: frozenset[str]) -> bool:
        """Return whether any of several attributes is not absent."""
        return not keywords.isdisjoint(vars(self))

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing of a value, save by other schemas and their unions."""
        return vars(self).keys() <= _OF_OTHERS

    @property
    def has_limits(self) -> bool:
        """Whether it limits numbers, lengths of texts or of arrays."""
        return self.has_any_of(_LIMITS)

    @property
    def location(self) -> str:
        """URI of the schema with its JSON pointer."""
        return str(self.key.place)

    def in_place(self) -> tuple[Key, ...]:
        """Give the subschemas that apply to the same value."""
        optional = (self.not_, self.if_, self.then, self.else_)
        return (
            *(applied.key for applied in self.every),
            *self.any_of,
            *self.one_of,
            *(key for key in optional if key is not None),
            *(key for _, key in self.dependent_schemas),
        )

    def of_children(self) -> tuple[Key, ...]:
        """Give the subschemas that apply to members, items and names."""
        optional = (
            self.items,
            self.contains,
            self.additional_properties,
            self.property_names,
            self.unevaluated_items,
            self.unevaluated_properties,
        )
        return (
            *(key for _, key in self.properties),
            *(key for _, key in self.pattern_properties),
            *self.prefix_items,
            *(key for key in optional if key is not None),
        )

    def children(self) -> tuple[Key, ...]:
        """Give all subschemas."""
        return self.in_place() + self.of_children()


_OF_OTHERS: Final = frozenset(("key", "every", "any_of", "one_of", "tag", "selections"))
_LIMITS: Final = frozenset(
    (
        "minimum",
        "exclusive_minimum",
        "maximum",
        "exclusive_maximum",
        "multiple_of",
        "min_length",
        "max_length",
        "min_items",
        "max_items",
    )
)
