"""What a contract refuses in a request, and what it just accepts instead, case by case.

Each case is one change of a documented request: a property left out, a value just beyond a
limit, a value right at it. Whether the changed request is refused, and with which keyword
and code of the provider, is found by evaluation.

There is a case for each check that the validators' module has, and no second one: where
requests share a function, because a schema is used or written out more than once, the first
of them is changed. So there are as many cases as there is code to test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import field, replace
from typing import Final, NamedTuple, TypeAlias

from engross.data import dataclass
from engross.emit.testing import wrong_values
from engross.emit.testing.cases import Amount, Case, Change, Removed, Spot, part
from engross.emit.testing.wrong_values import AMOUNT, FUTURE, PAST, Trial
from engross.schema.composition import Effective, Keys
from engross.schema.evaluation import Evaluation, Violation, Violations
from engross.schema.json_values import JSON, type_of
from engross.schema.samples import NECESSARY, Sampler
from engross.schema.schemas import Schemas
from engross.schema.tree import Direction, Key, Schema
from engross.source import Location
from engross.source.pointer import Token, write_tokens
from engross.validation import Units
from engross.validation.equal_schemas import is_within

_DEEPEST: Final = 8
_TIME_RULE: Final = re.compile(r"\s*self\s*(<=|>=|<|>)\s*now\s*\Z")

Found: TypeAlias = Iterator[Case | Amount]

Homes: TypeAlias = tuple[tuple[Location, Hashable], ...]
"""Places of schemas, each with what tells where the checks of what is in it are written."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What has cases already.

    Attributes:
        trials: each trial of a check.
        values: each value in which all trials were made, by the checks that apply to it.
        made_up: the same with what requests lack, for which a sample was made up.
    """

    trials: set[Hashable] = field(default_factory=set)
    values: set[Hashable] = field(default_factory=set)
    made_up: set[Hashable] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ConstraintCases:
    """Finds the cases of requests.

    Attributes:
        schemas: the schemas of the contract, with their rules.
        units: which of them have functions of their own.
        makes_up: whether there are cases of what requests lack as well.
        tested: what has cases already, and needs no more.
    """

    schemas: Schemas
    units: Units
    makes_up: bool
    tested: Tested

    def anew(self) -> ConstraintCases:
        """Return what finds cases as if nothing had any."""
        return replace(self, makes_up=True, tested=Tested())

    def in_body(
        self,
        at: Location,
        body: JSON,
        wrap: tuple[str, ...],
        can_be_sent: Callable[[Case], bool],
    ) -> Found:
        """Yield the cases of a wire body; callers cannot change what encloses their part."""
        key = self.schemas.key(at, Direction.REQUEST)
        walk = self._walk(key, can_be_sent, is_root=not wrap)
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
        has_a_form: Callable[[JSON], bool],
        *,
        is_given: bool,
    ) -> Found:
        """Yield the cases of a parameter, which `where` names as in `query:page`."""
        if not (is_given or self.makes_up):
            return
        key = self.schemas.key(at, Direction.REQUEST)
        spot = Spot.of_parameter(where, example, is_given=is_given)
        walk = self._walk(key, lambda case: True, has_a_form)
        for found in walk.within((key,), example, spot):
            if isinstance(found, Case):
                yield found

    def _walk(
        self,
        root: Key,
        can_be_sent: Callable[[Case], bool],
        has_a_form: Callable[[JSON], bool] = lambda whole: True,
        *,
        is_root: bool = False,
    ) -> _Walk:
        whole = _Whole(
            self.schemas,
            self.schemas.sampler(Direction.REQUEST),
            self.schemas.evaluator.remembering(),
            self.units,
            self.makes_up,
            self.tested,
            can_be_sent,
            has_a_form,
            root,
        )
        homes = ((root.place, self.units.function_of(root) or root),)
        return _Walk(whole, is_root=is_root, homes=homes)


class _Whole(NamedTuple):
    """What a walk over a whole value needs at each of its parts.

    Attributes:
        can_be_sent: tells whether a call can make a change.
        has_a_form: tells whether a whole value can be written where it is sent.
        root: the schema of the whole value, which every change is held against.
    """

    schemas: Schemas
    sampler: Sampler
    evaluation: Evaluation
    units: Units
    makes_up: bool
    tested: Tested
    can_be_sent: Callable[[Case], bool]
    has_a_form: Callable[[JSON], bool]
    root: Key

    def is_valid(self, key: Key, value: JSON) -> bool:
        """Return whether a value satisfies a schema."""
        return not self.evaluation.violations(key, value)

    def violations(self, whole: JSON) -> Violations:
        """Return the violations of the whole value, or of a changed one."""
        return self.evaluation.violations(self.root, whole)

    def new_violations(
        self, whole: JSON, before: frozenset[Violation]
    ) -> list[Violation]:
        """Return the violations of a changed value that it did not have before."""
        return [found for found in self.violations(whole) if found not in before]


class _Walk(NamedTuple):
    """A walk over schemas and a value that satisfies them.

    Attributes:
        is_root: the value is the whole of what a method's arguments make up, so it can be
            changed in its parts only.
        above: schemas that the walk is in.
        homes: the places of schemas that the walk is in, each with what tells where its
            checks are written: by its function, or by the place that they are written out at.
        site: the same for a schema that is in none of these places.
    """

    whole: _Whole
    is_root: bool = False
    above: frozenset[Key] = frozenset()
    homes: Homes = ()
    site: Hashable = None

    def within(self, keys: Keys, value: JSON, spot: Spot) -> Found:
        """Yield the cases of a value."""
        if not self.above.isdisjoint(keys) or len(spot.tokens) > _DEEPEST:
            return
        whole = self.whole
        alone = whole.schemas.composer.conjunction(keys)
        effective = self._chosen(keys, value)
        homes = self._homes_at(keys, effective)
        checks = _checks(effective.nodes, homes), type_of(value), self.is_root
        tested = whole.tested.made_up if whole.makes_up else whole.tested.values
        if checks in tested:
            return
        tested.add(checks)
        walk = self._replace(above=self.above.union(keys), homes=homes)
        before = frozenset(whole.violations(spot.whole))
        here = _Here(walk, effective, alone, value, spot, before)
        for node in here.effective.nodes:
            for trial in here.trials(node):
                yield from here.case(node, trial)
        yield from here.parts()
        yield from here.other_members_of_unions()
        yield from here.amounts()

    def at(self, keys: Keys, effective: Effective) -> _Walk:
        """Return the walk within the schemas that apply to one value."""
        return self._replace(homes=self._homes_at(keys, effective))

    def _homes_at(self, keys: Keys, effective: Effective) -> Homes:
        """Return the homes of what applies within schemas."""
        homes = self.homes
        others = [node.key for node in effective.nodes if node.key not in keys]
        for key in (*keys, *others):
            function = self.whole.units.function_of(key)
            if function is not None:
                homes = *homes, (key.place, function)
            elif _home(key, homes) is None:
                homes = *homes, (key.place, (self.site, key.place))
        return homes

    def checks(self, nodes: Iterable[Schema]) -> Hashable:
        """Return what tells the checks of schemas from those of all others."""
        return _checks(nodes, self.homes)

    def below(self, checks: Hashable, token: Token) -> _Walk:
        """Return the walk to a part of the value that makes these checks."""
        return self._replace(site=(checks, token), is_root=False)

    def _chosen(self, keys: Keys, value: JSON) -> Effective:
        """Return the schemas together with the members of unions that a value fits."""
        conjunction = self.whole.schemas.composer.conjunction
        is_valid = self.whole.is_valid
        decided: set[tuple[Key, str]] = set()
        while True:
            found = conjunction(keys)
            more: Keys = ()
            for node in found.nodes:
                for keyword, members in unions_of(node):
                    if (node.key, keyword) not in decided:
                        decided.add((node.key, keyword))
                        fitting = [key for key in members if is_valid(key, value)]
                        more += tuple(fitting) if len(fitting) == 1 else ()
            if not more:
                return found
            keys += more


def _home(key: Key, homes: Homes) -> Hashable:
    """Return where the checks of a schema are written; None if it is not known."""
    for place, home in reversed(homes):
        if is_within(key.place, place):
            return home, key.place.tokens[len(place.tokens) :]
    return None


def _checks(nodes: Iterable[Schema], homes: Homes) -> Hashable:
    return tuple([_home(node.key, homes) for node in nodes])


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
        token = changed.tokens[len(self.spot.tokens) :]
        check = self.walk.checks((node,)), repr(trial), token
        if check in self.walk.whole.tested.trials:
            return
        for case in self._found(node, trial, changed):
            if self.walk.whole.can_be_sent(case):
                self.walk.whole.tested.trials.add(check)
                yield case

    def _found(self, node: Schema, trial: Trial, changed: Spot) -> Iterator[Case]:
        change = trial.change
        found = self.walk.whole.new_violations(changed.after(change), self.before)
        pointer, given = changed.pointer, changed.given(change)
        named = [violation for violation in found if violation.keyword == trial.keyword]
        exact = [violation for violation in named if violation.key == node.key]
        if trial.keyword == "pattern" and not exact:
            return
        for violation in (*exact, *named, *found)[:1]:
            at = self.spot.root + write_tokens(violation.pointer)
            lacks = None if isinstance(change, Removed) else violation.missing
            keyword, code = violation.keyword, violation.code
            edge = self._edge(trial, changed)
            yield Case(pointer, change, at, keyword, code, lacks, given, edge)

    def _edge(self, trial: Trial, changed: Spot) -> Change | None:
        """Return the change that just keeps to a keyword, if it is accepted."""
        if trial.edge is None:
            return None
        whole = changed.after(trial.edge)
        broken = self.walk.whole.new_violations(whole, self.before)
        return trial.edge if not broken and self.walk.whole.has_a_form(whole) else None

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
                if node.min_properties is not None and not self._has_members_anyway:
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
        composer = self.walk.whole.schemas.composer
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
                wrong, right = (PAST, FUTURE) if is_later else (FUTURE, PAST)
                yield Trial("rule", wrong, right)

    def amounts(self) -> Iterator[Amount]:
        """Yield the value if it is an amount in whose place any other is as good."""
        as_text = isinstance(self.value, str)
        other: JSON = str(AMOUNT) if as_text else AMOUNT
        if self.spot.is_added or not wrong_values.is_amount(self.effective):
            return
        check = self.walk.checks(self.effective.nodes), AMOUNT
        if check in self.walk.whole.tested.trials:
            return
        self.walk.whole.tested.trials.add(check)
        is_free = as_text or "number" in self.effective.types
        whole = self.spot.after(other)
        if is_free and not self.walk.whole.new_violations(whole, self.before):
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
        member = self.walk.whole.schemas.composer.conjunction(schemas)
        has_default = any(said.default is not None for said in member.annotations)
        return member.is_const or has_default

    @property
    def _has_members_anyway(self) -> bool:
        """Whether the object cannot be sent without members."""
        return self.walk.is_root or any(
            map(self._is_sent_anyway, self.effective.required)
        )

    def _members(self, members: dict[str, JSON]) -> Found:
        declared = self.effective.properties
        checks = self.walk.checks(self.effective.nodes)
        for name, found in declared.items():
            schemas, spot = found.schemas, self.spot.child(name)
            member = self.walk.whole.schemas.composer.conjunction(schemas)
            if member.is_read_only or (found.required and member.is_const):
                continue
            below = self.walk.below(checks, name)
            if name in members:
                yield from below.within(schemas, members[name], spot)
            elif self.walk.whole.makes_up:
                sample = self.walk.whole.sampler.sample(schemas, NECESSARY)
                if sample is not None:
                    held = spot.holding(sample.value)
                    yield from below.within(schemas, sample.value, held)
        if not declared and members:
            name, inner = next(iter(members.items()))
            schemas = self.effective.schemas_of(name) or ()
            if schemas:
                below = self.walk.below(checks, "*")
                yield from below.within(schemas, inner, self.spot.child(name))

    def _items(self, items: list[JSON]) -> Found:
        prefix = self.effective.prefix_items
        schemas = prefix[0] if prefix else self.effective.items
        if not schemas:
            return
        checks, spot = self.walk.checks(self.effective.nodes), self.spot
        below = self.walk.below(checks, 0)
        if items:
            yield from below.within(schemas, items[0], spot.child(0))
        elif self.walk.whole.makes_up:
            sample = self.walk.whole.sampler.sample(schemas, NECESSARY)
            if sample is not None:
                held = spot.holding([sample.value]).child(0)
                yield from below.within(schemas, sample.value, held)

    # Unions

    def other_members_of_unions(self) -> Found:
        """Yield the cases of members that the value's type rules out, with a sample each."""
        if self.walk.is_root or not self.walk.whole.makes_up:
            return
        for node in self.alone.nodes:
            for _, members in unions_of(node):
                types = [
                    self.walk.whole.schemas.composer.of(key).types for key in members
                ]
                if sum(map(len, types)) > len(frozenset().union(*types)):
                    continue
                for key, kinds in zip(members, types, strict=True):
                    if type_of(self.value) not in kinds and kinds != {"null"}:
                        yield from self._as_member((*self.alone.schemas, key))

    def _as_member(self, keys: Keys) -> Found:
        sample = self.walk.whole.sampler.sample(keys, NECESSARY)
        if sample is None:
            return
        held = self.spot.holding(sample.value)
        before = frozenset(self.walk.whole.violations(held.whole))
        effective = self.walk.whole.schemas.composer.conjunction(keys)
        walk = self.walk.at(keys, effective)
        there = _Here(walk, effective, self.alone, sample.value, held, before)
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
