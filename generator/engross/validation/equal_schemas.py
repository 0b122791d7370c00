"""Which schemas are equal, so that one function can check both.

Two schemas are equal if they have the same keywords, and if the subschemas written inside
them are equal in turn. What lies outside, behind a reference, must be the very same
schema. So whatever a function reports of one of them is true of the other, once it is
told where that one is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import field
from typing import NamedTuple

from engross.data import dataclass
from engross.patterns import Regex
from engross.schema.alike import FirstAlike
from engross.schema.reader import Graph
from engross.schema.tree import Applied, Key, Rule
from engross.source import Location

_OF_REFERENCES = frozenset({"every", "instant"})


def is_within(place: Location, outer: Location) -> bool:
    """Tell whether a place is inside another, or the same."""
    return (
        place.document == outer.document
        and place.tokens[: len(outer.tokens)] == outer.tokens
    )


def plain_key(graph: Graph, key: Key) -> Key:
    """Follow references that have no keywords beside them."""
    while True:
        schema = graph[key]
        if len(schema.every) != 1 or not schema.keywords.keys() <= _OF_REFERENCES:
            return key
        key = schema.every[0].key


def first_equals(
    graph: Graph,
    keys: Iterable[Key],
    *,
    plain: Callable[[Key], Key],
    comments: Callable[[Location], str | None],
) -> dict[Key, Key]:
    """Return the first of the schemas that each of them is equal to, often itself.

    Args:
        graph: all schemas.
        keys: the schemas to compare.
        plain: follows references that have no keywords beside them.
        comments: returns the comment above the checks of a schema, if there is one.
    """
    return Forms(graph, plain, comments, FirstAlike(graph)).first_equals(keys)


class _Form(NamedTuple):
    """What is common to equal schemas.

    Attributes:
        number: that of all schemas with the same keywords, whose parts are equal in turn.
        places: those that references in the schema lead to.
        size: the number of its keywords.
    """

    number: int
    places: frozenset[Location]
    size: int


@dataclass(frozen=True, slots=True)
class Forms:
    """Reads what is common to equal schemas, each schema once."""

    graph: Graph
    plain: Callable[[Key], Key]
    """Follows references that have no keywords beside them."""
    comments: Callable[[Location], str | None]
    """Returns the comment above the checks of a schema, if there is one."""
    alike: FirstAlike
    numbers: dict[Hashable, int] = field(default_factory=dict)
    known: dict[Key, _Form] = field(default_factory=dict)

    def first_equals(self, keys: Iterable[Key]) -> dict[Key, Key]:
        """Return the first of the schemas that each of them is equal to, often itself."""
        first: dict[Hashable, Key] = {}
        return {
            key: first.setdefault(self._common(key), key) for key in dict.fromkeys(keys)
        }

    def own_size(self, key: Key) -> int:
        """Count the keywords of a schema, and the members that they name."""
        schema = self.graph[self.alike.of(key)]
        return self._read(key).size + len(schema.required) + len(schema.properties)

    def _common(self, key: Key) -> Hashable:
        """Return a value that equal schemas share, and no others."""
        number, places, _ = self._read(key)
        # A reference to another part of the schema is never what it is in an equal one.
        leads_inside = any(is_within(place, key.place) for place in places)
        return (number, key) if leads_inside else number

    def _read(self, key: Key) -> _Form:
        key = self.alike.of(key)
        found = self.known.get(key)
        if found is None:
            places: set[Location] = set()
            form: list[Hashable] = []
            for name, value in sorted(self.graph[key].keywords.items()):
                form += name, self._part(value, key, places)
            number = self.numbers.setdefault(tuple(form), len(self.numbers))
            found = _Form(number, frozenset(places), len(form) // 2)
            self.known[key] = found
        return found

    def _part(self, value: object, outer: Key, places: set[Location]) -> Hashable:
        """Return the value of a keyword so that equal ones are equal."""
        if isinstance(value, str | frozenset | Regex):
            return value
        if isinstance(value, Key):
            return self._child(value, outer, places)
        if isinstance(value, tuple):
            return tuple(
                [
                    part if isinstance(part, str) else self._part(part, outer, places)
                    for part in value
                ]
            )
        if isinstance(value, Applied):
            return value.keyword, self._child(value.key, outer, places)
        if isinstance(value, Rule):
            return value.id, value.cel, value.message, value.code
        return type(value), repr(value)  # 1 is not "1"

    def _child(self, key: Key, outer: Key, places: set[Location]) -> Hashable:
        comment = self.comments(key.place)
        key = self.plain(key)
        if key.place != outer.place and is_within(key.place, outer.place):
            form = self._read(key)
            places |= form.places
            return comment, form.number
        places.add(key.place)
        return comment, key
