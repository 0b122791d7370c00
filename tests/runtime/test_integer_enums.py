"""Enums of integers that the author named: read, sent, and told apart in unions."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from tests.runtime.rendered import SYNC, contract, module, operation, package
from tests.runtime.server import Server
from tests.runtime.test_unions import class_of, holder, obj, read, received, ref

LEVEL = {"type": "integer", "enum": [0, 1, 99], "x-enum-varnames": ["Gone", "On", "X"]}
TEXT = holder(ref("Level"), Level=LEVEL)


def test_named_integer_is_a_member(server: Server) -> None:
    level = read(TEXT, server, 1)
    assert level is module(TEXT, "models").Level.ON
    assert (level, level + 1, str(level)) == (1, 2, "1")


def test_unknown_integer_is_kept(server: Server) -> None:
    level = received(TEXT, server, 7)
    assert (class_of(level), level) == ("Level", 7)
    assert pickle.loads(pickle.dumps(level)) == copy.deepcopy(level) == level
    assert list(module(TEXT, "models").Level) == [0, 1, 99]


def test_integer_may_be_written_with_a_fraction_of_zero(server: Server) -> None:
    found = SYNC.received(TEXT, server, "things.read", {"value": 1.0}).value
    assert found is module(TEXT, "models").Level.ON


@pytest.mark.parametrize("value", ["1", 1.5])
def test_what_is_no_integer_is_refused(value: Any) -> None:
    models = module(TEXT, "models")
    with pytest.raises(ValueError, match="is not a valid Level"):
        models.Level(value)
    with pytest.raises(ValueError, match="expected types"):
        models.Holder.from_dict({"value": value})


def test_member_and_integer_are_sent_alike(server: Server) -> None:
    level = module(TEXT, "models").Level
    for value in (level.X, 99):
        sent = SYNC.sent(TEXT, server, "things.create", value=value)
        assert sent.json() == {"value": 99}


def test_unknown_integer_is_refused_in_a_request(server: Server) -> None:
    with pytest.raises(package(TEXT).RequestInvalidError, match="/value"):
        SYNC.sent(TEXT, server, "things.create", value=7)


def test_named_integer_is_written_in_a_query(server: Server) -> None:
    levels = {"type": "array", "items": LEVEL}
    parameters = [
        {"name": "level", "in": "query", "schema": LEVEL},
        {"name": "levels", "in": "query", "schema": levels},
    ]
    listed = operation("listThings", parameters=parameters)
    text = contract({"/things": {"get": listed}})
    gone = next(
        kind.GONE
        for kind in vars(module(text, "models")).values()
        if hasattr(kind, "GONE")
    )
    sent = SYNC.sent(text, server, "things.list", level=gone, levels=[gone, 99])
    assert sent.target.partition("?")[2] == "level=0&levels=0&levels=99"


@pytest.mark.parametrize(
    ("union", "value", "expected"),
    [
        ([ref("Level"), {"type": "integer"}], 1, "Level"),
        ([ref("Level"), {"type": "integer"}], 7, "int"),
        ([ref("Level"), {"type": "string"}], 7, "Level"),
        ([ref("Level"), {"type": "string"}], "7", "str"),
        ([ref("Level"), {"type": "number"}], 1.5, "float"),
        ([ref("Level"), {"type": "null"}], 7, "Level"),
        ([ref("Level"), ref("Other")], 2, "Other"),
        ([ref("Level"), ref("Other")], 7, "Level"),
        ([ref("Level"), {"type": "boolean"}], True, "bool"),
    ],
)
def test_member_that_knows_the_integer_wins(
    union: Any, value: Any, expected: str, server: Server
) -> None:
    other = {"type": "integer", "enum": [2, 3], "x-enum-varnames": ["Two", "Three"]}
    text = holder({"anyOf": union}, Level=LEVEL, Other=other)
    found = received(text, server, value)
    assert (class_of(found), found) == (expected, value)


def test_named_integers_tell_members_of_a_union_apart(server: Server) -> None:
    first = {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["One", "Two"]}
    second = {"type": "integer", "enum": [3, 4], "x-enum-varnames": ["Three", "Four"]}
    text = holder(
        {"anyOf": [ref("First"), ref("Second")]},
        First=obj("kind", kind=first),
        Second=obj("kind", kind=second),
    )
    assert class_of(read(text, server, {"kind": 4})) == "Second"
    assert class_of(read(text, server, {"kind": 1})) == "First"


def test_blank_enum_knows_only_the_empty_text(server: Server) -> None:
    text = holder(
        {"oneOf": [ref("Status"), ref("BlankEnum"), ref("NullEnum")]},
        Status={"type": "string", "enum": ["on", "off"]},
        BlankEnum={"enum": [""]},
        NullEnum={"enum": [None]},
    )
    names = [class_of(received(text, server, value)) for value in ("on", "", None, "x")]
    assert names == ["Status", "BlankEnum", "NoneType", "Status"]
