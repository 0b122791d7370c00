"""Pointers and expressions of a contract lead to exactly one place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from till._runtime.errors import OutcomeUnknownError, OutcomeUnknownServerError
from till.client import Till

from tests.runtime.server import Server, answer

USED_BEFORE = {"errors": [{"code": "DUPLICATE_TRANSACTION_ID", "detail": "used"}]}


@pytest.fixture
def client(server: Server) -> Till:
    return Till(secret_key="sk", base_url=server.url)


@pytest.mark.usefixtures("waits")
class TestKeys:
    def test_escaped_key_of_somebody_else_is_an_unknown_outcome(
        self, client: Till, server: Server
    ) -> None:
        somebody_else = {"data": {"ref/id": "OTHER", "amount": 1}}
        server.does(answer(500), answer(400, USED_BEFORE), answer(200, somebody_else))
        with pytest.raises(OutcomeUnknownError):
            client.orders.create(reference="MINE")
        assert server.taken[-1].target == "/orders/MINE"

    def test_escaped_key_of_this_call_returns_the_object_read_back(
        self, client: Till, server: Server
    ) -> None:
        own = {"data": {"ref/id": "MINE", "amount": 1}}
        server.does(answer(500), answer(400, USED_BEFORE), answer(200, own))
        assert client.orders.create(reference="MINE").amount == 1

    @pytest.mark.parametrize(
        "found",
        [
            {"data": {"amount": 1}},
            {"data": {"amount": 1}, "ref/id": "MINE"},
            {"data": {"amount": 1, "customer": {"ref/id": "MINE"}}},
        ],
    )
    def test_object_without_the_key_in_its_place_is_an_unknown_outcome(
        self, client: Till, server: Server, found: object
    ) -> None:
        server.does(answer(500), answer(400, USED_BEFORE), answer(200, found))
        with pytest.raises(OutcomeUnknownError):
            client.orders.create(reference="MINE")

    def test_key_is_named_in_the_report_as_the_provider_writes_it(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(500))
        with pytest.raises(OutcomeUnknownError) as caught:
            client.orders.create(reference="MINE", max_retries=0)
        assert "ref/id 'MINE'" in caught.value.sent

    def test_keyed_call_without_key_is_never_retried(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(500), answer(201, {"data": {}}))
        with pytest.raises(OutcomeUnknownServerError):
            client.orders.create()
        assert len(server.taken) == 1

    def test_keyed_call_with_an_empty_key_is_never_retried(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(500), answer(201, {"data": {}}))
        with pytest.raises(OutcomeUnknownServerError):
            client.orders.create(reference="")
        assert len(server.taken) == 1


class TestPaging:
    def test_escaped_pointer_to_the_next_page_is_followed(
        self, client: Till, server: Server
    ) -> None:
        payment = {"id": 1, "amount": "1.00", "date": "2024-01-31"}
        server.does(
            answer(200, {"items": [payment], "page/next": "/by-escaped-url?page=2"}),
            answer(200, {"items": [{**payment, "id": 2}]}),
        )
        found = list(client.pages.by_escaped_url())
        assert [one.id for one in found] == [1, 2]
        assert found[0].amount == Decimal("1.00")
