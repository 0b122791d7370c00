"""Responses that say what is meant, although not as the contract has it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.runtime.rendered import SYNC, WAYS, Way, contract, operation
from tests.runtime.server import Server

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
MONEY = {"type": "number", "format": "decimal"}
INSTANT = {**TEXT, "format": "date-time"}
SCHEMAS = {
    "Line": {
        "type": "object",
        "required": ["count"],
        "properties": {"count": INTEGER, "at": INSTANT},
    },
    "Bill": {
        "type": "object",
        "required": ["amount"],
        "properties": {
            "amount": MONEY,
            "count": INTEGER,
            "at": INSTANT,
            "day": {**TEXT, "format": "date"},
            "paidAt": {**INTEGER, "x-engross": {"time": "unix-s"}},
            "kind": {"const": "bill"},
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
            "counts": {"type": "object", "additionalProperties": INTEGER},
            "any": {"anyOf": [{"$ref": "#/components/schemas/Line"}, INTEGER]},
            "id": {**TEXT, "format": "uuid"},
        },
    },
}
BILL = {"$ref": "#/components/schemas/Bill"}
TEXT_OF = contract({"/bills": {"get": operation("readBill", reply=BILL)}}, SCHEMAS)


def read(server: Server, body: Any, way: Way = SYNC) -> Any:
    return way.received(TEXT_OF, server, "things.read_bill", body)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_integers_may_be_written_with_a_fraction_of_zero(
    way: Way, server: Server
) -> None:
    body = (
        b'{"amount": 12345678901234567.890, "count": 3.0, "lines": [{"count": 1.00}],'
        b' "counts": {"a": 2.0}, "any": {"count": 4.0}, "paidAt": 0.0}'
    )
    bill = read(server, body, way)
    assert str(bill.amount) == "12345678901234567.890"
    assert (bill.count, bill.lines[0].count, bill.counts) == (3, 1, {"a": 2})
    assert bill.any.count == 4
    assert bill.paid_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert {type(bill.count), type(bill.counts["a"]), type(bill.any.count)} == {int}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_instant_beyond_all_years_is_the_number_that_was_sent(
    way: Way, server: Server
) -> None:
    bill = read(server, b'{"amount": 1, "paidAt": 9007199254740991}', way)
    assert bill.paid_at == 9007199254740991
    assert type(bill).from_json(bill.to_json()) == bill


@pytest.mark.parametrize("number", ["1.5", "1e999999999", "true", '"1"'])
def test_what_is_no_integer_is_refused(number: str, server: Server) -> None:
    with pytest.raises(Exception, match=r"does not match the contract.*count"):
        read(server, b'{"amount": 1, "count": %s}' % number.encode())


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    "instant",
    [
        "2016-12-31T23:59:60Z",
        "0000-00-00T00:00:00Z",
        "0000-00-00 00:00:00",
        "12024-01-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
    ],
)
def test_instant_that_python_lacks_keeps_its_text(
    instant: str, way: Way, server: Server
) -> None:
    body = {"amount": 1, "at": instant, "lines": [{"count": 1, "at": instant}]}
    bill = read(server, body, way)
    assert (bill.amount, bill.at, bill.lines[0].at) == (Decimal(1), instant, instant)
    assert json.loads(bill.to_json()) == body


def test_day_and_count_of_seconds_that_python_lacks_are_kept(server: Server) -> None:
    bill = read(server, {"amount": 1, "day": "0000-00-00", "paidAt": 10**15})
    assert (bill.day, bill.paid_at) == ("0000-00-00", 10**15)
    good = read(server, {"amount": 1, "day": "2024-02-29"})
    assert good.day == date(2024, 2, 29)


def test_text_that_is_no_instant_is_refused(server: Server) -> None:
    with pytest.raises(Exception, match="does not match the contract"):
        read(server, {"amount": 1, "at": "yesterday"})


def test_constant_with_another_value_keeps_it(server: Server) -> None:
    bill = read(server, {"amount": 1, "kind": "memo"})
    assert (bill.kind, bill.amount) == ("memo", Decimal(1))


def test_value_of_the_wrong_type_is_refused_beside_a_tolerated_one(
    server: Server,
) -> None:
    with pytest.raises(Exception, match="does not match the contract"):
        read(server, {"amount": [], "count": 1.0})


def test_unknown_fields_are_kept_beside_a_tolerated_value(server: Server) -> None:
    body = {"amount": 1, "count": 1.0, "lines": [{"count": 1, "new": 1}]}
    bill = read(server, body)
    assert bill.lines[0].unknown_fields == {"new": 1}
