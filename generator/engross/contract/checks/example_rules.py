"""The rule that examples and defaults fit their schemas."""

from collections.abc import Iterator, Mapping
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.directions import direction_of
from engross.contract.index import Index, mapping, sequence
from engross.contract.media_types import shows_values
from engross.contract.openapi import (
    EXAMPLE_VALUES,
    NO_SEGMENTS,
    ParameterLocation,
)
from engross.schema.evaluation import Violation, Violations
from engross.schema.tree import Key
from engross.source import Location, Value
from engross.source.messages import misfit, shown
from engross.suggest import did_you_mean


@rule("example-mismatch", "Examples and defaults fit their schemas.", needed=False)
def example_mismatch(index: Index) -> Faults:
    for at, schema in _samples(index):
        value, direction = index.source.value(at), direction_of(schema)
        found = index.schemas.violations(schema, value, direction)
        yield from _explained(index, at, found)
        if found:
            continue
        for part in index.schemas.unmeant(schema, value, direction):
            place = Location(at.document, at.tokens + part.pointer)
            yield from _explained(index, place, part.violations)
            if not part.violations:
                got = index.source.value(place)
                yield Fault(place, misfit(part.keyword, part.limit, got))
    for at in dict.fromkeys(_segments(index)):
        value = index.source.value(at)
        if value in NO_SEGMENTS:
            yield Fault(at, f"a path has no place for {shown(value)}")


def _samples(index: Index) -> Iterator[tuple[Location, Location]]:
    """Yield each example or default, with the schema that it should match."""
    source = index.source
    for schema in source.places("schema"):
        value = index.value(schema)
        if "default" in value:
            yield schema / "default", schema
        for position in range(len(sequence(value.get("examples")))):
            yield schema / "examples" / position, schema
    for kind in ("media-type", "parameter", "header"):
        for holder in source.places(kind):
            value = index.value(holder)
            if "schema" not in value:
                continue
            schema = holder / "schema"
            for at in _shown(index, holder, value):
                # Elsewhere, text shows how a value is sent.
                is_text = isinstance(source.value(at), str)
                names = index.media_types.get(holder, ())
                has_values = any(map(shows_values, names))
                if not is_text or has_values or _may_be_text(index, schema):
                    yield at, schema


def _segments(index: Index) -> Iterator[Location]:
    """Yield examples and defaults of parameters of paths."""
    for holder in index.source.places("parameter"):
        value = index.value(holder)
        if value.get("in") != ParameterLocation.PATH:
            continue
        yield from _shown(index, holder, value)
        if "schema" in value:
            schema = index.source.follow(holder / "schema")
            if "default" in index.value(schema):
                yield schema / "default"


def _shown(
    index: Index, holder: Location, value: Mapping[str, Value]
) -> Iterator[Location]:
    if "example" in value:
        yield holder / "example"
    for name in mapping(value.get("examples")):
        example = index.source.follow(holder / "examples" / name)
        for key in EXAMPLE_VALUES:
            if key in index.value(example):
                yield example / key


def _may_be_text(index: Index, schema: Location) -> bool:
    return "string" in index.schemas.effective(schema).types


def _explained(index: Index, at: Location, found: Violations) -> Faults:
    """Yield violations in our words, at the parts of the example at fault."""
    missing: dict[tuple[Location, Key], list[str]] = {}
    for violation in found:
        part = Location(at.document, at.tokens + violation.pointer)
        if violation.missing is not None and violation.keyword == "required":
            missing.setdefault((part, violation.key), []).append(violation.missing)
        else:
            yield from _fault(index, part, violation)
    for (part, _), names in missing.items():
        listed = ", ".join(map(repr, names))
        yield Fault(part, f"lacks required members: {listed}", key=True)


def _fault(index: Index, at: Location, violation: Violation) -> Faults:
    got, keyword = index.source.value(at), violation.keyword
    limit = index.source.value(violation.key.place / keyword)
    if keyword == "anyOf" and _allows_null(limit):
        # What is no null fits the other alternative, and breaks that.
        evaluator, graph = index.schemas.evaluator, index.schemas.graph
        other = graph[violation.key].any_of[0]
        yield from _explained(index, at, evaluator.violations(other, got))
    elif limit is False and keyword in _OF_NO_MORE:
        declared = index.schemas.composer.of(violation.key).properties
        name = str(at.tokens[-1])
        hint = did_you_mean(name, declared)
        yield Fault(at, "the schema has no such member", hint, True)
    elif limit is False:
        yield Fault(at, "the schema allows no value here")
    else:
        yield Fault(at, misfit(keyword, limit, got))


_OF_NO_MORE: Final = ("additionalProperties", "unevaluatedProperties")
"""Keywords that forbid members that are not declared."""


def _allows_null(alternatives: object) -> bool:
    """Return whether alternatives are a schema and null, which the upgrade to 3.1 makes."""
    return isinstance(alternatives, list) and alternatives[1:] == [{"type": "null"}]
