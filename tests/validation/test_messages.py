"""Messages that a person understands without the schema at hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engross.validation import compile_validator

CASES: list[tuple[Any, object, str]] = [
    ({"type": "string"}, 5, "must be a string, got 5"),
    ({"type": "integer"}, "5", "must be an integer, got '5'"),
    ({"type": ["string", "null"]}, True, "must be null or a string, got true"),
    ({"type": "array"}, {"a": 1}, "must be a list, got an object with 1 member"),
    ({"type": "object"}, [1, 2], "must be an object, got a list of 2 items"),
    ({"type": "boolean"}, None, "must be true or false, got null"),
    ({"type": "string"}, b"x", "must be a string, got a value of type bytes"),
    ({"enum": ["EN", "FR"]}, "DE", "must be one of 'EN' or 'FR', got 'DE'"),
    ({"enum": [1, None]}, 2, "must be one of 1 or null, got 2"),
    ({"enum": ["only"]}, 2, "must be 'only', got 2"),
    ({"const": {"a": [1]}}, {}, "must be {'a': [1]}, got an object with 0 members"),
    ({"minimum": 1}, 0, "must be at least 1, got 0"),
    ({"maximum": Decimal("9.99")}, 10, "must be at most 9.99, got 10"),
    ({"exclusiveMinimum": 0}, -1.5, "must be greater than 0, got -1.5"),
    ({"exclusiveMaximum": 5}, 5, "must be less than 5, got 5"),
    ({"multipleOf": 0.01}, 0.005, "must be a multiple of 0.01, got 0.005"),
    ({"minLength": 1}, "", "must not be empty"),
    ({"minLength": 3}, "ab", "must have at least 3 characters, got 2: 'ab'"),
    ({"maxLength": 1}, "ab", "must have at most 1 character, got 2: 'ab'"),
    ({"pattern": "^[A-Z]{3}$"}, "usd", "must match the pattern ^[A-Z]{3}$, got 'usd'"),
    ({"minItems": 1}, [], "must not be empty"),
    ({"minItems": 3}, [1], "must have at least 3 items, got 1"),
    ({"maxItems": 1}, [1, 2], "must have at most 1 item, got 2"),
    (
        {"uniqueItems": True},
        [1, "a", "a"],
        "must not hold equal items; items 1 and 2 are both 'a'",
    ),
    (
        {"contains": {"type": "null"}},
        [1],
        "must hold at least 1 item of the kind asked for",
    ),
    (
        {"contains": True, "maxContains": 2},
        [1, 2, 3],
        "must hold at most 2 items of the kind asked for",
    ),
    ({"required": ["email"]}, {}, "'email' is required, and missing"),
    (
        {"dependentRequired": {"card": ["cvv"]}},
        {"card": 1},
        "'cvv' is required where 'card' is given, and missing",
    ),
    ({"minProperties": 1}, {}, "must not be empty"),
    ({"maxProperties": 1}, {"a": 1, "b": 2}, "must have at most 1 member, got 2"),
    (
        {"propertyNames": {"maxLength": 1}},
        {"ab": 1},
        "has a name that is not allowed: 'ab'",
    ),
    ({"additionalProperties": False}, {"a": "x"}, "is not allowed here, got 'x'"),
    ({"properties": {"a": False}}, {"a": 1}, "is not allowed here, got 1"),
    ({"unevaluatedItems": False}, [7], "is not allowed here, got 7"),
    ({"not": {"const": "x"}}, "x", "must not be what the contract excludes, got 'x'"),
]


@pytest.mark.parametrize(("schema", "payload", "message"), CASES)
def test_the_message_says_what_is_asked_and_what_was_found(
    schema: Any, payload: object, message: str
) -> None:
    (found,) = compile_validator(schema).violations(payload)
    assert found.message == message


def test_a_format_is_shown_by_an_example() -> None:
    validator = compile_validator({"format": "date-time"}, assert_formats=True)
    (found,) = validator.violations("tomorrow")
    assert found.message == (
        "must be an instant such as 2030-01-31T09:30:00Z, got 'tomorrow'"
    )


def test_long_values_are_shortened() -> None:
    text = "x" * 2000
    (found,) = compile_validator({"maxLength": 9}).violations(text)
    assert found.message == (
        f"must have at most 9 characters, got 2,000: '{'x' * 60}'... (2,000 characters)"
    )
    assert found.actual == text
    (found,) = compile_validator({"const": 1}).violations(10**5000)
    assert found.message == "must be 1, got an integer of 16,610 bits"
    (found,) = compile_validator({"enum": [str(n) for n in range(40)]}).violations("x")
    assert "'0', '1', '10'" in found.message
    assert found.message.endswith("... (40 in all), got 'x'")
