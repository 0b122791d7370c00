"""What a contract refuses in a request, and what it just accepts, case by case.

Each case is one change of a documented request: a property left out, a value just beyond a limit,
a value right at it. The keyword and the provider's code that the refusal has to name follow from
where the constraint stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engross.contract.samples import NECESSARY, Sampler
from engross.contract.schemas import Schemas, allows, code_for, codes_of
from engross.emit.testing import wrong_values
from engross.emit.testing.cases import (
    Amount,
    Case,
    Codes,
    Here,
    LongText,
    Removed,
    Spot,
)
from engross.emit.testing.fitting import fits, stated_types
from engross.emit.testing.wrong_values import AMOUNT, FUTURE, NONE, PAST, Pair
from engross.source import Location

_DEEPEST = 8
_TIME_RULE = re.compile(r"\s*self\s*(<=|>=|<|>)\s*now\s*\Z")

Found = Iterator[Case | Amount]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the cases of requests.

    Attributes:
        formats: formats that validators assert.
        added: components that were broken within a value that no example gives; once is enough,
            or the cases of components that refer to each other are without end.
    """

    schemas: Schemas
    formats: frozenset[str]
    added: set[Location] = field(default_factory=set)

    def in_body(self, place: Location, example: object, wrap: tuple[str, ...]) -> Found:
        """The cases of a wire body; callers cannot change what encloses their part."""
        spot = Spot("")
        codes: Codes = ()
        for name in wrap:
            codes += tuple(
                codes_of(self.schemas.facts(chain[-1]))
                for chain in self.schemas.applied(place)
            )
            place = self.schemas.properties(place).get(name, place)
            example = example.get(name) if isinstance(example, dict) else None
            spot = spot.child(name)
        walk = _Walk(self.schemas, self.formats, self.added, is_root=not wrap)
        yield from walk.within(place, example, spot, codes)

    def in_parameter(
        self,
        place: Location,
        where: str,
        example: object,
        *,
        is_given: bool,
        can_be_missing: bool,
    ) -> Found:
        """The cases of a parameter, which `where` names as in `query:page`."""
        if can_be_missing:
            yield Case(where, Removed(), where, "required")
        spot = Spot(where) if is_given else Spot(where).holding(example)
        walk = _Walk(self.schemas, self.formats, self.added)
        for found in walk.within(place, example, spot, ()):
            if isinstance(found, Case):
                yield found


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk over a schema and a value that meets it.

    Attributes:
        is_root: the value is the whole of what a method's arguments make up, so it can be
            changed in its parts only.
        is_typed: whether another type is a case of its own; not within an alternative.
        above: schemas that the walk is in.
    """

    schemas: Schemas
    formats: frozenset[str]
    added: set[Location]
    is_root: bool = False
    is_typed: bool = True
    above: frozenset[Location] = frozenset()

    def within(self, place: Location, value: object, spot: Spot, codes: Codes) -> Found:
        """The cases of a value."""
        if place in self.above or len(spot.path) > _DEEPEST:
            return
        walk = replace(self, above=self.above | {place})
        for chain in self.schemas.applied(place):
            own = (codes_of(self.schemas.facts(each)) for each in chain)
            here = Here(
                whole=place,
                place=chain[-1],
                facts=self.schemas.facts(chain[-1]),
                value=value,
                spot=spot,
                codes=(*codes, *own),
            )
            yield from walk._types(here)
            yield from walk._choices(here)
            yield from walk._parts(here)
            yield from walk._constants(here)
            yield from walk._rules(here)
        yield from self._amounts(place, value, spot)

    def _below(self) -> _Walk:
        """The walk among the parts of the value."""
        return replace(self, is_root=False, is_typed=True)

    def _parts(self, here: Here) -> Found:
        match here.value:
            case dict() as members:
                yield from self._object(here, members)
            case list() as items:
                yield from self._array(here, items)
            case str():
                yield from self._pairs(
                    here, wrong_values.for_text(here.facts, self.formats)
                )
            case bool() | None:
                pass
            case _:
                is_whole = "number" not in self.schemas.types(here.whole)
                pairs = wrong_values.for_number(here.facts, is_whole=is_whole)
                yield from self._pairs(here, pairs)

    def _pairs(self, here: Here, pairs: Iterator[Pair]) -> Found:
        for keyword, wrong, right in pairs:
            if wrong is not NONE:
                yield here.breach(wrong, keyword)
            if right is not NONE:
                yield from self._edge(here, right)

    def _edge(self, here: Here, value: object) -> Found:
        """A value at the edge, if it breaks nothing else that is stated of it."""
        plain = "x" * value.length if isinstance(value, LongText) else value
        if isinstance(here.value, list) or fits(self.schemas, here.whole, plain):
            yield here.edge(value)

    def _amounts(self, place: Location, value: object, spot: Spot) -> Found:
        facts, as_text = self.schemas.merged(place), isinstance(value, str)
        other: object = str(AMOUNT) if as_text else AMOUNT
        if (
            wrong_values.is_amount(facts)
            and not spot.is_added
            and (as_text or "number" in self.schemas.types(place))
            and fits(self.schemas, place, other)
        ):
            yield Amount(spot.pointer, as_text)

    # Types and choices

    def _types(self, here: Here) -> Found:
        facts = here.facts
        if self.is_root or not self.is_typed or "type" not in facts:
            return
        if {"enum", "const"} & facts.keys() or facts.get("format") == "binary":
            return
        wrong = wrong_values.of_another_type(stated_types(facts), facts)
        if wrong is not NONE:
            yield here.breach(wrong, "type")

    def _choices(self, here: Here) -> Found:
        for keyword in ("anyOf", "oneOf"):
            options = here.facts.get(keyword)
            if not isinstance(options, list) or len(options) < 2:
                continue
            places = [here.place / keyword / index for index in range(len(options))]
            types = [self.schemas.types(each) for each in places]
            union = frozenset[str]().union(*types)
            wrong = wrong_values.of_another_type(union, here.facts)
            is_refused_before = "type" in here.facts and not allows(
                stated_types(here.facts), wrong
            )
            if wrong is not NONE and not self.is_root and not is_refused_before:
                yield here.breach(wrong, keyword)
            if sum(map(len, types)) > len(union):
                yield from self._overlapping(here, places, keyword)
                continue
            for each, kinds in zip(places, types, strict=True):
                yield from self._apart(here, each, kinds)

    def _apart(self, here: Here, place: Location, types: frozenset[str]) -> Found:
        """The cases of an alternative that the type alone decides for."""
        value, spot = here.value, here.spot
        if not allows(types, value):
            if types == {"null"} or self.is_root:
                return
            value = self._sample(place)
            spot = spot.holding(value)
        walk = replace(self, is_typed=False)
        yield from walk.within(place, value, spot, here.codes)

    def _overlapping(self, here: Here, places: list[Location], keyword: str) -> Found:
        """The cases of the alternative that is given: what breaks it fits no other."""
        given = [each for each in places if fits(self.schemas, each, here.value)]
        if len(given) != 1:
            return
        walk, code = replace(self, is_typed=False), code_for(here.codes, keyword)
        for case in walk.within(given[0], here.value, here.spot, ()):
            if isinstance(case, Amount):
                yield case
            elif case.keyword:
                value = here.value_in(case)
                if not any(fits(self.schemas, each, value) for each in places):
                    at = here.spot.pointer
                    yield Case(case.pointer, case.value, at, keyword, code)

    def _constants(self, here: Here) -> Found:
        for keyword in ("enum", "const"):
            if keyword in here.facts and not self._is_filled_in(here, keyword):
                stated = here.facts[keyword]
                values = stated if isinstance(stated, list) else [stated]
                wrong = wrong_values.unlike(values)
                if wrong is not NONE:
                    yield here.breach(wrong, keyword)

    def _is_filled_in(self, here: Here, keyword: str) -> bool:
        """Whether the value is a constant that callers never give."""
        tokens = here.whole.tokens
        if keyword != "const" or tokens[-2:-1] != ("properties",):
            return False
        holder = Location(here.whole.document, tokens[:-2])
        return tokens[-1] in self.schemas.required(holder)

    # Objects and lists

    def _object(self, here: Here, value: dict[str, object]) -> Found:
        facts = here.facts
        required = facts.get("required")
        for name in map(str, required if isinstance(required, list) else ()):
            if name in value and not self._is_sent_anyway(here, name):
                yield here.lacking(name, self._missing_code(here, name))
        yield from self._dependents(here, value)
        fewest = facts.get("minProperties")
        if isinstance(fewest, int) and fewest > 0 and not self.is_root:
            yield here.breach({}, "minProperties")
        properties = facts.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            yield from self._property(here, str(name), value)
        others = facts.get("additionalProperties")
        if isinstance(others, dict) and others and not properties and value:
            name, inner = next(iter(value.items()))
            place, spot = here.place / "additionalProperties", here.spot.child(name)
            yield from self._below().within(place, inner, spot, here.codes)

    def _property(self, here: Here, name: str, value: dict[str, object]) -> Found:
        place, spot = here.place / "properties" / name, here.spot.child(name)
        if self.schemas.merged(place).get("readOnly"):
            return
        if name in value:
            yield from self._below().within(place, value[name], spot, here.codes)
        elif self._is_worth_making_up(here, place):
            sample = self._sample(place)
            held = spot.holding(sample)
            yield from self._below().within(place, sample, held, here.codes)

    def _is_worth_making_up(self, here: Here, place: Location) -> bool:
        stated = {chain[-1] for chain in self.schemas.applied(place)}
        if self.above & stated:
            return False
        components = stated - {place}
        if here.spot.is_added and components & self.added:
            return False
        self.added.update(components)
        return True

    def _is_sent_anyway(self, here: Here, name: str) -> bool:
        """Whether the client itself sends a value where the caller gives none."""
        place = self.schemas.properties(here.whole).get(name)
        facts = self.schemas.merged(place) if place is not None else {}
        return "const" in facts or "default" in facts

    def _missing_code(self, here: Here, name: str) -> str | None:
        """The code of a missing property: its own schema's, or else of what encloses it."""
        properties = here.facts.get("properties")
        if isinstance(properties, dict) and name in properties:
            for chain in self.schemas.applied(here.place / "properties" / name):
                code = code_for((codes_of(self.schemas.facts(chain[-1])),), "required")
                if code is not None:
                    return code
        return code_for(here.codes, "required")

    def _dependents(self, here: Here, value: dict[str, object]) -> Found:
        dependent = here.facts.get("dependentRequired")
        required = self.schemas.required(here.whole)
        code = code_for(here.codes, "dependentRequired")
        for name, needed in (dependent if isinstance(dependent, dict) else {}).items():
            for other in needed if name in value else ():
                if other in value and other not in required:
                    yield here.lacking(str(other), code, "dependentRequired")

    def _array(self, here: Here, value: list[object]) -> Found:
        if "items" in here.facts:
            place = here.place / "items"
            first = value[0] if value else self._sample(place)
            spot = here.spot if value else here.spot.holding([first])
            yield from self._below().within(place, first, spot.child(0), here.codes)
        is_unique = bool(self.schemas.merged(here.whole).get("uniqueItems"))
        pairs = wrong_values.for_list(here.facts, value, is_unique=is_unique)
        yield from self._pairs(here, pairs)

    def _sample(self, place: Location) -> object:
        value = Sampler(self.schemas, NECESSARY).sample(place)
        if fits(self.schemas, place, value):
            return value
        return Sampler(self.schemas, NECESSARY, shown=False).sample(place)

    # Rules

    def _rules(self, here: Here) -> Found:
        """The cases of rules about the present; others need a value made for them."""
        own = here.facts.get("x-engross")
        rules = own.get("rules") if isinstance(own, dict) else None
        for rule in rules if isinstance(rules, list) else ():
            found = _TIME_RULE.match(str(rule.get("cel")))
            if found is None or not isinstance(here.value, str):
                continue
            is_later = found[1].startswith(">")
            case = here.breach(PAST if is_later else FUTURE, "rule")
            yield replace(case, code=rule.get("code", case.code))
            yield from self._edge(here, FUTURE if is_later else PAST)
