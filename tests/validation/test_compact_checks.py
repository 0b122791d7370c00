"""Compact validators, as large packages have them, find what all validators find."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engross
from engross.schema.reader import graph_of
from engross.validation import (
    SchemaError,
    Support,
    Target,
    Units,
    Violation,
    assembled,
    compile_module,
    runtime,
    write_sections,
)

from . import suite
from .random_schemas import VALUES, documents
from .test_official_suite import OPTIONAL

TEMPLATES = Path(engross.__file__).parents[2] / "templates"
SOURCE = TEMPLATES / "python" / "package" / "_runtime" / "member_checks.py"

# Each schema is that of a member, checked by one call.
PLAIN: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "length": {"type": "string", "minLength": 2, "maxLength": 3},
    "least": {"type": "string", "minLength": 2},
    "most": {"type": "string", "maxLength": 3},
    "pattern": {"type": "string", "pattern": "^[a-c]{1,3}$"},
    "prefix": {"type": "string", "pattern": "^a", "maxLength": 3},
    "format": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": 1},
    "number": {"type": "number", "maximum": 2, "minimum": -1},
    "enum": {"type": "string", "enum": ["a", "bc"]},
    "nullable_enum": {"enum": ["a", None]},
    "part": {"$ref": "#/$defs/part"},
    "shared": {"$ref": "#/$defs/shared"},
    "part_or_null": {"anyOf": [{"$ref": "#/$defs/part"}, {"type": "null"}]},
    "text_or_part": {
        "anyOf": [{"type": "string", "maxLength": 3}, {"$ref": "#/$defs/part"}]
    },
    "text_or_deep_or_null": {
        "anyOf": [
            {"type": "string", "maxLength": 3},
            {"type": "null"},
            {"$ref": "#/$defs/deep"},
        ]
    },
    "list_of_parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
    "list_of_deep": {"type": "array", "items": {"$ref": "#/$defs/deep"}},
    "deep": {"$ref": "#/$defs/deep"},
    "deep_or_null": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/deep"}]},
}
PAYLOADS: tuple[object, ...] = (
    "",
    "a",
    "abc",
    "abcd",
    "2030-01-31",
    True,
    0,
    1.0,
    3,
    2.5,
    None,
    [],
    {},
    {"a": "text", "inner": {"inner": 1}},
    [{"a": 1}, {"a": "text"}, 1],
)


@pytest.fixture(scope="module")
def support() -> Support:
    """Return the names of the modules that compact validators import."""
    package = ModuleType("compact_support")
    package.__path__ = []
    spec = spec_from_file_location("compact_support.member_checks", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    checks = module_from_spec(spec)
    sys.modules |= {
        "compact_support": package,
        "compact_support.validation": runtime,
        "compact_support.member_checks": checks,
    }
    spec.loader.exec_module(checks)
    return Support(
        runtime.__name__, "engross.patterns.matching", "compact_support.member_checks"
    )


def both(schema: object, support: Support, *, formats: bool = False) -> list[Any]:
    """Return what lists violations, written out and compact, and the compact source."""
    documents = {**suite.remotes(), "": schema}
    target = Target("payload", "")
    plain = compile_module(
        [target], graph=graph_of(documents, assert_formats=formats), support=support
    )
    graph = graph_of(documents, assert_formats=formats)
    units = Units(graph, [target], lambda _: None, compact=True)
    compact = assembled(write_sections(units), support=support)
    listing = []
    for source in (plain, compact):
        namespace: dict[str, Any] = {}
        exec(compile(source, "<validators>", "exec"), namespace)
        listing.append(namespace["payload_violations"])
    return [*listing, compact]


@pytest.mark.parametrize("null", [False, True])
@pytest.mark.parametrize("required", [[], ["value"]])
@pytest.mark.parametrize("name", PLAIN)
def test_plain_members_are_checked_by_one_call_that_finds_the_same(
    support: Support, name: str, required: list[str], null: bool
) -> None:
    member = PLAIN[name]
    if null and isinstance(member.get("type"), str) and "enum" not in member:
        member = {**member, "type": [member["type"], "null"]}
    names = "abcdefghijklmnop"
    part = {"type": "object", "properties": {n: {"type": "integer"} for n in names}}
    schema = {
        "type": "object",
        "properties": {"value": member, "other": member, "third": member},
        "required": required,
        "$defs": {
            "part": part,
            "shared": {**part, "required": ["a", "b", "c"]},
            "deep": {**part, "properties": {"inner": {"$ref": "#/$defs/deep"}}},
        },
    }
    listed, compact, source = both(schema, support, formats=True)
    assert re.search(r'check\.\w+\(\s*"value"', source)
    for payload in ({}, *({"value": value} for value in PAYLOADS)):
        assert compact(payload) == listed(payload)


def test_missing_member_of_a_branch_is_reported_where_it_is_required(
    support: Support,
) -> None:
    names = "abcdefghijklmnop"
    part = {"type": "object", "properties": {n: {"type": "integer"} for n in names}}
    branch = {"properties": {"value": {"$ref": "#/$defs/part"}}, "required": ["value"]}
    schema = {"type": "object", "allOf": [branch], "$defs": {"part": part}}
    listed, compact, _ = both(schema, support)
    assert compact({}) == listed({})


def test_members_of_members_are_checked_by_calls_that_find_the_same(
    support: Support,
) -> None:
    inner = {
        "type": ["object", "null"],
        "properties": {
            "count": {"type": "integer"},
            "state": {"enum": ["on", "off"]},
            "tags": {"type": "array", "items": {"$ref": "#/$defs/part"}},
            "inside": {"type": "object", "properties": {"a": {"type": "string"}}},
        },
        "required": ["count"],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"value": inner},
        "required": ["value"],
        "$defs": {"part": {"properties": {n: {"type": "null"} for n in "abcdefgh"}}},
    }
    listed, compact, source = both(schema, support)
    assert "in_value = check.inner(" in source
    assert "in_value.each_part(" in source
    parts: list[object] = [None, 1, [], {}, {"a": 1}, [{"a": 1}, {"b": None}]]
    names = ("count", "state", "tags", "inside", "other")
    inners: list[object] = [*parts, *({n: part} for n in names for part in parts)]
    for payload in ({}, *({"value": value} for value in inners)):
        assert compact(payload) == listed(payload)


def test_no_variable_has_a_value_here_and_the_checks_of_members_there(
    support: Support,
) -> None:
    data = {"type": "object", "properties": {"a": {"type": "string"}}}
    plain = {"type": "object", "properties": {"data": data}}
    read = {"type": "object", "properties": {"data": {**data, "minProperties": 1}}}
    schema = {"type": "object", "properties": {"one": plain, "two": read}}
    *_, source = both(schema, support)
    assigned = re.findall(r"^ *(\w+) = (\w+)\.(\w+)", source, re.MULTILINE)
    checks = {variable for variable, _, method in assigned if method == "inner"}
    values = {variable for variable, _, method in assigned if method == "payload"}
    assert checks
    assert values
    assert not checks & values


@pytest.mark.parametrize("file", [*suite.files(), *OPTIONAL])
def test_the_official_suite_finds_the_same(support: Support, file: str) -> None:
    for case in suite.cases(file):
        listed, compact, _ = both(case.schema, support)
        for test in case.tests:
            found: tuple[Violation, ...] = compact(test["data"])
            assert (not found) is test["valid"], test["description"]
            assert found == listed(test["data"])


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.lists(VALUES, min_size=5, max_size=5))
def test_random_schemas_find_the_same(
    support: Support, schema: Any, payloads: list[Any]
) -> None:
    try:
        listed, compact, _ = both(schema, support)
    except SchemaError:
        return
    for payload in payloads:
        assert compact(payload) == listed(payload)
