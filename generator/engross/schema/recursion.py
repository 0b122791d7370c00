"""Which schemas lead back to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engross.schema.tree import Key, Schema


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
            self._explore(key)
        return self._groups[key]

    def _explore(self, start: Key) -> None:
        """Group all schemas that one leads to, by Tarjan's algorithm."""
        order: dict[Key, int] = {}
        lowest: dict[Key, int] = {}
        path: list[Key] = []
        waiting: list[tuple[Key, Iterator[Key]]] = []

        def enter(key: Key) -> None:
            order[key] = lowest[key] = len(order)
            path.append(key)
            waiting.append((key, iter(self._graph[key].children())))

        enter(start)
        while waiting:
            key, children = waiting[-1]
            child = next(children, None)
            if child is not None:
                if child in self._groups:
                    continue
                if child not in order:
                    enter(child)
                else:
                    lowest[key] = min(lowest[key], order[child])
                continue
            waiting.pop()
            if waiting:
                above = waiting[-1][0]
                lowest[above] = min(lowest[above], lowest[key])
            if lowest[key] == order[key]:
                number = len(self._groups)
                while True:
                    member = path.pop()
                    self._groups[member] = number
                    if member == key:
                        break
