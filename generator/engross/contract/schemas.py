"""Schemas as the makers of test cases see them: read in place, references followed.

The reading is on purpose not the one of the validators' compiler: what the emitted tests expect of
a validator must not come from the code that wrote it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from engross.source import Location

Facts = Mapping[str, object]

_TYPES = frozenset(
    {"null", "boolean", "integer", "number", "string", "array", "object"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands: a document and the way into it."""

    document: str
    tokens: tuple[str, ...] = ()

    def __truediv__(self, token: str | int) -> Place:
        return Place(self.document, (*self.tokens, str(token)))

    @classmethod
    def at(cls, location: Location) -> Place:
        """Return the place at a location."""
        return cls(location.document, tuple(map(str, location.tokens)))

    @classmethod
    def of(cls, uri: str) -> Place:
        """The place that a URI with a JSON pointer names."""
        document, _, fragment = uri.partition("#")
        return cls(document, _tokens(fragment))


@dataclass(frozen=True, slots=True)
class Schemas:
    """All documents of a contract; what was found out about a place is kept."""

    documents: Mapping[str, object]
    _facts: dict[Place, Facts] = field(default_factory=dict, init=False, repr=False)
    _applied: dict[Place, tuple[tuple[Place, ...], ...]] = field(
        default_factory=dict, init=False, repr=False
    )
    _merged: dict[Place, Facts] = field(default_factory=dict, init=False, repr=False)
    _properties: dict[Place, dict[str, Place]] = field(
        default_factory=dict, init=False, repr=False
    )

    def facts(self, place: Place) -> Facts:
        """Keywords of the schema object at a place; none where there is no such object."""
        found = self._facts.get(place)
        if found is None:
            found = self._facts[place] = self._read(place)
        return found

    def _read(self, place: Place) -> Facts:
        value = self.documents.get(place.document)
        for token in place.tokens:
            if isinstance(value, dict):
                value = value.get(token)
            elif isinstance(value, list) and token.isdigit():
                value = value[int(token)] if int(token) < len(value) else None
            else:
                return {}
        return value if isinstance(value, dict) else {}

    def applied(self, place: Place) -> tuple[tuple[Place, ...], ...]:
        """The schema objects that apply to the very same value, each with those around it.

        A chain ends with the object itself; before it stand the ones that referred to it.
        """
        found = self._applied.get(place)
        if found is None:
            found = self._applied[place] = tuple(self._chains(place, frozenset()))
        return found

    def _chains(
        self, place: Place, seen: frozenset[Place]
    ) -> Iterator[tuple[Place, ...]]:
        if place in seen:
            return
        facts = self.facts(place)
        inner: list[Place] = []
        reference = facts.get("$ref")
        if isinstance(reference, str):
            inner.append(self._target(place, reference))
        parts = facts.get("allOf")
        inner += [
            place / "allOf" / i
            for i in range(len(parts) if isinstance(parts, list) else 0)
        ]
        for keyword in ("anyOf", "oneOf"):
            options = facts.get(keyword)
            if isinstance(options, list) and len(options) == 1:
                inner.append(place / keyword / 0)
        yield (place,)
        for each in inner:
            for chain in self._chains(each, seen | {place}):
                yield (place, *chain)

    def referred(self, place: Place) -> Place:
        """The place that a schema leads to which says nothing but where to look."""
        if self.facts(place).keys() == {"$ref"}:
            return (
                self.applied(place)[-1][-1] if len(self.applied(place)) == 2 else place
            )
        return place

    def merged(self, place: Place) -> Facts:
        """Keywords of all objects that apply to the value; the outermost win."""
        known = self._merged.get(place)
        if known is not None:
            return known
        found: dict[str, object] = {}
        for chain in self.applied(place):
            for keyword, value in self.facts(chain[-1]).items():
                found.setdefault(keyword, value)
        self._merged[place] = found
        return found

    def properties(self, place: Place) -> dict[str, Place]:
        """Where the properties of an object are described."""
        known = self._properties.get(place)
        if known is not None:
            return known
        found: dict[str, Place] = {}
        for chain in self.applied(place):
            named = self.facts(chain[-1]).get("properties")
            for name in named if isinstance(named, dict) else ():
                found.setdefault(str(name), chain[-1] / "properties" / str(name))
        self._properties[place] = found
        return found

    def types(
        self, place: Place, seen: frozenset[Place] = frozenset()
    ) -> frozenset[str]:
        """Types of JSON that a value may have; `number` includes `integer`."""
        if place in seen:
            return _TYPES
        possible = _TYPES
        for chain in self.applied(place):
            facts = self.facts(chain[-1])
            possible &= _stated_types(facts)
            for keyword in ("anyOf", "oneOf"):
                options = facts.get(keyword)
                if isinstance(options, list) and len(options) > 1:
                    union: frozenset[str] = frozenset()
                    for index in range(len(options)):
                        option = chain[-1] / keyword / index
                        union |= self.types(option, seen | {place})
                    possible &= union
        return possible

    def required(self, place: Place) -> list[str]:
        """Names of the properties that an object must have."""
        found: dict[str, None] = {}
        for chain in self.applied(place):
            names = self.facts(chain[-1]).get("required")
            found |= dict.fromkeys(map(str, names if isinstance(names, list) else ()))
        return list(found)

    def _target(self, place: Place, reference: str) -> Place:
        file, _, fragment = reference.partition("#")
        document = place.document
        if file:
            folder = posixpath.dirname(document)
            document = posixpath.normpath(posixpath.join(folder, unquote(file)))
        return Place(document, _tokens(unquote(fragment)))


def codes_of(facts: Facts) -> Mapping[str, str]:
    """Provider codes by keyword; `default` is for all others."""
    own = facts.get("x-engross")
    given = own.get("code") if isinstance(own, dict) else None
    if isinstance(given, str):
        return {"default": given}
    if isinstance(given, dict):
        return {str(keyword): str(code) for keyword, code in given.items()}
    return {}


def code_for(chain: tuple[Mapping[str, str], ...], keyword: str) -> str | None:
    """The provider code that the nearest schema around a violation has for its keyword."""
    for codes in reversed(chain):
        code = codes.get(keyword, codes.get("default"))
        if code is not None:
            return code
    return None


def type_of(value: object) -> str:
    """The type of a JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float() | Decimal():
            return "integer" if value == int(value) else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def allows(types: frozenset[str], value: object) -> bool:
    """Whether a value has one of the types."""
    kind = type_of(value)
    return kind in types or (kind == "integer" and "number" in types)


def _stated_types(facts: Facts) -> frozenset[str]:
    declared = facts.get("type")
    names = declared if isinstance(declared, list) else [declared]
    types = frozenset(map(str, names)) if declared is not None else _TYPES
    if "number" in types:
        types |= {"integer"}
    values = facts.get("enum")
    if "const" in facts:
        values = [facts["const"]]
    if isinstance(values, list):
        kinds = frozenset(map(type_of, values))
        types &= kinds
    return types


def number(value: object) -> int | Decimal | None:
    """The value as an exact number, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        value = Decimal(repr(value))
    return int(value) if value == int(value) else value


def _tokens(fragment: str) -> tuple[str, ...]:
    return tuple(
        part.replace("~1", "/").replace("~0", "~") for part in fragment.split("/")[1:]
    )
