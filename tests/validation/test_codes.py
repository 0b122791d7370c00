"""Provider codes, which `x-engross` maps violations to."""

from __future__ import annotations

from typing import Any

import pytest

from engross.validation import SchemaError, compile_validator


def codes(schema: Any, payload: object) -> list[tuple[str, str, str | None]]:
    return [
        (found.pointer, found.keyword, found.code)
        for found in compile_validator(schema).violations(payload)
    ]


def coded(code: Any, **keywords: Any) -> dict[str, Any]:
    return {**keywords, "x-engross": {"code": code}}


def test_the_nearest_enclosing_schema_with_a_code_wins() -> None:
    schema = coded(
        "BAD_INVOICE",
        properties={
            "customer": coded(
                "BAD_CUSTOMER",
                properties={"email": {"type": "string"}},
            ),
            "note": {"type": "string"},
        },
    )
    payload = {"customer": {"email": 1}, "note": 2}
    assert codes(schema, payload) == [
        ("/customer/email", "type", "BAD_CUSTOMER"),
        ("/note", "type", "BAD_INVOICE"),
    ]


def test_a_code_can_depend_on_the_keyword() -> None:
    schema = coded(
        {"minLength": "TOO_SHORT", "default": "BAD"}, minLength=2, pattern="^a"
    )
    assert codes(schema, "b") == [
        ("", "minLength", "TOO_SHORT"),
        ("", "pattern", "BAD"),
    ]


def test_a_keyword_without_a_code_takes_that_of_a_schema_further_out() -> None:
    schema = coded(
        "OUTER",
        properties={"a": coded({"minLength": "SHORT"}, minLength=2, pattern="^a")},
    )
    assert codes(schema, {"a": "b"}) == [
        ("/a", "minLength", "SHORT"),
        ("/a", "pattern", "OUTER"),
    ]


def test_a_missing_member_has_the_code_of_its_own_schema() -> None:
    schema = coded(
        "BAD_REQUEST",
        required=["id", "items", "note", "ref"],
        properties={
            "id": coded({"required": "ID_MISSING"}, type="string"),
            "items": coded("BAD_ITEMS", type="array"),
            "note": {"type": "string"},
            "ref": {"$ref": "#/$defs/ref"},
        },
    ) | {"$defs": {"ref": coded({"required": "REF_MISSING"}, type="string")}}
    assert [code for _, _, code in codes(schema, {})] == [
        "ID_MISSING",
        "BAD_ITEMS",
        "BAD_REQUEST",
        "REF_MISSING",
    ]


def test_a_referenced_schema_takes_the_code_of_where_it_is_used() -> None:
    item = {
        "type": "object",
        "required": ["code", "quantity"],
        "properties": {
            "code": {"type": "string"},
            "quantity": coded("BAD_QUANTITY", type="integer", minimum=1),
            "price": {"type": "number"},
            "name": {"type": "string"},
        },
    }
    schema = {
        "$defs": {"item": item},
        "properties": {
            "lines": coded("BAD_LINES", items={"$ref": "#/$defs/item"}),
            "other": {"$ref": "#/$defs/item"},
        },
    }
    payload = {"lines": [{"code": 1, "quantity": 0}], "other": {"quantity": 1}}
    assert codes(schema, payload) == [
        ("/lines/0/code", "type", "BAD_LINES"),
        ("/lines/0/quantity", "minimum", "BAD_QUANTITY"),
        ("/other", "required", None),
    ]


def test_a_rule_has_its_own_code_or_that_of_its_schema() -> None:
    rules = [
        {"id": "one", "cel": "self.a > 1", "message": "too small", "code": "RULE"},
        {"id": "two", "cel": "self.a > 2", "message": "too small"},
    ]
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer"}},
        "x-engross": {"code": "BAD", "rules": rules},
    }
    assert codes(schema, {"a": 0}) == [("", "rule", "RULE"), ("", "rule", "BAD")]


@pytest.mark.parametrize("code", [5, {"type": 5}, ["A"]])
def test_a_code_that_is_no_text_is_refused(code: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_validator(coded(code))
    assert str(caught.value.at) == "#/x-engross/code"


def test_codes_of_parts_do_not_disturb_the_rules_around_them() -> None:
    part = {
        "type": "object",
        "required": ["a", "b", "c", "d"],
        "properties": {"a": {"type": "integer"}},
    }
    rule = {"id": "r", "cel": "self.total > 9", "message": "too small", "code": "SMALL"}
    schema = {
        "$defs": {"part": part},
        "type": "object",
        "required": ["total", "part"],
        "properties": {
            "total": {"type": "integer", "maximum": 5},
            "part": coded("BAD_PART", **{"$ref": "#/$defs/part"}),
        },
        "x-engross": {"rules": [rule]},
    }
    payload = {"total": 7, "part": {"a": "x", "b": 1, "c": 1, "d": 1}}
    assert codes(schema, payload) == [
        ("/total", "maximum", None),
        ("/part/a", "type", "BAD_PART"),
    ]
    assert codes(schema, {**payload, "total": 1}) == [
        ("/part/a", "type", "BAD_PART"),
        ("", "rule", "SMALL"),
    ]
