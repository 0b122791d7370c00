"""Which schemas lead back to themselves, and which of them would never end."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from engross.schema.errors import SchemaError
from engross.schema.reader import Graph
from engross.schema.tree import Key

Edges: TypeAlias = Mapping[Key, Sequence[Key]]
_Node = TypeVar("_Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Endless:
    """A cycle of schemas that apply each other to the very same value."""

    keys: tuple[Key, ...]
    """The schemas, sorted by their places."""

    def error(self) -> SchemaError:
        """Return the refusal, at the first of the schemas."""
        place = self.keys[0].place
        return SchemaError(place, "applies to the same value without end")


def reachable(graph: Graph, entries: Sequence[Key]) -> Edges:
    """Read every schema that can be reached; return the subschemas of each."""
    edges: dict[Key, Sequence[Key]] = {}
    pending = list(entries)
    while pending:
        key = pending.pop()
        if key not in edges:
            edges[key] = graph[key].children()
            pending += edges[key]
    return edges


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


def cycles(edges: Mapping[_Node, Sequence[_Node]]) -> list[list[_Node]]:
    """Return the strongly connected groups that have a cycle (Tarjan, iterative)."""
    order: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    stack: list[_Node] = []
    on_stack: set[_Node] = set()
    groups: list[list[_Node]] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in order:
                    order[successor] = low[successor] = len(order)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(edges[successor])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], order[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    group: list[_Node] = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    if len(group) > 1 or node in edges[node]:
                        groups.append(group)
    return groups
