"""The rule that examples and defaults fit their schemas."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from engross.contract.checks.fitting import Fitting
from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.checks.shape import parts
from engross.contract.index import Index, mapping, sequence
from engross.source import Location, Value
from engross.source.messages import misfit
from engross.source.predicates import JsonSchema, matcher_of
from engross.source.suggest import did_you_mean

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


@rule("example-mismatch", "Examples and defaults fit their schemas.", needed=False)
def example_mismatch(index: Index) -> Faults:
    fitting = Fitting(index.source)
    for at, schema in _samples(index):
        for error in fitting.errors(schema, index.source.value(at)):
            yield from _explained(at, schema, error, fitting)


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
                # Text shows how a value is sent; only JSON can be held to a schema.
                is_text = isinstance(source.value(at), str)
                is_json = kind == "media-type" and "json" in str(holder.tokens[-1])
                if not is_text or is_json or _may_be_text(index, schema):
                    yield at, schema


def _shown(
    index: Index, holder: Location, value: Mapping[str, Value]
) -> Iterator[Location]:
    if "example" in value:
        yield holder / "example"
    for name in mapping(value.get("examples")):
        example = index.source.follow(holder / "examples" / name)
        for key in ("value", "dataValue"):
            if key in index.value(example):
                yield example / key


def _may_be_text(index: Index, schema: Location) -> bool:
    return any(
        "string" in str(index.value(at).get("type"))
        for at in parts(index.source, schema)
    )


def _explained(
    at: Location, schema: Location, error: "ValidationError", fitting: Fitting
) -> Faults:
    """Yield an error of the validator as faults at the part of the example."""
    alternatives = cast(list["ValidationError"], error.context or [])
    if error.validator == "anyOf" and _allows_null(error.validator_value):
        for inner in alternatives:
            # Whatever breaks the schema `false` has no path.
            if next(iter(inner.schema_path), 0) == 0:
                yield from _explained(at, schema, inner, fitting)
        return
    for token in error.absolute_path:
        at = at / token
    limit, got = cast(Value, error.validator_value), cast(Value, error.instance)
    keyword = str(error.validator)
    own = cast(JsonSchema, error.schema) if isinstance(error.schema, dict) else {}
    if keyword == "required":
        missing = [
            name
            for name in cast(list[str], limit)
            if name not in mapping(got) and not fitting.may_lack(schema, own, name)
        ]
        if missing:
            names = ", ".join(map(repr, missing))
            yield Fault(at, f"lacks required members: {names}", key=True)
    elif keyword == "additionalProperties" and limit is False:
        for name in mapping(got):
            if not _is_described(own, name):
                hint = did_you_mean(name, mapping(own.get("properties")))
                yield Fault(at / name, "the schema has no such member", hint, True)
    elif keyword == "None":
        yield Fault(at, "the schema allows no value here")
    else:
        yield Fault(at, misfit(keyword, limit, got))


def _allows_null(alternatives: object) -> bool:
    """Return whether alternatives are a schema and null, as the upgrade to 3.1 makes."""
    return isinstance(alternatives, list) and alternatives[1:] == [{"type": "null"}]


def _is_described(schema: JsonSchema, name: str) -> bool:
    matchers = map(matcher_of, mapping(schema.get("patternProperties")))
    return name in mapping(schema.get("properties")) or any(
        matches is not None and matches(name) for matches in matchers
    )
