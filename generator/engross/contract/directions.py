"""Properties that only requests, or only replies, have.

One that is `readOnly` is required of replies alone, and one that is `writeOnly` of requests alone.
A schema serves both directions, so neither is required where a value is held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engross.contract.schemas import Schemas
from engross.source import Location, Source, Value

KEYWORDS: Final = ("readOnly", "writeOnly")

_VALUES: Final = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords whose values are no schemas, however they look."""

_BY_NAME: Final = frozenset(
    {"$defs", "dependentSchemas", "patternProperties", "properties", "schemas"}
)
"""Keywords whose members have names of the contract's own."""


def for_both_directions(source: Source) -> Mapping[str, Value]:
    """The documents, with nothing required that one direction lacks."""
    documents = source.resources
    texts = (source.text(document) for document in documents)
    if not any(keyword in text for text in texts for keyword in KEYWORDS):
        return documents
    writer = _Writer(Schemas(documents))
    return {
        name: writer.written(value, Location(name)) for name, value in documents.items()
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    schemas: Schemas

    def written(
        self, value: Value, place: Location, around: frozenset[str] = frozenset()
    ) -> Value:
        """The value; a copy only of what differs.

        Args:
            around: properties of one direction that a schema around this one has.
        """
        if isinstance(value, list):
            items = [
                self.written(each, place / index, around)
                for index, each in enumerate(value)
            ]
            pairs = zip(items, value, strict=True)
            return value if all(new is old for new, old in pairs) else items
        if not isinstance(value, dict):
            return value
        required = value.get("required")
        parts = value.get("allOf")
        if isinstance(required, list) or isinstance(parts, list):
            around |= self._of_one_direction(place)
        members = {
            key: self._member(key, each, place / key, around)
            for key, each in value.items()
        }
        if isinstance(required, list) and not around.isdisjoint(map(str, required)):
            members["required"] = [each for each in required if each not in around]
        is_same = all(members[key] is each for key, each in value.items())
        return value if is_same else members

    def _member(
        self, key: str, value: Value, place: Location, around: frozenset[str]
    ) -> Value:
        if key in _VALUES or key.startswith("x-"):
            return value
        if key in _BY_NAME and isinstance(value, dict):
            named = {
                name: self.written(each, place / name) for name, each in value.items()
            }
            is_same = all(named[name] is each for name, each in value.items())
            return value if is_same else named
        return self.written(value, place, around if key == "allOf" else frozenset())

    def _of_one_direction(self, place: Location) -> frozenset[str]:
        return frozenset(
            name
            for name, at in self.schemas.properties(place).items()
            if any(self.schemas.merged(at).get(each) is True for each in KEYWORDS)
        )
