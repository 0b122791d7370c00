"""What a contract refuses in a request, and what it just accepts, case by case.

Each case is one change of a documented request: a property left out, a value just beyond a
limit, a value right at it. Whether the changed request is refused, and with which keyword
and code of the provider, is found by evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from engross.emit.testing import wrong_values
from engross.emit.testing.cases import Amount, Case, Removed, Spot, part
from engross.emit.testing.wrong_values import AMOUNT, FUTURE, PAST, Trial
from engross.schema.composition import Effective, Keys
from engross.schema.evaluation import Evaluation, Violation, Violations
from engross.schema.json_values import JSON, type_of
from engross.schema.samples import NECESSARY, Sampler
from engross.schema.schemas import Schemas
from engross.schema.tree import Direction, Key, Schema
from engross.source import Location
from engross.source.pointer import write_tokens

_DEEPEST: Final = 8
_TIME_RULE: Final = re.compile(r"\s*self\s*(<=|>=|<|>)\s*now\s*\Z")

Found: TypeAlias = Iterator[Case | Amount]


@dataclass(frozen=True, slots=True)
class ConstraintCases:
    """Finds the cases of requests.

    Attributes:
        schemas: the schemas of the contract, with their rules.
        made_up: schemas that were broken within a value that no example gives; once is
            enough, or the cases of schemas that refer to each other are without end.
    """

    schemas: Schemas
    made_up: set[Key] = field(default_factory=set)

    def in_body(self, at: Location, body: JSON, wrap: tuple[str, ...]) -> Found:
        """Yield the cases of a wire body; callers cannot change what encloses their part."""
        key = self.schemas.key(at, Direction.REQUEST)
        walk = self._walk(key, is_root=not wrap)
        keys: Keys = (key,)
        spot = Spot("", body)
        for name in wrap:
            members = self.schemas.composer.conjunction(keys).properties
            keys = members[name].schemas if name in members else ()
            spot = spot.child(name)
        if keys:
            yield from walk.within(keys, part(body, wrap), spot)

    def in_parameter(
        self,
        at: Location,
        where: str,
        example: JSON,
        *,
        is_given: bool,
        can_be_missing: bool,
    ) -> Found:
        """Yield the cases of a parameter, which `where` names as in `query:page`."""
        if can_be_missing:
            yield Case(where, Removed(), where, "required")
        key = self.schemas.key(at, Direction.REQUEST)
        spot = Spot(where, example, added=None if is_given else 0)
        for found in self._walk(key).within((key,), example, spot):
            if isinstance(found, Case):
                yield found

    def _walk(self, root: Key, *, is_root: bool = False) -> _Walk:
        return _Walk(
            self.schemas,
            self.schemas.sampler(Direction.REQUEST),
            self.schemas.evaluator.remembering(),
            self.made_up,
            root,
            is_root=is_root,
        )


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk over schemas and a value that satisfies them.

    Attributes:
        root: the schema of the whole value, which every change is held against.
        is_root: the value is the whole of what a method's arguments make up, so it can be
            changed in its parts only.
        above: schemas that the walk is in.
    """

    schemas: Schemas
    sampler: Sampler
    evaluation: Evaluation
    made_up: set[Key]
    root: Key
    is_root: bool = False
    above: frozenset[Key] = frozenset()

    def within(self, keys: Keys, value: JSON, spot: Spot) -> Found:
        """Yield the cases of a value."""
        alone = self.schemas.composer.conjunction(keys)
        if self.above.intersection(keys) or len(spot.tokens) > _DEEPEST:
            return
        walk = replace(self, above=self.above.union(keys))
        before = frozenset(self._violations(spot.whole))
        here = _Here(walk, self._chosen(keys, value), alone, value, spot, before)
        for node in here.effective.nodes:
            for trial in here.trials(node):
                yield from here.case(node, trial)
        yield from here.parts()
        yield from here.other_members_of_unions()
        yield from here.amounts()

    def _chosen(self, keys: Keys, value: JSON) -> Effective:
        """Return the schemas together with the members of unions that a value fits."""
        conjunction = self.schemas.composer.conjunction
        decided: set[tuple[Key, str]] = set()
        while True:
            found = conjunction(keys)
            more: Keys = ()
            for node in found.nodes:
                for keyword, members in unions_of(node):
                    if (node.key, keyword) not in decided:
                        decided.add((node.key, keyword))
                        fitting = [key for key in members if self.is_valid(key, value)]
                        more += tuple(fitting) if len(fitting) == 1 else ()
            if not more:
                return found
            keys += more

    def is_valid(self, key: Key, value: JSON) -> bool:
        """Return whether a value satisfies a schema."""
        return not self.evaluation.violations(key, value)

    def _violations(self, whole: JSON) -> Violations:
        return self.evaluation.violations(self.root, whole)

    def new_violations(
        self, whole: JSON, before: frozenset[Violation]
    ) -> list[Violation]:
        """Return the violations of a changed value that it did not have before."""
        return [found for found in self._violations(whole) if found not in before]


@dataclass(frozen=True, slots=True)
class _Here:
    """A value of the request, and all schemas that it satisfies.

    Attributes:
        effective: what holds for it, the members of unions that it fits included.
        alone: the same without those.
        before: violations of the request as it is documented.
    """

    walk: _Walk
    effective: Effective
    alone: Effective
    value: JSON
    spot: Spot
    before: frozenset[Violation]

    # Cases

    def case(self, node: Schema, trial: Trial) -> Iterator[Case]:
        """Yield the case of a trial, if the changed request is judged as it should be."""
        yield from self._case(node, trial, self.spot)

    def _case(self, node: Schema, trial: Trial, changed: Spot) -> Iterator[Case]:
        found = self.walk.new_violations(changed.after(trial.change), self.before)
        pointer, change = changed.request(trial.change)
        if not trial.keyword:
            if not found:
                yield Case(pointer, change, self.spot.pointer)
            return
        named = [violation for violation in found if violation.keyword == trial.keyword]
        exact = [violation for violation in named if violation.key == node.key]
        if trial.keyword == "pattern" and not exact:
            return
        for violation in (*exact, *named, *found)[:1]:
            at = self.spot.root + write_tokens(violation.pointer)
            lacks = None if isinstance(change, Removed) else violation.missing
            yield Case(pointer, change, at, violation.keyword, violation.code, lacks)

    def trials(self, node: Schema) -> Iterator[Trial]:
        """Yield changes that break a keyword of a schema object, or just do not."""
        is_alone = node in self.alone.nodes
        if not self.walk.is_root and is_alone:
            yield from self._types(node)
        yield from self._constants(node)
        match self.value:
            case str():
                yield from wrong_values.of_text(node)
                yield from self._rules(node)
            case list():
                yield from wrong_values.of_list(node, self.value)
            case dict():
                if node.min_properties is not None and not self.walk.is_root:
                    yield Trial("minProperties", {})
            case None | bool():
                pass
            case _:
                is_whole = "number" not in self.effective.types
                yield from wrong_values.of_number(node, is_whole=is_whole)

    def _types(self, node: Schema) -> Iterator[Trial]:
        is_typed = node.types is not None and node.enum is None and node.const is None
        if is_typed and "binary" not in self.effective.formats:
            types = node.types or frozenset()
            for wrong in wrong_values.of_another_type(types, self.effective):
                yield Trial("type", wrong)
        composer = self.walk.schemas.composer
        for keyword, members in unions_of(node):
            types = frozenset[str]().union(
                *(composer.of(member).types for member in members)
            )
            for wrong in wrong_values.of_another_type(types, self.effective):
                if node.types is None or type_of(wrong) in node.types:
                    yield Trial(keyword, wrong)

    def _constants(self, node: Schema) -> Iterator[Trial]:
        for keyword, values in (
            ("enum", node.enum),
            ("const", None if node.const is None else (node.const.value,)),
        ):
            if values is not None:
                for wrong in wrong_values.unlike(values):
                    yield Trial(keyword, wrong)

    def _rules(self, node: Schema) -> Iterator[Trial]:
        """Yield trials of rules about the present; others need a value made for them."""
        for rule in node.rules:
            found = _TIME_RULE.match(rule.cel)
            if found is not None:
                is_later = found[1].startswith(">")
                yield Trial("rule", PAST if is_later else FUTURE)
                yield Trial("", FUTURE if is_later else PAST)

    def amounts(self) -> Iterator[Amount]:
        """Yield the value if it is an amount in whose place any other is as good."""
        as_text = isinstance(self.value, str)
        other: JSON = str(AMOUNT) if as_text else AMOUNT
        if self.spot.is_added or not wrong_values.is_amount(self.effective):
            return
        is_free = as_text or "number" in self.effective.types
        whole = self.spot.after(other)
        if is_free and not self.walk.new_violations(whole, self.before):
            yield Amount(self.spot.pointer, as_text)

    # Parts

    def parts(self) -> Found:
        """Yield the cases of members and items."""
        match self.value:
            case dict() as members:
                yield from self._missing(members)
                yield from self._members(members)
            case list() as items:
                yield from self._items(items)

    def _missing(self, members: dict[str, JSON]) -> Iterator[Case]:
        for node in self.effective.nodes:
            for name in node.required:
                if name in members and not self._is_sent_anyway(name):
                    trial = Trial("required", Removed())
                    yield from self._case(node, trial, self.spot.child(name))
            for name, needed in node.dependent_required:
                for other in needed if name in members else ():
                    if other in members and other not in self.effective.required:
                        trial = Trial("dependentRequired", Removed())
                        yield from self._case(node, trial, self.spot.child(other))

    def _is_sent_anyway(self, name: str) -> bool:
        """Return whether the client itself sends a value where the caller gives none."""
        schemas = self.effective.schemas_of(name)
        if not schemas:
            return False
        member = self.walk.schemas.composer.conjunction(schemas)
        has_default = any(said.default is not None for said in member.annotations)
        return member.is_const or has_default

    def _members(self, members: dict[str, JSON]) -> Found:
        below = replace(self.walk, is_root=False)
        declared = self.effective.properties
        for name, found in declared.items():
            schemas, spot = found.schemas, self.spot.child(name)
            member = self.walk.schemas.composer.conjunction(schemas)
            if member.is_read_only or (found.required and member.is_const):
                continue
            if name in members:
                yield from below.within(schemas, members[name], spot)
            elif self._is_worth_making_up(member):
                sample = self.walk.sampler.sample(schemas, NECESSARY)
                if sample is not None:
                    held = spot.holding(sample.value)
                    yield from below.within(schemas, sample.value, held)
        if not declared and members:
            name, inner = next(iter(members.items()))
            schemas = self.effective.schemas_of(name) or ()
            if schemas:
                yield from below.within(schemas, inner, self.spot.child(name))

    def _is_worth_making_up(self, member: Effective) -> bool:
        stated = {node.key for node in member.nodes}
        if self.walk.above & stated:
            return False
        components = stated - set(member.schemas)
        components |= {
            key for key in member.schemas if "properties" not in key.place.tokens
        }
        if self.spot.is_added and components & self.walk.made_up:
            return False
        self.walk.made_up.update(components)
        return True

    def _items(self, items: list[JSON]) -> Found:
        prefix = self.effective.prefix_items
        schemas = prefix[0] if prefix else self.effective.items
        if not schemas:
            return
        below, spot = replace(self.walk, is_root=False), self.spot
        if items:
            yield from below.within(schemas, items[0], spot.child(0))
            return
        sample = self.walk.sampler.sample(schemas, NECESSARY)
        if sample is not None:
            held = spot.holding([sample.value]).child(0)
            yield from below.within(schemas, sample.value, held)

    # Unions

    def other_members_of_unions(self) -> Found:
        """Yield the cases of members that the value's type rules out, with a sample each."""
        if self.walk.is_root:
            return
        for node in self.alone.nodes:
            for _, members in unions_of(node):
                types = [self.walk.schemas.composer.of(key).types for key in members]
                if sum(map(len, types)) > len(frozenset().union(*types)):
                    continue
                for key, kinds in zip(members, types, strict=True):
                    if type_of(self.value) not in kinds and kinds != {"null"}:
                        yield from self._as_member((*self.alone.schemas, key))

    def _as_member(self, keys: Keys) -> Found:
        sample = self.walk.sampler.sample(keys, NECESSARY)
        if sample is None:
            return
        held = self.spot.holding(sample.value)
        before = frozenset(self.walk.evaluation.violations(self.walk.root, held.whole))
        effective = self.walk.schemas.composer.conjunction(keys)
        there = _Here(self.walk, effective, self.alone, sample.value, held, before)
        for node in effective.nodes:
            if node not in self.alone.nodes:
                for trial in there.trials(node):
                    yield from there.case(node, trial)
        yield from there.parts()


def unions_of(node: Schema) -> Iterator[tuple[str, Keys]]:
    """Yield the unions of a schema object that have several members."""
    for keyword, members in (("anyOf", node.any_of), ("oneOf", node.one_of)):
        if len(members) > 1:
            yield keyword, members
