"""What it means for a check that schemas lead back to themselves."""

from __future__ import annotations

from collections.abc import Sequence, Set

from engross.data import dataclass
from engross.schema.reader import Graph
from engross.schema.recursion import Edges, cycles
from engross.schema.schema_error import SchemaError
from engross.schema.tree import Key


@dataclass(frozen=True, slots=True)
class Endless:
    """A cycle of schemas that apply each other to the very same value."""

    keys: tuple[Key, ...]
    """The schemas, sorted by their places."""

    def error(self) -> SchemaError:
        """Return the refusal, at the first of the schemas."""
        place = self.keys[0].place
        return SchemaError(place, "applies to the same value without end")


def endless(graph: Graph, groups: Sequence[Sequence[Key]]) -> tuple[Endless, ...]:
    """Return the cycles on which schemas apply to one value.

    Args:
        graph: the schemas.
        groups: the groups of schemas that lead back to themselves.
    """
    found: dict[str, Endless] = {}
    for group in groups:
        members = set(group)
        in_place = {
            key: [child for child in graph[key].in_place() if child in members]
            for key in group
        }
        for loop in cycles(in_place):
            keys = tuple(sorted(loop, key=lambda key: str(key.place)))
            found.setdefault(str(keys[0].place), Endless(keys))
    return tuple(found.values())


def branches(graph: Graph, group: Sequence[Key]) -> bool:
    """Tell whether schemas on a cycle can apply to one part in more than one way."""
    members = frozenset(group)
    for key in group:
        schema = graph[key]
        ways = len(members.intersection(schema.in_place()))
        if ways and ways + len(members.intersection(schema.of_children())) > 1:
            return True
        if ways and (schema.unevaluated_items or schema.unevaluated_properties):
            return True
        patterns = members.intersection(child for _, child in schema.pattern_properties)
        named = members.intersection(child for _, child in schema.properties)
        if patterns and len(patterns | named) > 1:
            return True
        if schema.contains in members and schema.of_children() != (schema.contains,):
            return True
    return False


def leading_to(edges: Edges, goals: Set[Key]) -> Set[Key]:
    """Return the goals, and the schemas from which one of them can be reached."""
    parents: dict[Key, list[Key]] = {}
    for key, children in edges.items():
        for child in children:
            parents.setdefault(child, []).append(key)
    found, pending = set(goals), list(goals)
    while pending:
        new = [key for key in parents.get(pending.pop(), ()) if key not in found]
        found.update(new)
        pending += new
    return found
