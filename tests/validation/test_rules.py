"""Rules across members, in CEL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engross.validation import SchemaError, compile_validator

INVOICE: dict[str, Any] = {
    "type": "object",
    "required": ["amount", "items"],
    "properties": {
        "amount": {"type": "number"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["unitAmount", "quantity"],
                "properties": {
                    "unitAmount": {"type": "number"},
                    "quantity": {"type": "integer"},
                    "tag": {"type": "string"},
                },
            },
        },
        "currency": {"type": "string"},
        "note": {"type": ["string", "null"]},
        "count": {"type": "integer"},
        "paid": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "createdAt": {"type": "string", "format": "date-time"},
        "expiryAt": {"type": "string", "format": "date-time"},
        "dueDate": {"type": "string", "format": "date"},
        "stamp": {"type": "integer", "x-engross": {"time": "unix-ms"}},
        "anything": {},
    },
}
ITEMS = [{"unitAmount": 0.1, "quantity": 3}, {"unitAmount": 5, "quantity": 2}]
PAYLOAD: dict[str, Any] = {"amount": Decimal("10.3"), "items": ITEMS}


def with_rule(cel: str, **more: Any) -> dict[str, Any]:
    rule = {"id": "the-rule", "cel": cel, "message": "must hold"} | more
    return {**INVOICE, "x-engross": {"rules": [rule]}}


def holds(cel: str, **members: Any) -> bool:
    validator = compile_validator(with_rule(cel))
    payload = PAYLOAD | members
    assert validator.is_valid(payload) is not bool(validator.violations(payload))
    return validator.is_valid(payload)


TRUE_RULES = [
    "self.amount == self.items.map(i, i.unitAmount * i.quantity).sum()",
    "self.items.map(i, i.quantity).sum() == 5",
    "self.items.map(i, i.quantity > 2, i.quantity).sum() == 3",
    "self.items.map(i, i.unitAmount).max() == 5",
    "self.items.map(i, i.unitAmount).min() == 0.1",
    "size(self.items) == 2 && self.items.size() < 3",
    "self.items.all(i, i.quantity > 0)",
    "self.items.exists(i, i.quantity == 3)",
    "self.items.exists_one(i, i.quantity == 3)",
    "self.items.filter(i, i.quantity > 2).size() == 1",
    "self.items[0].quantity == 3",
    "!has(self.note)",
    "!has(self.note) || self.note != 'x'",
    "has(self.currency) ? self.currency == 'RWF' : true",
    "self.amount > 10 ? true : false",
    "self.items.map(i, i.quantity).unique()",
    "0.1 + 0.2 == 0.3",
    "self.amount * 3 == 30.9",
    "7 / 2 == 3 && -7 / 2 == -3 && 7 % 4 == 3 && -7 % 4 == -3",
    "self.amount / 4 < 2.58",
    "1u == 1 && 0x10 == 16 && 1.5e1 == 15.0",
    "'a' + 'b' == \"ab\" && 'a' < 'b'",
    "'prefix-x'.startsWith('prefix') && 'x-y'.endsWith('y') && 'abc'.contains('b')",
    "'abc'.matches('^[a-c]+$') && matches('xabcx', 'abc')",
    r"'a\nb'.matches('a.b') == false && '\u00e9'.size() == 1 && r'\d' == '\\d'",
    "'a' in ['a', 'b'] && !(3 in [1, 2]) && 'amount' in self",
    "timestamp('2030-01-01T00:00:00Z') - timestamp('2029-12-31T23:00:00Z') == duration('1h')",
    "timestamp('2030-01-01T00:00:00Z') + duration('1m30.5s') > timestamp('2030-01-01T00:01:30Z')",
    "now > timestamp('2020-01-01T00:00:00Z')",
    "-self.amount < 0",
    "[1, 2] + [3] == [1, 2, 3]",
    # An error gives way to a verdict on the other side.
    "self.count > 0 || true",
    "!(self.count > 0 && false)",
    "self.items.exists(i, i.tag == 'x') || self.amount > 0",
    "self.items.exists(i, i.tag == 'x' || i.quantity == 2)",
    "!self.items.all(i, i.tag == 'x' && i.quantity == 2)",
]


@pytest.mark.parametrize("cel", TRUE_RULES)
def test_a_rule_that_holds_is_silent(cel: str) -> None:
    assert holds(cel)
    assert not holds(f"!({cel})") or "||" in cel or "&&" in cel


@pytest.mark.parametrize(
    "cel",
    [
        "self.count > 0",
        "self.count > 0 || false",
        "self.count > 0 && true",
        "!(self.count > 0)",
        "self.items.all(i, i.tag == 'x')",
        "self.items[7].quantity == 1",
        "self.count / 0 == 1 || false",
        "1 / 0 == 1",
        "self.items.filter(i, i.quantity > 9).map(i, i.quantity).max() == 1",
    ],
)
def test_an_error_in_a_rule_is_a_violation(cel: str) -> None:
    assert not holds(cel)


def test_the_message_of_an_error_says_what_it_lacks() -> None:
    (found,) = compile_validator(with_rule("self.count > 0")).violations(PAYLOAD)
    assert found.message == "must hold; 'count', which it depends on, is missing"
    assert (found.pointer, found.keyword) == ("", "rule")
    assert found.schema_pointer == "#/x-engross/rules/0"
    assert found.expected == "self.count > 0"


def test_sums_are_exact() -> None:
    cents = [{"unitAmount": 0.01, "quantity": 1} for _ in range(1000)]
    cel = "self.amount == self.items.map(i, i.unitAmount * i.quantity).sum()"
    assert holds(cel, amount=10, items=cents)
    assert holds(cel, amount=Decimal("10.00"), items=cents)
    assert not holds(cel, amount=10.000000001, items=cents)
    long = Decimal("0." + "1" * 60)
    assert holds(cel, amount=long, items=[{"unitAmount": long, "quantity": 1}])


def test_instants_compare_by_when_they_are_not_by_their_text() -> None:
    cel = "self.createdAt < self.expiryAt"
    earlier, later = "2030-01-01T10:00:00+05:00", "2030-01-01T06:00:00Z"
    assert holds(cel, createdAt=earlier, expiryAt=later)
    assert not holds(cel, createdAt=later, expiryAt=earlier)
    assert holds("self.dueDate > self.createdAt", dueDate="2030-01-02", createdAt=later)
    assert holds("self.createdAt == '2030-01-01T07:00:00+01:00'", createdAt=later)
    assert holds("self.stamp > timestamp('2030-01-01T00:00:00Z')", stamp=1893456000001)


def test_now_is_when_the_rule_runs() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=60)
    past = datetime.now(UTC) - timedelta(seconds=60)
    assert holds("self.expiryAt > now", expiryAt=soon.isoformat())
    assert not holds("self.expiryAt > now", expiryAt=past.isoformat())


def test_a_rule_on_a_member_speaks_of_its_value() -> None:
    rule = {"id": "future", "cel": "self > now", "message": "must lie in the future"}
    schema = {
        "properties": {
            "expiryAt": {
                "type": "string",
                "format": "date-time",
                "x-engross": {"code": "BAD_EXPIRATION_DATE", "rules": [rule]},
            }
        }
    }
    (found,) = compile_validator(schema).violations(
        {"expiryAt": "2022-11-27T16:24:51Z"}
    )
    assert str(found) == (
        "/expiryAt: must lie in the future, got '2022-11-27T16:24:51Z'"
        " (BAD_EXPIRATION_DATE)"
    )


def test_a_rule_runs_only_when_what_it_reads_has_passed() -> None:
    schema = with_rule("self.amount > 100")
    validator = compile_validator(schema)
    keywords = [
        each.keyword for each in validator.violations({"amount": "x", "items": []})
    ]
    assert keywords == ["type"]
    keywords = [each.keyword for each in validator.violations({"items": []})]
    assert keywords == ["required"]
    payload = {"amount": 1, "items": 5, "note": 7}
    found = [(each.pointer, each.keyword) for each in validator.violations(payload)]
    assert found == [("/items", "type"), ("/note", "type"), ("", "rule")]


def test_rules_in_items_are_told_apart_by_their_pointers() -> None:
    rule = {"id": "order", "cel": "self.a < self.b", "message": "a must be less than b"}
    item = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "x-engross": {"rules": [rule]},
    }
    validator = compile_validator({"items": item})
    payload = [{"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": "x", "b": 1}]
    found = [(each.pointer, each.keyword) for each in validator.violations(payload)]
    assert found == [("/1", "rule"), ("/2/a", "type")]


@pytest.mark.parametrize(
    ("cel", "column", "message"),
    [
        ("self.amount +", 13, "this is not CEL"),
        ("self.amuont > 1", 6, "declares no member 'amuont'"),
        ("has(self.amuont)", 1, "declares no member 'amuont'"),
        ("amount > 1", 1, "'amount' is not known"),
        ("self.amount", 6, "must be true or false, not a number"),
        ("self.amount > 'x'", 1, "have no order"),
        ("self.amount == 'x'", 1, "never equals"),
        ("self.currency + 1 == 'x'", 1, "needs a number, not a text"),
        ("self.amount % 2 == 0", 1, "only integers have a remainder"),
        ("self.items > 1", 1, "have no order"),
        ("self.anything > 1", 1, "whose type the schema does not state"),
        ("!self.amount", 1, "needs a boolean"),
        ("self.amount && true", 6, "needs a boolean"),
        ("self.currency.matches(self.currency)", 15, "written out"),
        ("self.currency.matches('(?=a)')", 15, "RE2 has no assertions"),
        ("self.currency.matches('[')", 15, "unterminated character class"),
        ("self.currency.reverse() == 'x'", 15, "reverse() is not known here"),
        ("double('x') > 1.0", 1, "needs a number"),
        ("self.expiryAt > 'tomorrow'", 17, "not an instant"),
        ("now > duration('1 hour')", 7, "not a duration"),
        ("self.items.map(1, 2).size() > 0", 12, "needs the name of a variable"),
        ("self.items.all(i, i.tag)", 21, "needs a boolean"),
        ("has(self)", 1, "has() needs a member"),
        ("{'a': 1} == self", 1, "cannot be written out"),
        ("b'a' == b'a'", 1, "bytes are not supported"),
        ("for > 1", 1, "reserved word"),
        ("self.items['a'] == 1", 1, "only lists have places"),
        ("true ? 1 : 'x'", 1, "same type"),
        (".self.amount > 1", 1, "does not start with a dot"),
        ("self.amount > 0 &&\n self.amuont < 5", 7, "declares no member"),
    ],
)
def test_a_rule_beyond_what_is_supported_is_refused_with_its_place(
    cel: str, column: int, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_validator(with_rule(cel))
    assert str(caught.value.at) == "#/x-engross/rules/0/cel"
    assert message in caught.value.message
    line = cel.count("\n") + 1
    assert caught.value.inside is not None
    assert caught.value.inside[:2] == (line, column)


@pytest.mark.parametrize("missing", ["id", "cel", "message"])
def test_a_rule_that_lacks_a_part_is_refused(missing: str) -> None:
    rule = {"id": "a", "cel": "true", "message": "m"}
    del rule[missing]
    with pytest.raises(SchemaError, match=missing) as caught:
        compile_validator({"x-engross": {"rules": [rule]}})
    assert str(caught.value.at) == "#/x-engross/rules/0"
