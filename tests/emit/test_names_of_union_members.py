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


TEXT = {"type": "string"}


def test_member_is_named_by_its_title(tmp_path: Path) -> None:
    members = [member(id=TEXT) | {"title": title} for title in ("Email", "User ID")]
    found = classes(tmp_path, member(by={"oneOf": members}))
    assert found == {"Reply", "ReplyBy", "Email", "UserId"}


def test_titles_that_others_have_too_end_the_names(tmp_path: Path) -> None:
    by = {"oneOf": [member(id=TEXT) | {"title": title} for title in ("Email", "User")]}
    found = classes(tmp_path, member(by=by, of=by))
    assert {"ReplyByEmail", "ReplyByUser"} <= found


def test_objects_are_named_by_what_the_others_lack(tmp_path: Path) -> None:
    members = [member(hits=TEXT, page=TEXT), member(hits=TEXT, limit=TEXT)]
    found = classes(tmp_path, member(info={"anyOf": members}))
    assert found == {"Reply", "ReplyInfo", "ReplyInfoWithPage", "ReplyInfoWithLimit"}


def test_objects_are_named_by_what_they_alone_require(tmp_path: Path) -> None:
    members = [
        member(by=TEXT, source=TEXT) | {"required": [name]} for name in ("by", "source")
    ]
    found = classes(tmp_path, member(site={"anyOf": members}))
    assert found == {"Reply", "ReplySite", "ReplySiteWithBy", "ReplySiteWithSource"}


def test_lists_are_named_by_their_items(tmp_path: Path) -> None:
    lists = [
        {"type": "array", "items": member(**{name: TEXT})} for name in ("up", "left")
    ]
    found = classes(tmp_path, member(way={"oneOf": lists}))
    items = {"ReplyWayWithUpItem", "ReplyWayWithLeftItem"}
    assert found == {"Reply", "ReplyWay", *items}


def test_members_that_say_the_same_get_numbers(tmp_path: Path) -> None:
    members = [
        member(code={"const": "long"}, text={"const": text}) for text in ("a", "b")
    ]
    found = classes(tmp_path, member(issue={"anyOf": members}))
    assert found == {"Reply", "ReplyIssue", "ReplyIssueLong", "ReplyIssueLong2"}
