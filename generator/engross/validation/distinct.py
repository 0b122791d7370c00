"""The schemas that a module is written of, those that are written alike once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import field

from engross.data import dataclass
from engross.schema.alike import FirstAlike
from engross.schema.reader import Graph
from engross.schema.recursion import Edges
from engross.schema.tree import Key

_NONE: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Distinct:
    """Schemas that some lead to, each the first of those that are written alike.

    Attributes:
        edges: the subschemas of each, which are such schemas as well.
        repeats: others that are written like one, without those that are in others again.
        holders: the repeated schemas that each is in, each as often as it is.
    """

    edges: Edges
    repeats: Mapping[Key, Set[Key]]
    holders: Mapping[Key, Sequence[Key]]
    _copies: dict[Key, int] = field(default_factory=dict, repr=False)

    def copies(self, key: Key, but: Set[Key]) -> int:
        """Return how many other schemas are written like one, wherever they are.

        One in another of these counts twice if a reference leads to it as well.

        Args:
            key: the schema.
            but: those that are not counted.
        """
        return self._all_copies(key) - len(self.repeats.get(key, _NONE) & but)

    def _all_copies(self, key: Key) -> int:
        found = self._copies.get(key)
        if found is None:
            found = len(self.repeats.get(key, _NONE))
            found += sum(map(self._all_copies, self.holders.get(key, ())))
            self._copies[key] = found
        return found


def distinct(graph: Graph, entries: Iterable[Key], alike: FirstAlike) -> Distinct:
    """Read the schemas that some lead to, of those that are written alike only the first.

    Args:
        graph: all schemas.
        entries: where to start.
        alike: knows schemas that are written alike.
    """
    children: dict[Key, tuple[Key, ...]] = {}
    repeats: dict[Key, set[Key]] = {}
    pending = list(entries)
    while pending:
        key = pending.pop()
        first = alike.of(key)
        if first != key:
            repeats.setdefault(first, set()).add(key)
        if first not in children:
            children[first] = graph[first].children()
            pending += children[first]
    edges = {key: tuple(map(alike.of, inner)) for key, inner in children.items()}
    return Distinct(edges, repeats, _holders(edges, repeats))


def _holders(edges: Edges, repeated: Collection[Key]) -> Mapping[Key, Sequence[Key]]:
    """Return the repeated schemas that each schema in them is in."""
    found: dict[Key, list[Key]] = {}
    for holder in _reached(edges, repeated):
        for child in edges[holder]:
            found.setdefault(child, []).append(holder)
    return found


def _reached(edges: Edges, starts: Collection[Key]) -> Set[Key]:
    """Return schemas, and those that they lead to."""
    found, pending = set(starts), list(starts)
    while pending:
        new = set(edges[pending.pop()]) - found
        found |= new
        pending += new
    return found
