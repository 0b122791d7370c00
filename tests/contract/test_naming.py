"""Wire names become the names that a Python developer would have chosen."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engross.contract.naming import Names, constant, pascal, snake


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("paymentLinkUrl", "payment_link_url"),
        ("paymentLinkURL", "payment_link_url"),
        ("HTTPServer", "http_server"),
        ("X-API-Version", "x_api_version"),
        ("from", "from_"),
        ("2fa", "value_2fa"),
        ("créé", "cree"),
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
    ],
)
def test_a_wire_name_becomes_a_class(wire: str, name: str) -> None:
    assert pascal(wire) == name


@given(st.text(max_size=30))
def test_every_text_has_a_name_that_python_takes(wire: str) -> None:
    for name in (snake(wire), pascal(wire), constant(wire)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


@given(st.lists(st.sampled_from(["a", "b", "a_"]), max_size=8))
def test_a_name_is_given_out_once(wanted: list[str]) -> None:
    names = Names()
    given_out = [names.claim(each) for each in wanted]
    assert len(set(given_out)) == len(given_out)
