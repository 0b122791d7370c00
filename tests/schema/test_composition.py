"""What several schemas say together of one value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engross.schema.composition import Composer, Effective
from engross.schema.reader import Graph
from engross.source.resolver import Resolver

TEXT = {"type": "string"}


def composed(schema: Any, **components: Any) -> Effective:
    """Return the effective schema of one schema, beside named ones that it refers to."""
    document: Any = {
        "openapi": "3.1.0",
        "components": {"schemas": {"Subject": schema, **components}},
    }
    graph = Graph(Resolver({"": document}), assert_formats=True)
    effective = Composer(graph).of(graph.entry("#/components/schemas/Subject"))
    assert graph.errors == []
    return effective


def refer(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def member(effective: Effective, name: str) -> Effective:
    """Return the effective schema of a property."""
    return effective.composer.together(
        effective.at / "properties" / name, effective.properties[name].schemas
    )


# allOf


INVOICE = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "enum": ["draft", "sent", "paid"]},
        "number": TEXT,
        "total": {"type": "number", "minimum": 0},
        "lines": {"type": "array", "items": TEXT},
        "payer": refer("Payer"),
        "remark": {"type": ["string", "null"]},
        "due": TEXT,
    },
}
PAYER = {"type": "object", "properties": {"name": TEXT}}


def narrowed(**properties: Any) -> Effective:
    schema = {"allOf": [refer("Invoice"), {"properties": properties}]}
    return composed(schema, Invoice=INVOICE, Payer=PAYER)


@pytest.mark.parametrize(
    ("name", "narrower", "types"),
    [
        ("state", {"const": "sent"}, {"string"}),
        ("number", {"description": "Described only here."}, {"string"}),
        ("total", {"maximum": 10}, {"number", "integer"}),
        ("total", {"type": "integer"}, {"integer"}),
        ("lines", {"minItems": 1}, {"array"}),
        ("payer", {"required": ["name"]}, {"object"}),
        ("remark", {"type": "string"}, {"string"}),
        ("due", {"format": "date-time"}, {"string"}),
    ],
)
def test_property_that_is_narrowed_keeps_its_type(
    name: str, narrower: Any, types: set[str]
) -> None:
    assert member(narrowed(**{name: narrower}), name).types == types


def test_narrowed_enum_keeps_the_common_constants() -> None:
    assert member(narrowed(state={"const": "sent"}), "state").constants == ("sent",)
    both = narrowed(state={"enum": ["void", "paid", "draft"]})
    assert member(both, "state").constants == ("draft", "paid")


def test_narrowed_object_has_the_members_of_both() -> None:
    payer = member(
        narrowed(payer={"properties": {"age": {"type": "integer"}}}), "payer"
    )
    assert payer.properties.keys() == {"name", "age"}


def test_narrowed_array_has_the_items_of_both() -> None:
    schema = {
        "allOf": [
            {"type": "array", "items": {"properties": {"a": TEXT}}},
            {"type": "array", "items": {"properties": {"b": TEXT}}},
        ]
    }
    array = composed(schema)
    item = array.composer.together(array.at / "items", array.items)
    assert item.properties.keys() == {"a", "b"}


def test_required_counts_wherever_it_is_written() -> None:
    schema = {
        "allOf": [refer("Invoice"), {"required": ["number"]}],
        "required": ["total"],
    }
    effective = composed(schema, Invoice=INVOICE, Payer=PAYER)
    required = {p.name for p in effective.properties.values() if p.required}
    assert required == {"number", "total"}


def test_limits_of_all_parts_are_intersected() -> None:
    effective = composed(
        {
            "type": "integer",
            "allOf": [
                {"minimum": 1, "maximum": 9},
                {"minimum": 3},
                {"maximum": Decimal("8.5"), "multipleOf": 2},
            ],
        }
    )
    assert effective.types == {"integer"}
    assert (effective.minimum, effective.maximum) == (3, Decimal("8.5"))
    assert effective.multiples == (2,)


def test_lengths_of_all_parts_are_intersected() -> None:
    parts = [{"maxLength": 4}, {"minLength": 2}, {"maxLength": 9}]
    effective = composed({"allOf": [TEXT, *parts]})
    assert (effective.fewest("min_length"), effective.most("max_length")) == (2, 4)


def test_single_reference_with_a_description_is_the_schema_itself() -> None:
    schema = {"allOf": [refer("Payer")], "description": "Who pays."}
    effective = composed(schema, Payer=PAYER)
    assert effective.composer.origin(effective).at.tokens[-1] == "Payer"


def test_map_keeps_its_values_beside_a_description() -> None:
    parts = [
        {"type": "object", "additionalProperties": TEXT},
        {"description": "A map."},
    ]
    assert len(composed({"allOf": parts}).additional) == 1


def test_extra_members_of_one_part_apply_to_what_another_declares() -> None:
    schema = {
        "allOf": [
            {"properties": {"a": TEXT}},
            {"additionalProperties": {"maxLength": 3}},
        ]
    }
    assert member(composed(schema), "a").most("max_length") == 3


# $ref and its siblings


def test_members_beside_a_reference_count() -> None:
    schema = {
        **refer("Payer"),
        "required": ["total"],
        "properties": {"total": {"type": "integer"}},
    }
    effective = composed(schema, Payer=PAYER)
    assert effective.properties.keys() == {"name", "total"}
    assert effective.properties["total"].required


# Unions


CARD = {"type": "object", "required": ["pan"], "properties": {"pan": TEXT}}
BANK = {"type": "object", "required": ["iban"], "properties": {"iban": TEXT}}


@pytest.mark.parametrize(
    "schema",
    [
        {
            "type": "object",
            "required": ["id"],
            "properties": {"id": TEXT},
            "oneOf": [refer("Card"), refer("Bank")],
        },
        {
            "allOf": [
                {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
                {"oneOf": [refer("Card"), refer("Bank")]},
            ]
        },
        {
            "required": ["id"],
            "properties": {"id": TEXT},
            "anyOf": [refer("Card"), refer("Bank")],
        },
    ],
)
def test_members_beside_a_union_belong_to_each_variant(schema: Any) -> None:
    variants = composed(schema, Card=CARD, Bank=BANK).variants
    assert [set(variant.properties) for variant in variants] == [
        {"id", "pan"},
        {"id", "iban"},
    ]
    assert all(variant.properties["id"].required for variant in variants)


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_union_of_required_alone_is_no_union_of_types(keyword: str) -> None:
    schema = {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        keyword: [{"required": ["a"]}, {"required": ["b"]}],
    }
    effective = composed(schema)
    assert effective.variants == ()
    assert effective.properties.keys() == {"a", "b"}
    assert not any(p.required for p in effective.properties.values())


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_union_of_limits_is_no_union_of_types(keyword: str) -> None:
    schema = {"type": "string", keyword: [{"maxLength": 3}, {"minLength": 9}]}
    effective = composed(schema)
    assert effective.variants == ()
    assert effective.types == {"string"}


def test_union_of_one_is_its_member() -> None:
    effective = composed({"anyOf": [refer("Card")]}, Card=CARD)
    assert effective.variants == ()
    assert effective.properties.keys() == {"pan"}


def test_union_with_null_has_two_variants() -> None:
    schema = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    effective = composed(schema)
    assert effective.types == {"string", "null"}
    assert [variant.types for variant in effective.variants] == [{"string"}, {"null"}]


def test_child_in_its_parents_union_inherits_members_without_the_union() -> None:
    animal = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": TEXT, "name": TEXT},
        "oneOf": [refer("Cat"), refer("Dog")],
        "discriminator": {"propertyName": "kind"},
    }
    cat = {"allOf": [refer("Animal"), {"properties": {"lives": {"type": "integer"}}}]}
    dog = {"allOf": [refer("Animal"), {"properties": {"breed": TEXT}}]}
    effective = composed(refer("Animal"), Animal=animal, Cat=cat, Dog=dog)
    assert [set(variant.properties) for variant in effective.variants] == [
        {"kind", "name", "lives"},
        {"kind", "name", "breed"},
    ]
    assert all(variant.variants == () for variant in effective.variants)


# Schemas without a type


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"properties": {"a": TEXT}}, {"object"}),
        ({"additionalProperties": TEXT}, {"object"}),
        ({"items": TEXT}, {"array"}),
        ({"contains": {"const": 3}}, {"array"}),
        ({"enum": ["a", None]}, {"string", "null"}),
        ({"const": 3}, {"integer"}),
    ],
)
def test_schema_without_a_type_means_what_its_keywords_are_about(
    schema: Any, kinds: set[str]
) -> None:
    assert composed(schema).kinds == kinds


@pytest.mark.parametrize("schema", [{}, True, {"description": "Anything."}])
def test_schema_that_says_nothing_allows_every_type(schema: Any) -> None:
    assert len(composed(schema).types) == 7


def test_schema_of_contradictions_allows_nothing() -> None:
    assert composed({"allOf": [TEXT, {"type": "integer"}]}).types == frozenset()
