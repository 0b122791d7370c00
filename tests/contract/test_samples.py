"""Values that are made up for what a contract shows no example of."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from engross.contract.samples import EVERYTHING, NECESSARY, Sampler
from engross.contract.schemas import Schemas
from engross.source import Location

TEXT = {"type": "string"}


def sampled(schema: Any, *, complete: bool = False) -> Any:
    """A sample of a schema."""
    full = EVERYTHING if complete else NECESSARY
    return Sampler(Schemas({"s": schema}), full).sample(Location("s"))


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        {"type": "string", "pattern": "^(EUR|USD)$", "minLength": 3},
        {"type": "string", "minLength": 12},
        {"type": "string", "maxLength": 2},
        {"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4},
        {"type": "number", "maximum": 0.5},
        {"type": "array", "items": TEXT, "minItems": 2},
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
        {"oneOf": [{"type": "object", "minProperties": 1}, TEXT]},
        {"enum": ["only"]},
        {"const": 7},
    ],
)
def test_a_sample_meets_its_schema(schema: Any, complete: bool) -> None:
    jsonschema.validate(sampled(schema, complete=complete), schema)


def test_the_smallest_sample_has_what_must_be_there_and_no_more() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": TEXT, "b": TEXT, "c": {"type": "array", "items": TEXT}},
    }
    assert sampled(schema) == {"a": "text"}
    assert sampled(schema, complete=True) == {"a": "text", "b": "text", "c": ["text"]}


def test_what_the_schema_shows_itself_comes_first() -> None:
    assert sampled({"type": "string", "examples": ["shown"]}) == "shown"
    assert sampled({"type": "string", "default": "usual"}) == "usual"


@pytest.mark.parametrize("keyword", ["minItems", "minProperties"])
def test_absurd_numbers_are_not_met(keyword: str) -> None:
    kind = "array" if keyword == "minItems" else "object"
    assert len(sampled({"type": kind, keyword: 10**12})) < 100
