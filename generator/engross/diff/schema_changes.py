"""Changes of schemas: both contracts are walked at once, pair by pair.

Each pair of schemas is compared once, however many operations use it. What a change does
depends on the way that the values travel, so for each pair with changes the operations
that lead to it are looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import field
from typing import Final

from engross.data import dataclass
from engross.diff.part_changes import PartComparer
from engross.diff.rules import BOTH, Way
from engross.diff.schema_pairs import (
    Comparison,
    Contracts,
    Difference,
    Edge,
    Pair,
    Ways,
    component_of,
)
from engross.diff.schema_view import ANYTHING, Viewer
from engross.diff.sides import Side
from engross.diff.union_changes import UnionComparer
from engross.diff.value_changes import ValueComparer
from engross.schema.tree import Direction, Key
from engross.source import Location

_DIRECTIONS: Final = {Way.REQUEST: Direction.REQUEST, Way.RESPONSE: Direction.RESPONSE}


@dataclass(frozen=True, slots=True)
class Label:
    """What the contracts call a value: the old one for fingerprints, the new for people."""

    old: str
    new: str

    def member(self, text: str) -> Label:
        """Return the label of a part of the value."""
        return Label(f"{self.old}{text}", f"{self.new}{text}")


@dataclass(frozen=True, slots=True)
class _Compared:
    differences: tuple[Difference, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A difference, and for whom it matters: operations by the way of the values."""

    label: Label
    difference: Difference
    operations: Mapping[Way, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Use:
    way: Way
    operation: str


class SchemaComparer:
    """Compares the schemas that operations use."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        self._old_viewer, self._new_viewer = Viewer(old.composer), Viewer(new.composer)
        self._contracts = Contracts(
            old, new, self._old_viewer, self._new_viewer, self._is_equal
        )
        self._compared: dict[Pair, _Compared] = {}
        self._uses: dict[Pair, dict[_Use, None]] = {}
        self._labels: dict[Pair, Label] = {}
        self._equal: dict[Pair, bool] = {}
        self._asked: set[Pair] = set()

    def use(
        self,
        old: Location | None,
        new: Location | None,
        way: Way,
        operation: str,
        label: Label,
    ) -> None:
        """Note that an operation has a value; without a schema it may be anything."""
        direction = _DIRECTIONS[way]
        pair = Pair(
            *(
                ANYTHING if at is None else viewer.operand((side.key(at, direction),))
                for side, viewer, at in (
                    (self._old, self._old_viewer, old),
                    (self._new, self._new_viewer, new),
                )
            )
        )
        self._labels.setdefault(pair, self._named(pair, label))
        self._uses.setdefault(pair, {})[_Use(way, operation)] = None

    def same(self, old: Key, new: Key) -> bool:
        """Return whether two schemas mean the same."""
        pair = Pair(self._old_viewer.operand((old,)), self._new_viewer.operand((new,)))
        return self._is_equal(pair)

    @property
    def counterparts(self) -> Mapping[Location, Location]:
        """Return the place in the new contract of what is at places in the old one."""
        found: dict[Location, Location] = {}
        for pair in self._labels:
            old = self._old_viewer.view(pair.old).effective.nodes
            new = self._new_viewer.view(pair.new).effective.nodes
            if len(old) == len(new):
                for one, other in zip(old, new, strict=True):
                    found.setdefault(one.key.place, other.key.place)
        return found

    def differences(self) -> tuple[Found, ...]:
        """Return all differences, in the order in which they are met."""
        parents = self._walk()
        merged: dict[Hashable, tuple[Label, Difference, dict[_Use, None]]] = {}
        for pair, label in self._labels.items():
            differences = self._compared[pair].differences
            if not differences:
                continue
            uses = self._uses_of(pair, parents)
            for each in differences:
                key = (each.rule, each.detail, each.before, each.after, each.part)
                _, _, known = merged.setdefault(key, (label, each, {}))
                known |= dict.fromkeys(use for use in uses if use.way in each.ways)
        return tuple(
            Found(label, difference, _by_way(uses))
            for label, difference, uses in merged.values()
            if uses
        )

    def _walk(self) -> Mapping[Pair, list[tuple[Pair, Ways]]]:
        """Compare every pair that is in use; return what leads to each."""
        parents: dict[Pair, list[tuple[Pair, Ways]]] = {}
        waiting = list(reversed(self._labels))
        done: set[Pair] = set()
        while waiting:
            pair = waiting.pop()
            if pair in done:
                continue
            done.add(pair)
            for edge in reversed(self._compare(pair).edges):
                parents.setdefault(edge.to, []).append((pair, edge.ways))
                label = self._labels[pair].member(edge.part)
                self._labels.setdefault(edge.to, self._named(edge.to, label))
                waiting.append(edge.to)
        return parents

    def _uses_of(
        self, pair: Pair, parents: Mapping[Pair, list[tuple[Pair, Ways]]]
    ) -> Iterable[_Use]:
        """Return the uses that lead to a pair, in the order of the contract."""
        found: dict[_Use, None] = {}
        waiting, seen = [(pair, BOTH)], {(pair, BOTH)}
        while waiting:
            here, ways = waiting.pop()
            own = self._uses.get(here, ())
            found |= dict.fromkeys(use for use in own if use.way in ways)
            for parent, passing in parents.get(here, ()):
                step = parent, ways & passing
                if step not in seen and step[1]:
                    seen.add(step)
                    waiting.append(step)
        return found

    def _named(self, pair: Pair, label: Label) -> Label:
        """Return the label of a pair; components are named by themselves."""
        return Label(
            component_of(pair.old) or label.old, component_of(pair.new) or label.new
        )

    def _is_equal(self, pair: Pair) -> bool:
        """Return whether there is no difference in a pair, and below it."""
        if pair in self._equal:
            return self._equal[pair]
        if pair in self._asked:
            return True
        self._asked.add(pair)
        try:
            seen = {pair}
            waiting = [pair]
            while waiting:
                compared = self._compare(waiting.pop())
                if compared.differences:
                    self._equal[pair] = False
                    return False
                for edge in compared.edges:
                    if edge.to not in seen:
                        seen.add(edge.to)
                        waiting.append(edge.to)
        finally:
            self._asked.remove(pair)
        if not self._asked:
            self._equal |= dict.fromkeys(seen, True)
        return True

    def _compare(self, pair: Pair) -> _Compared:
        found = self._compared.get(pair)
        if found is None:
            compared = self._findings(pair)
            differences = dict.fromkeys(map(_Hashed, compared.differences))
            found = self._compared[pair] = _Compared(
                tuple(each.difference for each in differences),
                tuple(dict.fromkeys(compared.edges)),
            )
        return found

    def _findings(self, pair: Pair) -> Comparison:
        """Return what differs in a pair, and the pairs of the parts."""
        found = Comparison()
        union = UnionComparer(pair, self._contracts, found)
        union.discriminators()
        if union.has_union:
            union.members()
        elif ValueComparer(pair, self._contracts, found).run():
            PartComparer(pair, self._contracts, found).run()
        return found


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A difference, equal to others that say the same."""

    difference: Difference = field(compare=False)
    key: Hashable = ()

    def __post_init__(self) -> None:
        each = self.difference
        object.__setattr__(self, "key", (each.rule, each.part, each.detail))


def _by_way(uses: Iterable[_Use]) -> Mapping[Way, tuple[str, ...]]:
    found: dict[Way, list[str]] = {}
    for way in Way:
        names = [use.operation for use in uses if use.way is way]
        if names:
            found[way] = names
    return {way: tuple(names) for way, names in found.items()}
