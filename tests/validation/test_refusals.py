"""What the compiler cannot honour, it refuses, and says where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from engross.validation import SchemaError, compile_validator

MALFORMED: list[tuple[Any, str]] = [
    (5, "#"),
    ({"type": "text"}, "#/type"),
    ({"type": ["string", "string"]}, "#/type"),
    ({"type": []}, "#/type"),
    ({"enum": "a"}, "#/enum"),
    ({"minimum": "1"}, "#/minimum"),
    ({"maximum": True}, "#/maximum"),
    ({"maximum": float("inf")}, "#/maximum"),
    ({"multipleOf": 0}, "#/multipleOf"),
    ({"minLength": -1}, "#/minLength"),
    ({"maxItems": 1.5}, "#/maxItems"),
    ({"uniqueItems": "yes"}, "#/uniqueItems"),
    ({"required": "a"}, "#/required"),
    ({"required": [1]}, "#/required"),
    ({"dependentRequired": {"a": "b"}}, "#/dependentRequired"),
    ({"properties": []}, "#/properties"),
    ({"properties": {"a": 5}}, "#/properties/a"),
    ({"items": [{}]}, "#/items"),
    ({"allOf": []}, "#/allOf"),
    ({"anyOf": {}}, "#/anyOf"),
    ({"not": None}, "#/not"),
    ({"pattern": 5}, "#/pattern"),
    ({"$id": 5}, "#/$id"),
    ({"$id": "https://x.example/a#b"}, "#/$id"),
    ({"$anchor": 5}, "#/$anchor"),
    ({"$ref": 5}, "#/$ref"),
    ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "#/properties/a"),
    ({"$ref": "#nowhere"}, "#"),
    ({"$ref": "https://x.example/absent"}, "#"),
    ({"$schema": "https://x.example/unknown"}, "#/$schema"),
    ({"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}, "#/$defs/b/$anchor"),
]


@pytest.mark.parametrize(("schema", "pointer"), MALFORMED)
def test_a_malformed_schema_is_refused_where_it_is_malformed(
    schema: Any, pointer: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_validator(schema)
    assert str(caught.value.at) == pointer
    assert caught.value.message in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"type": "null"}, {"not": {"$ref": "#"}}]},
        {
            "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
            "$ref": "#/$defs/a",
        },
        {"if": {"$ref": "#"}, "then": True},
    ],
)
def test_a_schema_that_applies_to_one_value_without_end_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaError, match="without end"):
        compile_validator(schema)


def test_a_required_vocabulary_that_is_unknown_is_refused() -> None:
    meta = {
        "$id": "https://x.example/meta",
        "$vocabulary": {"https://x.example/vocab/units": True},
    }
    with pytest.raises(SchemaError, match=r"https://x\.example/vocab/units"):
        compile_validator(
            {"$schema": "https://x.example/meta"}, resources={"meta": meta}
        )


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    schema: Any = True
    for _ in range(500):
        schema = {"not": schema}
    with pytest.raises(SchemaError, match="too deeply"):
        compile_validator(schema)


def test_two_schemas_with_one_uri_are_refused() -> None:
    twins: dict[str, Any] = {
        "a": {"$id": "https://x.example/s", "type": "null"},
        "b": {"$id": "https://x.example/s", "type": "string"},
    }
    with pytest.raises(SchemaError, match="two schemas"):
        compile_validator(True, resources=twins)


def test_unknown_keywords_and_formats_are_annotations() -> None:
    schema = {"x-unit": "kg", "format": "colour", "units": {"type": "nonsense"}}
    validator = compile_validator(schema, assert_formats=True)
    assert validator.is_valid("anything")


def test_what_is_malformed_in_the_same_words_is_refused_at_each_place() -> None:
    part = {"properties": {"a": {"minimum": "1"}}}
    with pytest.raises(SchemaError) as caught:
        compile_validator({"properties": {"b": part, "c": part}})
    assert sorted(str(each.at) for each in (caught.value, *caught.value.others)) == [
        "#/properties/b/properties/a/minimum",
        "#/properties/c/properties/a/minimum",
    ]
