"""Which schemas lead back to themselves."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from engross.schema.tree import Key, Schema

Edges: TypeAlias = Mapping[Key, Sequence[Key]]
"""The subschemas of each schema."""

_Node = TypeVar("_Node", bound=Hashable)


class Cycles:
    """Finds the groups of schemas that lead to one another; remembers what it found."""

    def __init__(self, graph: Mapping[Key, Schema]) -> None:
        self._graph = graph
        self._groups: dict[Key, int] = {}

    def are_joined(self, one: Key, other: Key) -> bool:
        """Return whether each of two schemas leads to the other."""
        return self._group(one) == self._group(other)

    def _group(self, key: Key) -> int:
        if key not in self._groups:
            edges = reachable(self._graph, [key], known=self._groups)
            for group in components(edges):
                number = len(self._groups)
                self._groups.update(dict.fromkeys(group, number))
        return self._groups[key]


def reachable(
    graph: Mapping[Key, Schema], entries: Iterable[Key], known: Collection[Key] = ()
) -> Edges:
    """Read every schema that some lead to; return the subschemas of each.

    Args:
        graph: all schemas.
        entries: where to start.
        known: schemas to leave out, with what they lead to.
    """
    edges: dict[Key, Sequence[Key]] = {}
    pending = list(entries)
    while pending:
        key = pending.pop()
        if key not in edges and key not in known:
            edges[key] = graph[key].children()
            pending += edges[key]
    return edges


def cycles(edges: Mapping[_Node, Sequence[_Node]]) -> list[list[_Node]]:
    """Return the groups of nodes that lead back to themselves."""
    return [
        group
        for group in components(edges)
        if len(group) > 1 or group[0] in edges[group[0]]
    ]


def components(
    edges: Mapping[_Node, Sequence[_Node]],
) -> Iterator[list[_Node]]:
    """Yield the strongly connected groups of nodes, by Tarjan's algorithm.

    Args:
        edges: the successors of each node; others than the nodes are left out.
    """
    order: dict[_Node, int] = {}
    lowest: dict[_Node, int] = {}
    path: list[_Node] = []
    on_path: set[_Node] = set()
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = lowest[root] = len(order)
        path.append(root)
        on_path.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor in on_path:
                    lowest[node] = min(lowest[node], order[successor])
                elif successor not in order and successor in edges:
                    order[successor] = lowest[successor] = len(order)
                    path.append(successor)
                    on_path.add(successor)
                    work.append((successor, iter(edges[successor])))
                    break
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    group: list[_Node] = []
                    while not group or group[-1] != node:
                        group.append(path.pop())
                        on_path.discard(group[-1])
                    yield group
