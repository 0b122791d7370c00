"""References are resolved in one way: by file, `$id`, anchor and pointer."""

from pathlib import Path

import pytest

from engross.source import Location, Value
from engross.source.resolver import BadReferenceError, Resolver
from tests.source.contracts import HEAD, loaded, refused

DOCUMENTS: dict[str, Value] = {
    "api.yaml": {
        "openapi": "3.1.1",
        "components": {
            "schemas": {
                "Page": {
                    "$id": "https://x.example/schemas/page",
                    "$anchor": "page",
                    "properties": {"item": {"$ref": "item"}},
                    "$defs": {"inner": {"$dynamicAnchor": "inner"}},
                },
                "Item": {"$id": "https://x.example/schemas/item"},
                "Plain": {"$anchor": "page", "enum": [{"$anchor": "none"}]},
            },
            "examples": {"One": {"value": {"$anchor": "none"}}},
        },
    },
    "parts/a b.yaml": {
        "Pet": {"$anchor": "pet"},
        "/pets/{id}": {"get": {"parameters": [{"schema": {"$anchor": "limit"}}]}},
    },
    "parts/c.yaml": {"$id": "https://x.example/c.yaml", "allOf": [{"$ref": "d.yaml"}]},
    "parts/d.yaml": {"type": "null"},
}
SCHEMAS = Location("api.yaml", ("components", "schemas"))
PAGE = SCHEMAS / "Page"


@pytest.mark.parametrize(
    ("at", "reference", "target"),
    [
        (PAGE, "item", SCHEMAS / "Item"),
        (PAGE / "properties" / "item", "#/$defs/inner", PAGE / "$defs" / "inner"),
        (PAGE, "#inner", PAGE / "$defs" / "inner"),
        (PAGE, "#page", PAGE),
        (PAGE, "#/components/schemas/Plain", SCHEMAS / "Plain"),
        (PAGE, "parts/d.yaml", Location("parts/d.yaml")),
        (SCHEMAS, "#page", SCHEMAS / "Plain"),
        (SCHEMAS, "https://x.example/schemas/page#page", PAGE),
        (SCHEMAS, "parts/a%20b.yaml#pet", Location("parts/a b.yaml", ("Pet",))),
        (
            SCHEMAS,
            "./parts/a%20b.yaml#/~1pets~1%7Bid%7D/get/parameters/0",
            Location("parts/a b.yaml", ("/pets/{id}", "get", "parameters", 0)),
        ),
        (Location("parts/c.yaml", ("allOf", 0)), "d.yaml", Location("parts/d.yaml")),
        (Location("parts/d.yaml"), "../api.yaml", Location("api.yaml")),
    ],
)
def test_reference_points_to_one_location(
    at: Location, reference: str, target: Location
) -> None:
    assert Resolver(DOCUMENTS).resolve(at, reference) == target


@pytest.mark.parametrize(
    "reference", ["#none", "#/components/none", "none.yaml", "https://x.example/none"]
)
def test_reference_to_nothing_is_an_error(reference: str) -> None:
    with pytest.raises(BadReferenceError):
        Resolver(DOCUMENTS).resolve(SCHEMAS, reference)


def test_anchor_in_a_path_item_of_another_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "paths.yaml").write_text(
        "/a: { get: { responses: { default: { description: A., content: "
        "{ application/json: { schema: { $anchor: thing, type: string } } } } } } }\n"
    )
    source = loaded(
        tmp_path,
        HEAD + "paths: {}\n"
        "components: { schemas: { A: { $ref: 'paths.yaml#thing' } } }\n",
    )
    found = source.follow(source.root / "components" / "schemas" / "A")
    assert source.value(found) == {"$anchor": "thing", "type": "string"}


def test_document_that_is_no_text_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [")
    findings = refused(
        tmp_path,
        HEAD + "paths: {}\ncomponents: { schemas: "
        "{ A: { $ref: 'broken.yaml#/a' }, B: { $ref: 'broken.yaml#/b' } } }\n",
    )
    assert [finding.rule for finding in findings] == ["yaml-syntax"]
