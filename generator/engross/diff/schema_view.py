"""What a schema says of a value, in a form that does not depend on how it is written.

A union of one type and null is a nullable type, a union of constants is an enum, and
references and `allOf` are composed away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from engross.data import dataclass
from engross.schema.composition import Composer, Effective, Keys
from engross.schema.json_values import JSON, exact, type_of
from engross.schema.tree import ALL_TYPES, Key
from engross.source import Location

Skipped = frozenset[tuple[Key, str]]


@dataclass(frozen=True, slots=True)
class Operand:
    """Schemas that apply to one value, without some unions of theirs.

    The first of several schemas is the member of a union, the others what it is in.
    """

    keys: Keys
    skipped: Skipped = frozenset()

    @property
    def is_anything(self) -> bool:
        """Return whether no schema says anything."""
        return not self.keys


ANYTHING = Operand(())


@dataclass(frozen=True)
class View:
    """What schemas say of one value.

    Attributes:
        effective: what all of them say, without unions.
        types: types of JSON that a value may have; `number` comes with `integer`.
        constants: the only values that there are; None if they are not listed.
        members: the members of a union; empty if there is none.
    """

    effective: Effective
    types: frozenset[str]
    constants: tuple[JSON, ...] | None
    members: tuple[Operand, ...]

    @property
    def at(self) -> Location | None:
        """Return where the value is described; None if it is not."""
        nodes = self.effective.nodes
        return nodes[0].key.place if nodes else None

    @property
    def lower(self) -> tuple[Decimal, bool] | None:
        """Return the lower limit of numbers, and whether it is excluded."""
        found = self.effective
        limits = [
            (exact(limit), excluded)
            for limit, excluded in (
                (found.minimum, False),
                (found.exclusive_minimum, True),
            )
            if limit is not None
        ]
        if not limits:
            return None
        limit, excluded = max(limits)
        if excluded and self._is_whole and limit == limit.to_integral_value():
            return limit + 1, False
        return limit, excluded

    @property
    def upper(self) -> tuple[Decimal, bool] | None:
        """Return the upper limit of numbers, and whether it is excluded."""
        found = self.effective
        limits = [
            (exact(limit), not excluded)
            for limit, excluded in (
                (found.maximum, False),
                (found.exclusive_maximum, True),
            )
            if limit is not None
        ]
        if not limits:
            return None
        limit, included = min(limits)
        if not included and self._is_whole and limit == limit.to_integral_value():
            return limit - 1, False
        return limit, not included

    @property
    def _is_whole(self) -> bool:
        return self.types - {"null"} == {"integer"}


class Viewer:
    """Makes the views of the schemas of one contract; remembers them."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self._views: dict[Operand, View] = {}

    def view(self, operand: Operand) -> View:
        """Return what schemas say of one value."""
        found = self._views.get(operand)
        if found is None:
            found = self._views[operand] = self._view(operand)
        return found

    def operand(self, keys: Keys) -> Operand:
        """Return schemas as those that they merely refer to."""
        return Operand(tuple(dict.fromkeys(map(self.composer.plain, keys))))

    def _view(self, operand: Operand) -> View:
        keys, skipped = operand.keys, set(operand.skipped)
        may_be_null = False
        while True:
            effective = self._effective(keys)
            union = self._union(effective, frozenset(skipped))
            if union is None:
                types = effective.types | ({"null"} if may_be_null else frozenset())
                return View(effective, types, effective.constants, ())
            holder, keyword, members = union
            skipped.add((holder, keyword))
            rest = [member for member in members if not self._is_null(member)]
            if len(rest) == 1 and len(rest) < len(members):
                may_be_null = may_be_null or "null" in effective.types
                keys = (rest[0], *keys)
                continue
            without = frozenset(skipped)
            plain = map(self.composer.plain, members)
            operands = tuple(Operand((m, *keys), without) for m in plain)
            views = [self.view(each) for each in operands]
            types = frozenset[str]().union(*(each.types for each in views))
            if may_be_null:
                types |= {"null"}
            constants: list[JSON] = []
            for each in views:
                if each.constants is None:
                    return View(effective, types, None, operands)
                constants += each.constants
            return View(effective, types, tuple(constants), ())

    def _effective(self, keys: Keys) -> Effective:
        if keys:
            return self.composer.conjunction(keys)
        return Effective(Location(""), (), (), (), (), self.composer)

    def _union(
        self, effective: Effective, skipped: Skipped
    ) -> tuple[Key, str, Keys] | None:
        """Return the first union of several members: its holder, keyword and members."""
        graph = self.composer.graph
        for node in effective.nodes:
            for keyword, listed in (("oneOf", node.one_of), ("anyOf", node.any_of)):
                members = tuple(m for m in listed if graph[m].always is not False)
                if len(members) > 1 and (node.key, keyword) not in skipped:
                    return node.key, keyword, members
        return None

    def _is_null(self, member: Key) -> bool:
        return self._effective((member,)).types == {"null"}


def names_of(types: frozenset[str]) -> str:
    """Return types as people write them."""
    if types == ALL_TYPES:
        return "anything"
    shown = sorted(types - {"integer"} if "number" in types else types)
    return " or ".join(shown) or "nothing"


def selections(effective: Effective) -> Mapping[str, Key]:
    """Return the values of a discriminator, and the member that each selects."""
    plain = effective.composer.plain
    return {
        value: plain(key) for node in effective.nodes for value, key in node.selections
    }


def tags(effective: Effective) -> frozenset[str]:
    """Return the properties that tell the members of unions apart."""
    return frozenset(node.tag for node in effective.nodes if node.tag)


def shown(value: JSON) -> str:
    """Return a value for people; long ones are cut."""
    if isinstance(value, str):
        text = f'"{value}"'
    elif value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif type_of(value) in ("object", "array"):
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_LONGEST = 60
