"""Which schemas say the same in the same words, so that they are read once.

Most schemas of a large document repeat others word for word. A few plain words mean the same
anywhere. Whatever else a schema says decides which definition it gets, and each place names
its own; contracts that share definitions can also share what is read of those.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set
from dataclasses import field
from functools import cached_property
from typing import Final

from engross.contract.directions import direction_of
from engross.contract.index import Index
from engross.contract.ir import is_component
from engross.data import dataclass
from engross.schema.tree import Direction, Key
from engross.source import Location
from engross.source.pointer import Token
from engross.source.wordings import Wording

_PLAIN: Final = frozenset(
    (
        "type",
        "title",
        "description",
        "format",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
    )
)
"""Keywords that give a schema no definition, and refer to nothing."""

_REQUEST: Final = frozenset({Direction.REQUEST})
_RESPONSE: Final = frozenset({Direction.RESPONSE})

_Directions = frozenset[Direction]


@dataclass(frozen=True)
class Alike:
    """Tells which schemas say the same.

    Attributes:
        index: the contract.
        shares: whether definitions are shared.
    """

    index: Index
    shares: bool
    _are_plain: dict[Wording, bool] = field(default_factory=dict, repr=False)
    """Whether wordings have plain words only."""

    def words(self, key: Key) -> Hashable | None:
        """Return what a schema shares with those that say the same; None if with none."""
        place, resolver = key.place, self.index.source.resolver
        wording, document = resolver.wording(place), place.document
        if wording is None:
            return None
        if wording not in self._are_plain:
            value = resolver.value(place)
            is_plain = isinstance(value, dict) and _PLAIN.issuperset(value)
            self._are_plain[wording] = is_plain
        if self._are_plain[wording]:
            return document, wording
        is_extended = key.is_base or key.scope or wording.is_extended
        if is_extended or is_component(place) or not self.shares:
            return None
        if not resolver.is_one_resource(document):
            return None
        if place in self._references.targets:
            return None
        return document, wording, self._references.directions_of(place)

    @cached_property
    def _references(self) -> _References:
        return _References.of(self.index)


@dataclass(frozen=True, slots=True)
class _References:
    """What references to schemas tell.

    Attributes:
        targets: the schemas that they lead to.
        directions: in which directions the values of each component travel.
    """

    targets: Set[Location]
    directions: Mapping[Token, _Directions]

    @classmethod
    def of(cls, index: Index) -> _References:
        """Read the references of a contract."""
        source = index.source
        found: set[Location] = set()
        by_owner: dict[_Directions | Token, set[Token]] = {}
        for place in index.schemas_where(lambda value: "$ref" in value):
            target = source.resolve(place, str(index.value(place)["$ref"]))
            found.add(target)
            if is_component(target):
                by_owner.setdefault(_owner(place), set()).add(target.tokens[2])
        directions: dict[Token, _Directions] = {}
        for way in (_REQUEST, _RESPONSE):
            for name in _reached(way, by_owner):
                directions[name] = directions.get(name, frozenset()) | way
        return cls(found, directions)

    def directions_of(self, place: Location) -> _Directions:
        """Return in which directions the values of a place travel.

        Values of both have another definition than those of one.
        """
        owner = _owner(place)
        if isinstance(owner, frozenset):
            return owner
        return self.directions.get(owner, frozenset())


def _owner(place: Location) -> _Directions | Token:
    """Return the component that a schema is in, or the directions of its values."""
    tokens = place.tokens
    if tokens[:2] == ("components", "schemas") and tokens[2:]:
        return tokens[2]
    way = direction_of(place)
    return frozenset() if way is Direction.EITHER else frozenset({way})


def _reached(
    start: _Directions, targets: dict[_Directions | Token, set[Token]]
) -> Iterable[Token]:
    """Return the components that references lead to."""
    found: set[Token] = set()
    waiting: list[_Directions | Token] = [start]
    while waiting:
        new = targets.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
