"""Evaluation of values against the schema tree."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engross.schema.dialect import retrieve_official
from engross.schema.evaluation import Evaluator
from engross.schema.reader import Graph
from engross.schema.tree import Direction
from engross.source.pointer import write_tokens
from engross.source.resolver import Resolver
from engross.validation import compile_validator
from tests.validation import suite
from tests.validation.random_schemas import VALUES, documents

PAYLOADS = 8
PAIRS = int(os.environ.get("EVALUATION_CASES", "2000"))

NOT_CLAIMED = {
    "optional/cross-draft.json": "other drafts are refused",
    "optional/dependencies-compatibility.json": "draft 2020-12 has no such keyword",
    "optional/format/idn-email.json": "any text has this format",
    "optional/format/idn-hostname.json": "any text has this format",
    "optional/format/regex.json": "any text has this format",
    "optional/format/ecmascript-regex.json": "any text has this format",
}
NEEDS_IDNA_TABLES = "validation of A-label (punycode) host names"
"""Tests of which labels in Punycode are allowed; here it is enough that one decodes."""


def violations(
    schema: Any,
    value: Any,
    *,
    resources: dict[str, Any] | None = None,
    asserts_formats: bool = False,
) -> list[str]:
    """Return each violation as `<pointer> <keyword>`."""
    resolver = Resolver({**(resources or {}), "": schema}, retrieve=retrieve_official)
    graph = Graph(resolver, assert_formats=asserts_formats)
    found = Evaluator(graph).violations(graph.entry("#"), value)
    assert graph.errors == []
    return [f"{write_tokens(one.pointer)} {one.keyword}".strip() for one in found]


# Against the official suite and other implementations


@pytest.mark.parametrize(
    "file",
    [
        name
        for name in (
            *suite.files(),
            *suite.files("optional"),
            *suite.files("optional/format"),
        )
        if name not in NOT_CLAIMED
    ],
)
def test_official_suite_is_passed(file: str) -> None:
    failures = [
        f"{case.description}: {test['description']}"
        for case in suite.cases(file)
        for test in case.tests
        if case.description != NEEDS_IDNA_TABLES
        and bool(
            violations(
                case.schema,
                test["data"],
                resources=suite.remotes(),
                asserts_formats="optional/format/" in file,
            )
        )
        is test["valid"]
    ]
    assert failures == []


@settings(
    max_examples=max(PAIRS // PAYLOADS, 1),
    deadline=None,
    derandomize=PAIRS <= 2000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.lists(VALUES, min_size=PAYLOADS, max_size=PAYLOADS))
def test_random_verdicts_are_those_of_jsonschema(
    schema: Any, payloads: list[Any]
) -> None:
    peer = Draft202012Validator(schema)
    for payload in payloads:
        assert (violations(schema, payload) == []) is peer.is_valid(payload)


@settings(
    max_examples=max(PAIRS // PAYLOADS // 2, 1),
    deadline=None,
    derandomize=PAIRS <= 2000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.lists(VALUES, min_size=PAYLOADS, max_size=PAYLOADS))
def test_random_violations_are_among_those_of_the_validator(
    schema: Any, payloads: list[Any]
) -> None:
    validator = compile_validator(schema)
    for payload in payloads:
        reported = {
            f"{one.pointer} {one.keyword}".strip()
            for one in validator.violations(payload)
        }
        assert reported == set(violations(schema, payload))


# Where verdicts depend on exact numbers


@pytest.mark.parametrize(
    ("schema", "value", "is_valid"),
    [
        ({"multipleOf": Decimal("0.01")}, Decimal("19.99"), True),
        ({"multipleOf": Decimal("0.01")}, Decimal("19.999"), False),
        ({"multipleOf": 0.1}, 0.3, True),
        ({"multipleOf": 7}, Decimal("7E+999999999"), True),
        ({"multipleOf": 7}, Decimal("8E+999999999"), False),
        ({"multipleOf": 10**30}, 10**60, True),
        ({"maximum": 0.1}, Decimal("0.1"), True),
        ({"maximum": 0.1}, Decimal("0.10000000000000000001"), False),
        ({"minimum": 10**40}, 10**40 - 1, False),
        ({"const": 1}, Decimal("1.00"), True),
        ({"const": 1}, True, False),
        ({"type": "integer"}, Decimal("1E+40"), True),
        ({"uniqueItems": True}, [1, Decimal("1.0")], False),
        ({"uniqueItems": True}, [1, True, "1", [1], {"1": 1}], True),
        ({"uniqueItems": True}, [{"a": [1, 2]}, {"a": [1.0, 2]}], False),
    ],
)
def test_numbers_are_compared_by_their_digits(
    schema: Any, value: Any, is_valid: bool
) -> None:
    assert (violations(schema, value) == []) is is_valid


# What a violation says


def test_violation_names_the_schema_that_states_the_keyword() -> None:
    schema: Any = {
        "properties": {"a": {"$ref": "#/$defs/short"}},
        "$defs": {"short": {"maxLength": 2}},
    }
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    (found,) = Evaluator(graph).violations(graph.entry("#"), {"a": "long"})
    assert found.pointer == ("a",)
    assert found.keyword == "maxLength"
    assert str(found.key.place) == "#/$defs/short"


def test_missing_property_is_named() -> None:
    graph = Graph(Resolver({"": {"required": ["a", "b"]}}), assert_formats=True)
    found = Evaluator(graph).violations(graph.entry("#"), {"b": 1})
    assert [(one.keyword, one.missing) for one in found] == [("required", "a")]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "NO_NAME"),
        ({"name": ""}, "BAD_NAME"),
        ({"name": "x", "size": 0}, "BAD_SIZE"),
        ({"name": "x", "other": 1}, "BAD"),
    ],
)
def test_code_is_that_of_the_nearest_schema(value: Any, code: str) -> None:
    schema: Any = {
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {
                "minLength": 1,
                "x-engross": {"code": {"required": "NO_NAME", "default": "BAD_NAME"}},
            },
            "size": {"$ref": "#/$defs/size"},
        },
        "x-engross": {"code": {"minimum": "BAD_SIZE", "default": "BAD"}},
        "$defs": {"size": {"minimum": 1}},
    }
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    (found,) = Evaluator(graph).violations(graph.entry("#"), value)
    assert found.code == code


def test_rule_is_judged_by_the_function_given() -> None:
    rule = {"id": "even", "cel": "self % 2 == 0", "message": "must be even"}
    schema: Any = {"type": "integer", "x-engross": {"rules": [rule]}}
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    evaluator = Evaluator(graph, lambda _key, _rule, value: value == 2)
    key = graph.entry("#")
    assert evaluator.is_valid(key, 2)
    assert [one.keyword for one in evaluator.violations(key, 3)] == ["rule"]
    assert [one.keyword for one in evaluator.violations(key, "2")] == ["type"]


# Directions


@pytest.mark.parametrize(
    ("direction", "missing"),
    [
        (Direction.REQUEST, ["secret"]),
        (Direction.RESPONSE, ["id"]),
        (Direction.EITHER, []),
    ],
)
def test_one_way_property_is_required_in_its_direction(
    direction: Direction, missing: list[str]
) -> None:
    schema: Any = {
        "required": ["id", "secret"],
        "properties": {"id": {"readOnly": True}, "secret": {"writeOnly": True}},
    }
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    found = Evaluator(graph).violations(graph.entry("#", direction), {})
    assert [one.missing for one in found] == missing


# Hostile schemas


def test_union_of_itself_ends() -> None:
    schema: Any = {"oneOf": [{"$ref": "#"}, {"type": "string"}]}
    graph = Graph(Resolver({"": schema}), assert_formats=True)
    assert isinstance(Evaluator(graph).is_valid(graph.entry("#"), "a"), bool)


def test_each_part_is_evaluated_once_however_many_ways_lead_to_it() -> None:
    definitions: dict[str, Any] = {
        f"level{depth}": {
            "anyOf": [
                {"properties": {"a": {"$ref": f"#/$defs/level{depth + 1}"}}},
                {"properties": {"a": {"$ref": f"#/$defs/level{depth + 1}"}}},
            ]
        }
        for depth in range(40)
    }
    schema: Any = {
        "$ref": "#/$defs/level0",
        "$defs": {**definitions, "level40": {"type": "string"}},
    }
    value: Any = 1
    for _ in range(40):
        value = {"a": value}
    assert violations(schema, value) == ["anyOf"]
