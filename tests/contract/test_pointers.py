"""Pointers of `x-engross` are read once; escapes and empty names survive."""

from pathlib import Path

import pytest

from engross.contract import build
from engross.contract.ir import Contract
from engross.source import load
from engross.source.expression import Expression, Message, Part
from engross.source.pointer import Pointer

TEXT = """\
openapi: 3.1.1
info: { title: Quay, version: "1", license: { name: MIT, identifier: MIT } }
servers: [{ url: https://quay.example }]
x-engross:
  errors:
    code: [/error~1code]
    message: [/messages/0/~0text]
    failure: { at: /is~1ok, equals: [false] }
    codes: { TAKEN: { meaning: Taken., status: 409 } }
paths:
  /boxes:
    get:
      operationId: listBoxes
      parameters: [{ name: cursor, in: query, schema: { type: string } }]
      x-engross:
        pagination: { style: cursor, cursor: cursor, items: //boxes, next: /page~1next }
      responses:
        "200":
          description: Boxes.
          content:
            application/json:
              schema:
                type: object
                properties:
                  "page/next": { type: [string, "null"] }
                  "is/ok": { type: boolean }
                  "":
                    type: object
                    properties: { boxes: { type: array, items: { type: object } } }
    post:
      operationId: createBox
      x-engross:
        retry:
          class: keyed
          because: One key makes one box.
          key: $request.body#/ref~1id
          done: [TAKEN]
          read: { operationId: getBox, parameters: { ref: "$request.body#/ref~1id" } }
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [ref/id], properties: { ref/id: { type: string } } }
      responses:
        "201": { description: Made. }
        "409":
          description: Taken.
          content:
            application/json:
              schema:
                type: object
                properties:
                  "error/code": { type: string }
                  messages:
                    type: array
                    items: { type: object, properties: { "~text": { type: string } } }
  /boxes/{ref}:
    get:
      operationId: getBox
      parameters: [{ name: ref, in: path, required: true, schema: { type: string } }]
      responses: { "204": { description: A box. } }
"""
KEY = Expression(Message.REQUEST, Part.BODY, pointer=Pointer(("ref/id",)))


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    path = tmp_path / "quay.yaml"
    path.write_text(TEXT)
    return build(load(path, root=tmp_path))


def test_pointers_of_pagination_are_unescaped(contract: Contract) -> None:
    pagination = contract.operations[0].pagination
    assert pagination is not None
    assert pagination.items == ("", "boxes")
    assert pagination.next == Pointer(("page/next",))
    assert str(pagination.next) == "/page~1next"


def test_pointers_of_errors_are_unescaped(contract: Contract) -> None:
    errors = contract.errors
    assert errors.code == (Pointer(("error/code",)),)
    assert errors.message == (Pointer(("messages", "0", "~text")),)
    assert errors.failure is not None
    assert errors.failure.at == Pointer(("is/ok",))


def test_expressions_of_retries_are_parsed(contract: Contract) -> None:
    retry = contract.operations[1].retry
    assert retry.key == KEY
    assert retry.read is not None
    assert retry.read.parameters == (("ref", KEY),)
