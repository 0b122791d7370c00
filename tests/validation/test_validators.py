"""What a compiled validator says about payloads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engross.validation import Violation, compile_validator


def violations(schema: Any, payload: object) -> list[tuple[str, str]]:
    return [
        (found.pointer, found.keyword)
        for found in compile_validator(schema).violations(payload)
    ]


def test_a_valid_payload_has_no_violations() -> None:
    validator = compile_validator({"type": "object", "required": ["a"]})
    assert validator.is_valid({"a": 1})
    assert validator.violations({"a": 1}) == ()


def test_all_violations_are_found_at_once() -> None:
    schema = {
        "type": "object",
        "required": ["id", "items"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "minLength": 3, "pattern": "^[a-z]+$"},
            "items": {
                "type": "array",
                "maxItems": 1,
                "items": {"type": "integer", "minimum": 0, "multipleOf": 2},
            },
        },
    }
    assert violations(schema, {"id": "A", "items": [-1, "x"], "more": 1}) == [
        ("/id", "minLength"),
        ("/id", "pattern"),
        ("/items", "maxItems"),
        ("/items/0", "minimum"),
        ("/items/0", "multipleOf"),
        ("/items/1", "type"),
        ("/more", "additionalProperties"),
    ]
    assert violations(schema, {}) == [("", "required"), ("", "required")]


def test_a_violation_says_where_what_and_why() -> None:
    schema = {"properties": {"a/b": {"exclusiveMinimum": 0}}}
    (found,) = compile_validator(schema).violations({"a/b": 0})
    assert found == Violation(
        pointer="/a~1b",
        keyword="exclusiveMinimum",
        message="must be greater than 0, got 0",
        expected=0,
        actual=0,
        schema_pointer="#/properties/a~1b/exclusiveMinimum",
        code=None,
    )
    assert str(found) == "/a~1b: must be greater than 0, got 0"


def test_a_violation_cannot_be_changed() -> None:
    (found,) = compile_validator(False).violations(1)
    with pytest.raises(AttributeError):
        found.message = "all is well"  # type: ignore[misc]


def test_a_violation_survives_pickling_and_compares_by_what_it_says() -> None:
    import copy
    import pickle

    (found,) = compile_validator({"anyOf": [{"const": 1}, {"const": 2}]}).violations(3)
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)
    assert len({found, copy.copy(found)}) == 1
    assert repr(found).startswith("Violation('', 'anyOf', 'fits none of 2")


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"type": "integer"}, [1, 1.0, Decimal("1.0"), 2**80], [True, 1.5, "1"]),
        ({"type": "number"}, [1, 1.5, Decimal("0.1")], [False, "1", None]),
        ({"type": "boolean"}, [True, False], [0, 1, "true"]),
        ({"const": 1}, [1, 1.0, Decimal(1)], [True, "1", 2]),
        ({"const": True}, [True], [1, 1.0, "true"]),
        ({"const": 0}, [0, 0.0, -0.0], [False, None, ""]),
        ({"enum": [0, "a", None]}, [0, "a", None, 0.0], [False, "", "b"]),
        ({"const": [1, {"a": True}]}, [[1.0, {"a": True}]], [[1, {"a": 1}], [True]]),
        ({"const": 0.1}, [0.1, Decimal("0.1"), Decimal("0.10")], [Decimal("0.11")]),
        ({"uniqueItems": True}, [[1, True], [0, False], ["1", 1]], [[1, 1.0]]),
        (
            {"uniqueItems": True},
            [[[1], [True]], [{"a": 1}, {"a": 2}]],
            [[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [0.1, Decimal("0.1")]],
        ),
    ],
)
def test_values_are_those_of_json_not_of_python(
    schema: Any, valid: list[object], invalid: list[object]
) -> None:
    validator = compile_validator(schema)
    assert [each for each in valid if not validator.is_valid(each)] == []
    assert [each for each in invalid if validator.is_valid(each)] == []
    assert [each for each in valid if validator.violations(each)] == []
    assert [each for each in invalid if not validator.violations(each)] == []


@pytest.mark.parametrize(
    ("divisor", "multiples", "others"),
    [
        (0.01, [0.07, 19.99, Decimal("1.10"), 4, 1e22], [0.001, Decimal("1.005")]),
        (Decimal("0.1"), [0.3, 1.1, 2**70], [0.25]),
        (1e-8, [12391239123, 1.5], [1e-9]),
        (3, [2**200 * 3, Decimal("9e30")], [10**30 + 1, Decimal("1e1000000")]),
        (7, [0, 0.0], [Decimal("1e-1000000")]),
    ],
)
def test_multiples_are_exact(
    divisor: object, multiples: list[object], others: list[object]
) -> None:
    validator = compile_validator({"multipleOf": divisor})
    assert [each for each in multiples if not validator.is_valid(each)] == []
    assert [each for each in others if validator.is_valid(each)] == []


@pytest.mark.parametrize("number", [0.1, Decimal("0.1")])
@pytest.mark.parametrize("bound", [0.1, Decimal("0.1")])
def test_a_bound_means_its_digits_not_the_nearest_float(
    bound: object, number: object
) -> None:
    assert compile_validator({"minimum": bound, "maximum": bound}).is_valid(number)
    assert not compile_validator({"exclusiveMinimum": bound}).is_valid(number)
    assert not compile_validator({"exclusiveMaximum": bound}).is_valid(number)


@pytest.mark.parametrize(
    "number",
    [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("inf")],
)
def test_what_json_cannot_write_is_no_number(number: object) -> None:
    validator = compile_validator({"type": "number"})
    assert not validator.is_valid(number)
    (found,) = validator.violations(number)
    assert found.keyword == "type"
    assert not compile_validator({"type": "integer"}).is_valid(number)


def test_a_wrong_type_is_reported_once_however_often_it_is_asked_for() -> None:
    schema = {
        "$defs": {"base": {"type": "object", "required": ["a"]}},
        "allOf": [{"$ref": "#/$defs/base"}, {"type": "object"}],
        "type": "object",
    }
    assert violations(schema, 5) == [("", "type")]


def test_types_that_exclude_each_other_are_told_apart_by_the_value() -> None:
    schema = {
        "anyOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "null"},
        ]
    }
    assert violations(schema, None) == []
    assert violations(schema, {"a": 1}) == [("/a", "type")]
    (found,) = compile_validator(schema).violations("x")
    assert found.message == "must be null or an object, got 'x'"


def test_the_nearest_alternative_says_what_it_lacks() -> None:
    schema = {
        "oneOf": [
            {
                "properties": {
                    "kind": {"const": "card"},
                    "number": {"type": "string", "minLength": 12},
                },
                "required": ["kind", "number"],
            },
            {
                "properties": {
                    "kind": {"const": "bank"},
                    "iban": {"type": "string"},
                },
                "required": ["kind", "iban"],
            },
        ]
    }
    payload = {"kind": "card", "number": "4111"}
    (found,) = compile_validator(schema).violations(payload)
    assert (found.pointer, found.keyword) == ("", "oneOf")
    assert found.message == (
        "fits none of 2 alternatives; in the nearest, "
        "/number must have at least 12 characters, got 4: '4111'"
    )


def test_a_slip_in_one_of_several_values_makes_no_other_alternative_nearer() -> None:
    schema = {
        "anyOf": [
            {
                "properties": {"image": {"type": "string"}, "cpu": {"enum": [1, 2]}},
                "required": ["image"],
                "additionalProperties": False,
            },
            {"properties": {"assets": True}, "additionalProperties": False},
        ]
    }
    (found,) = compile_validator(schema).violations({"image": "shop", "cpu": 3})
    assert found.message == (
        "fits none of 2 alternatives; in the nearest, /cpu must be one of 1 or 2, got 3"
    )


def test_one_of_tells_which_alternatives_fit_together() -> None:
    schema = {"oneOf": [{"minimum": 1}, {"maximum": 5}, {"const": "x"}]}
    (found,) = compile_validator(schema).violations(3)
    assert found.message == "must fit one alternative of 3 alone, fits 1 and 2"


def test_unknown_members_are_named_one_by_one_in_their_order() -> None:
    schema = {"properties": {"a": True}, "additionalProperties": False}
    payload = {"z": 1, "a": 2, "b~/c": 3}
    assert violations(schema, payload) == [
        ("/z", "additionalProperties"),
        ("/b~0~1c", "additionalProperties"),
    ]


def test_members_that_a_failed_alternative_might_know_are_not_blamed() -> None:
    schema = {
        "anyOf": [
            {"properties": {"a": {"const": 1}}, "required": ["a"]},
            {"properties": {"b": {"const": 1}}, "required": ["b"]},
        ],
        "unevaluatedProperties": False,
    }
    assert violations(schema, {"a": 2}) == [("", "anyOf")]
    assert violations(schema, {"a": 1, "c": 1}) == [("/c", "unevaluatedProperties")]


def test_subclasses_of_dict_list_and_str_are_payloads_too() -> None:
    from collections import OrderedDict, defaultdict
    from enum import StrEnum

    class Colour(StrEnum):
        RED = "red"

    schema = {
        "type": "object",
        "required": ["colour"],
        "properties": {"colour": {"enum": ["red", "green"]}, "more": {"type": "array"}},
    }
    validator = compile_validator(schema)
    assert validator.is_valid(OrderedDict(colour=Colour.RED))
    empty: defaultdict[str, object] = defaultdict(list)
    assert not validator.is_valid(empty)
    assert validator.violations(empty)
    assert empty == {}


def test_the_source_is_the_module_that_validates() -> None:
    validator = compile_validator({"type": "string"})
    namespace: dict[str, Any] = {}
    exec(validator.source, namespace)
    assert namespace["is_payload"]("x")
    assert namespace["payload_violations"](1) == validator.violations(1)


def test_resources_are_found_by_their_uri_and_by_their_id() -> None:
    resources: dict[str, Any] = {
        "file:///a.json": {
            "$id": "https://x.example/a",
            "$anchor": "top",
            "type": "null",
        }
    }
    for reference in (
        "file:///a.json",
        "https://x.example/a",
        "https://x.example/a#top",
    ):
        validator = compile_validator({"$ref": reference}, resources=resources)
        assert validator.is_valid(None)
        assert not validator.is_valid(0)


def test_official_meta_schema_is_known_without_being_given() -> None:
    validator = compile_validator(
        {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    )
    assert validator.is_valid({"properties": {"a": {"type": "string"}}})
    assert not validator.is_valid({"properties": {"a": {"type": "text"}}})


def test_extended_meta_schema_applies_to_all_subschemas() -> None:
    validator = compile_validator(
        {
            "$id": "https://x.example/strict",
            "$dynamicAnchor": "meta",
            "allOf": [{"$ref": "https://json-schema.org/draft/2020-12/schema"}],
            "propertyNames": {"not": {"const": "title"}},
        }
    )
    assert validator.is_valid({"properties": {"a": {"type": "string"}}})
    assert not validator.is_valid({"properties": {"a": {"title": "A"}}})
