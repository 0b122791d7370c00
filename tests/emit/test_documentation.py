"""What docstrings of an emitted package say."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engross.contract import build
from engross.emit import emit
from engross.source import load

CONTRACT = """\
openapi: 3.1.1
info: { title: Ferry, version: "1" }
servers: [{ url: https://ferry.example }]
x-engross:
  package: ferry
  discrepancies:
    unclear-date:
      kind: unclear
      says: One date for two days.
      chosen: Text.
      because: Nothing tells them apart.
      %(caller)s
paths:
  /tickets:
    post:
      operationId: buyTicket
      summary: Buy a ticket
      description: %(description)s
      x-engross:
        method: tickets.buy
        retry: { class: %(retry)s }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              title: Order
              description: An order.
              required: [seats]
              properties:
                seats: { %(seats)s, x-engross: { discrepancy: unclear-date } }
      responses:
        "204": { description: Bought. }
"""

Field = Callable[..., str]
Method = Callable[..., str]


def emitted(folder: Path, **parts: str) -> dict[str, bytes]:
    filled = {
        "caller": "",
        "description": "Buy a ticket for one day.",
        "retry": "unsafe",
        "seats": "type: integer, description: Seats.",
    } | parts
    (folder / "ferry.yaml").write_text(CONTRACT % filled)
    return emit(build(load(folder / "ferry.yaml", root=folder)))


@pytest.fixture
def field(tmp_path: Path) -> Field:
    """Return the docstring of the one field."""

    def of(**parts: str) -> str:
        content = emitted(tmp_path, **parts)["ferry/models.py"]
        (model,) = (
            node for node in ast.parse(content).body if isinstance(node, ast.ClassDef)
        )
        text = model.body[-1]
        assert isinstance(text, ast.Expr)
        return " ".join(str(ast.literal_eval(text.value)).split())

    return of


@pytest.fixture
def method(tmp_path: Path) -> Method:
    """Return the docstring of the one method."""

    def of(**parts: str) -> str:
        content = emitted(tmp_path, **parts)["ferry/resources/tickets.py"]
        functions = (
            node
            for node in ast.walk(ast.parse(content))
            if isinstance(node, ast.FunctionDef) and node.name == "buy"
        )
        return str(ast.get_docstring(next(functions)))

    return of


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        (
            "type: integer, minimum: 3, description: Seats.",
            "Seats. Must be at least 3.",
        ),
        (
            "type: integer, exclusiveMinimum: 0, description: Seats. More than zero.",
            "Seats. More than zero.",
        ),
        (
            "type: array, minItems: 1, items: {}, description: Seats; at least one.",
            "Seats; at least one.",
        ),
        ("type: string, minLength: 1, description: Seat.", "Seat. Must not be empty."),
        (
            "type: string, maxLength: 10, description: Seat of row 100.",
            "Seat of row 100. At most 10 characters.",
        ),
        (
            "type: number, maximum: 2.5, description: Up to 2.5 metres.",
            "Up to 2.5 metres.",
        ),
        (
            "type: number, maximum: 2.5, description: Deck 2.",
            "Deck 2. Must be at most 2.5.",
        ),
        ("type: integer, default: 20, description: Seats.", "Seats. Default: 20."),
        (
            "type: number, enum: [1.5, 2], x-enum-varnames: [Bow, Stern], description: Seat.",
            "Seat. 1.5 is Bow, 2 is Stern.",
        ),
        (
            "type: string, contentMediaType: application/json, description: Seats.",
            "Seats. Holds application/json.",
        ),
    ],
)
def test_limit_is_stated_once(field: Field, schema: str, shown: str) -> None:
    assert field(seats=schema) == shown


def test_discrepancy_shows_what_a_caller_must_do(field: Field) -> None:
    shown = field(caller="caller: Ask the ferry which day is meant.")
    assert shown == "Seats. Ask the ferry which day is meant."


def test_discrepancy_without_advice_is_left_out(field: Field) -> None:
    assert field() == "Seats."


def test_argument_shows_what_a_caller_must_do(method: Method) -> None:
    shown = method(caller="caller: Ask the ferry which day is meant.")
    assert "    seats: Seats. Ask the ferry which day is meant.\n" in shown


def test_summary_that_the_description_repeats_is_left_out(method: Method) -> None:
    assert method().splitlines()[:2] == ["Buy a ticket for one day.", ""]


def test_description_follows_a_summary_of_its_own(method: Method) -> None:
    shown = method(description="Valid for one day.")
    assert shown.startswith("Buy a ticket.\n\nValid for one day.\n\n")


def test_unknown_outcome_is_raised_by_unsafe_methods_only(method: Method) -> None:
    assert "OutcomeUnknownError" in method(retry="unsafe")
    assert "OutcomeUnknownError" not in method(retry="safe")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>Buys a <code>Ticket</code>.</p>", "Buys a `Ticket`."),
        ("<p>One.</p><p>Two &amp; more.</p>", "One.\n\nTwo & more."),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        (
            '<p>See <a href="https://ferry.example/a">the page</a>, <a href="/b">b</a>.</p>',
            "See [the page](https://ferry.example/a), b.",
        ),
        ("<p>Send <b>Bearer</b> <api_key>.</p>", "Send **Bearer** <api_key>."),
        ("Send Bearer <api_key> if a < b.", "Send Bearer <api_key> if a < b."),
        ("Write `<br/>` for a new line.", "Write `<br/>` for a new line."),
    ],
)
def test_html_of_a_description_is_shown_as_markdown(
    written: str, shown: str, tmp_path: Path
) -> None:
    files = emitted(tmp_path, description=json.dumps(written))
    method = files["ferry/resources/tickets.py"].decode()
    for paragraph in shown.split("\n\n"):
        assert paragraph.replace("\n", "\n        ") in method


def test_readme_does_not_call_what_it_cannot_answer(tmp_path: Path) -> None:
    unknown = {"type": "string", "pattern": "^(?=a)b"}
    replies = {
        status: {
            "description": "It.",
            "content": {"application/json": {"schema": schema}},
        }
        for status, schema in {
            "200": {"type": "object", "required": ["a"], "properties": {"a": unknown}},
            "202": {"type": "object", "properties": {"b": {"type": "integer"}}},
        }.items()
    }
    listed = {"204": {"description": "Done."}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Ferry", "version": "1"},
        "servers": [{"url": "https://ferry.example"}],
        "paths": {
            "/trips": {"get": {"operationId": "listTrips", "responses": replies}},
            "/ports": {"get": {"operationId": "listPorts", "responses": listed}},
        },
    }
    path = tmp_path / "ferry.json"
    path.write_text(json.dumps(document))
    readme = emit(build(load(path, root=tmp_path)))["README.md"].decode()
    assert "client.ports.list()" in readme
    assert "client.trips.list()" not in readme
