"""The types of the values that a rule reads, from the schemas.

Rules are checked against the schemas when they are compiled, as in Kubernetes: only
members that a schema declares can be read, and only with the operators of their type.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from engross.data import dataclass
from engross.schema.reader import Graph
from engross.schema.tree import Key, Schema
from engross.validation.json_types import EVERY, NUMBER, accepted, possible


class Kind(Enum):
    """The types that operators distinguish."""

    BOOLEAN = auto()
    INTEGER = auto()
    NUMBER = auto()
    TEXT = auto()
    TIMESTAMP = auto()
    DURATION = auto()
    NULL = auto()
    LIST = auto()
    OBJECT = auto()
    UNKNOWN = auto()

    @property
    def words(self) -> str:
        """The type in words."""
        return _WORDS.get(self, f"a {self.name.lower()}")

    @property
    def is_number(self) -> bool:
        """Whether arithmetic applies."""
        return self in (Kind.INTEGER, Kind.NUMBER)


_WORDS = {
    Kind.INTEGER: "an integer",
    Kind.OBJECT: "an object",
    Kind.NULL: "null",
    Kind.UNKNOWN: "a value whose type the schema does not state",
}
_BY_TYPE = {
    "boolean": Kind.BOOLEAN,
    "string": Kind.TEXT,
    "array": Kind.LIST,
    "object": Kind.OBJECT,
    "null": Kind.NULL,
}


@dataclass(frozen=True, slots=True)
class Type:
    """A type, with the schemas behind it where it comes from the payload."""

    kind: Kind
    keys: tuple[Key, ...] = ()
    item: Type | None = None
    """Type of a computed list's items."""


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
NUMBER_TYPE = Type(Kind.NUMBER)
TEXT = Type(Kind.TEXT)
TIMESTAMP = Type(Kind.TIMESTAMP)
DURATION = Type(Kind.DURATION)
NULL_TYPE = Type(Kind.NULL)
UNKNOWN = Type(Kind.UNKNOWN)


class Schemas:
    """Answers questions about the schemas of a payload."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def type_of(self, *keys: Key) -> Type:
        """Return the type of a value that all of these schemas apply to."""
        types = EVERY
        for schema in self.applied(keys):
            types &= accepted(schema)
            for alternatives in (schema.any_of, schema.one_of):
                if alternatives:
                    types &= frozenset[str]().union(
                        *(possible(self._graph, key) for key in alternatives)
                    )
        solid = types - {"null"}
        if not solid and types:
            return Type(Kind.NULL, keys)
        if solid == {"integer"}:
            return Type(Kind.INTEGER, keys)
        if solid and solid <= NUMBER:
            return Type(Kind.NUMBER, keys)
        if len(solid) == 1:
            return Type(_BY_TYPE[next(iter(solid))], keys)
        return Type(Kind.UNKNOWN, keys)

    def member(self, owner: Type, name: str) -> tuple[Type, bool] | None:
        """Return the type of a member, and whether it is always present.

        Return None if no schema declares it.
        """
        found: list[Key] = []
        required = False
        for schema in self.applied(owner.keys):
            found += [key for declared, key in schema.properties if declared == name]
            required = required or name in schema.required
        if not found and not required:
            return None
        return self.type_of(*found), required

    def item(self, owner: Type) -> Type:
        """Return the type of a list's items."""
        if owner.item is not None:
            return owner.item
        items = [
            schema.items
            for schema in self.applied(owner.keys)
            if schema.items is not None
        ]
        return self.type_of(*items) if items else UNKNOWN

    def instant(self, owner: Type) -> str | None:
        """Return how the value represents an instant: `date-time`, `date`, `unix-ms`..."""
        for schema in self.applied(owner.keys):
            if schema.instant is not None:
                return schema.instant
        return None

    def applied(self, keys: tuple[Key, ...]) -> Iterator[Schema]:
        """Yield the schemas, and those that apply wherever they do.

        An alternative counts if all the others are null.
        """
        pending, seen = list(keys), set(keys)
        while pending:
            schema = self._graph[pending.pop(0)]
            yield schema
            further = [applied.key for applied in schema.every]
            for alternatives in (schema.any_of, schema.one_of):
                solid = [
                    key
                    for key in alternatives
                    if possible(self._graph, key) != {"null"}
                ]
                if len(solid) == 1:
                    further += solid
            pending += [key for key in further if key not in seen]
            seen.update(further)
