"""The predicates of schemas agree with a full validator of JSON Schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engross.source.predicates import Dialect, UnknownKeywordError, compile_predicate

SUITE = Path(__file__).parents[1] / "validation/official/tests/draft2020-12"
PLAIN = Dialect(refer=lambda _text: None, formats={})

TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0, "", "ab"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.integers(0, 3)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    many = st.lists(inner, min_size=1, max_size=3)
    by_name = st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    names = st.lists(st.sampled_from("abc"), unique=True, max_size=2)
    types = st.sampled_from(TYPES)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": types | st.lists(types, min_size=1, unique=True, max_size=3),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "minimum": st.integers(-2, 2),
            "maximum": st.integers(-2, 2),
            "exclusiveMinimum": st.integers(-2, 2),
            "exclusiveMaximum": st.integers(-2, 2),
            "multipleOf": st.sampled_from([0.5, 1, 2]),
            "minLength": COUNTS,
            "maxLength": COUNTS,
            "pattern": st.sampled_from(["a", "^b", "^$"]),
            "minItems": COUNTS,
            "maxItems": COUNTS,
            "uniqueItems": st.booleans(),
            "items": inner,
            "prefixItems": many,
            "minProperties": COUNTS,
            "maxProperties": COUNTS,
            "required": names,
            "dependentRequired": st.dictionaries(
                st.sampled_from("abc"), names, max_size=2
            ),
            "properties": by_name,
            "patternProperties": st.dictionaries(st.just("^[ab]"), inner, max_size=1),
            "additionalProperties": inner,
            "propertyNames": inner,
            "allOf": many,
            "anyOf": many,
            "oneOf": many,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


SCHEMAS = st.recursive(
    st.booleans(), lambda inner: st.booleans() | keywords(inner), max_leaves=5
)


def fits(schema: Any, value: Any) -> bool:
    check = compile_predicate(schema, PLAIN)
    return check is None or check(value)


@settings(deadline=None, max_examples=400)
@given(SCHEMAS, VALUES)
def test_a_predicate_agrees_with_a_full_validator(schema: Any, value: Any) -> None:
    assert fits(schema, value) == Draft202012Validator(schema).is_valid(value)


def suite() -> Iterator[Any]:
    for file in sorted(SUITE.glob("*.json")):
        for group in json.loads(file.read_bytes()):
            for test in group["tests"]:
                name = f"{file.stem}: {group['description']}: {test['description']}"
                yield pytest.param(
                    group["schema"], test["data"], test["valid"], id=name
                )


def test_predicates_pass_the_test_suite_of_json_schema() -> None:
    wrong, told = [], 0
    for schema, data, valid in (case.values for case in suite()):
        text = json.dumps(schema)
        if "$ref" in text or "\\p{" in text:  # what Python's patterns lack, fits
            continue
        try:
            fit = fits(schema, data)
        except UnknownKeywordError:
            continue
        told += 1
        if fit != valid:
            wrong.append((schema, data, valid))
    assert told > 700
    assert wrong == []
