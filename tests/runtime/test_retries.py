"""When a client sends again, how long it waits, and when it gives up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import httpx2
import pytest
from till import operations
from till._runtime.errors import (
    APIConnectionError,
    APITimeoutError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
    RateLimitError,
    ResponseInvalidError,
    UnprocessableEntityError,
)
from till._runtime.options import Timeout
from till._runtime.retry_policy import Bucket, backoff, retry_after
from till.async_client import AsyncTill
from till.client import Till
from till.errors import DuplicateTransactionId
from till.params import ItemDict

from tests.runtime.calls import streamed_call
from tests.runtime.faults import after_doing, after_reading, close, reset
from tests.runtime.server import Connection, Server, answer
from tests.runtime.till_server import Provider, invoice

TODAY = datetime(2024, 1, 31, tzinfo=UTC).date()
ITEMS: list[ItemDict] = [{"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}]


@pytest.fixture
def client(server: Server, waits: list[float]) -> Iterator[Till]:
    timeout = Timeout(read=0.15, total=100.0)
    with Till(secret_key="sk-secret", base_url=server.url, timeout=timeout) as made:
        yield made


def create(client: Till, key: str = "T-1") -> object:
    return client.invoices.create(transaction_id=key, payment_items=ITEMS)


def pay(client: Till) -> object:
    return client.payments.create("inv", amount=Decimal("10.00"), date=TODAY)


class TestKeyedOperations:
    def test_a_lost_reply_is_read_back_and_nothing_is_created_twice(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_doing(reset)(provider), provider.answers)
        invoice = client.invoices.create(transaction_id="T-1", payment_items=ITEMS)
        assert invoice.invoice_number == provider.invoices["T-1"]["invoiceNumber"]
        assert provider.refused == 1
        assert [taken.method for taken in server.taken] == ["POST", "POST", "GET"]

    def test_every_attempt_carries_the_same_key(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(500))
        with pytest.raises(OutcomeUnknownServerError):
            create(client)
        keys = {taken.body for taken in server.taken if taken.method == "POST"}
        assert len(keys) == 1

    def test_already_done_on_the_first_attempt_is_the_error_of_the_code(
        self, client: Till
    ) -> None:
        create(client)
        with pytest.raises(DuplicateTransactionId) as caught:
            create(client)
        assert caught.value.code == "DUPLICATE_TRANSACTION_ID"
        assert caught.value.status_code == 400

    def test_already_done_after_a_429_is_somebody_elses(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        create(client)
        server.does(answer(429), provider.answers)
        with pytest.raises(DuplicateTransactionId):
            create(client)

    def test_after_the_last_attempt_the_result_is_read_back(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        failing = after_doing(lambda c: c.reply(500))(provider)
        server.does(failing, failing, failing, provider.answers)
        assert create(client)
        assert provider.created == 1

    def test_without_an_invoice_to_read_back_the_outcome_is_unknown(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(*[after_reading(close)(provider)] * 3, provider.answers)
        with pytest.raises(OutcomeUnknownError) as caught:
            create(client)
        assert caught.value.sent == (
            "POST /payments/invoices, transactionId 'T-1', attempt 3 of 3"
        )
        assert caught.value.find_out == "client.invoices.retrieve('T-1')"

    def test_already_done_without_a_trace_of_it_is_unknown_and_no_duplicate(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        late = answer(404, {"success": False, "message": "not on this replica yet"})
        server.does(after_doing(reset)(provider), provider.answers, late)
        with pytest.raises(OutcomeUnknownStatusError) as caught:
            create(client)
        assert not isinstance(caught.value, DuplicateTransactionId)
        assert caught.value.code == "DUPLICATE_TRANSACTION_ID"
        assert isinstance(caught.value.__cause__, NotFoundError)
        assert provider.created == 1

    def test_a_refusal_after_a_doubtful_attempt_is_raised_once_reading_settles_it(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_reading(close)(provider), answer(422), provider.answers)
        with pytest.raises(UnprocessableEntityError):
            create(client)
        assert provider.created == 0

    def test_a_refusal_after_a_doubtful_attempt_does_not_hide_what_was_created(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_doing(close)(provider), answer(401), provider.answers)
        assert create(client)

    def test_an_invoice_of_another_key_is_not_taken_for_the_own(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        other = {"success": True, "data": invoice("OTHER")}
        server.does(after_doing(reset)(provider), provider.answers, answer(200, other))
        with pytest.raises(OutcomeUnknownStatusError):
            create(client)

    def test_a_failure_to_read_back_is_told_as_unknown_with_its_cause(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_doing(reset)(provider), provider.answers, answer(403))
        with pytest.raises(OutcomeUnknownStatusError) as caught:
            create(client)
        assert type(caught.value.__cause__).__name__ == "PermissionDeniedError"
        assert "the invoice may exist" in str(caught.value)


class TestUnsafeOperations:
    def test_a_timeout_after_sending_never_creates_a_second_payment(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_doing(lambda c: server.done.wait(2))(provider))
        with pytest.raises(OutcomeUnknownError) as caught:
            pay(client)
        assert len(provider.payments) == 1
        assert str(caught.value).splitlines() == [
            "no response arrived in time after the request was sent; the payment may exist",
            "  sent: POST /invs/inv/payments, attempt 1 of 1",
            "  find out: client.payments.list('inv')",
        ]

    def test_attempts_that_never_left_are_counted_and_no_more_are_promised(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(answer(429), after_doing(reset)(provider))
        with pytest.raises(OutcomeUnknownError, match="attempt 2 of 2"):
            pay(client)

    def test_an_unknown_outcome_is_no_connection_error(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(after_doing(reset)(provider))
        with pytest.raises(OutcomeUnknownError) as caught:
            pay(client)
        assert not isinstance(caught.value, APIConnectionError)

    def test_a_500_is_both_a_server_error_and_an_unknown_outcome(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(500, {"message": "oops"}))
        with pytest.raises(InternalServerError) as caught:
            pay(client)
        assert isinstance(caught.value, OutcomeUnknownError)
        assert caught.value.response.json() == {"message": "oops"}
        assert len(server.taken) == 1

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    @pytest.mark.parametrize("form", ["whole", "streamed"])
    def test_a_change_of_protocol_is_no_success(
        self, server: Server, transport: str, form: str
    ) -> None:
        def switch(connection: Connection) -> None:
            connection.take()
            connection.send(
                b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
            )

        server.does(switch)
        with httpx2.Client() as own:
            http_client = own if transport == "httpx2" else None
            client = Till(secret_key="sk", base_url=server.url, http_client=http_client)
            arguments = {"hash_key": "inv", "payment_id": 1}
            calls: dict[str, Callable[[], object]] = {
                "whole": lambda: client._send(operations.DELETE_PAYMENT, arguments),
                "streamed": streamed_call(
                    client, operations.DELETE_PAYMENT, arguments
                ).__enter__,
            }
            with pytest.raises(OutcomeUnknownError):
                calls[form]()
        assert len(server.taken) == 1

    def test_a_429_is_repeated_because_nothing_was_done(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        server.does(answer(429), answer(429), provider.answers)
        assert pay(client)
        assert len(provider.payments) == 1

    def test_an_unreadable_success_names_the_call_that_finds_out(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, b"<html>"))
        with pytest.raises(ResponseInvalidError) as caught:
            pay(client)
        assert "find out: client.payments.list('inv')" in str(caught.value)
        assert caught.value.response.content == b"<html>"
        assert caught.value.response.status_code == 200

    def test_the_way_to_find_out_shows_a_body_as_one_would_write_it(
        self, server: Server, waits: list[float]
    ) -> None:
        server.does(answer(500))
        client = Till(secret_key="sk", client_secret="cs", base_url=server.url)
        with pytest.raises(OutcomeUnknownError) as caught:
            client.transfers.send(
                body={"request_ref": "R", "transaction": {"ref": "X"}}
            )
        assert caught.value.find_out is not None
        assert "transaction={'ref': 'X'}" in caught.value.find_out


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a server whose queue is full, so that it takes no connection."""
    with contextlib.ExitStack() as stack:
        queue = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(queue.getsockname())
        yield f"http://127.0.0.1:{queue.getsockname()[1]}"


class TestConnecting:
    @pytest.mark.skipif(sys.platform != "linux", reason="queues are longer elsewhere")
    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    @pytest.mark.parametrize(
        "timeout",
        [
            0.2,
            Timeout(connect=0.2),
            Timeout(connect=0.2, attempt=0.2),
            Timeout(attempt=0.2),
            Timeout(total=0.2),
        ],
    )
    def test_a_connection_that_is_not_made_in_time_proves_that_nothing_was_sent(
        self, deaf: str, transport: str, timeout: float | Timeout
    ) -> None:
        with httpx2.Client() as own:
            client = Till(
                secret_key="sk",
                base_url=deaf,
                timeout=timeout,
                max_retries=0,
                http_client=own if transport == "httpx2" else None,
            )
            with pytest.raises(APITimeoutError) as caught:
                pay(client)
        assert str(caught.value) == "connecting took too long; nothing was sent"


class TestBounds:
    def test_attempts_are_bounded_by_max_retries(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(503))
        with pytest.raises(InternalServerError):
            client.invoices.retrieve("T-1", max_retries=4)
        assert len(server.taken) == 5

    def test_no_retries_means_one_attempt(self, client: Till, server: Server) -> None:
        server.does(answer(503))
        with pytest.raises(InternalServerError):
            client.invoices.retrieve("T-1", max_retries=0)
        assert len(server.taken) == 1

    def test_time_is_bounded_over_all_attempts(
        self, server: Server, waits: list[float]
    ) -> None:
        server.does(answer(503, b"", {"Retry-After": "4"}))
        client = Till(secret_key="sk", base_url=server.url, timeout=Timeout(total=10.0))
        with pytest.raises(InternalServerError):
            client.invoices.retrieve("T-1", max_retries=50)
        assert len(server.taken) == 3
        assert sum(waits) == 8.0

    def test_an_attempt_gets_no_more_time_than_is_left(self, server: Server) -> None:
        server.does(lambda connection: server.done.wait(5))
        client = Till(
            secret_key="sk",
            base_url=server.url,
            timeout=Timeout(read=5.0, attempt=0.15, total=0.3),
        )
        before = time.monotonic()
        with pytest.raises(APITimeoutError):
            client.invoices.retrieve("T-1", max_retries=9)
        assert time.monotonic() - before < 1.0

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_a_head_that_drips_takes_no_more_than_an_attempt(
        self, server: Server, transport: str
    ) -> None:
        def drip(connection: Connection) -> None:
            connection.take()
            connection.send(b"HTTP/1.1 200 OK\r\nX: ")
            while not server.done.wait(0.02):
                connection.send(b"x")

        async def run() -> None:
            async with (
                httpx2.AsyncClient() as own,
                AsyncTill(
                    secret_key="sk",
                    base_url=server.url,
                    timeout=Timeout(attempt=0.2),
                    http_client=own if transport == "httpx2" else None,
                ) as client,
            ):
                await client.invoices.retrieve("T-1", max_retries=0)

        server.does(drip)
        before = time.monotonic()
        with pytest.raises(APITimeoutError):
            asyncio.run(run())
        assert time.monotonic() - before < 1.0

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_the_first_attempt_too_gets_no_more_than_the_whole_time(
        self, server: Server, transport: str
    ) -> None:
        def drip(connection: Connection) -> None:
            connection.take()
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            while not server.done.wait(0.02):
                connection.send(b" ")

        server.does(drip)
        with httpx2.Client() as own:
            client = Till(
                secret_key="sk",
                base_url=server.url,
                timeout=Timeout(read=2.0, attempt=2.0, total=0.2),
                http_client=own if transport == "httpx2" else None,
            )
            before = time.monotonic()
            with pytest.raises(APITimeoutError):
                client.invoices.retrieve("T-1")
        assert time.monotonic() - before < 1.0

    def test_a_long_retry_after_is_left_to_the_caller(
        self, client: Till, server: Server, waits: list[float]
    ) -> None:
        server.does(answer(429, b"", {"Retry-After": "61"}))
        with pytest.raises(RateLimitError) as caught:
            client.invoices.retrieve("T-1")
        assert caught.value.response.headers["retry-after"] == "61"
        assert waits == []

    def test_retry_after_is_waited_for(
        self, client: Till, server: Server, provider: Provider, waits: list[float]
    ) -> None:
        server.does(
            answer(429, b"", {"Retry-After": "7"}),
            answer(503, b"", {"retry-after-ms": "250"}),
            provider.answers,
        )
        client.invoices.retrieve("EXISTING")
        assert waits == [7.0, 0.25]

    def test_a_client_stops_adding_to_a_storm(
        self, server: Server, waits: list[float]
    ) -> None:
        server.does(answer(503))
        client = Till(secret_key="sk", base_url=server.url, max_retries=2)
        for _ in range(100):
            with pytest.raises(InternalServerError):
                client.invoices.retrieve("T-1")
        assert len(server.taken) == 100 + Bucket.CAPACITY / Bucket.COST

    def test_a_streamed_body_is_not_sent_again_unless_it_can_be(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(503))
        pieces = iter([b"a", b"b"])
        with pytest.raises(InternalServerError):
            client._send(operations.UPLOAD_RAW, body=pieces)
        assert len(server.taken) == 1
        assert server.taken[0].body == b"ab"


class TestWaits:
    @pytest.mark.parametrize("repeat", [1, 2, 3, 10, 10_000])
    def test_backoff_is_full_jitter_below_a_doubling_bound(self, repeat: int) -> None:
        bound = min(8.0, 0.5 * 2.0 ** min(repeat - 1, 16))
        waits = [backoff(repeat) for _ in range(200)]
        assert all(0.0 <= wait <= bound for wait in waits)
        assert max(waits) > bound / 2 > min(waits)

    @pytest.mark.parametrize(
        ("milliseconds", "other", "seconds"),
        [
            (None, "5", 5.0),
            (None, " 0.5 ", 0.5),
            ("1500", None, 1.5),
            ("1500", "9", 1.5),
            ("x", "9", 9.0),
            (None, "0", 0.0),
            (None, "-1", None),
            (None, "nan", None),
            (None, "1e5", None),
            (None, "inf", None),
            (None, "", None),
            (None, "٣", None),
            (None, "Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
            (None, "tomorrow", None),
            (None, "9" * 400, float("inf")),
            (None, None, None),
        ],
    )
    def test_retry_after_is_read_in_each_form(
        self, milliseconds: str | None, other: str | None, seconds: float | None
    ) -> None:
        assert retry_after(milliseconds, other) == seconds

    def test_retry_after_as_a_date_is_the_time_until_then(self) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        wait = retry_after(None, date)
        assert wait is not None
        assert 28 < wait <= 30

    @pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs tzset")
    def test_retry_after_as_an_old_date_is_in_utc_wherever_one_is(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Africa/Kigali")
        time.tzset()
        try:
            date = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(time.time() + 30))
            wait = retry_after(None, date)
        finally:
            monkeypatch.undo()
            time.tzset()
        assert wait is not None
        assert 28 < wait <= 30

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_of_several_waits_the_first_one_counts(
        self, server: Server, waits: list[float], transport: str
    ) -> None:
        def busy(connection: Connection) -> None:
            connection.take()
            connection.send(
                b"HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nRetry-After: 1\r\n"
                b"Content-Length: 0\r\n\r\n"
            )

        server.does(busy, answer(200, {"success": True, "data": invoice("T-1")}))
        with httpx2.Client() as own:
            http_client = own if transport == "httpx2" else None
            client = Till(secret_key="sk", base_url=server.url, http_client=http_client)
            client.invoices.retrieve("T-1")
        assert waits == [7.0]

    def test_an_error_says_how_often_it_was_tried(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(429))
        with pytest.raises(RateLimitError) as caught:
            client.invoices.retrieve("T-1")
        assert caught.value.response.attempts == 3

    def test_a_bad_request_is_never_repeated(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(400))
        with pytest.raises(BadRequestError):
            client.invoices.retrieve("T-1")
        assert len(server.taken) == 1
