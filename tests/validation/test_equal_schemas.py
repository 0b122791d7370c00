"""Equal schemas share a function, and reports still name the right schema."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engross.schema.reader import graph_of
from engross.validation import Support, Target, Violation, compile_module, runtime

ADDRESS: dict[str, Any] = {
    "type": "object",
    "required": ["street", "city"],
    "properties": {
        "street": {"type": "string", "minLength": 3},
        "city": {"type": "string", "maxLength": 20},
        "zip": {"type": "string", "pattern": "^[0-9]{5}$"},
    },
}
MEMBERS = {f"member_{number}": {"type": "integer"} for number in range(40)}


class Module:
    """The compiled module of some definitions, each of which is a target."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        # JSON of different places is never the same object.
        definitions = copy.deepcopy(definitions)
        self.source = compile_module(
            [Target(name, f"s#/$defs/{name}") for name in definitions],
            graph=graph_of({"s": {"$defs": definitions}}),
            support=Support(runtime.__name__),
        )
        self._namespace: dict[str, Any] = {}
        exec(self.source, self._namespace)

    def violations(self, name: str, payload: object) -> tuple[Violation, ...]:
        """Return the violations of a payload, if the predicate agrees with them."""
        violations: tuple[Violation, ...]
        violations = self._namespace[f"{name}_violations"](payload)
        assert self._namespace[f"is_{name}"](payload) == (not violations)
        return violations

    def places(self, name: str, payload: object) -> list[str]:
        """Return the places of the keywords that a payload violates."""
        return [found.schema_pointer for found in self.violations(name, payload)]


def test_equal_targets_share_a_check_and_report_their_own_places() -> None:
    module = Module({"home": ADDRESS, "office": ADDRESS})
    assert module.source.count("def _check_") == 1
    assert module.places("home", {"street": "x"}) == [
        "s#/$defs/home/properties/street/minLength",
        "s#/$defs/home/required",
    ]
    assert module.places("office", {"street": "x"}) == [
        "s#/$defs/office/properties/street/minLength",
        "s#/$defs/office/required",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [(None, "None"), (1, "1"), (True, "True"), (1, True), ([1], ["1"])],
)
def test_constants_that_read_alike_are_not_equal(one: object, other: object) -> None:
    module = Module({"one": {"enum": [one]}, "other": {"enum": [other]}})
    assert not module.violations("one", one)
    assert not module.violations("other", other)
    assert module.violations("one", other)
    assert module.violations("other", one)


def test_references_to_equal_schemas_report_the_place_that_they_point_to() -> None:
    person = {"properties": {"at": {"$ref": "#/$defs/office"}}}
    module = Module({"home": ADDRESS, "office": ADDRESS, "person": person})
    assert module.places("person", {"at": {"street": "long", "city": 1}}) == [
        "s#/$defs/office/properties/city/type"
    ]


def test_alternatives_that_share_a_check_say_what_the_nearest_one_lacks() -> None:
    number = {"type": "object", "required": ["number"], "minProperties": 1}
    alternatives = [{"$ref": "#/$defs/office"}, {"$ref": "#/$defs/number"}]
    module = Module(
        {
            "home": ADDRESS,
            "office": ADDRESS,
            "number": number,
            "either": {"oneOf": alternatives},
        }
    )
    (found,) = module.violations("either", {"street": "long", "city": 1})
    assert "/city" in found.message


def test_large_equal_parts_share_a_check_and_report_their_own_places() -> None:
    part = {"type": "object", "required": ["member_1"], "properties": MEMBERS}
    module = Module(
        {
            "order": {"properties": {"cart": part}},
            "offer": {"required": ["draft"], "properties": {"draft": part}},
        }
    )
    assert module.source.count("def _check_") == 3
    assert module.places("order", {"cart": {"member_1": "1"}}) == [
        "s#/$defs/order/properties/cart/properties/member_1/type"
    ]
    assert module.places("offer", {"draft": {}}) == [
        "s#/$defs/offer/properties/draft/required"
    ]


def test_large_parts_of_equal_schemas_report_their_own_places() -> None:
    part = {"type": "object", "properties": MEMBERS}
    whole = {"type": "object", "required": ["part"], "properties": {"part": part}}
    module = Module({"first": whole, "second": whole})
    assert module.source.count("def _check_") == 2
    for name in ("first", "second"):
        assert module.places(name, {"part": {"member_3": None}}) == [
            f"s#/$defs/{name}/properties/part/properties/member_3/type"
        ]


def test_schemas_with_different_codes_share_nothing() -> None:
    module = Module(
        {
            "home": {**ADDRESS, "x-engross": {"code": "BAD_HOME"}},
            "office": {**ADDRESS, "x-engross": {"code": "BAD_OFFICE"}},
        }
    )
    assert [found.code for found in module.violations("office", {"city": ""})] == [
        "BAD_OFFICE"
    ]


def test_schemas_that_point_to_parts_of_one_of_them_share_nothing() -> None:
    def account(of: str) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "balance": {"type": "object", "properties": MEMBERS},
                "limit": {"$ref": f"#/$defs/{of}/properties/balance"},
            },
        }

    module = Module({"first": account("first"), "second": account("first")})
    payload = {"limit": {"member_1": "1"}}
    place = "s#/$defs/first/properties/balance/properties/member_1/type"
    assert module.places("first", payload) == [place]
    assert module.places("second", payload) == [place]
    module = Module({"first": account("first"), "second": account("second")})
    place = "s#/$defs/second/properties/balance/properties/member_1/type"
    assert module.places("second", payload) == [place]


def test_schemas_that_lead_back_to_themselves_share_nothing() -> None:
    def tree(of: str) -> dict[str, Any]:
        children = {"type": "array", "items": {"$ref": f"#/$defs/{of}"}}
        return {**ADDRESS, "properties": {**ADDRESS["properties"], "below": children}}

    module = Module({"first": tree("first"), "second": tree("first")})
    leaf = {"street": "long", "city": "far", "below": [{"street": "long"}]}
    assert module.places("second", leaf) == ["s#/$defs/first/required"]
    assert module.places("second", {**leaf, "below": [leaf], "city": 1}) == [
        "s#/$defs/second/properties/city/type",
        "s#/$defs/first/required",
    ]


def test_short_schemas_share_a_check_where_there_are_many_of_them() -> None:
    tags = {"type": "array", "items": {"type": "string", "maxLength": 9}}
    module = Module(
        {
            f"thing_{number}": {"properties": {"tags": tags, str(number): {}}}
            for number in range(4)
        }
    )
    assert module.source.count("maxLength") == 1
    assert module.places("thing_3", {"tags": ["0123456789"]}) == [
        "s#/$defs/thing_3/properties/tags/items/maxLength"
    ]


def test_short_targets_that_are_equal_keep_their_own_functions() -> None:
    tags = {"type": "array", "items": {"type": "string"}}
    same = {"$ref": "s#/$defs/tagged"}
    module = Module(
        {
            "tagged": {"properties": {"tags": tags}},
            "also": same,
            "again": same,
            "equal": {"properties": {"tags": tags}},
        }
    )
    for name in ("tagged", "also", "again"):
        assert module.places(name, {"tags": 1}) == [
            "s#/$defs/tagged/properties/tags/type"
        ]
