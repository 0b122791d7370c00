"""A package, and the tests in it, grow with the document and not with its square."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source.loader import load

ROOM: Final = 1.15
"""How much more than the document a package may grow."""


def document(operations: int, schemas: int) -> dict[str, Any]:
    """Return a document whose operations all send and return one tree of schemas.

    Each schema has members with limits, and holds three others, one of them in a list.
    """
    return {
        "openapi": "3.1.1",
        "info": {"title": "Envelopes", "version": "1"},
        "servers": [{"url": "https://envelopes.example"}],
        "paths": {
            f"/envelopes/{number}": {"post": _operation(number)}
            for number in range(operations)
        },
        "components": {
            "schemas": {
                f"Part{number}": _part(number, schemas) for number in range(schemas)
            }
        },
    }


def _operation(number: int) -> dict[str, Any]:
    whole = {"schema": {"$ref": "#/components/schemas/Part0"}}
    content = {"application/json": whole}
    return {
        "operationId": f"sendEnvelope{number}",
        "tags": ["envelopes"],
        "summary": "Send an envelope.",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "The envelope.", "content": content}},
    }


def _part(number: int, schemas: int) -> dict[str, Any]:
    members: dict[str, Any] = {
        f"label{number}": {"type": "string", "minLength": 2, "maxLength": 40},
        f"count{number}": {"type": "integer", "minimum": 1, "maximum": 99},
        f"state{number}": {"type": "string", "enum": ["new", "sent", "done"]},
        f"note{number}": {"type": ["string", "null"]},
    }
    for below in range(3 * number + 1, min(3 * number + 4, schemas)):
        reference = {"$ref": f"#/components/schemas/Part{below}"}
        is_list = below % 3 == 0
        member = {"type": "array", "items": reference} if is_list else reference
        members[f"part{below}"] = member
    return {"type": "object", "required": [f"label{number}"], "properties": members}


class Sizes(NamedTuple):
    """Bytes of a package, and of the tests in it."""

    package: int
    tests: int


@cache
def sizes(operations: int, schemas: int) -> Sizes:
    """Return the sizes of what is made of a document."""
    text = json.dumps(document(operations, schemas))
    with TemporaryDirectory() as folder:
        source = Path(folder) / "envelopes.json"
        source.write_text(text, encoding="utf-8")
        files = emit(build(load(source, root=source.parent)))
    tests = [content for path, content in files.items() if path.startswith("tests/")]
    return Sizes(sum(map(len, files.values())), sum(map(len, tests)))


@pytest.mark.parametrize("part", ["package", "tests"])
def test_twice_the_operations_take_twice_the_room(part: str) -> None:
    few, more, most = (sizes(count, 30) for count in (10, 20, 40))

    first, second = (
        getattr(larger, part) - getattr(smaller, part)
        for smaller, larger in ((few, more), (more, most))
    )

    assert second <= 2 * first * ROOM


@pytest.mark.parametrize("part", ["package", "tests"])
def test_twice_the_schemas_take_twice_the_room(part: str) -> None:
    few, more, most = (sizes(10, count) for count in (15, 30, 60))

    first, second = (
        getattr(larger, part) - getattr(smaller, part)
        for smaller, larger in ((few, more), (more, most))
    )

    assert second <= 2 * first * ROOM


@pytest.mark.parametrize("part", ["package", "tests"])
def test_operation_takes_no_more_room_for_schemas_that_others_send(part: str) -> None:
    small, large = (
        getattr(sizes(20, schemas), part) - getattr(sizes(10, schemas), part)
        for schemas in (15, 60)
    )

    assert large <= small * ROOM
