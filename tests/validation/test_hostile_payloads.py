"""Payloads made to hang or crash a validator get an answer, in bounded time."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from engross.validation import compile_validator
from engross.validation.runtime import MAX_DEPTH
from tests.effort import within

TREE: dict[str, Any] = {
    "type": "object",
    "properties": {"child": {"$ref": "#"}, "children": {"items": {"$ref": "#"}}},
}


def nested(levels: int, member: str = "child") -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for _ in range(levels):
        payload = {member: payload}
    return payload


def test_a_payload_within_the_depth_limit_is_checked() -> None:
    validator = compile_validator(TREE)
    assert validator.is_valid(nested(MAX_DEPTH))
    deep = nested(MAX_DEPTH - 1)
    inner = deep
    while inner:
        inner = inner["child"]
    inner["child"] = 5
    assert validator.violations(deep)[0].pointer == "/child" * MAX_DEPTH


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 5_000, 200_000])
def test_deeper_payloads_are_a_violation_not_a_crash(levels: int) -> None:
    validator = compile_validator(TREE)
    deep = nested(levels)
    with within(2):
        assert not validator.is_valid(deep)
        (found,) = validator.violations(deep)
    assert found.keyword == "depth"
    assert found.message == "is nested more than 256 levels deep, or holds itself"
    while deep:  # taken apart by hand: freeing it at once would recurse as well
        deep = deep.pop("child")


def test_a_stack_that_is_nearly_full_is_a_violation_too() -> None:
    validator = compile_validator(TREE)

    def at_depth(frames: int) -> tuple[bool, int]:
        if frames:
            return at_depth(frames - 1)
        payload = nested(200)
        return validator.is_valid(payload), len(validator.violations(payload))

    used = 0
    frame: Any = sys._getframe()
    while frame:
        used, frame = used + 1, frame.f_back
    assert at_depth(sys.getrecursionlimit() - used - 100) == (False, 1)


def test_an_object_that_holds_itself_is_a_violation() -> None:
    payload: dict[str, Any] = {}
    payload["child"] = payload
    payload["children"] = [payload, payload]
    validator = compile_validator(TREE)
    with within(1):
        assert not validator.is_valid(payload)
        assert [each.keyword for each in validator.violations(payload)] == ["depth"]


def test_a_list_that_holds_itself_is_not_unique_nor_a_crash() -> None:
    payload: list[Any] = [1]
    payload.append(payload)
    validator = compile_validator({"uniqueItems": True})
    assert not validator.is_valid(payload)
    assert [each.keyword for each in validator.violations(payload)] == ["depth"]


def test_alternatives_that_recurse_are_asked_once_for_each_part() -> None:
    """Else each level asks twice: 2**200 questions."""
    branch: dict[str, Any] = {
        "properties": {"next": {"$ref": "#"}},
        "required": ["value"],
    }
    schema = {
        "type": "object",
        "anyOf": [
            {**branch, "properties": {**branch["properties"], "value": {"const": n}}}
            for n in range(2)
        ],
    }
    payload: dict[str, Any] = {"value": 2}
    for level in range(200):
        payload = {"value": level % 2, "next": payload}
    validator = compile_validator(schema)
    with within(2):
        assert not validator.is_valid(payload)
        (found,) = validator.violations(payload)
        assert "/next/value must be" in found.message


def test_schemas_that_apply_twice_report_once() -> None:
    schema = {
        "$defs": {"base": {"properties": {"next": {"$ref": "#"}}}},
        "type": "object",
        "allOf": [{"$ref": "#/$defs/base"}, {"properties": {"next": {"$ref": "#"}}}],
    }
    payload: object = 5
    for _ in range(200):
        payload = {"next": payload}
    validator = compile_validator(schema)
    with within(2):
        assert not validator.is_valid(payload)
        assert len(validator.violations(payload)) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": True}, "additionalProperties": False},
        {"patternProperties": {"^a": True}, "additionalProperties": False},
        {"patternProperties": {"^a": {"type": "null"}}},
        {"propertyNames": {"maxLength": 3}},
        {
            "anyOf": [{"required": ["b"]}, {"patternProperties": {"b": True}}],
            "unevaluatedProperties": False,
        },
    ],
)
def test_names_that_are_no_text_are_violations_where_names_matter(schema: Any) -> None:
    validator = compile_validator(schema)
    for name in (1, None, (1, 2), b"a"):
        assert not validator.is_valid({name: None})
        assert validator.violations({name: None})


def test_huge_arrays_take_linear_time() -> None:
    validator = compile_validator({"uniqueItems": True})
    with within(5):
        assert validator.is_valid([str(n) for n in range(200_000)])
        assert validator.is_valid([{"id": n} for n in range(100_000)])
        # Python hashes all of these to the same number.
        assert validator.is_valid([n * (2**61 - 1) for n in range(20_000)])
        assert validator.is_valid([[n * (2**61 - 1)] for n in range(20_000)])
        assert not validator.is_valid([*range(200_000), 7.0])


def test_numbers_that_would_fill_the_memory_are_answered() -> None:
    huge = [Decimal("1e999999"), Decimal("1e-999999"), 10**20_000, -(10**20_000)]
    schema = {"items": {"type": "number", "multipleOf": 0.7, "maximum": 0.1}}
    validator = compile_validator(schema)
    with within(2):
        assert not validator.is_valid(huge)
        assert [str(each) for each in validator.violations(huge)]
        assert compile_validator({"uniqueItems": True}).is_valid(huge)
        assert not compile_validator({"const": 1}).is_valid(huge[0])


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 100_000 + "!"),
        ("^(a|a)*$", "a" * 100_000 + "!"),
        ("^([a-z]+)*$", "a" * 100_000 + "!"),
        (r"^(\w+\s?)*$", "a " * 50_000 + "!"),
        ("(.*)(.*)(.*)x", "a" * 100_000),
        (r"^[^@]+@[^@]+\.[^@]+$", "a@" + "." * 100_000 + "@"),
        ("^(a?){40}a{40}$", "a" * 39),
        ("x+x+y", "x" * 100_000),
        (r"\s+$", " " * 100_000 + "!"),
        ("^$|^(b+)+$", "b" * 100_000 + "!"),
    ],
)
def test_catastrophic_patterns_are_matched_in_linear_time(
    pattern: str, text: str
) -> None:
    validator = compile_validator({"type": "string", "pattern": pattern})
    with within(2):
        assert not validator.is_valid(text)
        assert validator.violations(text)


def test_payloads_of_other_python_types_are_violations() -> None:
    class Unfriendly:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        __hash__ = None  # type: ignore[assignment]

    schemas: list[Any] = [
        {"type": "string"},
        {"enum": [1, 2.5, None]},
        {"enum": ["a", "b"]},
        {"enum": [str(n) for n in range(9)]},
        {"const": "a"},
        {"const": None},
        {"const": [1]},
        False,
    ]
    for schema in schemas:
        validator = compile_validator(schema)
        for value in (Unfriendly(), {1}, (1,), object()):
            assert not validator.is_valid(value)
            assert validator.violations(value)[0].message
