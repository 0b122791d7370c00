"""Each schema that needs functions gets its own, under names that nothing else has."""

from __future__ import annotations

from typing import Any

import pytest

from engross.schema.reader import graph_of
from engross.schema.tree import Direction
from engross.validation import (
    Support,
    Target,
    compile_module,
    compile_validator,
    runtime,
)


def compiled(targets: list[Target], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return what the module of some targets defines."""
    source = compile_module(
        targets,
        graph=graph_of({"s": {"$defs": definitions}}),
        support=Support(runtime.__name__),
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace


def with_rule(rule_id: str, cel: str) -> dict[str, Any]:
    """Return the schema of an object with a total, under one rule."""
    rule = {"id": rule_id, "cel": cel, "message": "the total is wrong"}
    return {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "integer"}},
        "x-engross": {"rules": [rule]},
    }


def test_rule_never_takes_the_name_of_another_schema() -> None:
    module = compiled(
        [Target("check", "s#/$defs/check"), Target("amount", "s#/$defs/amount")],
        {"check": with_rule("amount", "self.total > 5"), "amount": {"type": "string"}},
    )
    assert module["check_violations"]({"total": 5})[0].keyword == "rule"
    assert module["check_violations"]({"total": 6}) == ()
    assert module["amount_violations"](1)[0].keyword == "type"


def test_one_schema_in_two_dynamic_scopes_has_functions_for_each() -> None:
    def tree_of(kind: str) -> dict[str, Any]:
        return {
            "$id": f"https://x.example/{kind}",
            "$dynamicAnchor": "leaf",
            "anyOf": [{"type": kind}, {"$ref": "tree"}],
        }

    tree: dict[str, Any] = {
        "$id": "https://x.example/tree",
        "$defs": {"leaf": {"$dynamicAnchor": "leaf", "type": "null"}},
        "type": "array",
        "items": {"$dynamicRef": "#leaf"},
    }
    validator = compile_validator(
        {
            "type": "object",
            "properties": {
                "texts": {"$ref": "https://x.example/string"},
                "numbers": {"$ref": "https://x.example/number"},
            },
        },
        resources={
            schema["$id"]: schema
            for schema in (tree, tree_of("string"), tree_of("number"))
        },
    )
    assert validator.is_valid({"texts": ["a", ["b"]], "numbers": [1, [2]]})
    assert not validator.is_valid({"texts": ["a", [2]]})
    assert not validator.is_valid({"numbers": [1, ["b"]]})


ACCOUNT = {
    "type": "object",
    "required": ["id", "secret", "owner"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "secret": {"type": "string", "writeOnly": True},
        "owner": {"$ref": "#/$defs/owner"},
    },
}
OWNER = {
    "type": "object",
    "required": ["id", "name", "mail", "city", "street", "country"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string"},
        "mail": {"type": "string"},
        "city": {"type": "string"},
        "street": {"type": "string"},
        "country": {"type": "string"},
    },
}


def test_target_of_a_direction_requires_what_that_direction_has() -> None:
    module = compiled(
        [
            Target("sent", "s#/$defs/account", direction=Direction.REQUEST),
            Target("received", "s#/$defs/account", direction=Direction.RESPONSE),
        ],
        {"account": ACCOUNT, "owner": OWNER},
    )
    owner = dict.fromkeys(["name", "mail", "city", "street", "country"], "x")
    sent = {"secret": "s", "owner": owner}
    received = {"id": "1", "owner": {"id": "2", **owner}}
    assert module["sent_violations"](sent) == ()
    assert module["received_violations"](received) == ()
    assert [
        (violation.pointer, violation.expected)
        for violation in module["received_violations"](sent)
    ] == [("", "id"), ("/owner", "id")]
    assert [
        (violation.pointer, violation.expected)
        for violation in module["sent_violations"](received)
    ] == [("", "secret")]


def test_functions_of_a_direction_are_named_for_it() -> None:
    module = compiled(
        [
            Target("sent", "s#/$defs/account", direction=Direction.REQUEST),
            Target("received", "s#/$defs/account", direction=Direction.RESPONSE),
        ],
        {"account": ACCOUNT, "owner": OWNER},
    )
    assert {"_check_owner_request", "_check_owner_response"} <= module.keys()


def test_two_targets_of_one_name_are_refused() -> None:
    targets = [Target("same", "s#/$defs/a"), Target("same", "s#/$defs/b")]
    with pytest.raises(ValueError, match="two targets are named 'same'"):
        compiled(targets, {"a": {"type": "null"}, "b": {"type": "string"}})
