"""Changes of schemas: both contracts are walked at once, pair by pair.

Each pair of schemas is compared once, however many operations use it. What a change does
depends on the way that the values travel, so for each pair with changes the operations
that lead to it are looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from engross.diff.rules import BOTH, Rating, Way
from engross.diff.schema_view import (
    ANYTHING,
    Operand,
    View,
    Viewer,
    names_of,
    selections,
    shown,
    tags,
)
from engross.diff.sides import Side
from engross.schema.composition import Effective, Property
from engross.schema.formats import FORMATS
from engross.schema.json_values import JSON, identity, is_multiple
from engross.schema.tree import ALL_TYPES, Direction, Key, Schema
from engross.source import Location

Ways: TypeAlias = frozenset[Way]

_DIRECTIONS: Final = {Way.REQUEST: Direction.REQUEST, Way.RESPONSE: Direction.RESPONSE}

_TELLING_FORMATS: Final = frozenset({*FORMATS, "binary", "byte", "decimal"})
"""Formats that decide what a value is; others are hints, such as `int64`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the contracts say of the same value, and what each calls it."""

    old: Operand
    new: Operand


@dataclass(frozen=True, slots=True)
class Label:
    """What the contracts call a value: the old one for fingerprints, the new for people."""

    old: str
    new: str

    def member(self, text: str) -> Label:
        """Return the label of a part of the value."""
        return Label(f"{self.old}{text}", f"{self.new}{text}")


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
            _component(pair.old) or label.old, _component(pair.new) or label.new
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
            comparison = _Comparison(
                pair,
                self._old_viewer,
                self._new_viewer,
                self._old,
                self._new,
                self._is_equal,
            )
            comparison.run()
            differences = dict.fromkeys(map(_Hashed, comparison.differences))
            found = self._compared[pair] = _Compared(
                tuple(each.difference for each in differences),
                tuple(dict.fromkeys(comparison.edges)),
            )
        return found


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A difference, equal to others that say the same."""

    difference: Difference = field(compare=False)
    key: Hashable = ()

    def __post_init__(self) -> None:
        each = self.difference
        object.__setattr__(self, "key", (each.rule, each.part, each.detail))


class _Comparison:
    """Compares what two contracts say of one value."""

    def __init__(
        self,
        pair: Pair,
        old_viewer: Viewer,
        new_viewer: Viewer,
        old: Side,
        new: Side,
        is_equal: Callable[[Pair], bool],
    ) -> None:
        self.differences: list[Difference] = []
        self.edges: list[Edge] = []
        self._pair = pair
        self._old_viewer, self._new_viewer = old_viewer, new_viewer
        self._old_side, self._new_side = old, new
        self._is_equal = is_equal
        self._old, self._new = old_viewer.view(pair.old), new_viewer.view(pair.new)

    def run(self) -> None:
        """Note all differences, and the pairs of the parts."""
        self._discriminators()
        if self._old.members or self._new.members:
            self._unions()
            return
        self._annotations()
        if self._types() and self._constants():
            self._formats()
            self._limits()
            self._objects()
            self._arrays()
            self._conditions()
            self._rules()

    # Notes

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
        self.differences.append(
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
            self.edges.append(Edge(Pair(old, new), part, ways))

    # Unions

    def _unions(self) -> None:
        old = list(self._old.members) or [self._pair.old]
        new = list(self._new.members) or [self._pair.new]
        old, had_null = self._without_null(old, self._old_viewer)
        new, has_null = self._without_null(new, self._new_viewer)
        if had_null != has_null:
            self._null(may_be=has_null)
        matched = self._matched(old, new)
        for one, other in matched:
            old.remove(one)
            new.remove(other)
            self.edges.append(Edge(Pair(one, other), ""))
        for one in old:
            name = self._name(one, self._old_viewer)
            self._note(
                "variant-removed", f"a value can no longer be {name}", "oneOf", "anyOf"
            )
        for other in new:
            name = self._name(other, self._new_viewer)
            self._note("variant-added", f"a value can also be {name}", "oneOf", "anyOf")
        self._selections(matched)

    def _without_null(
        self, operands: list[Operand], viewer: Viewer
    ) -> tuple[list[Operand], bool]:
        """Return the members that are not just null, and whether null is allowed."""
        allows = any("null" in viewer.view(each).types for each in operands)
        rest = [each for each in operands if viewer.view(each).types != {"null"}]
        return rest, allows

    def _matched(
        self, old: Iterable[Operand], new: Iterable[Operand]
    ) -> list[tuple[Operand, Operand]]:
        """Pair the members of two unions: by name, else by meaning, else by their kind."""
        left, right = list(old), list(new)
        found: list[tuple[Operand, Operand]] = []

        def take(is_match: Callable[[Operand, Operand], bool]) -> None:
            for one in [*left]:
                other = next((each for each in right if is_match(one, each)), None)
                if other is not None:
                    left.remove(one)
                    right.remove(other)
                    found.append((one, other))

        def kinds(operand: Operand, viewer: Viewer) -> frozenset[str]:
            return viewer.view(operand).effective.kinds - {"null"}

        take(lambda one, other: _component(one) == _component(other) is not None)
        take(lambda one, other: self._is_equal(Pair(one, other)))
        for one in [*left]:
            kind = kinds(one, self._old_viewer)
            alike = [each for each in right if kinds(each, self._new_viewer) == kind]
            others = [each for each in left if kinds(each, self._old_viewer) == kind]
            if len(alike) == len(others) == 1:
                left.remove(one)
                right.remove(alike[0])
                found.append((one, alike[0]))
        return found

    def _name(self, operand: Operand, viewer: Viewer) -> str:
        """Return what to call a member of a union."""
        named = _component(operand)
        if named is not None:
            return named
        view = viewer.view(operand)
        titles = (said.title for said in view.effective.nearest if said.title)
        return next(titles, names_of(view.types))

    # Discriminators

    def _discriminators(self) -> None:
        before, after = tags(self._old.effective), tags(self._new.effective)
        if before != after:
            detail = f"{_listed(before)} -> {_listed(after)}"
            self._note(
                "discriminator-changed",
                f"the discriminator is {_listed(after)}, was {_listed(before)}",
                "discriminator",
                detail=detail,
            )

    def _selections(self, matched: Iterable[tuple[Operand, Operand]]) -> None:
        """Compare which members the values of a discriminator select."""
        before, after = selections(self._old.effective), selections(self._new.effective)
        if not before or not after:
            return
        pairs = {(one.keys[0], other.keys[0]) for one, other in matched}
        for value, key in before.items():
            if value not in after:
                message = f'the discriminator no longer has the value "{value}"'
                self._note("discriminator-value-removed", message, "discriminator")
            elif (key, after[value]) not in pairs:
                message = f'the discriminator\'s "{value}" selects another schema'
                self._note("discriminator-changed", message, "discriminator")
        for value in after.keys() - before.keys():
            message = f'the discriminator also has the value "{value}"'
            self._note("discriminator-value-added", message, "discriminator")

    # Any value

    def _annotations(self) -> None:
        old, new = self._old.effective, self._new.effective
        for key, rule in (("money", "money-changed"), ("time", "time-changed")):
            said_before, said_after = (
                _meant(each.extension(key)) for each in (old, new)
            )
            if identity(said_before) != identity(said_after):
                message = f"{key} is {_said(said_after)}, was {_said(said_before)}"
                self._note(rule, message, "x-engross")
        was, is_ = _contents(old), _contents(new)
        if was != is_:
            self._note(
                "content-encoding-changed",
                f"the text stands for {is_ or 'itself'}, was {was or 'itself'}",
                "contentEncoding",
                "contentMediaType",
            )
        before, after = _default(old), _default(new)
        if before != after:
            message = f"the default is {after or 'gone'}, was {before or 'absent'}"
            self._note("default-changed", message, "default")
        was_known = {identity(value): value for value in old.known_values}
        is_known = {identity(value): value for value in new.known_values}
        for key_, value in was_known.items():
            if key_ not in is_known and is_known:
                message = f"{shown(value)} is no longer a known value"
                self._note("known-value-removed", message, "x-extensible-enum")
        for key_, value in is_known.items():
            if key_ not in was_known:
                message = f"{shown(value)} is a known value now"
                self._note("known-value-added", message, "x-extensible-enum")

    def _types(self) -> bool:
        """Compare types; return whether the rest can be compared."""
        old, new = self._old.types, self._new.types
        if ALL_TYPES not in (old, new):
            if old - {"null"} == new - {"null"} and old != new:
                self._null(may_be="null" in new)
                return True
            if old - {"null"} != new - {"null"} and ("null" in old) != ("null" in new):
                self._null(may_be="null" in new)
                old, new = old - {"null"}, new - {"null"}
        if old == new:
            return True
        is_listed = self._old.constants is not None and self._new.constants is not None
        message = f"the type is {names_of(new)}, was {names_of(old)}"
        if new < old and not is_listed:
            self._note("type-narrowed", message, "type", "enum", "const")
            return True
        if old < new and not is_listed:
            self._note("type-widened", message, "type", "enum", "const")
            return True
        if is_listed and (new < old or old < new):
            return True
        self._note("type-changed", message, "type", "enum", "const")
        return False

    def _null(self, *, may_be: bool) -> None:
        if may_be:
            self._note(
                "null-allowed", "the value may be null", "type", "anyOf", "oneOf"
            )
        else:
            message = "the value may no longer be null"
            self._note("null-disallowed", message, "type", "anyOf", "oneOf")

    def _constants(self) -> bool:
        """Compare the values that are listed; return whether the rest can be compared."""
        keywords = ("enum", "const", "oneOf", "anyOf")
        before, after = _by_identity(self._old), _by_identity(self._new)
        if before is None and after is None:
            return True
        if before is None or after is None:
            values = before if after is None else after
            listed = ", ".join(sorted(map(shown, (values or {}).values())))
            if after is None:
                message = f"values are no longer limited to {listed}"
                self._note("enum-removed", message, *keywords)
            else:
                self._note("enum-added", f"values are limited to {listed}", *keywords)
            return True
        if len(before) == len(after) == 1 and before.keys() != after.keys():
            (was,), (is_,) = before.values(), after.values()
            message = f"the value is {shown(is_)}, was {shown(was)}"
            self._note("const-changed", message, *keywords)
            return False
        for key, value in before.items():
            if key not in after and value is not None:
                message = f"{shown(value)} is no longer a value"
                self._note("enum-value-removed", message, *keywords)
        for key, value in after.items():
            if key not in before and value is not None:
                self._note("enum-value-added", f"{shown(value)} is a value", *keywords)
        return False

    # Single values

    def _formats(self) -> None:
        before, after = set(self._old.effective.formats), set(
            self._new.effective.formats
        )
        if before == after:
            return
        was, is_ = _listed(before), _listed(after)
        told_before, told_after = before & _TELLING_FORMATS, after & _TELLING_FORMATS
        if told_before == told_after:
            message = f"the format is {is_}, was {was}"
            self._note("format-hint-changed", message, "format")
        elif not told_before:
            self._note("format-added", f"the format must be {is_}", "format")
        elif not told_after:
            self._note("format-removed", f"the format is no longer {was}", "format")
        else:
            message = f"the format is {is_}, was {was}"
            self._note("format-changed", message, "format")

    def _limits(self) -> None:
        old, new = self._old, self._new
        self._bound(
            old.lower,
            new.lower,
            ("at least {}", "greater than {}"),
            ("minimum", "exclusiveMinimum"),
            is_lower=True,
        )
        self._bound(
            old.upper,
            new.upper,
            ("at most {}", "less than {}"),
            ("maximum", "exclusiveMaximum"),
            is_lower=False,
        )
        for noun, least, most in (
            ("characters", "minLength", "maxLength"),
            ("items", "minItems", "maxItems"),
            ("properties", "minProperties", "maxProperties"),
        ):
            suffix = least.removeprefix("min").lower()
            limits = [
                (
                    each.effective.fewest(f"min_{suffix}"),
                    each.effective.most(f"max_{suffix}"),
                )
                for each in (old, new)
            ]
            (fewest_before, most_before), (fewest_after, most_after) = limits
            self._bound(
                (Decimal(fewest_before), False) if fewest_before else None,
                (Decimal(fewest_after), False) if fewest_after else None,
                (f"at least {{}} {noun}",),
                (least,),
                is_lower=True,
            )
            self._bound(
                None if most_before is None else (Decimal(most_before), False),
                None if most_after is None else (Decimal(most_after), False),
                (f"at most {{}} {noun}",),
                (most,),
                is_lower=False,
            )
        was_unique, is_unique = (
            any(node.unique_items for node in each.effective.nodes)
            for each in (old, new)
        )
        if was_unique != is_unique:
            if is_unique:
                message = "items must be unique"
                self._note("limit-tightened", message, "uniqueItems")
            else:
                message = "items may be equal"
                self._note("limit-loosened", message, "uniqueItems")
        self._multiples()
        self._patterns()

    def _bound(
        self,
        before: tuple[Decimal, bool] | None,
        after: tuple[Decimal, bool] | None,
        words: tuple[str, ...],
        keywords: tuple[str, ...],
        *,
        is_lower: bool,
    ) -> None:
        if before == after:
            return

        def said(limit: tuple[Decimal, bool] | None) -> str:
            if limit is None:
                return "without limit"
            return words[limit[1]].format(limit[0])

        if before is None or after is None:
            is_tighter = before is None
        elif before[0] == after[0]:
            is_tighter = after[1]
        else:
            is_tighter = (after[0] > before[0]) == is_lower
        rule = "limit-tightened" if is_tighter else "limit-loosened"
        if after is None:
            message = f"no longer {said(before)}"
        elif before is None:
            message = f"must be {said(after)}" if len(words) > 1 else said(after)
        else:
            was = before[0] if before[1] == after[1] else said(before)
            message = f"{said(after)}, was {was}"
        self._note(rule, message, *keywords, detail=f"{said(before)} -> {said(after)}")

    def _multiples(self) -> None:
        before, after = self._old.effective.multiples, self._new.effective.multiples
        added = [s for s in after if not any(is_multiple(t, s) for t in before)]
        removed = [s for s in before if not any(is_multiple(t, s) for t in after)]
        for step in added:
            message = f"must be a multiple of {step}"
            self._note("limit-tightened", message, "multipleOf")
        for step in removed:
            message = f"need not be a multiple of {step}"
            self._note("limit-loosened", message, "multipleOf")

    def _patterns(self) -> None:
        before = {each.original for each in self._old.effective.pattern_texts}
        after = {each.original for each in self._new.effective.pattern_texts}
        if before == after:
            return
        was, is_ = (", ".join(sorted(each)) for each in (before, after))
        if before < after:
            added = ", ".join(sorted(after - before))
            self._note("pattern-added", f"must match {added}", "pattern")
        elif after < before:
            removed = ", ".join(sorted(before - after))
            self._note("pattern-removed", f"need not match {removed}", "pattern")
        else:
            self._note("pattern-changed", f"must match {is_}, was {was}", "pattern")

    # Objects

    def _objects(self) -> None:
        old, new = self._old.effective, self._new.effective
        for name in dict.fromkeys((*old.properties, *new.properties)):
            if name not in new.properties:
                self._removed(name)
            elif name not in old.properties:
                self._added(name)
            else:
                self._property(name)
        for name in dict.fromkeys((*old.required, *new.required)):
            is_declared = name in old.properties or name in new.properties
            if not is_declared and (name in old.required) != (name in new.required):
                self._requirement(name, name in new.required, BOTH)
        if old.is_closed != new.is_closed:
            keywords = "additionalProperties", "unevaluatedProperties"
            if new.is_closed:
                message = "other properties are no longer allowed"
                self._note("additional-properties-forbidden", message, *keywords)
            else:
                message = "other properties are allowed"
                self._note("additional-properties-allowed", message, *keywords)
        elif not old.is_closed:
            self._step(
                self._old_viewer.operand(old.additional),
                self._new_viewer.operand(new.additional),
                ".*",
            )
        were = {regex.original: keys for regex, keys in old.patterns}
        are = {regex.original: keys for regex, keys in new.patterns}
        for pattern in were.keys() & are.keys():
            self._step(
                self._old_viewer.operand(were[pattern]),
                self._new_viewer.operand(are[pattern]),
                f"./{pattern}/",
            )
        for pattern in sorted(were.keys() ^ are.keys()):
            is_new = pattern in are
            message = f"properties that match {pattern} are "
            message += "described" if is_new else "no longer described"
            rule = "condition-added" if is_new else "condition-removed"
            self._note(rule, message, "patternProperties")

    def _ways(self, view: View, viewer: Viewer, name: str) -> Ways:
        """Return the ways in which values have a property."""
        keys = view.effective.properties[name].schemas
        found = viewer.view(viewer.operand(keys)).effective
        ways = set(BOTH)
        if found.is_read_only:
            ways.discard(Way.REQUEST)
        if found.is_write_only:
            ways.discard(Way.RESPONSE)
        return frozenset(ways)

    def _property(self, name: str) -> None:
        old, new = (v.effective.properties[name] for v in (self._old, self._new))
        were = self._ways(self._old, self._old_viewer, name)
        are = self._ways(self._new, self._new_viewer, name)
        for way, rule, adverb in (
            (Way.REQUEST, "read-only", "only responses have it"),
            (Way.RESPONSE, "write-only", "only requests have it"),
        ):
            if (way in were) != (way in are):
                kind = "added" if way in were else "removed"
                message = f"{adverb}{' now' if kind == 'added' else ', no longer'}"
                if kind == "removed":
                    message = adverb.replace("only", "no longer only")
                self._member_note(f"{rule}-{kind}", name, message)
        if old.required != new.required:
            self._requirement(name, new.required, were & are)
        was_deprecated = _is_deprecated(self._old_viewer, old)
        if was_deprecated != _is_deprecated(self._new_viewer, new):
            rule = "deprecation-withdrawn" if was_deprecated else "deprecated"
            message = "is no longer deprecated" if was_deprecated else "is deprecated"
            self._member_note(rule, name, message)
        self._step(
            self._old_viewer.operand(old.schemas),
            self._new_viewer.operand(new.schemas),
            f".{name}",
            were & are,
        )

    def _requirement(self, name: str, is_required: bool, ways: Ways) -> None:
        if is_required:
            rule, message = "property-required", "is required"
        else:
            rule, message = "property-optional", "is no longer required"
        self._note(rule, message, "required", part=f".{name}", ways=ways)

    def _removed(self, name: str) -> None:
        was = self._old.effective.properties[name]
        rule = "required-property-removed" if was.required else "property-removed"
        ways = self._ways(self._old, self._old_viewer, name)
        closed = {Way.REQUEST: Rating.BREAKING} if self._new.effective.is_closed else {}
        self.differences.append(
            Difference(
                rule,
                f".{name}",
                "",
                "is gone",
                self._declared(self._old, self._old_side, name),
                self._place(self._new, self._new_side, ["properties"]),
                ways,
                closed,
            )
        )

    def _added(self, name: str) -> None:
        found = self._new.effective.properties[name]
        ways = self._ways(self._new, self._new_viewer, name)
        closed = (
            {Way.RESPONSE: Rating.BREAKING} if self._old.effective.is_closed else {}
        )
        self.differences.append(
            Difference(
                "required-property-added" if found.required else "property-added",
                f".{name}",
                "",
                "is new, and required" if found.required else "is new",
                self._place(self._old, self._old_side, ["properties"]),
                self._declared(self._new, self._new_side, name),
                ways,
                closed,
            )
        )

    def _member_note(self, rule: str, name: str, message: str) -> None:
        old, new = (
            self._declared(view, side, name)
            for view, side in (
                (self._old, self._old_side),
                (self._new, self._new_side),
            )
        )
        self.differences.append(
            Difference(rule, f".{name}", message, message, old, new)
        )

    def _declared(self, view: View, side: Side, name: str) -> Location | None:
        """Return where a property is declared."""
        for node in view.effective.nodes:
            if any(name == declared for declared, _ in node.properties):
                return node.key.place / "properties" / name
        return self._place(view, side, ["required"])

    # Arrays

    def _arrays(self) -> None:
        old, new = self._old.effective, self._new.effective
        self._step(
            self._old_viewer.operand(old.items),
            self._new_viewer.operand(new.items),
            "[]",
        )
        for index in range(max(len(old.prefix_items), len(new.prefix_items))):
            one, other = (
                viewer.operand(
                    found.prefix_items[index]
                    if index < len(found.prefix_items)
                    else found.items
                )
                for viewer, found in (
                    (self._old_viewer, old),
                    (self._new_viewer, new),
                )
            )
            self._step(one, other, f"[{index}]")

    # Conditions and rules

    def _conditions(self) -> None:
        """Compare the keywords of which nothing more can be said than that they differ."""
        before = _conditions(self._old.effective)
        after = _conditions(self._new.effective)
        for keyword in sorted(before.keys() | after.keys()):
            were, are = before.get(keyword, []), after.get(keyword, [])
            added = [c for c in are if not any(self._are_alike(w, c) for w in were)]
            gone = [w for w in were if not any(self._are_alike(w, c) for c in are)]
            if added and gone:
                message = f"the condition `{keyword}` has changed"
                self._note("condition-changed", message, keyword)
            elif added:
                message = f"the condition `{keyword}` is new"
                self._note("condition-added", message, keyword)
            elif gone:
                message = f"the condition `{keyword}` is gone"
                self._note("condition-removed", message, keyword)

    def _are_alike(self, old: _Condition, new: _Condition) -> bool:
        if len(old.schemas) != len(new.schemas) or old.rest != new.rest:
            return False
        pairs = zip(old.schemas, new.schemas, strict=True)
        return all(
            self._is_equal(
                Pair(
                    self._old_viewer.operand((one,)), self._new_viewer.operand((other,))
                )
            )
            for one, other in pairs
        )

    def _rules(self) -> None:
        before, after = (
            {rule.id: rule.cel for node in each.effective.nodes for rule in node.rules}
            for each in (self._old, self._new)
        )
        for name in dict.fromkeys((*before, *after)):
            if name not in after:
                self._note("rule-removed", f"the rule `{name}` is gone", "x-engross")
            elif name not in before:
                message = f"the rule `{name}` is new: {after[name]}"
                self._note("rule-added", message, "x-engross")
            elif before[name] != after[name]:
                message = f"the rule `{name}` is {after[name]}, was {before[name]}"
                self._note("rule-changed", message, "x-engross")
        were, are = (
            {
                keyword: code
                for node in each.effective.nodes
                for keyword, code in (node.codes or {}).items()
            }
            for each in (self._old, self._new)
        )
        for keyword in dict.fromkeys((*were, *are)):
            if were.get(keyword) != are.get(keyword):
                what = "" if keyword == "default" else f" of `{keyword}`"
                now = are.get(keyword, "gone")
                message = f"the code{what} is {now}, was {were.get(keyword, 'absent')}"
                self._note(
                    "violation-code-changed",
                    message,
                    "x-engross",
                    ways=frozenset({Way.REQUEST}),
                )


@dataclass(frozen=True, slots=True)
class _Condition:
    schemas: tuple[Key, ...]
    rest: Hashable = ()


def _conditions(effective: Effective) -> dict[str, list[_Condition]]:
    found: dict[str, list[_Condition]] = {}

    def note(keyword: str, condition: _Condition) -> None:
        found.setdefault(keyword, []).append(condition)

    for node in effective.nodes:
        for keyword, key in _lone(node):
            if key is not None:
                note(keyword, _Condition((key,)))
        if node.contains is not None:
            rest = (node.min_contains, node.max_contains)
            note("contains", _Condition((node.contains,), rest))
        for name, key in sorted(node.dependent_schemas):
            note("dependentSchemas", _Condition((key,), name))
        for name, needed in sorted(node.dependent_required):
            note("dependentRequired", _Condition((), (name, frozenset(needed))))
    return found


def _lone(node: Schema) -> Iterator[tuple[str, Key | None]]:
    yield "not", node.not_
    if node.then is not None or node.else_ is not None:
        yield "if", node.if_
    yield "then", node.then
    yield "else", node.else_
    yield "propertyNames", node.property_names


def _is_deprecated(viewer: Viewer, found: Property) -> bool:
    nearest = viewer.view(viewer.operand(found.schemas)).effective.nearest
    return any(said.deprecated for said in nearest)


def _by_identity(view: View) -> dict[Hashable, JSON] | None:
    if view.constants is None:
        return None
    return {identity(value): value for value in view.constants}


def _component(operand: Operand) -> str | None:
    """Return the name of the component that a value is described by."""
    if not operand.keys:
        return None
    tokens = operand.keys[0].place.tokens
    is_component = len(tokens) == 3 and tokens[:2] == ("components", "schemas")
    return str(tokens[2]) if is_component else None


def _contents(effective: Effective) -> str:
    said = (
        text
        for each in effective.annotations
        for text in (each.content_encoding, each.content_media_type)
        if text
    )
    return " ".join(dict.fromkeys(said))


def _default(effective: Effective) -> str:
    found = (each.default for each in effective.annotations if each.default)
    return next((shown(each.value) for each in found), "")


def _meant(said: JSON) -> JSON:
    """Return what `money` or `time` means, without where it comes from."""
    if not isinstance(said, dict):
        return said
    return {key: said[key] for key in ("unit", "currency") if key in said}


def _said(value: JSON) -> str:
    if isinstance(value, dict):
        return " ".join(str(member) for member in value.values())
    return "not stated" if value is None else str(value)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "absent"


def _by_way(uses: Iterable[_Use]) -> Mapping[Way, tuple[str, ...]]:
    found: dict[Way, list[str]] = {}
    for way in Way:
        names = [use.operation for use in uses if use.way is way]
        if names:
            found[way] = names
    return {way: tuple(names) for way, names in found.items()}
