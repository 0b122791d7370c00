"""Documents of OpenAPI 3.0 are read as those of 3.1, with positions kept."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.source.contracts import at, loaded, quoted, schema

NULL = {"type": "null"}
OTHER = {"$ref": "#/components/schemas/Other"}
REF = '$ref: "#/components/schemas/Other"'


@pytest.mark.parametrize(
    ("text", "upgraded"),
    [
        ("{ type: string, nullable: true }", {"type": ["string", "null"]}),
        ("{ type: string, nullable: false }", {"type": "string"}),
        (
            "{ type: string, nullable: true, enum: [a] }",
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ("{ nullable: true }", {}),
        (f"{{ nullable: true, {REF} }}", {"anyOf": [OTHER, NULL]}),
        (f"{{ nullable: true, allOf: [{{ {REF} }}] }}", {"anyOf": [OTHER, NULL]}),
        (
            f"{{ nullable: true, allOf: [{{ {REF} }}, {{ type: object }}] }}",
            {"anyOf": [{"allOf": [OTHER, {"type": "object"}]}, NULL]},
        ),
        (f"{{ nullable: true, oneOf: [{{ {REF} }}] }}", {"oneOf": [OTHER, NULL]}),
        (
            f"{{ nullable: true, anyOf: [{{ {REF} }}], allOf: [{{ type: object }}] }}",
            {
                "anyOf": [OTHER, NULL],
                "allOf": [{"anyOf": [{"type": "object"}, NULL]}],
            },
        ),
        ("{ minimum: 1, exclusiveMinimum: true }", {"exclusiveMinimum": 1}),
        ("{ minimum: 1, exclusiveMinimum: false }", {"minimum": 1}),
        ("{ maximum: 1.5, exclusiveMaximum: true }", {"exclusiveMaximum": 1.5}),
        (
            "{ minimum: 0.12345678901234567890, exclusiveMinimum: true }",
            {"exclusiveMinimum": Decimal("0.12345678901234567890")},
        ),
        ("{ example: { a: 1 } }", {"examples": [{"a": 1}]}),
        (
            f"{{ {REF}, description: Here., maxLength: 3 }}",
            {**OTHER, "description": "Here.", "x-ignored-by-3.0": {"maxLength": 3}},
        ),
        (
            "{ items: { nullable: true, type: string } }",
            {"items": {"type": ["string", "null"]}},
        ),
        (
            "{ properties: { nullable: { type: string } } }",
            {"properties": {"nullable": {"type": "string"}}},
        ),
    ],
)
def test_a_schema_of_3_0_is_upgraded(
    tmp_path: Path, text: str, upgraded: object
) -> None:
    assert schema(tmp_path, text) == upgraded


def test_what_stands_beside_a_reference_counts_in_3_1(tmp_path: Path) -> None:
    assert schema(tmp_path, f"{{ {REF}, maxLength: 3 }}", "3.1.0") == {
        **OTHER,
        "maxLength": 3,
    }


def test_an_upgraded_document_keeps_its_positions(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        """\
openapi: 3.0.3
info: { title: Shop, version: "1" }
paths: {}
components:
  schemas:
    Thing:
      nullable: true
      minimum: 1
      exclusiveMinimum: true
      example: { a: [4] }
      allOf:
        - { type: object, example: [here] }
        - { type: number }
    One:
      nullable: true
      allOf: [{ $ref: "#/components/schemas/Thing/allOf/1" }]
""",
    )
    thing = at(source, "/components/schemas/Thing")
    assert quoted(source, thing / "examples" / 0) == "{ a: [4] }"
    assert quoted(source, thing / "examples" / 0 / "a" / 0) == "4"
    assert quoted(source, thing / "exclusiveMinimum") == "true"
    assert quoted(source, thing / "exclusiveMinimum", key=True) == "exclusiveMinimum"
    parts = thing / "anyOf" / 0 / "allOf"
    assert source.value(parts / 0 / "examples" / 0) == ["here"]
    assert quoted(source, parts / 0 / "examples" / 0) == "[here]"
    assert quoted(source, parts / 0 / "examples" / 0 / 0) == "here"
    assert quoted(source, parts / 1 / "type") == "number"
    one = at(source, "/components/schemas/One/anyOf")
    assert source.value(source.follow(one / 0)) == {"type": "number"}
    assert source.span(one / 1).start.line == 16
