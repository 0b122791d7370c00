"""Values that meet a schema, made of examples, defaults and the plain keywords."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from decimal import Decimal

from engross.contract.schemas import Facts, Schemas, number
from engross.patterns import PatternError, read_pattern
from engross.source import Location

_DEEPEST = 12
_MOST = 64
"""Items or members of a sample that are made because there have to be so many."""
_LONGEST_TEXT = 100_000
"""Characters of a sample that are made because there have to be so many."""

NECESSARY = 0
EVERYTHING = 5
"""Levels of a sample down to which it has all that it may have: none, or enough."""

TEXTS = {
    "date": "2026-01-31",
    "date-time": "2099-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "7f1f2a4e-4a5c-4b57-9f0e-2f1c5a1c9a10",
    "decimal": "10.00",
}
"""A text of each format."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """Makes samples for one direction.

    Attributes:
        full: levels down to which every property and an item in each list are given, not just
            what must be there; a schema within itself is given once.
        hidden: `readOnly` for requests, `writeOnly` for replies.
        shown: take the examples and defaults of schemas, which may break them.
    """

    schemas: Schemas
    full: int
    hidden: str = "readOnly"
    shown: bool = True

    def sample(
        self, place: Location, depth: int = 0, above: frozenset[Location] = frozenset()
    ) -> object:
        """A value for the schema at a place."""
        facts = self.schemas.merged(place)
        known = _stated(facts, shown=self.shown)
        if known:
            return known[0]
        if depth > _DEEPEST:
            return None
        above |= {chain[-1] for chain in self.schemas.applied(place)}
        for keyword in ("oneOf", "anyOf"):
            options = facts.get(keyword)
            if isinstance(options, list):
                holder = self._holder(place, keyword) / keyword
                option = self._option(holder, len(options), above)
                return self.sample(option, depth + 1, above)
        types, properties = self.schemas.types(place), self.schemas.properties(place)
        if "object" in types and (properties or types == {"object"}):
            return self._object(place, properties, depth, above)
        if "array" in types and ("items" in facts or types == {"array"}):
            return self._array(place, facts, depth, above)
        return _scalar(types, facts)

    def _object(
        self,
        place: Location,
        properties: dict[str, Location],
        depth: int,
        above: frozenset[Location],
    ) -> dict[str, object]:
        required = self.schemas.required(place)
        found: dict[str, object] = {}
        for name, inner in properties.items():
            if name in required or self._is_wanted(inner, depth, above):
                found[name] = self.sample(inner, depth + 1, above)
        others = self._holder(place, "additionalProperties") / "additionalProperties"
        for name in required:
            if name not in properties:
                found[name] = self.sample(others, depth + 1, above)
        fewest = self.schemas.merged(place).get("minProperties")
        if isinstance(fewest, int) and len(found) < fewest:
            found |= self._more(place, properties.keys() - found.keys(), depth, above)
            found = dict([*found.items()][: max(fewest, len(required))])
        return found

    def _more(
        self, place: Location, unused: Set[str], depth: int, above: frozenset[Location]
    ) -> dict[str, object]:
        """Members that nothing asks for but a number of them."""
        properties = self.schemas.properties(place)
        found = {
            name: self.sample(inner, depth + 1, above)
            for name, inner in properties.items()
            if name in unused and not self.schemas.merged(inner).get(self.hidden)
        }
        facts = self.schemas.merged(place)
        if facts.get("additionalProperties") is False:
            return found
        fewest = facts["minProperties"]
        assert isinstance(fewest, int)
        others = self._holder(place, "additionalProperties") / "additionalProperties"
        for count in range(1, min(fewest, _MOST) + 1):
            found[f"member_{count}"] = self.sample(others, depth + 1, above)
        return found

    def _array(
        self, place: Location, facts: Facts, depth: int, above: frozenset[Location]
    ) -> list[object]:
        items = self._holder(place, "items") / "items"
        fewest = facts.get("minItems")
        count = fewest if isinstance(fewest, int) else 0
        if count == 0 and self._is_wanted(items, depth, above):
            count = 1
        return [self.sample(items, depth + 1, above) for _ in range(min(count, _MOST))]

    def _option(
        self, holder: Location, count: int, above: frozenset[Location]
    ) -> Location:
        """The first alternative that does not lead back to where it stands."""
        options = [holder / index for index in range(count)]
        for option in options:
            if above.isdisjoint(chain[-1] for chain in self.schemas.applied(option)):
                return option
        return options[0]

    def _is_wanted(
        self, place: Location, depth: int, above: frozenset[Location]
    ) -> bool:
        """Whether a part that may be absent is given."""
        facts = self.schemas.merged(place)
        own = "writeOnly" if self.hidden == "readOnly" else "readOnly"
        # What values of this direction alone have may be required of them.
        if depth >= self.full and not facts.get(own):
            return False
        applied = {chain[-1] for chain in self.schemas.applied(place)}
        return not facts.get(self.hidden) and not applied & above

    def _holder(self, place: Location, keyword: str) -> Location:
        """The schema object that states a keyword for the value."""
        chains = (chain[-1] for chain in self.schemas.applied(place))
        return next((p for p in chains if keyword in self.schemas.facts(p)), place)


def _stated(facts: Facts, *, shown: bool) -> tuple[object] | tuple[()]:
    """A value that the schema itself names."""
    examples = facts.get("examples") if shown else None
    if isinstance(examples, list) and examples:
        return (examples[0],)
    for keyword in ("example", "const", "default") if shown else ("const",):
        if keyword in facts:
            return (facts[keyword],)
    for keyword in ("enum", "x-extensible-enum"):
        values = facts.get(keyword)
        if isinstance(values, list) and values:
            return (values[0],)
    return ()


def _scalar(types: frozenset[str], facts: Facts) -> object:
    if "string" in types:
        return _text(facts)
    if "integer" in types or "number" in types:
        return _number(facts)
    return True if "boolean" in types else None


def _text(facts: Facts) -> str:
    pattern = facts.get("pattern")
    shortest, longest = facts.get("minLength"), facts.get("maxLength")
    least = shortest if isinstance(shortest, int) else 0
    most = longest if isinstance(longest, int) else None
    if isinstance(pattern, str):
        found = _matching(pattern, least, most)
        if found is not None:
            return found
    text = TEXTS.get(str(facts.get("format")), "text")
    return text.ljust(min(least, _LONGEST_TEXT), "x")[:most]


def _matching(pattern: str, shortest: int, longest: int | None) -> str | None:
    """Return a text that matches a pattern; None if none is found."""
    try:
        return read_pattern(pattern).sample(shortest, longest)
    except PatternError:
        return None


def _number(facts: Facts) -> int | Decimal:
    step = number(facts.get("multipleOf")) or 1
    low = number(facts.get("minimum"))
    above = number(facts.get("exclusiveMinimum"))
    high = number(facts.get("maximum"))
    if low is not None and low >= step:
        return -(-low // step) * step
    if above is not None and above >= step:
        return (above // step + 1) * step
    if high is not None and high < step:
        return high
    return step
