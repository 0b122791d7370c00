"""Arguments of methods, in an order that Python allows."""

from pathlib import Path

from engross.contract import build
from tests.source.contracts import loaded

DOCUMENT = """\
openapi: 3.1.1
info: { title: Books, version: "1" }
paths:
  /shelves/{shelf}/{book}:
    get:
      parameters:
        - { name: shelf, in: path, required: true, schema: { default: main } }
        - { name: book, in: path, required: true, schema: { type: string } }
      responses: { "204": { description: Fine. } }
"""


def required(folder: Path, text: str) -> dict[str, bool]:
    """Whether each argument of the only operation has to be given."""
    (operation,) = build(loaded(folder, text)).operations
    return {argument.id.wire: argument.required for argument in operation.arguments}


def test_default_before_a_required_path_parameter_is_not_used(tmp_path: Path) -> None:
    assert required(tmp_path, DOCUMENT) == {"shelf": True, "book": True}


def test_default_of_the_last_path_parameter_is_used(tmp_path: Path) -> None:
    text = DOCUMENT.replace("/{shelf}/{book}", "/{book}/{shelf}")
    assert required(tmp_path, text) == {"book": True, "shelf": False}
