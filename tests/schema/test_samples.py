"""Samples that are made from schemas."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engross.schema.composition import Composer
from engross.schema.evaluation import Evaluator
from engross.schema.reader import Graph
from engross.schema.samples import EVERYTHING, NECESSARY, Sampler
from engross.schema.tree import Direction
from engross.source.resolver import Resolver
from tests.effort import within
from tests.validation.random_schemas import documents

CASES = int(os.environ.get("SAMPLE_CASES", "500"))
TEXT = {"type": "string"}


def sampled(
    document: Any,
    at: str = "",
    *,
    levels: int = NECESSARY,
    direction: Direction = Direction.EITHER,
) -> Any:
    """Return a sample of the schema at a pointer."""
    graph = Graph(Resolver({"": document}), assert_formats=True)
    key = graph.entry(f"#{at}", direction)
    found = Sampler(Composer(graph), Evaluator(graph), direction).sample((key,), levels)
    assert found is not None
    return found.value


def is_found(document: Any) -> bool:
    """Return whether there is a sample."""
    graph = Graph(Resolver({"": document}), assert_formats=True)
    made = Sampler(Composer(graph), Evaluator(graph))
    return made.sample((graph.entry("#"),)) is not None


# Samples satisfy their schemas

SATISFIABLE: list[Any] = [
    True,
    {},
    {"const": 7},
    {"const": None},
    {"enum": ["only"]},
    {"enum": ["a", 1, None], "type": ["integer", "null"]},
    # texts
    {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
    {"type": "string", "pattern": "^(EUR|USD)$", "minLength": 3},
    {"type": "string", "minLength": 12},
    {"type": "string", "maxLength": 2},
    {"type": "string", "minLength": 3000, "maxLength": 3000},
    {"type": "string", "format": "uri", "minLength": 60},
    {"type": "string", "format": "uri", "maxLength": 10},
    {"type": "string", "format": "email", "maxLength": 8},
    {"type": "string", "format": "email", "minLength": 40},
    {"type": "string", "format": "date-time"},
    {"not": {"const": "text"}, "type": "string"},
    # numbers
    {"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4},
    {"type": "integer", "maximum": -3},
    {"type": "integer", "minimum": 3, "maximum": 3},
    {"type": "integer", "multipleOf": 2.5},
    {"type": "number", "maximum": 0.5},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.01},
    {"type": "number", "multipleOf": 0.25, "minimum": 19.9},
    {"type": "number", "minimum": -1.5, "maximum": -1.25},
    {"allOf": [{"multipleOf": 6}, {"multipleOf": 4}], "type": "integer", "minimum": 13},
    # objects
    {"type": "object", "minProperties": 2, "additionalProperties": TEXT},
    {"type": "object", "minProperties": 1, "properties": {"a": TEXT, "b": TEXT}},
    {
        "type": "object",
        "minProperties": 2,
        "required": ["b"],
        "properties": {"a": TEXT, "b": {"type": "integer"}},
        "additionalProperties": False,
    },
    {"type": "object", "required": ["x"], "additionalProperties": TEXT},
    {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": TEXT}}]},
    {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
        "maxProperties": 2,
        "required": ["c"],
    },
    {
        "type": "object",
        "patternProperties": {"^[a-z]{3}$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    {
        "type": "object",
        "propertyNames": {"enum": ["EUR", "USD"]},
        "additionalProperties": {"type": "number"},
        "minProperties": 2,
    },
    {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        "dependentRequired": {"a": ["b"], "b": ["c"]},
        "required": ["a"],
    },
    {
        "type": "object",
        "properties": {"a": TEXT},
        "required": ["a"],
        "dependentSchemas": {"a": {"required": ["b"]}},
    },
    {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    {
        "type": "object",
        "properties": {"a": TEXT, "b": False, "c": {"not": {}}},
        "unevaluatedProperties": False,
    },
    # arrays
    {"type": "array", "items": TEXT, "minItems": 2},
    {"type": "array", "items": TEXT, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer"}},
        },
        "minItems": 3,
        "uniqueItems": True,
    },
    {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False},
    {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "minItems": 2},
    {"type": "array", "items": TEXT, "maxItems": 0},
    {"type": "array", "contains": {"const": 5}},
    {"type": "array", "contains": {"minimum": 9}, "items": {"type": "integer"}},
    {"type": "array", "contains": {"type": "integer"}, "minContains": 3},
    # conditions and unions
    {"oneOf": [{"type": "object", "minProperties": 1}, TEXT]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"anyOf": [False, {"type": "null"}]},
    {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["size"]},
        "else": {"required": ["weight"]},
    },
    {
        "allOf": [
            {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"oneOf": [{"required": ["c"]}, {"required": ["d"]}]},
        ],
        "type": "object",
        "properties": dict.fromkeys("abcd", TEXT),
    },
    # references
    {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": TEXT}}},
    {"$ref": "#/$defs/a", "maxLength": 3, "$defs": {"a": TEXT}},
    {"type": "object", "properties": {"next": {"$ref": "#"}}},
    {
        "type": "object",
        "required": ["left"],
        "properties": {"left": {"oneOf": [{"$ref": "#"}, {"type": "null"}]}},
    },
]


@pytest.mark.parametrize("levels", [NECESSARY, 1, EVERYTHING])
@pytest.mark.parametrize("schema", SATISFIABLE)
def test_sample_satisfies_its_schema(schema: Any, levels: int) -> None:
    validator = Draft202012Validator(
        schema, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    assert list(validator.iter_errors(as_floats(sampled(schema, levels=levels)))) == []


def as_floats(value: Any) -> Any:
    """Return a value as `jsonschema` takes it."""
    match value:
        case Decimal():
            return float(value)
        case list():
            return [as_floats(item) for item in value]
        case dict():
            return {name: as_floats(member) for name, member in value.items()}
    return value


@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=CASES <= 500,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.sampled_from([NECESSARY, EVERYTHING]))
def test_samples_of_random_schemas_satisfy_jsonschema(schema: Any, levels: int) -> None:
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    made = Sampler(Composer(graph), Evaluator(graph)).sample(
        (graph.entry("#"),), levels
    )
    if made is not None:
        Draft202012Validator(schema).validate(as_floats(made.value))


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "string", "const": 1},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
    ],
)
def test_unsatisfiable_schema_has_no_sample(schema: Any) -> None:
    assert not is_found(schema)


# What a sample holds


def test_smallest_sample_has_only_what_is_necessary() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": TEXT, "b": TEXT, "c": {"type": "array", "items": TEXT}},
    }
    assert sampled(schema) == {"a": "text"}
    full = sampled(schema, levels=EVERYTHING)
    assert full == {"a": "text", "b": "text", "c": ["text"]}


def test_levels_say_how_deep_a_sample_is_full() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": TEXT}}},
    }
    assert sampled(schema, levels=1) == {"a": {}}
    assert sampled(schema, levels=2) == {"a": {"b": "text"}}


def test_schema_within_itself_is_not_repeated() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": TEXT,
            "children": {"type": "array", "items": {"$ref": "#"}},
        },
    }
    assert sampled(schema, levels=EVERYTHING) == {"name": "text", "children": []}


@pytest.mark.parametrize("keyword", ["examples", "default"])
def test_stated_value_comes_first(keyword: str) -> None:
    stated = ["shown"] if keyword == "examples" else "shown"
    assert sampled({"type": "string", keyword: stated}) == "shown"


@pytest.mark.parametrize("stated", [{"examples": [1, "shown"]}, {"default": "shown"}])
def test_stated_value_that_breaks_the_schema_is_left_aside(stated: Any) -> None:
    schema = {"type": "string", "minLength": 5, **stated}
    assert sampled(schema) == "shown"
    assert sampled({**schema, "minLength": 6}) == "textxx"


def test_empty_default_is_the_last_resort() -> None:
    schema = {"type": "array", "items": TEXT, "default": []}
    assert sampled(schema, levels=EVERYTHING) == ["text"]


def test_what_has_members_is_shown_as_an_object_or_not_at_all() -> None:
    text = {"type": "string"}
    alike = [{"properties": {"a": text}}, {"properties": {"b": text}}]
    assert not is_found({"minProperties": 1, "oneOf": alike})


@pytest.mark.parametrize(
    "pattern",
    [
        r"^-?\d{0,1}(?:\.\d{0,3})?$",
        r"^-?\d{0,1}(?:\.\d{0,1})?$",
        r"^-?\d{0,0}(?:\.\d{0,2})?$",
        r"^\d?$",
    ],
)
def test_decimal_has_the_digits_that_a_pattern_allows(pattern: str) -> None:
    made = sampled({"type": "string", "format": "decimal", "pattern": pattern})
    assert Decimal(made).is_finite()


@pytest.mark.parametrize("pattern", ["^[a-z]*$", "^(ab)?$", "^$|^[0-9]+$"])
def test_text_that_may_be_empty_is_not(pattern: str) -> None:
    assert sampled({"type": "string", "pattern": pattern})


def test_text_is_empty_where_no_other_is_allowed() -> None:
    assert sampled({"type": "string", "pattern": "^a*$", "maxLength": 0}) == ""


def test_optional_members_that_exclude_each_other_are_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
        "not": {"required": ["a", "b"]},
    }
    assert sampled(schema, levels=EVERYTHING) == {"a": "text", "c": "text"}


# Directions

ONE_WAY = {
    "type": "object",
    "required": ["id", "secret", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "secret": {"type": "string", "writeOnly": True},
        "name": TEXT,
        "created": {"type": "string", "readOnly": True},
    },
}


@pytest.mark.parametrize(
    ("direction", "names"),
    [
        (Direction.REQUEST, {"secret", "name"}),
        (Direction.RESPONSE, {"id", "name", "created"}),
        (Direction.EITHER, {"name"}),
    ],
)
def test_one_way_members_are_given_in_their_direction(
    direction: Direction, names: set[str]
) -> None:
    made = sampled(ONE_WAY, levels=EVERYTHING, direction=direction)
    assert made.keys() == names


# Discriminators


def pets(**mapping: str) -> dict[str, Any]:
    """Return a document with a union of a cat and a dog."""
    discriminator: dict[str, Any] = {"propertyName": "kind"}
    if mapping:
        discriminator["mapping"] = mapping
    animal = {"type": "object", "required": ["kind"], "properties": {"kind": TEXT}}
    return {
        "openapi": "3.1.0",
        "components": {
            "schemas": {
                "Pet": {
                    "oneOf": [
                        {"$ref": "#/components/schemas/Cat"},
                        {"$ref": "#/components/schemas/Dog"},
                    ],
                    "discriminator": discriminator,
                },
                "Cat": {**animal, "required": ["kind", "lives"]},
                "Dog": {**animal, "required": ["kind", "breed"]},
                "Animal": {**animal, "discriminator": discriminator},
                "Bird": {"allOf": [{"$ref": "#/components/schemas/Animal"}]},
            }
        },
    }


@pytest.mark.parametrize(
    ("mapping", "kind"),
    [
        ({}, "Cat"),
        ({"feline": "#/components/schemas/Cat"}, "feline"),
        ({"feline": "Cat", "canine": "Dog"}, "feline"),
    ],
)
def test_discriminator_selects_the_member(mapping: dict[str, str], kind: str) -> None:
    assert sampled(pets(**mapping), "/components/schemas/Pet")["kind"] == kind


def test_discriminator_of_a_parent_selects_the_child() -> None:
    at = "/components/schemas/Bird"
    assert sampled(pets(), at)["kind"] == "Bird"
    assert sampled(pets(tweety="Bird"), at)["kind"] == "tweety"


def test_a_child_says_itself_what_it_is_called() -> None:
    document = pets()
    document["components"]["schemas"]["Bird"]["x-ms-discriminator-value"] = "bird"
    assert sampled(document, "/components/schemas/Bird")["kind"] == "bird"


def test_constant_of_the_member_selects_it() -> None:
    document = pets()
    cat = document["components"]["schemas"]["Cat"]
    cat["properties"] = {"kind": {"const": "cat"}}
    assert sampled(document, "/components/schemas/Pet")["kind"] == "cat"


# Several values


def test_several_values_differ() -> None:
    graph = Graph(
        Resolver({"": {"type": "string", "maxLength": 6}}), assert_formats=True
    )
    made = Sampler(Composer(graph), Evaluator(graph))
    assert made.several((graph.entry("#"),), 3) == ("text", "text 2", "text 3")


# Bounds


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 100_000_000},
        {"type": "array", "minItems": 100_000_000, "uniqueItems": True},
        {"type": "array", "contains": {"const": 1}, "minContains": 10**12},
        {"type": "object", "minProperties": 10**12},
        {"type": "string", "minLength": 10**22},
        {"type": "string", "format": "uri", "minLength": 10**22},
        {"type": "string", "pattern": "^a*$", "minLength": 10**22},
    ],
)
def test_absurd_demands_are_given_up_at_once(schema: Any) -> None:
    with within(1):
        assert not is_found(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 2_147_483_647},
        {"type": "array", "maxItems": 2_147_483_647, "items": TEXT},
        {"type": "number", "minimum": Decimal("1E+999999999")},
        {"type": "number", "maximum": Decimal("-1E+999999999")},
        {"type": "number", "multipleOf": Decimal("1E-999999")},
        {"type": "integer", "minimum": 10**300},
    ],
)
def test_absurd_limits_cost_nothing(schema: Any) -> None:
    with within(1):
        assert is_found(schema)


def test_unions_of_unions_are_searched_for_a_bounded_time() -> None:
    definitions: dict[str, Any] = {"level30": {"not": {}}}
    for depth in range(30):
        below = {"$ref": f"#/$defs/level{depth + 1}"}
        both = [{"anyOf": [below, below]}, {"oneOf": [below, below]}]
        definitions[f"level{depth}"] = {"allOf": both}
    with within(5):
        assert not is_found({"$ref": "#/$defs/level0", "$defs": definitions})


def test_tree_of_many_references_has_a_sample() -> None:
    definitions = {
        f"level{depth}": {
            "type": "object",
            "properties": {
                name: {"$ref": f"#/$defs/level{depth + 1}"} for name in "abcdef"
            },
        }
        for depth in range(30)
    }
    schema: Any = {
        "$ref": "#/$defs/level0",
        "$defs": {**definitions, "level30": {"type": "string"}},
    }
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    made = Sampler(Composer(graph), Evaluator(graph)).sample((graph.entry("#"),), 20)
    assert made is not None
    assert made.size > 6**20


def test_array_that_has_to_contain_itself_has_no_sample() -> None:
    itself = {"type": "array", "minItems": 1, "items": {"$ref": "#"}}
    assert not is_found(itself)
    assert not is_found({**itself, "items": {**itself, "maxItems": 3}})
    other = {**itself, "type": ["array", "object"]}
    assert sampled({**itself, "items": other}) == [{}]
