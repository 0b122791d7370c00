"""Inline members of unions are named by what they say they are, not by their numbers."""

import json
from pathlib import Path
from typing import Any

from engross.contract import build
from engross.emit.naming import python_names
from engross.source import load


def classes(folder: Path, schema: dict[str, Any]) -> set[str]:
    """Return the classes of a response with a schema, which is called `Reply`."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Reply"}}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            "/": {
                "get": {"responses": {"200": {"description": "", "content": content}}}
            }
        },
        "components": {"schemas": {"Reply": schema}},
    }
    file = folder / "shop.json"
    file.write_text(json.dumps(document))
    contract = build(load(file, root=folder))
    names = python_names(contract)
    return {names.class_of(definition) for definition in contract.definitions}


def member(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_member_with_a_constant_is_named_by_it(tmp_path: Path) -> None:
    source = {"oneOf": [member(kind={"const": kind}) for kind in ("card", "bank")]}
    found = classes(tmp_path, member(source=source))
    assert found == {"Reply", "ReplySource", "ReplySourceCard", "ReplySourceBank"}


def test_items_of_the_only_list_need_no_number(tmp_path: Path) -> None:
    rows = {"type": "array", "items": member(id={"type": "string"})}
    found = classes(tmp_path, member(rows={"oneOf": [rows, {"type": "string"}]}))
    assert found == {"Reply", "ReplyRows", "ReplyRowsItem"}
