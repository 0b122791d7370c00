"""Which schemas are written alike, and mean the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from engross.schema.tree import Direction, Key


class HasMeanings(Protocol):
    """The tree of schemas, as far as it is needed here."""

    def meaning(self, key: Key) -> Hashable | None:
        """Return what schemas share that are written alike and mean the same, if any do."""
        ...


class FirstAlike:
    """Finds the first of the schemas that are written alike, in the order of asking."""

    def __init__(self, schemas: HasMeanings) -> None:
        self._schemas = schemas
        self._firsts: dict[Key, Key] = {}
        self._by_meaning: dict[tuple[Direction, Hashable], Key] = {}

    def of(self, key: Key) -> Key:
        """Return the first schema that was asked about and says the same, often itself."""
        found = self._firsts.get(key)
        if found is None:
            found, meaning = key, self._schemas.meaning(key)
            if meaning is not None:
                found = self._by_meaning.setdefault((key.direction, meaning), key)
            self._firsts[key] = found
        return found
