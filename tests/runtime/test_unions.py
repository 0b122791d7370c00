"""Unions in responses: which member a value becomes, and what is sent again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.runtime.rendered import SYNC, WAYS, Way, contract, module, operation, package
from tests.runtime.server import Server

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def holder(union: Any, **schemas: Any) -> str:
    """Return a contract whose methods send and return `{"value": ...}`."""
    schemas = {**schemas, "Holder": obj(value=union)}
    get = operation("readThing", reply=ref("Holder"))
    post = operation("createThing", body=ref("Holder"))
    return contract({"/things": {"get": get, "post": post}}, schemas)


def received(text: str, server: Server, value: Any, way: Way = SYNC) -> Any:
    """Return what a value of a holder becomes; written again, it is the same JSON."""
    found = way.received(text, server, "things.read", {"value": value}).value
    holder = module(text, "models").Holder(value=found)
    assert msgspec.json.decode(holder.to_json()) == {"value": value}
    return found


def read(text: str, server: Server, value: Any, way: Way = SYNC) -> Any:
    """Return what a value of a holder becomes; sent again, it is the same JSON."""
    found = received(text, server, value, way)
    again = way.sent(text, server, "things.create", value=found)
    assert again.json() == {"value": value}
    return found


def class_of(found: object) -> str:
    return type(found).__name__


@pytest.mark.parametrize("depth", [1, 2])
def test_list_is_the_one_whose_items_fit_best(depth: int, server: Server) -> None:
    def nested(inner: Any, wrap: Any) -> Any:
        for _ in range(depth):
            inner = wrap(inner)
        return inner

    lists = [
        nested(ref(name), lambda inner: {"type": "array", "items": inner})
        for name in ("Left", "Right")
    ]
    left, right = obj(left=INTEGER), obj(right=INTEGER)
    text = holder({"anyOf": lists}, Left=left, Right=right)
    for name in ("left", "right"):
        value = nested({name: 1}, lambda inner: [inner])
        found = read(text, server, value)
        for _ in range(depth):
            (found,) = found
        assert class_of(found) == name.title()
    assert read(text, server, []) == []


def test_array_of_fixed_length_has_the_types_of_its_places(server: Server) -> None:
    point = {"prefixItems": [INTEGER, TEXT], "minItems": 2, "maxItems": 2}
    text = holder({"type": "array", **point})
    assert read(text, server, [1, "a"]) == [1, "a"]
    with pytest.raises(ValueError, match="of none of the expected types"):
        module(text, "models").Holder.from_dict({"value": [[], "a"]})


CONSTANTS = holder(
    {"oneOf": [ref("Note"), ref("Photo"), ref("Quote")]},
    Note=obj("form", "value", form={"const": "note"}, value=TEXT),
    Photo=obj("form", "value", form={"const": "photo"}, value=TEXT, alt=TEXT),
    Quote=obj("form", "value", form={**TEXT, "enum": ["quote"]}, value=TEXT, by=TEXT),
)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("form", ["note", "photo", "quote"])
def test_constants_choose_among_members_of_one_shape(
    form: str, way: Way, server: Server
) -> None:
    found = read(CONSTANTS, server, {"form": form, "value": "v"}, way)
    assert class_of(found) == form.capitalize()


def test_unknown_constant_keeps_the_raw_object(server: Server) -> None:
    text = holder(
        {"oneOf": [ref("Note"), ref("Photo")]},
        **{
            name: obj("form", form={"const": name.lower()})
            for name in ("Note", "Photo")
        },
    )
    found = received(text, server, {"form": "film", "frames": 1.5})
    assert found == {"form": "film", "frames": Decimal("1.5")}


@pytest.mark.parametrize(("ok", "name"), [(True, "Good"), (False, "Bad")])
def test_booleans_are_constants(ok: bool, name: str, server: Server) -> None:
    text = holder(
        {"oneOf": [ref("Good"), ref("Bad")]},
        Good=obj("ok", ok={"type": "boolean", "enum": [True]}, data=TEXT),
        Bad=obj("ok", ok={"type": "boolean", "enum": [False]}, data=TEXT),
    )
    assert class_of(read(text, server, {"ok": ok, "data": "d"})) == name


@pytest.mark.parametrize(
    ("event", "name"),
    [("made", "Made"), ("purged", "Gone"), ("gone", "Gone"), ("moved", "Other")],
)
def test_enum_that_lists_the_value_comes_before_plain_text(
    event: str, name: str, server: Server
) -> None:
    text = holder(
        {"anyOf": [ref("Other"), ref("Made"), ref("Gone")]},
        Other=obj("event", event=TEXT),
        Made=obj("event", event={**TEXT, "enum": ["made"]}),
        Gone=obj("event", event={**TEXT, "enum": ["gone", "purged"]}),
    )
    assert class_of(read(text, server, {"event": event})) == name


REQUIRED = holder(
    {"anyOf": [ref("Person"), ref("Firm")]},
    Person=obj("name", name=TEXT, born=TEXT, note=TEXT),
    Firm=obj("name", "number", name=TEXT, number=TEXT, note=TEXT),
)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"name": "n"}, "Person"),
        ({"name": "n", "number": "1"}, "Firm"),
        ({"name": "n", "note": "x"}, "Person"),
        ({"name": "n", "born": "1"}, "Person"),
    ],
)
def test_required_members_then_the_best_fit_decide(
    value: Any, name: str, server: Server
) -> None:
    assert class_of(read(REQUIRED, server, value)) == name


@pytest.mark.parametrize(
    "other",
    [{"type": "object"}, ref("Open"), {"additionalProperties": TEXT}],
    ids=str,
)
def test_closed_model_never_loses_members_that_another_keeps(
    other: Any, server: Server
) -> None:
    text = holder(
        {"anyOf": [ref("Closed"), other]},
        Closed={**obj("a", a={"enum": ["x"]}), "additionalProperties": False},
        Open=obj("a", a=TEXT),
    )
    assert class_of(read(text, server, {"a": "x", "extra": "1"})) != "Closed"
    assert class_of(read(text, server, {"a": "x"})) == "Closed"


def within(inner: Any) -> Any:
    """Return a schema of objects that hold others in a member, a list and a map."""
    return {
        **obj(box=inner, boxes={"type": "array", "items": inner}),
        "additionalProperties": inner,
    }


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "open"])
@pytest.mark.parametrize(
    "value",
    [
        {"box": {"right": 1}},
        {"boxes": [{"right": 1}, {}]},
        {"box": {}, "other": {"right": 1}},
    ],
    ids=["member", "list", "map"],
)
def test_models_within_decide_between_members_of_one_shape(
    value: Any, is_closed: bool, way: Way, server: Server
) -> None:
    inner = [
        {**obj(**{name: INTEGER}), "additionalProperties": not is_closed}
        for name in ("left", "right")
    ]
    text = holder(
        {"anyOf": [ref("Left"), ref("Right")]},
        Left=within(inner[0]),
        Right=within(inner[1]),
    )
    assert class_of(read(text, server, value, way)) == "Right"
    sent = way.sent(text, server, "things.create", value=value)
    assert sent.json() == {"value": value}


def test_types_of_other_members_decide_between_members_of_one_shape(
    server: Server,
) -> None:
    text = holder(
        {"anyOf": [ref("Texts"), ref("Numbers")]},
        Texts={**obj(name=TEXT), "additionalProperties": TEXT},
        Numbers={**obj(name=TEXT), "additionalProperties": INTEGER},
    )
    assert class_of(read(text, server, {"name": "n", "size": 1})) == "Numbers"


def test_object_is_read_whole_rather_than_as_the_model_that_fits_best(
    server: Server,
) -> None:
    closed = {**obj(a=TEXT), "additionalProperties": False}
    near = {**obj(a=TEXT, b=TEXT), "additionalProperties": closed}
    text = holder({"anyOf": [ref("Near"), ref("Far")]}, Near=near, Far=obj(a=TEXT))
    value = {"a": "x", "b": "y", "c": {"a": "z", "lost": None}}
    assert class_of(read(text, server, value)) == "Far"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"c": "y", "extra": False}, "Flags"),
        ({"extra": True}, "Flags"),
        ({"a": "z", "c": "y"}, "Fixed"),
        ({"a": "z", "c": "y", "extra": "1"}, "Fixed"),
    ],
)
def test_model_that_takes_other_members_keeps_them(
    value: Any, name: str, server: Server
) -> None:
    letters = {**TEXT, "enum": ["x", "y"]}
    flags = {**obj(c=letters, b=TEXT), "additionalProperties": {"type": "boolean"}}
    text = holder(
        {"anyOf": [ref("Flags"), ref("Fixed")]},
        Flags=flags,
        Fixed=obj("a", "c", a={"const": "z"}, c=letters),
    )
    assert class_of(read(text, server, value)) == name


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_object_of_no_member_is_never_an_empty_model(way: Way, server: Server) -> None:
    text = holder(
        {"anyOf": [ref("Left"), ref("Right")]}, Left=obj(a=TEXT), Right=obj(b=TEXT)
    )
    assert received(text, server, {"c": {"d": [1]}}, way) == {"c": {"d": [1]}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"size": 5}, "Box"),
        ({"size": 5, "new": 1}, "Box"),
        ({"left": "x"}, "RawObject"),
        ({"size": "big"}, "RawObject"),
        ({}, "Box"),
    ],
)
def test_map_is_read_where_the_model_does_not_fit(
    value: Any, expected: str, server: Server
) -> None:
    texts = {"type": "object", "additionalProperties": TEXT}
    text = holder({"anyOf": [ref("Box"), texts]}, Box=obj(size=INTEGER))
    assert class_of(read(text, server, value)) == expected


MIXED = {
    "oneOf": [
        ref("Plain"),
        ref("Rich"),
        TEXT,
        INTEGER,
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "items": TEXT},
        {"type": "array", "items": ref("Plain")},
    ]
}


def test_map_is_read_where_a_model_would_add_constants(server: Server) -> None:
    sized = obj("unit", unit={"const": "mm"}, size=INTEGER)
    sized["additionalProperties"] = TEXT
    text = holder({"anyOf": [sized, {"additionalProperties": TEXT, "type": "object"}]})
    for value in ({"note": "none"}, {"size": "big"}, {"size": "big", "note": "none"}):
        assert received(text, server, value) == value
    assert class_of(read(text, server, {"unit": "mm"})) == "HolderValueMm"


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_each_item_of_a_list_has_a_type_of_its_own(way: Way, server: Server) -> None:
    text = holder(
        {"type": "array", "items": MIXED},
        Plain=obj("text", text=TEXT),
        Rich=obj("text", text=TEXT, html=TEXT),
    )
    values = [
        {"text": "a"},
        {"text": "b", "html": "c"},
        "d",
        1,
        2.5,
        True,
        ["e"],
        [{"text": "f"}],
    ]
    found = received(text, server, values, way)
    names = ["Plain", "Rich", "str", "int", "float", "bool", "list", "list"]
    assert [class_of(item) for item in found] == names
    assert class_of(found[-1][0]) == "Plain"


ID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    ("members", "value", "expected"),
    [
        ([{**TEXT, "format": "uuid"}, TEXT], ID, UUID(ID)),
        ([TEXT, {**TEXT, "format": "uuid"}], "none", "none"),
        (
            [{**TEXT, "format": "date-time"}, {**TEXT, "format": "date"}],
            "2024-01-31",
            date(2024, 1, 31),
        ),
        (
            [{**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}],
            "2024-01-31T10:00:00Z",
            datetime(2024, 1, 31, 10, tzinfo=UTC),
        ),
        ([{**TEXT, "format": "date-time"}, {"enum": ["now"]}], "now", "now"),
        ([{**TEXT, "format": "decimal"}, {"type": "number"}], "1.50", Decimal("1.50")),
        ([{**TEXT, "format": "decimal"}, {"type": "number"}], 1.5, 1.5),
    ],
)
def test_narrower_of_two_texts_is_tried_first(
    members: Any, value: Any, expected: Any, way: Way, server: Server
) -> None:
    found = read(holder({"anyOf": members}), server, value, way)
    assert (found, isinstance(found, type(expected))) == (expected, True)


@pytest.mark.parametrize(
    ("value", "name"), [("gpt", "Known"), ("two", "Others"), ("new", "Known")]
)
def test_enum_that_knows_the_value_wins(value: str, name: str, server: Server) -> None:
    text = holder(
        {"anyOf": [ref("Known"), ref("Others")]},
        Known={**TEXT, "enum": ["gpt", "claude"]},
        Others={**TEXT, "enum": ["one", "two"]},
    )
    found = received(text, server, value)
    assert (class_of(found), found) == (name, value)


# Discriminators


def tagged(mapping: Any, *names: str, tag: Any = TEXT, **schemas: Any) -> str:
    """Return a contract of a union whose members all have the same fields."""
    members = {name: obj("kind", kind=tag, size=INTEGER) for name in names}
    discriminator = {
        "propertyName": "kind",
        **({"mapping": mapping} if mapping else {}),
    }
    union = {"oneOf": [ref(name) for name in names], "discriminator": discriminator}
    return holder(ref("Union"), **members, Union=union, **schemas)


@pytest.mark.parametrize(
    ("mapping", "kind", "name"),
    [
        ({"d": ref("Dog")["$ref"], "c": "Cat"}, "d", "Dog"),
        ({"d": ref("Dog")["$ref"], "c": "Cat"}, "c", "Cat"),
        (None, "Cat", "Cat"),
        (None, "Dog", "Dog"),
    ],
)
def test_discriminator_chooses_among_members_of_one_shape(
    mapping: Any, kind: str, name: str, server: Server
) -> None:
    text = tagged(mapping, "Dog", "Cat")
    assert class_of(read(text, server, {"kind": kind, "size": 1})) == name


def test_value_that_the_mapping_lacks_keeps_the_raw_object(server: Server) -> None:
    text = tagged({"d": "Dog", "c": "Cat"}, "Dog", "Cat")
    eel = {"kind": "eel", "size": 1}
    assert received(text, server, eel) == eel


def test_mapping_of_integers_chooses(server: Server) -> None:
    text = holder(
        {
            "oneOf": [ref("First"), ref("Second")],
            "discriminator": {
                "propertyName": "version",
                "mapping": {"1": "First", "2": "Second"},
            },
        },
        First=obj("version", version=INTEGER, x=INTEGER),
        Second=obj("version", version=INTEGER, x=INTEGER),
    )
    assert class_of(read(text, server, {"version": 2, "x": 1})) == "Second"


def test_inline_members_are_named_by_their_constants(server: Server) -> None:
    apple = obj("kind", kind={**TEXT, "enum": ["apple"]}, seeds=INTEGER)
    banana = obj("kind", kind={**TEXT, "enum": ["banana"]}, length=INTEGER)
    discriminator = {"propertyName": "kind"}
    text = holder({"oneOf": [apple, banana], "discriminator": discriminator})
    found = read(text, server, {"kind": "banana"})
    assert "length" in found.__struct_fields__


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"kind": "c", "size": 1}, "Cat"),
        ({"kind": "d", "size": 1}, "Dog"),
        ({"made": "x"}, "Made"),
        ("text", "str"),
    ],
)
def test_discriminator_of_a_union_within_a_union_counts(
    value: Any, name: str, server: Server
) -> None:
    kinds = {"Dog": "d", "Cat": "c"}
    text = holder(
        {"anyOf": [ref("Pet"), ref("Made"), TEXT]},
        **{name: obj("kind", kind=TEXT, size=INTEGER) for name in kinds},
        Made=obj("made", made=TEXT),
        Pet={
            "oneOf": [ref("Dog"), ref("Cat")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {value: name for name, value in kinds.items()},
            },
        },
    )
    assert class_of(read(text, server, value)) == name


def test_dict_is_sent_as_the_member_that_its_discriminator_names(
    server: Server,
) -> None:
    text = holder(
        {
            "oneOf": [ref("Dog"), ref("Cat")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"c": "Cat", "d": "Dog"},
            },
        },
        Dog=obj("kind", kind=TEXT, petName=TEXT),
        Cat=obj("kind", kind=TEXT, **{"pet-name": TEXT}),
    )
    cat = {"kind": "c", "pet_name": "Tom"}
    sent = SYNC.sent(text, server, "things.create", value=cat)
    assert sent.json() == {"value": {"kind": "c", "pet-name": "Tom"}}


# Arrays, maps and unions of themselves

NESTS = {
    "Nest": {"type": "array", "items": ref("Nest")},
    "Tree": {"type": "object", "additionalProperties": ref("Tree")},
    "Json": {
        "anyOf": [
            TEXT,
            {"type": "number"},
            {"type": "null"},
            {"type": "array", "items": ref("Json")},
            {"type": "object", "additionalProperties": ref("Json")},
        ]
    },
    "Even": {"type": "array", "items": ref("Odd")},
    "Odd": {"anyOf": [TEXT, ref("Even")]},
    "Query": {"oneOf": [ref("Term"), {"type": "array", "items": ref("Query")}]},
    "Term": obj("field", field=TEXT, within=ref("Query")),
}


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Nest", [[], [[], [[]]]]),
        ("Tree", {"a": {"b": {}}, "c": {}}),
        ("Json", {"a": [1.5, None, "x", {"b": []}], "c": None}),
        ("Json", None),
        ("Even", ["a", ["b", []]]),
        ("Query", [{"field": "a", "within": [{"field": "b"}]}, []]),
    ],
)
def test_type_that_contains_itself_is_read_and_sent(
    name: str, value: Any, way: Way, server: Server
) -> None:
    read(holder(ref(name), **NESTS), server, value, way)


def test_type_that_contains_itself_has_a_name() -> None:
    made = module(holder(ref("Query"), **NESTS), "models")
    assert "Query" in vars(made)
    assert "object" not in package(holder(ref("Json"), **NESTS)).__annotations__


def test_models_within_a_type_that_contains_itself_are_models(server: Server) -> None:
    text = holder(ref("Query"), **NESTS)
    found = read(text, server, [{"field": "a", "within": [{"field": "b"}]}])
    assert found[0].within[0].field == "b"
    dicts = [{"field": "a", "within": {"field": "b"}}]
    assert SYNC.sent(text, server, "things.create", value=dicts).json() == {
        "value": dicts
    }


# Parents whose discriminator names a child


FAMILY = holder(
    {"type": "array", "items": ref("Animal")},
    Animal={
        **obj("species", species=TEXT, name=TEXT, friend=ref("Animal")),
        "discriminator": {
            "propertyName": "species",
            "mapping": {"cat": ref("Cat")["$ref"], "lion": "Cat"},
        },
    },
    Cat={"allOf": [ref("Animal"), obj(lives=INTEGER)]},
    Dog={"allOf": [ref("Animal"), obj(barks={"type": "boolean"})]},
    Puppy={"allOf": [ref("Dog"), obj(weeks=INTEGER)]},
)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    ("species", "name"),
    [
        ("cat", "Cat"),
        ("lion", "Cat"),
        ("Dog", "Dog"),
        ("Puppy", "Puppy"),
        ("bird", "Animal"),
    ],
)
def test_discriminator_of_a_parent_names_the_child(
    species: str, name: str, way: Way, server: Server
) -> None:
    animal = {"species": species, "name": "n", "weeks": 3, "lives": 9}
    found = read(FAMILY, server, [{**animal, "friend": animal}], way)
    assert class_of(found[0]) == class_of(found[0].friend) == name


EVENTS = {
    "Event": {
        **obj("kind", kind={**TEXT, "enum": ["file", "timer", "other"]}),
        "discriminator": {"propertyName": "kind"},
    },
    "FileEvent": {"allOf": [ref("Event"), obj("path", path=TEXT, fileSize=INTEGER)]},
    "TimerEvent": {"allOf": [ref("Event"), obj("every", every=TEXT)]},
}


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"kind": "file", "path": "p"}, "FileEvent"),
        ({"kind": "timer", "every": "e"}, "TimerEvent"),
        ({"kind": "other"}, "Event"),
    ],
)
def test_constants_that_children_inherit_name_none_of_them(
    event: Any, name: str, server: Server
) -> None:
    text = holder(ref("Event"), **EVENTS)
    assert class_of(read(text, server, event)) == name


@pytest.mark.parametrize(("kind", "name"), [("file", "FileEvent"), ("other", "Event")])
def test_a_child_is_called_what_autorest_calls_it(
    kind: str, name: str, server: Server
) -> None:
    called = {**EVENTS["FileEvent"], "x-ms-discriminator-value": "file"}
    text = holder(ref("Event"), **{**EVENTS, "FileEvent": called})
    event = {"kind": kind, "path": "p"}
    assert class_of(read(text, server, event)) == name


@pytest.mark.parametrize(
    ("mapping", "kind", "name"),
    [
        ({"file": "FileEvent", "timer": "TimerEvent"}, "file", "FileEvent"),
        ({"file": "FileEvent", "timer": "TimerEvent"}, "timer", "TimerEvent"),
        ({"file": "FileEvent", "timer": "TimerEvent"}, "other", "Event"),
        ({"file": "FileEvent"}, "file", "FileEvent"),
    ],
)
def test_a_mapping_goes_before_constants_that_children_inherit(
    mapping: Any, kind: str, name: str, server: Server
) -> None:
    parent = {
        **EVENTS["Event"],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    text = holder(ref("Event"), **{**EVENTS, "Event": parent})
    event = {"kind": kind, "path": "p", "every": "e"}
    assert class_of(read(text, server, event)) == name


@pytest.mark.parametrize("order", [["Dog", "Puppy"], ["Puppy", "Dog"]])
def test_a_mapping_names_a_member_itself_before_one_that_extends_it(
    order: list[str], server: Server
) -> None:
    mapping = {"dog": "Dog", "puppy": "Puppy"}
    text = holder(
        {
            "oneOf": list(map(ref, order)),
            "discriminator": {"propertyName": "kind", "mapping": mapping},
        },
        Dog=obj("kind", kind=TEXT),
        Puppy={"allOf": [ref("Dog"), obj(weeks=INTEGER)]},
    )
    for kind, name in mapping.items():
        assert class_of(read(text, server, {"kind": kind})) == name


@pytest.mark.parametrize(
    ("animal", "name"),
    [
        ({"species": "dog", "breed": "lab", "swims": 1}, "Lab"),
        ({"species": "dog", "breed": "pug"}, "Pug"),
        ({"species": "dog", "breed": "new"}, "Dog"),
        ({"species": "cat", "lives": 9}, "Cat"),
        ({"species": "cow"}, "Animal"),
    ],
)
@pytest.mark.parametrize("kind", ["Animal", "Dog"])
def test_a_child_may_have_children_of_its_own(
    kind: str, animal: Any, name: str, server: Server
) -> None:
    dogs = {"propertyName": "breed", "mapping": {"lab": "Lab", "pug": "Pug"}}
    text = holder(
        obj(first=ref(kind), all={"type": "array", "items": ref("Animal")}),
        Dog={"allOf": [ref("Animal"), obj(breed=TEXT)], "discriminator": dogs},
        Animal={
            **obj("species", species=TEXT, friend=ref("Dog")),
            "discriminator": {"propertyName": "species", "mapping": {"dog": "Dog"}},
        },
        Cat={
            "allOf": [ref("Animal"), obj(species={"const": "cat"}, lives=INTEGER)],
        },
        Lab={"allOf": [ref("Dog"), obj(swims=INTEGER)]},
        Pug={"allOf": [ref("Dog"), obj(snores=INTEGER)]},
    )
    dog = {"species": "dog", "breed": "pug"}
    found = read(text, server, {"first": dog, "all": [{**animal, "friend": dog}]})
    assert class_of(found.all[0]) == name
    assert class_of(found.first) == class_of(found.all[0].friend) == "Pug"


def test_parents_that_extend_each_other_are_no_endless_union(server: Server) -> None:
    tags = {"propertyName": "kind"}
    text = holder(
        ref("Left"),
        Left={**obj("kind", kind=TEXT, right=ref("Right")), "discriminator": tags},
        Right={
            "anyOf": [ref("Left"), obj(b=TEXT)],
            "allOf": [ref("Left")],
            "properties": {"kind": TEXT},
            "discriminator": tags,
        },
    )
    assert class_of(read(text, server, {"kind": "Left"})) == "Left"


def test_a_child_that_adds_nothing_is_its_parent(server: Server) -> None:
    parent = {**obj("kind", kind=TEXT), "discriminator": {"propertyName": "kind"}}
    text = holder(ref("Event"), Event=parent, Same={"allOf": [ref("Event")]})
    assert class_of(read(text, server, {"kind": "Same"})) == "Event"


def test_a_child_that_breaks_the_contract_is_kept_as_it_came(server: Server) -> None:
    called = {**EVENTS["FileEvent"], "x-ms-discriminator-value": "file"}
    text = holder(ref("Event"), **{**EVENTS, "FileEvent": called})
    event = {"kind": "file", "fileSize": 3, "path": 1}
    assert received(text, server, event) == event


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"kind": "both", "left": 1}, "Left"),
        ({"kind": "both", "right": 1}, "Right"),
        ({"kind": "l"}, "Left"),
    ],
)
def test_a_constant_of_several_members_names_none_of_them(
    value: Any, name: str, server: Server
) -> None:
    text = holder(
        {
            "anyOf": [ref("Left"), ref("Right")],
            "discriminator": {"propertyName": "kind"},
        },
        Left=obj("kind", kind={**TEXT, "enum": ["l", "both"]}, left=INTEGER),
        Right=obj("kind", kind={**TEXT, "enum": ["r", "both"]}, right=INTEGER),
    )
    assert class_of(read(text, server, value)) == name


def test_child_is_sent_where_the_parent_is_expected(server: Server) -> None:
    made = module(FAMILY, "models")
    cat = made.Cat(species="cat", lives=9)
    puppy = {"species": "Puppy", "weeks": 2}
    sent = SYNC.sent(FAMILY, server, "things.create", value=[cat, puppy])
    assert sent.json() == {"value": [{"species": "cat", "lives": 9}, puppy]}


@pytest.mark.parametrize("rate", [24001, "fast"])
def test_wrong_constant_of_one_member_is_a_violation(rate: Any, server: Server) -> None:
    text = holder(
        {"anyOf": [ref("Plain"), ref("Rated")]},
        Plain=obj("kind", kind={"const": "plain"}),
        Rated=obj("kind", kind={"const": "rated"}, rate={"enum": [24000]}),
    )
    with pytest.raises(Exception, match="1 violation, nothing was sent"):
        SYNC.sent(text, server, "things.create", value={"rate": rate})


def test_default_of_a_discriminator_is_not_chosen_for_the_caller(
    server: Server,
) -> None:
    def child(tag: str) -> Any:
        return {"allOf": [ref("Field"), obj("kind", kind={**TEXT, "default": tag})]}

    text = holder(
        ref("Field"),
        Field={
            **obj("kind", "name", kind=TEXT, name=TEXT),
            "discriminator": {"propertyName": "kind", "mapping": {"d": "Dated"}},
        },
        Dated=child("d"),
    )
    with pytest.raises(Exception, match="/value  'kind' is required"):
        SYNC.sent(text, server, "things.create", value={"name": "n"})
    sent = SYNC.sent(text, server, "things.create", value={"name": "n", "kind": "d"})
    assert sent.json() == {"value": {"name": "n", "kind": "d"}}


@pytest.mark.parametrize(
    ("kind", "size", "problem"),
    [("d", "big", "/value/size"), ("c", "big", "/value/size"), ("x", 1, "/value")],
)
def test_branch_that_the_discriminator_names_is_checked(
    kind: str, size: Any, problem: str, server: Server
) -> None:
    text = tagged({"d": "Dog", "c": "Cat"}, "Dog", "Cat")
    with pytest.raises(Exception, match=problem):
        SYNC.sent(text, server, "things.create", value={"kind": kind, "size": size})
    assert server.taken == []


def test_object_whose_tag_names_no_member_is_refused_by_the_validator(
    server: Server,
) -> None:
    text = holder(
        {
            "oneOf": [ref("Dog"), ref("Cat")],
            "discriminator": {"propertyName": "kind"},
        },
        Dog=obj("kind", "name", kind={"const": "dog"}, name=TEXT),
        Cat=obj("kind", kind={**TEXT, "enum": ["cat", "tomcat"], "default": "cat"}),
    )
    eel = {"kind": "eel", "name": "n"}
    with pytest.raises(Exception, match="1 violation, nothing was sent") as raised:
        SYNC.sent(text, server, "things.create", value=eel)
    assert type(raised.value).__name__ == "RequestInvalidError"
