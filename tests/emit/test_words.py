"""Wire names become the names that a Python developer would have chosen."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import constant, pascal, snake


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("paymentLinkUrl", "payment_link_url"),
        ("paymentLinkURL", "payment_link_url"),
        ("HTTPServer", "http_server"),
        ("X-API-Version", "x_api_version"),
        ("from", "from_"),
        ("2fa", "value_2fa"),
        ("créé", "créé"),
        ("名前", "名前"),
        ("größe", "größe"),
        ("userIDs", "user_ids"),
        ("OAuth2Token", "oauth2_token"),
        ("getAUser", "get_a_user"),
        ("A2APayments", "a2a_payments"),
        ("isB2B", "is_b2b"),
        ("V2API", "v2_api"),
        ("H2Database", "h2_database"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("type", "type"),
        ("match", "match"),
        ("$filter", "filter"),
        ("StartTime<", "start_time"),
        ("", "value"),
    ],
)
def test_a_wire_name_becomes_a_variable(wire: str, name: str) -> None:
    assert snake(wire) == name


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("DUPLICATE_TRANSACTION_ID", "DuplicateTransactionId"),
        ("OAuthToken", "OAuthToken"),
        ("payment-item", "PaymentItem"),
        ("none", "None_"),
        ("404", "Value404"),
        ("VLAN", "VLAN"),
        ("Vlan", "Vlan"),
    ],
)
def test_a_wire_name_becomes_a_class(wire: str, name: str) -> None:
    assert pascal(wire) == name


@given(st.text(max_size=30))
def test_every_text_has_a_name_that_python_takes(wire: str) -> None:
    for name in (snake(wire), pascal(wire), constant(wire)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("+", "PLUS"),
        ("-", "MINUS"),
        (">", "GREATER_THAN"),
        (">=", "GREATER_THAN_OR_EQUAL"),
        ("=", "EQUAL"),
        ("!=", "NOT_EQUAL"),
        ("C++", "C_PLUS_PLUS"),
        ("C#", "C_SHARP"),
        ("1", "VALUE_1"),
        ("", "EMPTY"),
        ("活动", "活动"),
        (" ", "SPACE"),
        ("_", "UNDERSCORE"),
        ("👍", "THUMBS_UP_SIGN"),
    ],
)
def test_value_becomes_an_enum_member(value: str, name: str) -> None:
    assert constant(value) == name


@given(st.lists(st.sampled_from(["a", "b", "a_"]), max_size=8))
def test_name_is_given_out_once(wanted: list[str]) -> None:
    scope = Namespace("a name")
    found = [scope.claim(key, name) for key, name in enumerate(wanted)]
    assert len(set(found)) == len(found)


def test_second_claim_of_a_key_returns_its_name() -> None:
    scope = Namespace("a name")
    assert scope.claim("key", "first") == "first"
    assert scope.claim("key", "other") == "first"
