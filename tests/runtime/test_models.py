"""Models: what the contract does not know, copies, conversions, and how they print."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.runtime.rendered import SYNC, WAYS, Way, contract, module, operation
from tests.runtime.server import Server, answer

TEXT = {"type": "string"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def mapped(values: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


LEAF = ref("Leaf")
TREE = contract(
    {
        "/trees": {
            "get": operation("readTree", reply=ref("Tree")),
            "post": operation("createTree", body=ref("Tree")),
        },
        "/leaves": {
            "get": operation("readLeaves", reply=mapped(listed(LEAF))),
            "post": operation("createLeaf", body=LEAF),
        },
    },
    {
        "Leaf": {"type": "object", "properties": {"a": TEXT, "within": LEAF}},
        "Other": {"type": "object", "required": ["z"], "properties": {"z": TEXT}},
        "Tree": {
            "type": "object",
            "properties": {
                "leaf": LEAF,
                "row": listed(LEAF),
                "lists": listed(listed(LEAF)),
                "map": mapped(LEAF),
                "maps": mapped(listed(LEAF)),
                "choice": {"oneOf": [LEAF, ref("Other"), TEXT]},
                "choices": listed({"oneOf": [LEAF, ref("Other")]}),
                "maybe": {"anyOf": [LEAF, {"type": "null"}]},
            },
        },
    },
)
UNKNOWN = {"a": "x", "new": 1.5, "within": {"a": "y", "deep": [{"z": 0.10}]}}
WHOLE: dict[str, Any] = {
    "leaf": UNKNOWN,
    "row": [{"a": "x"}, UNKNOWN],
    "lists": [[UNKNOWN], [{"a": "x"}, UNKNOWN]],
    "map": {"k": UNKNOWN, "plain": {"a": "x"}},
    "maps": {"k": [UNKNOWN]},
    "choice": UNKNOWN,
    "choices": [{"z": "1", "more": True}, UNKNOWN],
    "maybe": UNKNOWN,
    "beyond": {"b": None},
}
PLACES: dict[str, Callable[[Any], Any]] = {
    "field": lambda tree: tree.leaf,
    "list": lambda tree: tree.row[1],
    "list of lists": lambda tree: tree.lists[1][1],
    "map": lambda tree: tree.map["k"],
    "map of lists": lambda tree: tree.maps["k"][0],
    "choice": lambda tree: tree.choice,
    "list of choices": lambda tree: tree.choices[1],
    "nullable field": lambda tree: tree.maybe,
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "itself": lambda model: model,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "from_json": lambda model: type(model).from_json(model.to_json()),
}


def tree(server: Server, way: Way = SYNC) -> Any:
    return way.received(TREE, server, "things.read_tree", WHOLE)


class TestUnknownFields:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    @pytest.mark.parametrize("place", PLACES)
    def test_model_taken_from_its_holder_is_sent_whole(
        self, place: str, way: Way, server: Server
    ) -> None:
        leaf = PLACES[place](tree(server, way))
        sent = way.sent(TREE, server, "things.create_leaf", a=leaf.a, within=leaf)
        assert sent.json() == {"a": "x", "within": UNKNOWN}

    @pytest.mark.parametrize("place", PLACES)
    def test_model_knows_its_own_part(self, place: str, server: Server) -> None:
        leaf = PLACES[place](tree(server))
        assert json.loads(leaf.raw) == UNKNOWN
        assert leaf.unknown_fields == {
            "new": Decimal("1.5"),
            "within": {"deep": [{"z": Decimal("0.1")}]},
        }
        assert json.loads(leaf.within.raw) == UNKNOWN["within"]

    @pytest.mark.parametrize("copied", COPIES)
    def test_copies_keep_what_the_contract_does_not_know(
        self, copied: str, server: Server
    ) -> None:
        again = COPIES[copied](tree(server))
        assert json.loads(again.to_json()) == WHOLE
        assert json.loads(again.raw) == WHOLE
        for find in PLACES.values():
            assert json.loads(find(again).raw) == UNKNOWN
            assert json.loads(COPIES[copied](find(again)).to_json()) == UNKNOWN

    def test_deep_copy_does_not_share_models(self, server: Server) -> None:
        original = tree(server)
        again = copy.deepcopy(original)
        again.leaf.a = "changed"
        assert original.leaf.a == "x"
        assert json.loads(again.leaf.to_json()) == {**UNKNOWN, "a": "changed"}

    def test_lists_and_maps_of_a_response_know_their_parts(
        self, server: Server
    ) -> None:
        body = {"k": [{"a": "x"}, UNKNOWN]}
        leaves = SYNC.received(TREE, server, "things.read_leaves", body)
        assert leaves["k"][0].unknown_fields == {}
        assert json.loads(leaves["k"][1].to_json()) == UNKNOWN

    def test_item_keeps_its_part_when_others_are_removed(self, server: Server) -> None:
        found = tree(server)
        found.choices.pop(0)
        assert json.loads(found.to_json())["choices"] == [UNKNOWN]

    def test_field_that_is_replaced_has_nothing_of_the_old_value(
        self, server: Server
    ) -> None:
        found = tree(server)
        leaf = module(TREE, "models").Leaf(a="new")
        found.leaf = leaf
        assert found.leaf.unknown_fields == {}
        assert json.loads(found.to_json())["leaf"] == {"a": "new"}

    def test_changed_fields_win_over_the_response(self, server: Server) -> None:
        leaf = tree(server).leaf
        leaf.a = "changed"
        assert json.loads(leaf.to_json()) == {**UNKNOWN, "a": "changed"}

    def test_field_that_is_unset_is_not_sent(self, server: Server) -> None:
        leaf = tree(server).leaf
        leaf.a = msgspec.UNSET
        assert "a" not in json.loads(leaf.to_json())

    def test_closed_model_keeps_unknown_fields_but_does_not_send_them(
        self, server: Server
    ) -> None:
        closed = {"additionalProperties": False, "properties": {"a": TEXT}}
        text = contract(
            {
                "/things": {
                    "get": operation("readThing", reply=ref("Thing")),
                    "post": operation("createThing", body=ref("Holder")),
                }
            },
            {
                "Thing": {"type": "object", **closed},
                "Holder": {"type": "object", "properties": {"thing": ref("Thing")}},
            },
        )
        body = {"a": "x", "new": 1}
        thing = SYNC.received(text, server, "things.read", body)
        assert thing.unknown_fields == {"new": 1}
        assert json.loads(thing.to_json()) == body
        sent = SYNC.sent(text, server, "things.create", thing=thing)
        assert sent.json() == {"thing": {"a": "x"}}


VALUES = contract(
    {"/things": {"get": operation("readThing", reply=ref("Thing"))}},
    {
        "Thing": {
            "type": "object",
            "required": ["id", "amount"],
            "properties": {
                "id": {**TEXT, "format": "uuid"},
                "amount": {"type": "number", "format": "decimal"},
                "price": {**TEXT, "format": "decimal"},
                "madeAt": {**TEXT, "format": "date-time"},
                "parts": listed(ref("Part")),
            },
        },
        "Part": {"type": "object", "properties": {"size": {"type": "number"}}},
    },
)
ID = "11111111-2222-3333-4444-555555555555"
THING = (
    b'{"id": "%s", "amount": 2000.10, "price": "1.50", "madeAt": "2024-01-31T10:00:00Z",'
    b' "parts": [{"size": 0.5, "note": "n"}], "rate": 1.10}' % ID.encode()
)


def thing(server: Server, body: Any = THING) -> Any:
    return SYNC.received(VALUES, server, "things.read", body)


class TestConversions:
    def test_to_dict_returns_json_types_with_the_digits_of_money(
        self, server: Server
    ) -> None:
        found = thing(server).to_dict()
        assert found == {
            "id": ID,
            "amount": "2000.10",
            "price": "1.50",
            "madeAt": "2024-01-31T10:00:00Z",
            "parts": [{"size": 0.5, "note": "n"}],
            "rate": "1.10",
        }
        assert json.loads(json.dumps(found)) == found

    def test_to_dict_returns_python_values_on_request(self, server: Server) -> None:
        assert thing(server).to_dict(mode="python") == {
            "id": UUID(ID),
            "amount": Decimal("2000.10"),
            "price": Decimal("1.50"),
            "madeAt": datetime(2024, 1, 31, 10, tzinfo=UTC),
            "parts": [{"size": 0.5, "note": "n"}],
            "rate": Decimal("1.10"),
        }

    @pytest.mark.parametrize("mode", ["json", "python"])
    def test_from_dict_reads_what_to_dict_returns(
        self, mode: str, server: Server
    ) -> None:
        found = thing(server)
        again = type(found).from_dict(found.to_dict(mode))
        assert again == found
        assert again.unknown_fields.keys() == found.unknown_fields.keys()
        assert again.parts[0].unknown_fields == {"note": "n"}

    def test_from_json_reads_text_and_bytes(self, server: Server) -> None:
        found = thing(server)
        for text in (THING, THING.decode()):
            again = type(found).from_json(text)
            assert again == found
            assert b"2000.10" in again.to_json()
            assert b"1.10" in again.to_json()

    @pytest.mark.parametrize("data", [{}, {"id": "x", "amount": 1}, {"amount": []}])
    def test_from_dict_refuses_what_is_no_such_object(self, data: Any) -> None:
        with pytest.raises(ValueError, match="id"):
            module(VALUES, "models").Thing.from_dict(data)

    @pytest.mark.parametrize("text", ["", "[]", "{", b"\xff"])
    def test_from_json_refuses_what_is_no_such_object(self, text: Any) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 the wording is msgspec's
            module(VALUES, "models").Thing.from_json(text)

    def test_replaced_copy_keeps_the_rest(self, server: Server) -> None:
        found = thing(server)
        changed = found.__replace__(amount=Decimal(1), parts=[])
        assert (found.amount, changed.amount) == (Decimal("2000.10"), Decimal(1))
        assert json.loads(changed.to_json())["rate"] == 1.1
        assert json.loads(found.to_json())["parts"] == [{"size": 0.5, "note": "n"}]
        with pytest.raises(TypeError, match="no field 'amuont'"):
            found.__replace__(amuont=1)

    def test_models_are_matched_by_their_fields(self, server: Server) -> None:
        made = module(VALUES, "models")
        match thing(server):
            case made.Thing(parts=[made.Part(size=size)], amount=amount):
                assert (size, amount) == (0.5, Decimal("2000.10"))
            case _:
                pytest.fail("the pattern does not match")


class TestPrinting:
    def test_repr_leaves_out_what_is_absent(self, server: Server) -> None:
        made = module(VALUES, "models")
        part = made.Part()
        assert repr(part) == "Part()"
        found = made.Thing(id=UUID(ID), amount=Decimal("1.5"), parts=[part])
        shown = f"Thing(id=UUID('{ID}'), amount=Decimal('1.5'), parts=[Part()])"
        assert repr(found) == shown

    def test_notebook_shows_one_field_on_a_line(self) -> None:
        class Printer:
            """Notes what it is told, as the pretty printer of IPython."""

            written = ""

            def text(self, text: str) -> None:
                self.written += text

            def breakable(self, sep: str = " ") -> None:
                self.written += "\n"

            def pretty(self, value: object) -> None:
                self.written += repr(value)

            def group(self, indent: int, opening: str, closing: str) -> Any:
                self.written += opening
                from contextlib import nullcontext

                return nullcontext()

        printer = Printer()
        made = module(VALUES, "models")
        made.Thing(id="x", amount=Decimal(1))._repr_pretty_(printer, False)
        assert printer.written == "Thing(\nid='x',\namount=Decimal('1')"

    def test_absent_value_is_recognisable_in_a_text(self) -> None:
        made = module(VALUES, "models")
        assert f"{made.Part().size}" == "UNSET"


BAGS = contract(
    {
        "/bags": {
            "get": operation(
                "readBag",
                reply=ref("Bag"),
                parameters=[
                    {
                        "name": "filter",
                        "in": "query",
                        "style": "deepObject",
                        "schema": ref("Filter"),
                    }
                ],
            ),
            "post": operation("createBag", body=ref("Bag")),
            "put": operation("fillBag", body=ref("Holder")),
        },
    },
    {
        "Bag": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": TEXT, "inner": ref("Pouch")},
            "additionalProperties": ref("Part"),
        },
        "Part": {
            "type": "object",
            "required": ["madeAt"],
            "properties": {"madeAt": {**TEXT, "format": "date-time"}},
        },
        "Pouch": {
            "type": "object",
            "properties": {"size": {"type": "integer"}},
            "additionalProperties": True,
        },
        "Filter": {
            "type": "object",
            "properties": {"name": TEXT},
            "additionalProperties": TEXT,
        },
        "Coded": {
            "type": "object",
            "properties": {"name": TEXT},
            "patternProperties": {"^x-": {"type": "integer"}},
            "additionalProperties": False,
        },
        "Holder": {
            "type": "object",
            "properties": {"bag": ref("Bag"), "coded": ref("Coded")},
        },
    },
)
NOON = "2024-01-31T12:00:00Z"
BAG = {
    "name": "n",
    "inner": {"size": 1, "color": "red", "deep": {"a": [1]}},
    "left": {"madeAt": NOON, "note": "kept"},
}


class TestAdditionalProperties:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_members_without_a_name_are_typed_and_sent_again(
        self, way: Way, server: Server
    ) -> None:
        bag = way.received(BAGS, server, "things.read_bag", BAG)
        left = bag.additional_properties["left"]
        assert left.made_at == datetime(2024, 1, 31, 12, tzinfo=UTC)
        assert bag.inner.additional_properties == {"color": "red", "deep": {"a": [1]}}
        assert bag.unknown_fields == {"left": {"note": "kept"}}
        assert json.loads(bag.to_json()) == BAG
        sent = way.sent(BAGS, server, "things.fill_bag", bag=bag)
        assert sent.json() == {"bag": BAG}

    @pytest.mark.parametrize("copied", COPIES)
    def test_members_without_a_name_survive_copies(
        self, copied: str, server: Server
    ) -> None:
        bag = SYNC.received(BAGS, server, "things.read_bag", BAG)
        again = COPIES[copied](bag)
        assert again == bag
        assert json.loads(again.to_json()) == BAG
        assert again.additional_properties["left"].made_at.hour == 12

    def test_members_that_are_removed_are_not_sent(self, server: Server) -> None:
        bag = SYNC.received(BAGS, server, "things.read_bag", BAG)
        del bag.additional_properties["left"]
        assert "left" not in json.loads(bag.to_json())

    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_members_without_a_name_are_given_as_an_argument(
        self, way: Way, server: Server
    ) -> None:
        noon = datetime(2024, 1, 31, 12, tzinfo=UTC)
        given = {"left": {"made_at": noon}}
        sent = way.sent(
            BAGS,
            server,
            "things.create_bag",
            name="n",
            inner={"size": 1, "color": "red"},
            additional_properties=given,
        )
        assert sent.json() == {
            "name": "n",
            "inner": {"size": 1, "color": "red"},
            "left": {"madeAt": NOON},
        }

    def test_members_of_a_query_are_sent(self, server: Server) -> None:
        wanted = {"name": "n", "additional_properties": {"color": "red"}}
        server.does(answer(200, BAG))
        SYNC.call(BAGS, server, "things.read_bag", filter=wanted)
        assert server.taken[-1].query == "filter%5Bname%5D=n&filter%5Bcolor%5D=red"

    def test_members_whose_names_match_a_pattern_are_sent(self, server: Server) -> None:
        coded = {"name": "n", "x-a": 1}
        sent = SYNC.sent(BAGS, server, "things.fill_bag", coded=coded)
        assert sent.json() == {"coded": coded}

    def test_member_with_a_field_of_its_own_is_refused(self, server: Server) -> None:
        with pytest.raises(TypeError, match="pass 'name' as the field 'name'"):
            SYNC.sent(
                BAGS,
                server,
                "things.create_bag",
                name="n",
                additional_properties={"name": "m"},
            )
