"""Fields whose schemas say almost the same."""

from pathlib import Path

from engross.contract import build
from engross.contract.ir import Kind, Model, Nullable, Primitive
from tests.source.contracts import loaded

DOCUMENT = """\
openapi: 3.1.1
info: { title: Books, version: "1" }
paths: {}
components:
  schemas:
    Book:
      type: object
      required: [copies, lent]
      properties:
        copies: { description: How many. , default: 1 }
        lent: { description: How many. , default: true }
        pages: { type: integer, description: How many. }
        weight: { type: [integer, "null"], description: How many. }
    Shelf:
      type: object
      required: [copies]
      properties:
        copies: { description: How many. , default: 1 }
        books: { type: integer, description: How many. , readOnly: true }
        pages: { type: integer, description: How many. , minimum: 3 }
"""


def models(folder: Path) -> dict[str, Model]:
    """The models of the document, by their names."""
    found = build(loaded(folder, DOCUMENT)).definitions
    return {str(each.at.tokens[-1]): each for each in found if isinstance(each, Model)}


def test_each_field_has_the_default_that_it_states(tmp_path: Path) -> None:
    defaults = {
        (name, field.wire): repr(field.default.value)
        for name, model in models(tmp_path).items()
        for field in model.fields
        if field.default is not None
    }
    assert defaults == {
        ("Book", "copies"): "1",
        ("Book", "lent"): "True",
        ("Shelf", "copies"): "1",
    }


def test_each_field_has_the_type_that_it_states(tmp_path: Path) -> None:
    types = {field.wire: field.type for field in models(tmp_path)["Book"].fields}
    assert types["pages"] == Primitive(Kind.INTEGER)
    assert types["weight"] == Nullable(Primitive(Kind.INTEGER))


def test_each_field_has_the_notes_of_its_own_limits(tmp_path: Path) -> None:
    notes = {field.wire: field.docs.notes for field in models(tmp_path)["Shelf"].fields}
    assert notes["pages"] == ("Must be at least 3.",)
    assert notes["books"] == ()
