"""What a contract's bodies become: what callers may give, and how it is announced."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.contract import build
from engross.contract.ir import Contract
from engross.emit import emit
from engross.source.loader import load

TEXT = {"type": "string"}
BINARY = {"type": "string", "format": "binary"}
OBJECT = {"type": "object", "properties": {"id": {"type": "integer"}}}


def contract(
    folder: Path, media_type: str, schema: Any, *, required: bool = True
) -> Contract:
    """A contract with one operation that takes a body."""
    media = {} if schema is None else {"schema": schema}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Depot", "version": "1"},
        "servers": [{"url": "https://depot.example.com"}],
        "paths": {
            "/things": {
                "post": {
                    "operationId": "put",
                    "requestBody": {
                        "required": required,
                        "content": {media_type: media},
                    },
                    "responses": {"204": {"description": "stored"}},
                }
            }
        },
    }
    path = folder / "depot.yaml"
    path.write_text(yaml.safe_dump(document))
    return build(load(path, root=folder))


@pytest.mark.parametrize(
    ("media_type", "schema", "sent_as", "parameter"),
    [
        ("application/octet-stream", BINARY, "application/octet-stream", "RawBody"),
        ("application/pdf", None, "application/pdf", "RawBody"),
        ("application/pdf", {}, "application/pdf", "RawBody"),
        ("application/xml", OBJECT, "application/xml", "RawBody"),
        ("application/soap+xml", TEXT, "application/soap+xml", "RawBody"),
        ("text/csv", {"type": "array", "items": TEXT}, "text/csv", "RawBody"),
        ("text/plain", TEXT, "text/plain", "RawBody"),
        ("text/plain", {"type": "integer"}, "text/plain", "int"),
        ("text/*", TEXT, "text/plain", "RawBody"),
        ("image/*", BINARY, "application/octet-stream", "RawBody"),
        ("*/*", BINARY, "application/octet-stream", "RawBody"),
        ("*/*", None, "application/octet-stream", "RawBody"),
        ("*/*", {"type": "array", "items": TEXT}, "application/json", "Sequence[str]"),
        ("application/json", None, "application/json", "object"),
        ("text/json", TEXT, "text/json", "str"),
        (
            "application/x-www-form-urlencoded",
            TEXT,
            "application/x-www-form-urlencoded",
            "RawBody",
        ),
        (
            "application/x-www-form-urlencoded",
            None,
            "application/x-www-form-urlencoded",
            "Mapping[str, object]",
        ),
    ],
)
def test_a_body_is_announced_and_taken_as_its_media_type_allows(
    media_type: str, schema: Any, sent_as: str, parameter: str, tmp_path: Path
) -> None:
    files = emit(contract(tmp_path, media_type, schema))
    method = files["depot/resources/things.py"].decode()
    operations = files["depot/operations.py"].decode()

    assert f"body: {parameter}," in method
    found = re.search(r'Body\(\s*"([^"]+)"', operations)
    assert found is not None
    assert found[1] == sent_as


@pytest.mark.parametrize(
    ("schema", "parameter"),
    [
        (BINARY, "content: File,"),
        ({"type": "array", "items": BINARY}, "content: Sequence[File],"),
        ({**BINARY, "type": ["string", "null"]}, "content: File | None,"),
        (TEXT, "content: str,"),
    ],
)
def test_files_are_given_as_files_in_parts(
    schema: Any, parameter: str, tmp_path: Path
) -> None:
    whole = {
        "type": "object",
        "required": ["content"],
        "properties": {"content": schema},
    }
    files = emit(contract(tmp_path, "multipart/form-data", whole))
    assert parameter in files["depot/resources/things.py"].decode()


def test_an_example_that_is_no_text_is_none_of_a_body_sent_as_it_is(
    tmp_path: Path,
) -> None:
    made = contract(tmp_path, "application/xml", {**OBJECT, "example": {"id": 1}})
    (operation,) = made.operations
    assert [each.value for each in operation.request_examples] == ["content"]


NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}


def test_optional_body_that_can_only_be_empty_is_no_argument(tmp_path: Path) -> None:
    form = "application/x-www-form-urlencoded"
    (operation,) = contract(tmp_path, form, NOTHING, required=False).operations
    assert operation.body is None


def test_body_that_is_required_though_it_can_only_be_empty_is_sent(
    tmp_path: Path,
) -> None:
    (operation,) = contract(tmp_path, "application/json", NOTHING).operations
    assert operation.body is not None


def test_optional_body_that_may_have_other_members_is_an_argument(
    tmp_path: Path,
) -> None:
    anything = {"type": "object"}
    body = contract(tmp_path, "application/json", anything, required=False)
    assert body.operations[0].body is not None


@pytest.mark.parametrize(
    "condition",
    [
        {
            "if": {"properties": {"id": {"const": 1}}},
            "then": {"required": ["reason"]},
        },
        {
            "if": {"properties": {"id": {"const": 1}}},
            "else": {"properties": {"reason": TEXT}},
        },
        {"if": {"properties": {"reason": {"const": 1}}}, "then": {"required": ["id"]}},
        {"dependentRequired": {"id": ["reason"]}},
        {"dependentRequired": {"reason": ["id"]}},
        {"dependentSchemas": {"id": {"required": ["reason"]}}},
        {"allOf": [{"if": {"required": ["id"]}, "then": {"required": ["reason"]}}]},
    ],
)
def test_member_that_only_a_condition_names_is_an_argument(
    condition: dict[str, Any], tmp_path: Path
) -> None:
    files = emit(contract(tmp_path, "application/json", OBJECT | condition))
    method = files["depot/resources/things.py"].decode()
    assert "reason: object | UnsetType = UNSET," in method


def test_member_that_an_object_cannot_have_is_no_argument(tmp_path: Path) -> None:
    closed = {
        **OBJECT,
        "additionalProperties": False,
        "dependentRequired": {"id": ["reason"]},
    }
    files = emit(contract(tmp_path, "application/json", closed))
    assert "reason" not in files["depot/resources/things.py"].decode()
