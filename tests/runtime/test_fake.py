"""The fake of a package: the provider's behaviour without its server."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import pytest
from till._runtime.retry_policy import instant_waits
from till.client import Till
from till.errors import (
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    DuplicateTransactionId,
    InternalServerError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
)
from till.testing import BrokenContractError, FakeTill, StubError

ITEMS: Any = [{"code": "PC-1", "quantity": 2, "unit_amount": 1500}]


@pytest.fixture
def fake() -> Iterator[FakeTill]:
    with instant_waits():
        yield FakeTill()


@pytest.fixture
def client(fake: FakeTill) -> Iterator[Till]:
    with fake.client() as made:
        yield made


def create(client: Till, reference: str = "T-1", **options: Any) -> Any:
    return client.invoices.create(
        transaction_id=reference, payment_items=ITEMS, **options
    )


def pay(client: Till, invoice: str = "inv", amount: Any = "10") -> Any:
    return client.payments.create(invoice, amount=amount, date=date(2030, 1, 2))


def test_what_was_created_is_retrieved(client: Till) -> None:
    created = create(client)

    assert client.invoices.retrieve("T-1") == created


def test_reply_repeats_what_the_request_says(client: Till) -> None:
    assert create(client, "T-7").transaction_id == "T-7"


def test_what_was_not_created_is_not_found(client: Till) -> None:
    with pytest.raises(NotFoundError, match="there is no invoices T-9"):
        client.invoices.retrieve("T-9")


def test_second_use_of_a_key_is_the_provider_s_own_error(fake: FakeTill) -> None:
    client = fake.client(max_retries=0)
    create(client)

    with pytest.raises(DuplicateTransactionId, match="T-1 is taken"):
        create(client)
    assert len(fake.items("invoices")) == 1


def test_items_of_a_form_are_kept(fake: FakeTill, client: Till) -> None:
    made = pay(client, amount="12.50")

    assert str(made.amount) == "12.50"
    assert [item["id"] for item in fake.items("payments", "inv")] == [made.id]


def test_items_are_kept_apart_by_what_they_are_within(client: Till) -> None:
    pay(client, "one")

    assert [*client.payments.list("two")] == []
    assert len([*client.payments.list("one")]) == 1


def test_names_are_unique_and_the_same_in_each_run() -> None:
    def names() -> list[object]:
        fake = FakeTill(seed=7)
        client = fake.client()
        return [pay(client).id for _ in range(30)]

    assert names() == names()
    assert len(set(names())) == 30


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_list_goes_through_all_pages(fake: FakeTill, client: Till, count: int) -> None:
    made = [pay(client).id for _ in range(count)]

    found = [each.id for each in client.payments.list("inv", per_page=2)]

    assert found == made
    assert len(fake.calls.of("payments.list")) == count // 2 + 1


def test_what_was_deleted_is_gone(client: Till) -> None:
    made = pay(client)

    client.payments.delete("inv", made.id)

    assert [*client.payments.list("inv")] == []
    with pytest.raises(NotFoundError):
        client.payments.delete("inv", made.id)


def test_added_items_are_there_before_the_first_call(
    fake: FakeTill, client: Till
) -> None:
    added = fake.add("payments", "inv", id=12)

    assert added["id"] == 12
    assert [each.id for each in client.payments.list("inv")] == [12]


def test_an_item_that_the_contract_does_not_allow_is_not_added(fake: FakeTill) -> None:
    with pytest.raises(StubError, match="must be"):
        fake.add("payments", "inv", id="twelve")


def test_invalid_request_has_the_code_of_the_contract(fake: FakeTill) -> None:
    with fake.client(max_retries=0) as client, pytest.raises(BadRequestError) as caught:
        client.request("POST", "/payments/invoices", json={"paymentItems": []})

    assert fake.calls[-1].violations
    assert caught.value.status_code == 400


def test_secret_that_is_not_the_fake_s_is_refused() -> None:
    fake = FakeTill(secret_key="right")

    with pytest.raises(APIStatusError) as caught:
        fake.client(secret_key="wrong").invoices.retrieve("T-1")
    assert caught.value.status_code == 401
    with pytest.raises(NotFoundError):
        fake.client().invoices.retrieve("T-1")


def test_lost_response_leads_to_exactly_one_invoice(
    fake: FakeTill, client: Till
) -> None:
    fake.drop_response_next()

    created = create(client)

    assert fake.items("invoices") == [fake.items("invoices")[0]]
    assert created.transaction_id == "T-1"
    fake.calls.assert_count(2, "invoices.create", transaction_id="T-1")


def test_late_response_is_a_timeout_without_waiting(fake: FakeTill) -> None:
    fake.delay_next(3600)

    with fake.client(max_retries=0) as client, pytest.raises(OutcomeUnknownError) as e:
        pay(client)
    assert isinstance(e.value.__cause__, APITimeoutError) or "took too long" in str(
        e.value
    )
    assert len(fake.items("payments")) == 1


def test_call_fails_once_and_is_retried(fake: FakeTill, client: Till) -> None:
    fake.fail_next(status=503)

    create(client)

    assert [call.status for call in fake.calls] == [503, 200]


def test_call_fails_with_a_code(fake: FakeTill, client: Till) -> None:
    fake.fail_next(code="NO_FUNDS", operation="invoices.create")

    with pytest.raises(APIStatusError) as caught:
        create(client)
    assert caught.value.code == "NO_FUNDS"


def test_failure_of_an_unknown_code_is_a_mistake_of_the_test(fake: FakeTill) -> None:
    with pytest.raises(StubError, match="no code 'NO_FOUNDS'"):
        fake.fail_next(code="NO_FOUNDS")


def test_rate_limit_ends_with_time(fake: FakeTill) -> None:
    client = fake.client(max_retries=0)
    create(client)
    fake.rate_limit(1, seconds=60)
    client.invoices.retrieve("T-1")

    with pytest.raises(RateLimitError):
        client.invoices.retrieve("T-1")
    fake.now = datetime(2031, 1, 1, tzinfo=UTC)
    client.invoices.retrieve("T-1")


def test_strict_fake_fails_the_call_itself(fake: FakeTill, client: Till) -> None:
    fake.strict()

    with pytest.raises(
        BrokenContractError, match="is not an operation of the contract"
    ):
        client.request("GET", "/nothing")


def test_stub_answers_calls_with_these_arguments(fake: FakeTill, client: Till) -> None:
    create(client)
    fake.on("invoices.retrieve", invoice_reference="T-2").fail(status=500)

    client.invoices.retrieve("T-1")
    with pytest.raises(InternalServerError):
        client.invoices.retrieve("T-2")


def test_stub_that_the_contract_does_not_allow_is_refused(fake: FakeTill) -> None:
    with pytest.raises(StubError, match="must be"):
        fake.on("invoices.retrieve").respond({"success": "yes"})
    with pytest.raises(StubError, match="no status 418"):
        fake.on("invoices.retrieve").respond(status=418)


def test_calls_that_differ_are_shown_with_their_differences(
    fake: FakeTill, client: Till
) -> None:
    create(client)

    with pytest.raises(AssertionError) as caught:
        fake.calls.assert_one("invoices.create", transaction_id="T-2")
    assert "transaction_id: 'T-1', expected 'T-2'" in str(caught.value)


def test_calls_do_not_hold_secrets(fake: FakeTill) -> None:
    create(fake.client(secret_key="sk-very-secret"))

    assert "sk-very-secret" not in repr(fake.calls)


def test_async_client_talks_to_the_same_fake(fake: FakeTill, client: Till) -> None:
    create(client)

    async def retrieved() -> object:
        async with fake.async_client() as made:
            return await made.invoices.retrieve("T-1")

    assert asyncio.run(retrieved()) == client.invoices.retrieve("T-1")


class Receiver:
    """A server that takes webhooks when it is let."""

    def __init__(self) -> None:
        taken, may_answer = self.taken, self.may_answer = SimpleQueue[bytes](), Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.put(self.rfile.read(int(self.headers["content-length"])))
                may_answer.wait(10)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def test_change_is_not_held_up_by_the_receiver_of_its_webhook(
    fake: FakeTill, client: Till, receiver: Receiver
) -> None:
    fake.deliver_to(receiver.url)
    create(client)

    fake.change("invoices", "T-1", amount=7)  # the receiver has not answered

    assert json.loads(receiver.taken.get(timeout=10))["amount"] == 7
    with pytest.raises(AssertionError, match="no response"):
        fake.wait_for_webhooks(0.01)


def test_webhooks_arrive_in_order_and_twice_where_asked(
    fake: FakeTill, receiver: Receiver
) -> None:
    receiver.may_answer.set()
    fake.deliver_to(receiver.url)
    fake.duplicate_webhook()

    first = fake.send_webhook("webhooks.invoice_paid", amount=1)
    second = fake.send_webhook("webhooks.invoice_paid", amount=2)
    fake.wait_for_webhooks()

    arrived = [receiver.taken.get_nowait() for _ in range(3)]
    assert arrived == [first.body, first.body, second.body]


def test_webhook_that_nobody_takes_is_reported(fake: FakeTill) -> None:
    fake.deliver_to("http://127.0.0.1:9/")
    fake.send_webhook("webhooks.invoice_paid")

    with pytest.raises(AssertionError, match=r"127\.0\.0\.1:9/: .*refused"):
        fake.wait_for_webhooks()


def test_webhook_is_signed_as_the_client_verifies_it(
    fake: FakeTill, client: Till
) -> None:
    fake.now = datetime.now(UTC)
    found: list[object] = []

    def receive(body: bytes, headers: Any) -> None:
        found.append(client.webhooks.invoice_paid.unwrap(body, headers))

    fake.deliver_to(receive)
    fake.send_webhook("webhooks.invoice_paid", amount=3)

    assert len(found) == 1


def test_plugin_imports_nothing_of_the_client(package_folder: Path) -> None:
    script = (
        "import sys, till.testing.plugin\n"
        "heavy = {m for m in sys.modules if m.startswith(('till._runtime', 'till.models'))}\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=package_folder, check=True)


def test_production_imports_nothing_of_the_fake(package_folder: Path) -> None:
    script = (
        "import sys\n"
        "from till import Till, AsyncTill\n"
        "Till(secret_key='x', client_secret='y').invoices\n"
        "assert not [m for m in sys.modules if m.startswith('till.testing')]\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=package_folder, check=True)
