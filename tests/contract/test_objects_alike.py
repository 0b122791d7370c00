"""Objects that large documents describe again and again."""

from pathlib import Path
from unittest.mock import patch

from engross.contract import build
from engross.contract.ir import Contract, Model
from tests.source.contracts import loaded

DOCUMENT = """\
openapi: 3.1.1
info: { title: Books, version: "1" }
paths:
  /books:
    post:
      operationId: createBook
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/NewBook" } } }
      responses:
        "200":
          description: Done.
          content: { application/json: { schema: { $ref: "#/components/schemas/Book" } } }
  /shelves:
    post:
      operationId: createShelf
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                place: &place { type: object, properties: { row: { type: integer } } }
                cover: { $ref: "#/components/schemas/Unused/properties/cover" }
                books: &books { type: array, items: { $ref: "#/components/schemas/Book" } }
      responses:
        "200":
          description: Done.
          content:
            application/json:
              schema:
                type: object
                properties: { place: *place, books: *books, tree: { $ref: "#/components/schemas/Tree" } }
components:
  schemas:
    NewBook:
      type: object
      properties:
        place: *place
        size: &size { type: object, properties: { kind: { enum: [thin, thick] }, place: *place } }
    Book:
      type: object
      properties:
        place: *place
        size: *size
        sequels: *books
    Tree:
      type: object
      properties:
        cover: { enum: [hard, soft] }
        first: &branch { type: array, items: { $ref: "#/components/schemas/Branch" } }
    Branch:
      type: object
      properties:
        more: *branch
        place: *place
    Unused:
      type: object
      properties: { place: *place, cover: { enum: [hard, soft] } }
"""


def contract(folder: Path) -> Contract:
    """The contract of the document, as if it had hundreds of types."""
    with patch("engross.contract.shared_definitions.MOST_WITH_OWN_NAMES", 2):
        return build(loaded(folder, DOCUMENT))


def models(found: Contract) -> list[str]:
    """The places of the models."""
    return [
        str(each.at.pointer) for each in found.definitions if isinstance(each, Model)
    ]


def test_objects_in_the_same_words_are_one_model_in_each_direction(
    tmp_path: Path,
) -> None:
    schemas = "/components/schemas"
    body = "/content/application~1json/schema"
    assert models(contract(tmp_path)) == [
        f"{schemas}/NewBook",
        f"{schemas}/NewBook/properties/place",
        f"{schemas}/NewBook/properties/size",
        f"{schemas}/Book",
        f"{schemas}/Book/properties/place",
        f"{schemas}/Book/properties/size",
        f"{schemas}/Tree",
        f"{schemas}/Branch",
        f"{schemas}/Branch/properties/place",
        f"{schemas}/Unused",
        f"{schemas}/Unused/properties/place",
        f"/paths/~1shelves/post/requestBody{body}",
        f"/paths/~1shelves/post/responses/200{body}",
    ]


def test_what_is_read_once_is_what_is_read_at_each_place(tmp_path: Path) -> None:
    once = contract(tmp_path)
    with patch("engross.contract.alike.is_component", return_value=True):
        each = contract(tmp_path)
    assert once.definitions == each.definitions
    assert [op.body and op.body.type for op in once.operations] == [
        op.body and op.body.type for op in each.operations
    ]
    assert [[reply.type for reply in op.replies] for op in once.operations] == [
        [reply.type for reply in op.replies] for op in each.operations
    ]
