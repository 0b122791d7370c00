"""A pair of schemas that describe one value, and what its comparison finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from typing import TypeAlias

from engross.data import dataclass
from engross.diff.rules import BOTH, Rating, Way
from engross.diff.schema_view import Operand, View, Viewer
from engross.diff.sides import Side
from engross.source import Location

Ways: TypeAlias = frozenset[Way]


@dataclass(frozen=True, slots=True)
class Pair:
    """What the contracts say of the same value, and what each calls it."""

    old: Operand
    new: Operand


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a pair.

    Attributes:
        part: what of the value differs, such as `.name`; empty for the value itself.
        ways: the ways in which it matters.
    """

    rule: str
    part: str
    detail: str
    message: str
    before: Location | None
    after: Location | None
    ways: Ways = BOTH
    exceptions: Mapping[Way, Rating] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """A step from the pair of a value to that of a part of it."""

    to: Pair
    part: str
    ways: Ways = BOTH


@dataclass(frozen=True, slots=True)
class Contracts:
    """The two contracts, and what looks at their schemas.

    Attributes:
        is_equal: whether there is no difference in a pair, and below it.
    """

    old: Side
    new: Side
    old_viewer: Viewer
    new_viewer: Viewer
    is_equal: Callable[[Pair], bool]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found so far: differences, and the pairs of the parts."""

    differences: list[Difference] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


class PairComparer:
    """What comparers of pairs have in common; each adds what it finds."""

    def __init__(self, pair: Pair, contracts: Contracts, found: Comparison) -> None:
        self._pair, self._found = pair, found
        self._is_equal = contracts.is_equal
        self._old_side, self._new_side = contracts.old, contracts.new
        self._old_viewer, self._new_viewer = contracts.old_viewer, contracts.new_viewer
        self._old = self._old_viewer.view(pair.old)
        self._new = self._new_viewer.view(pair.new)

    def _note(
        self,
        rule: str,
        message: str,
        *keywords: str,
        detail: str = "",
        part: str = "",
        ways: Ways = BOTH,
        exceptions: Mapping[Way, Rating] | None = None,
    ) -> None:
        self._found.differences.append(
            Difference(
                rule,
                part,
                detail or message,
                message,
                self._place(self._old, self._old_side, keywords),
                self._place(self._new, self._new_side, keywords),
                ways,
                exceptions or {},
            )
        )

    def _place(
        self, view: View, side: Side, keywords: Iterable[str]
    ) -> Location | None:
        """Return where one of some keywords is written; else the schema itself."""
        for keyword in keywords:
            for node in view.effective.nodes:
                value = side.index.value(node.key.place)
                if keyword in value:
                    return node.key.place / keyword
        return view.at

    def _step(self, old: Operand, new: Operand, part: str, ways: Ways = BOTH) -> None:
        if not (old.is_anything and new.is_anything):
            self._found.edges.append(Edge(Pair(old, new), part, ways))

    def _null(self, *, may_be: bool) -> None:
        if may_be:
            self._note(
                "null-allowed", "the value may be null", "type", "anyOf", "oneOf"
            )
        else:
            message = "the value may no longer be null"
            self._note("null-disallowed", message, "type", "anyOf", "oneOf")


def component_of(operand: Operand) -> str | None:
    """Return the name of the component that a value is described by."""
    if not operand.keys:
        return None
    tokens = operand.keys[0].place.tokens
    is_component = len(tokens) == 3 and tokens[:2] == ("components", "schemas")
    return str(tokens[2]) if is_component else None


def listed(names: Collection[str]) -> str:
    """Return names for people."""
    return ", ".join(sorted(names)) or "absent"
