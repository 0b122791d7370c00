"""Which of the provider's errors each operation can raise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engross.contract import build
from engross.source import load

CONTRACT = """\
openapi: 3.1.1
info: { title: Ferry, version: "1" }
servers: [{ url: https://ferry.example }]
x-engross:
  errors: { code: [/code], codes: { %(codes)s } }
paths:
  /tickets:
    get:
      operationId: listTickets
      responses: { "200": { description: Tickets. }, %(listed)s }
    post:
      operationId: buyTicket
      x-engross: { retry: { class: keyed, key: $request.body#/key%(done)s } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } }
      responses: { "201": { description: Bought. }, %(bought)s }
components:
  schemas:
    Order:
      type: object
      required: [key]
      properties:
        key: { type: string, minLength: 1 }
        seats: { type: array, items: { $ref: "#/components/schemas/Seat" } }
    Seat:
      type: object
      properties: { row: { type: integer, %(row)s } }
%(seat)s
"""

Raised = Callable[..., dict[str, list[str]]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """Return the codes that each operation of a contract can raise."""

    def of(codes: str, **parts: str) -> dict[str, list[str]]:
        bad_request = '"400": { description: Refused. }'
        filled = {
            "listed": bad_request,
            "bought": bad_request,
            "done": "",
            "row": "minimum: 1",
            "seat": "",
        } | parts
        path = tmp_path / "ferry.yaml"
        path.write_text(CONTRACT % {"codes": codes, **filled})
        return {
            operation.label: [error.code for error in operation.errors]
            for operation in build(load(path, root=tmp_path)).operations
        }

    return of


def test_code_without_a_place_belongs_to_every_operation(raised: Raised) -> None:
    assert raised("CLOSED: { status: 400, meaning: Closed. }") == {
        "listTickets": ["CLOSED"],
        "buyTicket": ["CLOSED"],
    }


def test_status_that_an_operation_does_not_document_excludes_a_code(
    raised: Raised,
) -> None:
    found = raised(
        "GONE: { status: 410, meaning: Gone. }",
        listed='"4XX": { description: Refused. }',
    )
    assert found == {"listTickets": ["GONE"], "buyTicket": []}


def test_default_response_documents_every_status(raised: Raised) -> None:
    found = raised(
        "GONE: { status: 410, meaning: Gone. }",
        bought="default: { description: Refused. }",
    )
    assert found == {"listTickets": [], "buyTicket": ["GONE"]}


def test_code_in_a_nested_request_schema_belongs_to_its_operation(
    raised: Raised,
) -> None:
    found = raised(
        "BAD_ROW: { status: 400, meaning: No such row. }",
        row="minimum: 1, x-engross: { code: BAD_ROW }",
    )
    assert found == {"listTickets": [], "buyTicket": ["BAD_ROW"]}


def test_code_of_a_rule_belongs_to_the_operations_with_its_schema(
    raised: Raised,
) -> None:
    rule = "{ id: even, cel: self.row % 2 == 0, message: must be even, code: ODD }"
    found = raised(
        "ODD: { status: 400, meaning: Odd row. }",
        seat=f"      x-engross: {{ rules: [{rule}] }}",
    )
    assert found == {"listTickets": [], "buyTicket": ["ODD"]}


def test_code_of_a_used_key_belongs_to_the_keyed_operation(raised: Raised) -> None:
    found = raised(
        "USED: { status: 400, meaning: Used before. }", done=", done: [USED]"
    )
    assert found == {"listTickets": [], "buyTicket": ["USED"]}


def test_named_operations_take_precedence(raised: Raised) -> None:
    codes = "FULL: { status: 400, meaning: Full., operations: [listTickets] }"
    assert raised(codes) == {"listTickets": ["FULL"], "buyTicket": []}
