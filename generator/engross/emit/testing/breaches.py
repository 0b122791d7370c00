"""What a contract refuses in a request, and what it just accepts, case by case.

Each case is one change of a documented request: a property left out, a value just beyond a limit,
a value right at it. The keyword and the provider's code that the refusal has to name follow from
where the constraint stands.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engross.emit.testing.fitting import fits, matches
from engross.emit.testing.samples import Sampler
from engross.emit.testing.schemas import (
    Facts,
    Place,
    Schemas,
    allows,
    code_for,
    codes_of,
    number,
)

Codes = tuple[Mapping[str, str], ...]

_DEEPEST = 8
_LONGEST_LIST = 1000
_WRONG_TEXTS = {
    "date": "2023-02-30",
    "date-time": "yesterday",
    "time": "noon",
    "duration": "two days",
    "email": "nobody",
    "hostname": "no host",
    "ipv4": "192.0.2.256",
    "ipv6": "192.0.2.1",
    "uri": "no address",
    "uuid": "no identifier",
    "decimal": "ten",
}
AMOUNT = Decimal("7.10")
"""An amount whose last digit is easily lost."""

_PAST, _FUTURE = "2001-01-31T12:00:00Z", "2999-01-31T12:00:00Z"
_TIME_RULE = re.compile(r"self\s*(<=|>=|<|>)\s*now\Z")


@dataclass(frozen=True, slots=True)
class LongText:
    """A text of many equal characters."""

    length: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The property is left out."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The list holds its first item this many times."""

    count: int


@dataclass(frozen=True, slots=True)
class Case:
    """One change of a documented request.

    Attributes:
        pointer: what is changed, in the wire body or, as `query:page`, among the parameters.
        value: what it is changed to; a JSON value, LongText, Removed or Repeated.
        finding: pointer that the refusal names.
        keyword: keyword that the refusal names; empty where the change is accepted.
        code: the provider's code that the refusal names.
        lacks: name of the property that is missing, where the change does not tell.
    """

    pointer: str
    value: object
    finding: str
    keyword: str = ""
    code: str | None = None
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A value in a request: one of the example, or one in a sample that has to be added first."""

    pointer: str
    anchor: str = ""
    base: object = None
    path: tuple[str, ...] = ()
    added: bool = False

    def child(self, token: str | int) -> _Spot:
        name = str(token)
        escaped = name.replace("~", "~0").replace("/", "~1")
        return _Spot(
            f"{self.pointer}/{escaped}",
            self.anchor,
            self.base,
            (*self.path, name),
            self.added,
        )

    def holding(self, sample: object) -> _Spot:
        """The same value, where the example has none and a sample takes its place."""
        if not self.added:
            return _Spot(self.pointer, self.pointer, sample, (), added=True)
        base = _changed(self.base, self.path, lambda _: sample)
        return _Spot(self.pointer, self.anchor, base, self.path, added=True)


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the cases of one request."""

    schemas: Schemas
    formats: frozenset[str]
    """Formats that validators assert."""
    refused: dict[tuple[str, str, str], Case] = field(default_factory=dict)
    accepted: dict[tuple[str, str], Case] = field(default_factory=dict)
    amounts: dict[str, bool] = field(default_factory=dict)
    """Pointer to each amount of the example that may be any -> whether it travels as text."""

    @property
    def _sampler(self) -> Sampler:
        return Sampler(self.schemas, complete=False)

    def body(self, place: Place, example: object, wrap: tuple[str, ...]) -> None:
        """Find the cases of a wire body; callers cannot change what encloses their part."""
        spot, codes = _Spot(""), _Rising()
        for name in wrap:
            codes = codes.within(self.schemas, place)
            place = self.schemas.properties(place).get(name, place)
            example = example.get(name) if isinstance(example, dict) else None
            spot = spot.child(name)
        self._walk(place, example, spot, codes.chain, fixed=not wrap)

    def parameter(
        self, place: Place, where: str, example: object, *, given: bool, required: bool
    ) -> None:
        """Find the cases of a parameter, which `where` names as in `query:page`."""
        if required:
            self._refuse(Case(where, Removed(), where, "required"))
        spot = _Spot(where)
        self._walk(place, example, spot if given else spot.holding(example), ())

    def _walk(
        self,
        place: Place,
        value: object,
        spot: _Spot,
        codes: Codes,
        *,
        fixed: bool = False,
        typed: bool = True,
        above: frozenset[Place] = frozenset(),
    ) -> None:
        """Find the cases of a value; one that is `fixed` can be changed in its parts only."""
        if place in above or len(spot.path) > _DEEPEST:
            return
        above |= {place}
        for chain in self.schemas.applied(place):
            facts = self.schemas.facts(chain[-1])
            nearer = (*codes, *(codes_of(self.schemas.facts(each)) for each in chain))
            here = _Here(place, chain[-1], facts, value, spot, nearer)
            if typed and not fixed:
                self._types(here)
            self._choices(here, above, fixed=fixed)
            match value:
                case dict():
                    self._object(here, above, fixed=fixed)
                case list():
                    self._array(here, above)
                case str():
                    self._text(here)
                case bool() | None:
                    pass
                case _:
                    self._number(here)
            self._constants(here)
            self._rules(here)
        self._amount(place, value, spot)

    def _amount(self, place: Place, value: object, spot: _Spot) -> None:
        """Note an amount of the example in whose place another one is as good."""
        facts = self.schemas.merged(place)
        if spot.added or not _is_amount(facts):
            return
        as_text = isinstance(value, str)
        if as_text or "number" in self.schemas.types(place):
            other: object = str(AMOUNT) if as_text else AMOUNT
            if fits(self.schemas, place, other):
                self.amounts[spot.pointer] = as_text

    # Types and choices

    def _types(self, here: _Here) -> None:
        facts = here.facts
        if "type" not in facts or "enum" in facts or "const" in facts:
            return
        stated = facts["type"]
        names = frozenset(map(str, stated if isinstance(stated, list) else [stated]))
        wrong = _of_another_type(names, facts)
        if wrong is not None and facts.get("format") != "binary":
            self._refuse(here.breach(wrong[0], "type"))

    def _choices(self, here: _Here, above: frozenset[Place], *, fixed: bool) -> None:
        for keyword in ("anyOf", "oneOf"):
            options = here.facts.get(keyword)
            if not isinstance(options, list) or len(options) < 2:
                continue
            places = [here.place / keyword / index for index in range(len(options))]
            types = [self.schemas.types(each) for each in places]
            union = frozenset[str]().union(*types)
            wrong = _of_another_type(union, here.facts)
            if wrong is not None and not fixed:
                self._refuse(here.breach(wrong[0], keyword))
            if sum(map(len, types)) > len(union):
                self._overlapping(here, places, keyword, above, fixed=fixed)
                continue
            for each, kinds in zip(places, types, strict=True):
                self._option(here, each, kinds, above, fixed=fixed)

    def _overlapping(
        self,
        here: _Here,
        places: list[Place],
        keyword: str,
        above: frozenset[Place],
        *,
        fixed: bool,
    ) -> None:
        """Find the cases of the alternative that is given: what breaks it fits no other."""
        given = [each for each in places if fits(self.schemas, each, here.value)]
        if len(given) != 1:
            return
        within = Finder(self.schemas, self.formats)
        within._walk(
            given[0], here.value, here.spot, (), fixed=fixed, typed=False, above=above
        )
        for case in within.refused.values():
            value = here.with_case(case)
            if not any(fits(self.schemas, each, value) for each in places):
                code = code_for(here.codes, keyword)
                found = here.spot.pointer
                self._refuse(Case(case.pointer, case.value, found, keyword, code))

    def _option(
        self,
        here: _Here,
        place: Place,
        types: frozenset[str],
        above: frozenset[Place],
        *,
        fixed: bool,
    ) -> None:
        """Find the cases of an alternative that the type alone decides for."""
        value, spot = here.value, here.spot
        if not allows(types, value):
            if types == {"null"} or fixed:
                return
            value = self._sampler.sample(place)
            spot = spot.holding(value)
        self._walk(
            place, value, spot, here.codes, fixed=fixed, typed=False, above=above
        )

    def _constants(self, here: _Here) -> None:
        for keyword in ("enum", "const"):
            if keyword not in here.facts:
                continue
            stated = here.facts[keyword]
            values = stated if isinstance(stated, list) else [stated]
            if keyword == "const" and here.is_filled_in(self.schemas):
                continue
            wrong = _unlike(values)
            if wrong is not None:
                self._refuse(here.breach(wrong, keyword))

    # Objects and lists

    def _object(self, here: _Here, above: frozenset[Place], *, fixed: bool) -> None:
        value, facts = here.value, here.facts
        assert isinstance(value, dict)
        required = facts.get("required")
        for name in required if isinstance(required, list) else ():
            if name in value and not self._is_filled_in(here, str(name)):
                self._refuse(here.lacking(str(name), self._missing_code(here, name)))
        self._dependents(here)
        fewest = facts.get("minProperties")
        if isinstance(fewest, int) and fewest > 0 and not fixed:
            self._refuse(here.breach({}, "minProperties"))
        properties = facts.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            place, spot = here.place / "properties" / name, here.spot.child(name)
            if self.schemas.merged(place).get("readOnly"):
                continue
            if name in value:
                self._walk(place, value[name], spot, here.codes, above=above)
            elif not above & {chain[-1] for chain in self.schemas.applied(place)}:
                sample = self._sampler.sample(place)
                self._walk(place, sample, spot.holding(sample), here.codes, above=above)
        others = facts.get("additionalProperties")
        if isinstance(others, dict) and others and not properties and value:
            name, inner = next(iter(value.items()))
            place = here.place / "additionalProperties"
            self._walk(place, inner, here.spot.child(name), here.codes, above=above)

    def _is_filled_in(self, here: _Here, name: str) -> bool:
        """Whether the client itself sends a value where the caller gives none."""
        place = self.schemas.properties(here.whole).get(name)
        facts = self.schemas.merged(place) if place is not None else {}
        return "const" in facts or "default" in facts

    def _missing_code(self, here: _Here, name: object) -> str | None:
        """The code of a missing property: its own schema's, or else of what encloses it."""
        properties = here.facts.get("properties")
        if isinstance(properties, dict) and name in properties:
            for chain in self.schemas.applied(here.place / "properties" / str(name)):
                code = code_for((codes_of(self.schemas.facts(chain[-1])),), "required")
                if code is not None:
                    return code
        return code_for(here.codes, "required")

    def _dependents(self, here: _Here) -> None:
        dependent = here.facts.get("dependentRequired")
        assert isinstance(here.value, dict)
        required = here.facts.get("required", [])
        for name, needed in (dependent if isinstance(dependent, dict) else {}).items():
            for other in needed if name in here.value else ():
                if other in here.value and other not in str(required):
                    code = code_for(here.codes, "dependentRequired")
                    self._refuse(here.lacking(other, code, "dependentRequired"))

    def _array(self, here: _Here, above: frozenset[Place]) -> None:
        value, facts = here.value, here.facts
        assert isinstance(value, list)
        items = here.place / "items"
        if "items" in facts:
            sample = value[0] if value else self._sampler.sample(items)
            spot = here.spot if value else here.spot.holding([sample])
            self._walk(items, sample, spot.child(0), here.codes, above=above)
        fewest, most = facts.get("minItems"), facts.get("maxItems")
        merged = self.schemas.merged(here.whole)
        unique = bool(merged.get("uniqueItems"))
        if isinstance(fewest, int) and fewest > 0:
            self._refuse(here.breach(_times(value, fewest - 1), "minItems"))
            if not unique:
                self._accept(here.edge(_times(value, fewest)))
        if isinstance(most, int) and most < _LONGEST_LIST and value:
            self._refuse(here.breach(_times(value, most + 1), "maxItems"))
            if not unique and most > 0:
                self._accept(here.edge(_times(value, most)))
        if facts.get("uniqueItems") and value and most != 1:
            self._refuse(here.breach(_times(value, 2), "uniqueItems"))

    # Texts and numbers

    def _text(self, here: _Here) -> None:
        facts = here.facts
        shortest, longest = facts.get("minLength"), facts.get("maxLength")
        if isinstance(shortest, int) and shortest > 0:
            self._refuse(here.breach(_text_of(shortest - 1), "minLength"))
            self._try(here, _text_of(shortest))
        if isinstance(longest, int):
            self._refuse(here.breach(_text_of(longest + 1), "maxLength"))
            self._try(here, _text_of(longest))
        pattern = facts.get("pattern")
        if isinstance(pattern, str):
            wrong = _unmatched(pattern)
            if wrong is not None:
                self._refuse(here.breach(wrong, "pattern"))
        stated = str(facts.get("format"))
        if stated in self.formats and stated in _WRONG_TEXTS:
            self._refuse(here.breach(_WRONG_TEXTS[stated], "format"))

    def _number(self, here: _Here) -> None:
        facts = here.facts
        whole = "number" not in self.schemas.types(here.whole)
        unit = 1 if whole else Decimal("0.01")
        limits = {
            "minimum": (0, -unit),
            "maximum": (0, unit),
            "exclusiveMinimum": (unit, 0),
            "exclusiveMaximum": (-unit, 0),
        }
        for keyword, (inside, outside) in limits.items():
            limit = number(facts.get(keyword))
            if limit is not None:
                self._refuse(here.breach(limit + outside, keyword))
                self._try(here, limit + inside)
        step = number(facts.get("multipleOf"))
        if step is not None and not (whole and step == 1):
            self._refuse(
                here.breach(step + (1 if whole else Decimal(step) / 2), "multipleOf")
            )

    def _rules(self, here: _Here) -> None:
        """Find the cases of rules about the present; other rules need a value made for them."""
        own = here.facts.get("x-engross")
        rules = own.get("rules") if isinstance(own, dict) else None
        for rule in rules if isinstance(rules, list) else ():
            found = _TIME_RULE.match(str(rule.get("cel")).strip())
            if found is None or not isinstance(here.value, str):
                continue
            later = found[1].startswith(">")
            code = rule.get("code")
            at, value = here.change(_PAST if later else _FUTURE)
            if code is None:
                code = code_for(here.codes, str(rule["id"]))
            self._refuse(Case(at, value, here.spot.pointer, str(rule["id"]), code))
            self._try(here, _FUTURE if later else _PAST)

    def _try(self, here: _Here, value: object) -> None:
        """Note a value at the edge, if it breaks nothing else that is stated of it."""
        plain = "x" * value.length if isinstance(value, LongText) else value
        if fits(self.schemas, here.whole, plain):
            self._accept(here.edge(value))

    def _refuse(self, case: Case) -> None:
        key = (case.pointer, case.keyword, f"{case.finding} {case.value!r}")
        self.refused.setdefault(key, case)

    def _accept(self, case: Case) -> None:
        self.accepted.setdefault((case.pointer, repr(case.value)), case)


@dataclass(frozen=True, slots=True)
class _Rising:
    """Provider codes on the way into a body."""

    chain: Codes = ()

    def within(self, schemas: Schemas, place: Place) -> _Rising:
        found = [codes_of(schemas.facts(chain[-1])) for chain in schemas.applied(place)]
        return _Rising((*self.chain, *found))


@dataclass(frozen=True, slots=True)
class _Here:
    """A schema object, and the value of the request that it applies to."""

    whole: Place
    """The schema that led here, with all that it refers to."""
    place: Place
    facts: Facts
    value: object
    spot: _Spot
    codes: Codes

    def change(self, value: object) -> tuple[str, object]:
        """What to change, and to what, so that the value stands here."""
        spot = self.spot
        if not spot.added:
            return spot.pointer, value
        if isinstance(value, LongText):
            value = "x" * value.length
        if isinstance(value, Repeated) and isinstance(self.value, list):
            value = self.value[:1] * value.count
        return spot.anchor, _changed(spot.base, spot.path, lambda _: value)

    def breach(self, value: object, keyword: str) -> Case:
        at, changed = self.change(value)
        code = code_for(self.codes, keyword)
        return Case(at, changed, self.spot.pointer, keyword, code)

    def edge(self, value: object) -> Case:
        at, changed = self.change(value)
        return Case(at, changed, self.spot.pointer)

    def lacking(self, name: str, code: str | None, keyword: str = "required") -> Case:
        spot = self.spot
        if not spot.added:
            return Case(
                spot.child(name).pointer, Removed(), spot.pointer, keyword, code
            )
        base = _changed(spot.base, spot.path, lambda value: _without(value, name))
        return Case(spot.anchor, base, spot.pointer, keyword, code, lacks=name)

    def with_case(self, case: Case) -> object:
        """The value once a case that lies within it has changed it."""
        if self.spot.added:
            inner = case.value
            for step in self.spot.path:
                inner = inner[step] if isinstance(inner, dict) else None
            return inner
        *path, last = case.pointer[len(self.spot.pointer) :].split("/")[1:] or [""]
        steps = [step.replace("~1", "/").replace("~0", "~") for step in (*path, last)]
        match case.value:
            case Removed():
                holder = tuple(steps[:-1])
                return _changed(self.value, holder, lambda v: _without(v, steps[-1]))
            case Repeated(count):
                return _changed(
                    self.value,
                    tuple(steps),
                    lambda v: v[:1] * count if isinstance(v, list) else v,
                )
            case LongText(length):
                return _changed(self.value, tuple(steps), lambda _: "x" * length)
            case value:
                return _changed(self.value, tuple(steps), lambda _: value)

    def is_filled_in(self, schemas: Schemas) -> bool:
        """Whether the value is a constant that callers never give."""
        if len(self.whole.tokens) < 2 or self.whole.tokens[-2] != "properties":
            return False
        holder = Place(self.whole.document, self.whole.tokens[:-2])
        return self.whole.tokens[-1] in schemas.required(holder)


def _changed(
    value: object, path: tuple[str, ...], change: Callable[[object], object]
) -> object:
    """A copy of the value with the part at the path changed."""
    if not path:
        return change(copy.deepcopy(value))
    first, *rest = path
    if isinstance(value, list):
        items = list(value)
        items[int(first)] = _changed(items[int(first)], tuple(rest), change)
        return items
    members = dict(value) if isinstance(value, dict) else {}
    members[first] = _changed(members.get(first), tuple(rest), change)
    return members


def _without(value: object, name: str) -> object:
    return (
        {k: v for k, v in value.items() if k != name}
        if isinstance(value, dict)
        else value
    )


def _of_another_type(types: frozenset[str], facts: Facts) -> tuple[object] | None:
    """A value of none of the types, in a tuple; None where every type is allowed.

    A number is no wrong value for an amount that travels as text: the client writes it as one.
    """
    candidates: tuple[object, ...] = ("text", 12, True, [], {})
    for candidate in candidates:
        written = candidate == 12 and "string" in types and _is_amount(facts)
        if not allows(types, candidate) and not written:
            return (candidate,)
    return None


def _is_amount(facts: Facts) -> bool:
    """Whether a value is a decimal to the caller."""
    own = facts.get("x-engross")
    has_unit = isinstance(own, dict) and "money" in own
    return has_unit or facts.get("format") == "decimal"


def _unlike(values: list[object]) -> object:
    """A value of the same type as those listed that is none of them."""
    first = next((value for value in values if value is not None), None)
    match first:
        case str():
            return next(
                text
                for text in ("something else", "something else again")
                if text not in values
            )
        case bool():
            return None if {True, False} <= set(map(bool, values)) else not first
        case int():
            return max(value for value in values if isinstance(value, int)) + 1
        case _:
            return None


def _times(value: list[object], count: int) -> object:
    return [] if count == 0 or not value else Repeated(count)


def _text_of(length: int) -> object:
    return "x" * length if length <= 20 else LongText(length)


def _unmatched(pattern: str) -> str | None:
    """A text that a pattern does not match, as far as one can tell."""
    try:
        re.compile(pattern)
    except re.error:
        return None
    texts = ("no match", "!", "", "0", "a")
    return next((text for text in texts if not matches(pattern, text)), None)
