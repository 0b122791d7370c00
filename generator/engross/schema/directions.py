"""Properties that only requests, or only responses, have.

A property that is `readOnly` is required of responses only, one that is `writeOnly` of
requests only. `required` may be written beside the property, in a schema that the object
extends, or in one that extends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from engross.schema.alike import FirstAlike, HasMeanings
from engross.schema.json_values import JSON
from engross.schema.tree import Direction, Key, Schema
from engross.source import Location
from engross.source.resolver import Resolver
from engross.source.wordings import words_of

_NONE: frozenset[str] = frozenset()


class Schemas(HasMeanings, Protocol):
    """The tree, as far as it is needed here."""

    def __getitem__(self, key: Key) -> Schema: ...

    def bases(self, place: Location) -> frozenset[Location]:
        """Return the schemas that one extends, itself included."""
        ...


class DirectionReader:
    """Finds what depends on the direction; remembers what it found."""

    def __init__(self, schemas: Schemas, resolver: Resolver) -> None:
        self._schemas = schemas
        self._resolver = resolver
        self._alike = FirstAlike(schemas)
        self._is_used: bool | None = None
        self._names: dict[Location, tuple[frozenset[str], frozenset[str]]] = {}
        self._matters: dict[Key, bool] = {}

    def matters(self, key: Key) -> bool:
        """Return whether the schema, or one below it, differs by direction."""
        if not self._has_directions():
            return False
        key = self._alike.of(key)
        known = self._matters.get(key)
        if known is None:
            self._explore(key)
            known = self._matters[key]
        return known

    def missing(self, key: Key) -> frozenset[str]:
        """Return the properties that a value of the key's direction does not have."""
        if not self._has_directions():
            return _NONE
        read_only, write_only = self._one_way(outermost(key.place))
        match key.direction:
            case Direction.REQUEST:
                return read_only
            case Direction.RESPONSE:
                return write_only
            case Direction.EITHER:
                return read_only | write_only

    def _has_directions(self) -> bool:
        if self._is_used is None:
            self._is_used = any(map(_mentions, self._resolver.documents.values()))
        return self._is_used

    def _one_way(self, place: Location) -> tuple[frozenset[str], frozenset[str]]:
        """Return the names of the properties that are read-only, and write-only."""
        found = self._names.get(place)
        if found is None:
            read_only: set[str] = set()
            write_only: set[str] = set()
            for at in self._schemas.bases(place):
                for name, said in self._members(at):
                    if said.get("readOnly") is True:
                        read_only.add(name)
                    if said.get("writeOnly") is True:
                        write_only.add(name)
            found = self._names[place] = frozenset(read_only), frozenset(write_only)
        return found

    def _members(self, at: Location) -> Iterator[tuple[str, dict[str, JSON]]]:
        """Yield the name of each property of a schema, with each schema that it extends."""
        schema = self._resolver.value(at)
        named = schema.get("properties") if isinstance(schema, dict) else None
        for name, value in named.items() if isinstance(named, dict) else ():
            if not isinstance(value, dict):
                continue
            if "$ref" not in value and "allOf" not in value:
                yield name, value
                continue
            for base in self._schemas.bases(at / "properties" / name):
                extended = self._resolver.value(base)
                if isinstance(extended, dict):
                    yield name, extended

    def _explore(self, start: Key) -> None:
        """Find out for a schema and everything below it whether direction matters."""
        above: dict[Key, list[Key]] = {start: []}
        waiting, directed = [start], []
        while waiting:
            key = waiting.pop()
            schema = self._schemas[key]
            if self._matters.get(key) or self._depends(schema):
                directed.append(key)
            for child in map(self._alike.of, schema.children()):
                if child not in above:
                    above[child] = []
                    if child not in self._matters:
                        waiting.append(child)
                    elif self._matters[child]:
                        directed.append(child)
                above[child].append(key)
        found: set[Key] = set()
        while directed:
            key = directed.pop()
            if key not in found:
                found.add(key)
                directed += above[key]
        for key in above:
            self._matters.setdefault(key, key in found)

    def _depends(self, schema: Schema) -> bool:
        key = schema.key
        holder = outermost(key.place)
        if not (schema.properties or schema.every) and holder == key.place:
            return False
        required = _members(self._resolver.value(key.place), "required")
        if not required:
            return False
        read_only, write_only = self._one_way(holder)
        return not (read_only | write_only).isdisjoint(required)


def outermost(place: Location) -> Location:
    """Return the schema that a part of an `allOf` is written in, or the schema itself."""
    tokens = place.tokens
    while tokens[-2:-1] == ("allOf",):
        tokens = tokens[:-2]
    return place if tokens is place.tokens else Location(place.document, tokens)


def _members(schema: JSON, keyword: str) -> tuple[str, ...]:
    value = schema.get(keyword) if isinstance(schema, dict) else None
    if isinstance(value, dict):
        return tuple(value)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _mentions(document: JSON) -> bool:
    """Return whether a document may use `readOnly` or `writeOnly`."""
    words = words_of(document)
    return words is None or b"readOnly" in words or b"writeOnly" in words
