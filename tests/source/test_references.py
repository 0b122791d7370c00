"""A reference leads to its target, through other files, escapes and chains."""

from pathlib import Path

import pytest

from engross.source import Location
from tests.source.contracts import HEAD, at, loaded, quoted

FILES = {
    "contract.yaml": HEAD
    + """\
paths:
  /a/{b}: { $ref: "parts/paths.yaml#/~1a~1%7Bb%7D" }
components:
  schemas:
    Local: { $ref: "#/components/schemas/Plain" }
    Chain: { $ref: "#/components/schemas/Other" }
    Other: { $ref: "parts/schemas.json#/Thing" }
    Whole: { $ref: "./parts/whole.yaml" }
    "With.dots": { type: string }
    Escaped: { $ref: "#/components/schemas/Plain/properties/a~1b~0c%20d%25" }
    Anchored: { $ref: "#here" }
    Plain:
      type: object
      properties: { "a/b~c d%": { type: integer }, deep: { $anchor: here, type: boolean } }
    Pet:
      oneOf: [{ $ref: "#/components/schemas/Plain" }]
      discriminator: { propertyName: deep, mapping: { a: Plain, b: With.dots, c: ./parts/whole.yaml } }
""",
    "parts/paths.yaml": """\
/a/{b}:
  parameters: [{ name: b, in: path, required: true, schema: { $ref: "schemas.json#/Thing" } }]
  get: { responses: { default: { $ref: "../contract.yaml#/components/responses/Any" } } }
""",
    "parts/schemas.json": '{"Thing": {"$ref": "whole.yaml"}}',
    "parts/whole.yaml": "type: string\nnullable: true\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def text() -> str:
    return FILES["contract.yaml"] + "  responses: { Any: { description: Any. } }\n"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Local", "contract.yaml#/components/schemas/Plain"),
        ("Chain", "parts/whole.yaml#"),
        ("Whole", "parts/whole.yaml#"),
        ("Escaped", "contract.yaml#/components/schemas/Plain/properties/a~1b~0c d%"),
        ("Anchored", "contract.yaml#/components/schemas/Plain/properties/deep"),
        ("Plain", "contract.yaml#/components/schemas/Plain"),
    ],
)
def test_a_reference_is_followed_to_its_end(
    project: Path, text: str, name: str, target: str
) -> None:
    source = loaded(project, text)
    found = source.follow(source.root / "components" / "schemas" / name)
    assert str(found) == target


def test_references_in_other_files_are_relative_to_those(
    project: Path, text: str
) -> None:
    source = loaded(project, text)
    path = source.follow(source.root / "paths" / "/a/{b}")
    assert path == Location("parts/paths.yaml", ("/a/{b}",))
    schema = source.follow(path / "parameters" / 0 / "schema")
    assert source.value(schema) == {"type": ["string", "null"]}
    response = source.follow(path / "get" / "responses" / "default")
    assert response == at(source, "/components/responses/Any")


def test_positions_are_those_of_the_file_that_holds_the_text(
    project: Path, text: str
) -> None:
    source = loaded(project, text)
    path = source.follow(source.root / "paths" / "/a/{b}")
    span = source.span(path / "parameters" / 0 / "name")
    assert (span.file, span.start.line) == ("parts/paths.yaml", 2)
    assert quoted(source, path, key=True) == "/a/{b}"


def test_every_file_is_listed_with_its_data(project: Path, text: str) -> None:
    source = loaded(project, text)
    assert list(source.resources) == [
        "contract.yaml",
        "parts/paths.yaml",
        "parts/schemas.json",
        "parts/whole.yaml",
    ]
    assert source.resources["parts/schemas.json"] == {"Thing": {"$ref": "whole.yaml"}}


def test_components_may_be_one_reference_to_a_file_of_them_all(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "all.yaml").write_text("A.b: { $ref: 'a.yaml' }\nB: true\n")
    (tmp_path / "parts" / "a.yaml").write_text("type: integer\n")
    source = loaded(
        tmp_path, HEAD + "components: { schemas: { $ref: './parts/all.yaml' } }\n"
    )
    schemas = source.root / "components" / "schemas"
    assert source.value(source.follow(schemas / "A.b")) == {"type": "integer"}
    assert source.value(source.follow(schemas / "B")) is True


def test_examples_are_no_references(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        HEAD
        + "components: { schemas: { A: { properties: { $ref: { type: string } }, "
        + "examples: [{ $ref: '#/none' }], const: { $ref: '/etc/passwd' } } } }\n",
    )
    assert source.places("schema") == (
        at(source, "/components/schemas/A"),
        at(source, "/components/schemas/A/properties") / "$ref",
    )


def test_resolving_nothing_is_a_lookup_error(tmp_path: Path) -> None:
    source = loaded(tmp_path, HEAD + "paths: {}\n")
    for text in ("#/none", "none.yaml", "https://example.com", "#none"):
        with pytest.raises(LookupError):
            source.resolve(source.root, text)
