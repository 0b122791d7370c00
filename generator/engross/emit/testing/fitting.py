"""Whether a value meets a schema, as far as the plain keywords tell.

What is made up for a test is held against this, so that no emitted test rests on a value that the
contract refuses. Keywords that are not known here count as met, save where a text has to match
something that cannot be judged.
"""

from __future__ import annotations

import re
from decimal import Decimal

from engross.contract.samples import TEXTS
from engross.contract.schemas import Facts, Schemas, allows, number
from engross.patterns import PatternError, read_pattern
from engross.source import Location

_DEEPEST = 24


def fits(schemas: Schemas, place: Location, value: object, depth: int = 0) -> bool:
    """Whether a value meets the schema at a place."""
    if depth > _DEEPEST:
        return True
    chains = schemas.applied(place)
    return all(_meets(schemas, chain[-1], value, depth) for chain in chains)


def _meets(schemas: Schemas, place: Location, value: object, depth: int) -> bool:
    facts = schemas.facts(place)
    if not _has_the_type(facts, value) or not _is_listed(facts, value):
        return False
    for keyword in ("anyOf", "oneOf"):
        options = facts.get(keyword)
        if not isinstance(options, list):
            continue
        met = sum(
            fits(schemas, place / keyword / index, value, depth + 1)
            for index in range(len(options))
        )
        if met < 1 or (keyword == "oneOf" and met > 1):
            return False
    match value:
        case str():
            return _text_fits(facts, value)
        case bool() | None:
            return True
        case list():
            return _list_fits(schemas, place, facts, value, depth)
        case dict():
            return _object_fits(schemas, place, facts, value, depth)
        case _:
            exact = number(value)
            return exact is not None and _number_fits(facts, exact)


def _has_the_type(facts: Facts, value: object) -> bool:
    return "type" not in facts or allows(stated_types(facts), value)


def stated_types(facts: Facts) -> frozenset[str]:
    """The types that the keyword `type` names."""
    stated = facts.get("type")
    return frozenset(map(str, stated if isinstance(stated, list) else [stated]))


def _is_listed(facts: Facts, value: object) -> bool:
    values = facts.get("enum")
    if isinstance(values, list) and value not in values:
        return False
    return "const" not in facts or value == facts["const"]


def _text_fits(facts: Facts, value: str) -> bool:
    shortest, longest = facts.get("minLength"), facts.get("maxLength")
    if isinstance(shortest, int) and len(value) < shortest:
        return False
    if isinstance(longest, int) and len(value) > longest:
        return False
    pattern = facts.get("pattern")
    if isinstance(pattern, str) and not matches(pattern, value):
        return False
    stated = facts.get("format")
    return not isinstance(stated, str) or _has_the_format(stated, value)


def matches(pattern: str, value: str) -> bool:
    """Return whether a text matches a pattern; not if the pattern cannot be read."""
    try:
        return read_pattern(pattern).regex.fits(value)
    except PatternError:
        return False


_SHAPES = {
    "date": r"\d{4}-\d\d-\d\d\Z",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z",
    "decimal": r"-?\d+(\.\d+)?\Z",
    "email": r"[^@\s]+@[^@\s]+\Z",
    "uri": r"[a-z]+:",
    "uuid": r"[0-9a-fA-F-]{36}\Z",
}


def _has_the_format(name: str, value: str) -> bool:
    shape = _SHAPES.get(name)
    if shape is not None:
        return re.match(shape, value) is not None
    return name not in TEXTS or value == TEXTS[name]


def _number_fits(facts: Facts, value: int | Decimal) -> bool:
    low, high = number(facts.get("minimum")), number(facts.get("maximum"))
    above = number(facts.get("exclusiveMinimum"))
    below = number(facts.get("exclusiveMaximum"))
    step = number(facts.get("multipleOf"))
    return not (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
        or (below is not None and value >= below)
        or (step is not None and value % step)
    )


def _list_fits(
    schemas: Schemas, place: Location, facts: Facts, value: list[object], depth: int
) -> bool:
    fewest, most = facts.get("minItems"), facts.get("maxItems")
    if isinstance(fewest, int) and len(value) < fewest:
        return False
    if isinstance(most, int) and len(value) > most:
        return False
    if facts.get("uniqueItems") and len(set(map(repr, value))) < len(value):
        return False
    if "items" not in facts:
        return True
    return all(fits(schemas, place / "items", item, depth + 1) for item in value)


def _object_fits(
    schemas: Schemas,
    place: Location,
    facts: Facts,
    value: dict[str, object],
    depth: int,
) -> bool:
    required, fewest = facts.get("required"), facts.get("minProperties")
    if isinstance(required, list) and not set(required) <= value.keys():
        return False
    if isinstance(fewest, int) and len(value) < fewest:
        return False
    properties = facts.get("properties")
    known = properties if isinstance(properties, dict) else {}
    others = facts.get("additionalProperties")
    if others is False and not value.keys() <= known.keys():
        return False
    if isinstance(others, dict) and not all(
        fits(schemas, place / "additionalProperties", value[name], depth + 1)
        for name in value.keys() - known.keys()
    ):
        return False
    return all(
        fits(schemas, place / "properties" / name, value[name], depth + 1)
        for name in known
        if name in value
    )
