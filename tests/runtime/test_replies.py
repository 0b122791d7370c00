"""What callers get: models, raw replies, errors, and replies that break the contract."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import msgspec
import pytest
from till import models, operations
from till._runtime.conversion import decoder
from till._runtime.errors import (
    APIConnectionError,
    APIStatusError,
    BadRequestError,
    OutcomeUnknownError,
    ResponseInvalidError,
)
from till._runtime.models import Model, OpenEnum
from till._runtime.operation import Operation, Reply, Safe
from till._runtime.retry_policy import instant_waits
from till._runtime.unix_time import UnixMilliseconds
from till.client import Till
from till.errors import NoFunds

from tests.runtime.faults import bomb
from tests.runtime.server import Connection, Server, answer

INVOICE: dict[str, Any] = {
    "success": True,
    "data": {
        "invoiceNumber": "88",
        "transactionId": "T-1",
        "amount": 2000.10,
        "paymentStatus": "REFUNDED",
        "newField": {"a": [1.10]},
        "customer": {"email": "a@b.c", "vip": True},
        "paymentItems": [
            {"code": "A", "quantity": 1, "unitAmount": 10},
            {"code": "B", "quantity": 1, "unitAmount": 10, "color": "red"},
        ],
    },
}


@pytest.fixture
def client(server: Server) -> Iterator[Till]:
    with Till(secret_key="sk-secret", base_url=server.url) as made:
        yield made


def retrieved(
    client: Till, server: Server, body: object, **headers: str
) -> models.Invoice:
    server.does(answer(200, body, headers))
    return client.invoices.retrieve("T-1")


class TestModels:
    def test_money_keeps_the_digits_of_the_reply(
        self, client: Till, server: Server
    ) -> None:
        body = b"""{"success": true, "data": {"invoiceNumber": "1", "transactionId": "T",
            "amount": 12345678901234567.890, "paymentStatus": "NEW"}}"""
        invoice = retrieved(client, server, body)
        assert str(invoice.amount) == "12345678901234567.890"
        assert b"12345678901234567.890" in invoice.to_json()

    def test_an_unknown_enum_value_survives_and_encodes_again(
        self, client: Till, server: Server
    ) -> None:
        status = retrieved(client, server, INVOICE).payment_status
        assert isinstance(status, models.PaymentStatus)
        assert status == "REFUNDED"
        assert msgspec.json.encode(status) == b'"REFUNDED"'
        assert pickle.loads(pickle.dumps(status)) == copy.deepcopy(status) == status
        assert {status: 1}["REFUNDED"] == 1  # type: ignore[index]
        assert list(models.PaymentStatus) == ["NEW", "PAID"]

    def test_an_enum_refuses_what_is_no_text(self) -> None:
        class Level(OpenEnum):
            LOW = "low"

        with pytest.raises(ValueError, match="5 is not a valid"):
            Level(5)  # type: ignore[arg-type]

    def test_fields_that_the_contract_does_not_know_stay_readable(
        self, client: Till, server: Server
    ) -> None:
        invoice = retrieved(client, server, INVOICE)
        assert invoice.unknown_fields == {
            "newField": {"a": [Decimal("1.1")]},
            "customer": {"vip": True},
            "paymentItems": [{}, {"color": "red"}],
        }
        assert msgspec.json.decode(invoice.raw) == INVOICE["data"]

    def test_to_dict_is_what_came_under_wire_names(
        self, client: Till, server: Server
    ) -> None:
        invoice = retrieved(client, server, INVOICE)
        shown = msgspec.json.decode(invoice.to_json())
        assert shown == INVOICE["data"]
        assert invoice.to_dict()["amount"] == "2000.1"

    def test_an_instant_that_came_without_its_timezone_is_shown_without(
        self, client: Till, server: Server
    ) -> None:
        data = {**INVOICE["data"], "createdAt": "2024-01-31T09:30:00"}
        invoice = retrieved(client, server, {**INVOICE, "data": data})
        assert invoice.created_at == datetime.fromisoformat("2024-01-31T09:30:00")
        assert invoice.to_dict()["createdAt"] == "2024-01-31T09:30:00"

    def test_a_model_of_ones_own_has_nothing_unknown(self) -> None:
        item = models.Item(code="A", quantity=1, unit_amount=Decimal(1))
        assert item.unknown_fields == {}
        assert item.raw == b""
        assert item.to_dict() == {"code": "A", "quantity": 1, "unitAmount": "1"}

    def test_models_in_a_list_know_their_own_part(
        self, client: Till, server: Server
    ) -> None:
        payment = {"id": 1, "amount": "1.0", "date": "2024-01-31"}
        server.does(answer(200, {"payments": [payment, {**payment, "x": 1}]}))
        first, second = client.payments.list("inv", per_page=20)
        assert first.unknown_fields == {}
        assert second.unknown_fields == {"x": 1}

    def test_instants_in_unix_time_and_choices_are_decoded(
        self, client: Till, server: Server
    ) -> None:
        card = {
            "id": "1",
            "atMs": 1706702400001,
            "source": {"kind": "card", "last4": "1"},
        }
        bank = {
            "id": "2",
            "atMs": 0,
            "source": {"kind": "bank", "iban": "X", "fee": 0.10},
        }
        server.does(answer(200, [card, bank]))
        first, second = client._send(operations.READ_JOURNAL)
        assert first.at == datetime(2024, 1, 31, 12, 0, 0, 1000, tzinfo=UTC)
        assert isinstance(first.at, UnixMilliseconds)
        assert first.source == models.Card(kind="card", last4="1")
        assert second.source == models.Bank(kind="bank", iban="X", fee=Decimal("0.1"))
        assert msgspec.json.decode(first.to_json()) == card

    def test_choice_that_fits_no_member_keeps_the_raw_object(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, [{"id": "1", "atMs": 0, "source": {"kind": "card"}}]))
        (entry,) = client._send(operations.READ_JOURNAL)
        assert entry.source == {"kind": "card"}

    @pytest.mark.parametrize("model", Model.__subclasses__())
    def test_every_type_has_a_decoder(self, model: type) -> None:
        assert decoder(model)


class TestRawReplies:
    def test_a_raw_reply_has_status_headers_body_and_value(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, INVOICE, {"X-Request-Id": "r-1", "X-Two": "a"}))
        reply = client.with_raw_response.invoices.retrieve("T-1")
        assert reply.status_code == 200
        assert reply.is_success
        assert reply.headers["x-REQUEST-id"] == "r-1" == reply.request_id
        assert msgspec.json.decode(reply.content) == INVOICE
        assert reply.url == f"{server.url}/payments/invoices/T-1"
        assert reply.method == "GET"
        assert reply.attempts == 1
        assert reply.parse().invoice_number == "88"

    def test_a_raw_reply_is_there_even_if_it_breaks_the_contract(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, b"oops"))
        reply = client.with_raw_response.invoices.retrieve("T-1")
        assert reply.text() == "oops"
        with pytest.raises(ResponseInvalidError):
            reply.parse()

    def test_an_error_status_is_raised_all_the_same(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(400))
        with pytest.raises(BadRequestError):
            client.with_raw_response.invoices.retrieve("T-1")

    def test_text_is_decoded_in_the_charset_that_the_reply_names(
        self, client: Till, server: Server
    ) -> None:
        kind = {"Content-Type": 'text/plain; charset="ISO-8859-1"'}
        server.does(answer(200, "é".encode("latin-1"), kind))
        reply = client.request("GET", "/a")
        assert reply.text() == "é"

    @pytest.mark.parametrize(
        ("body", "charset"),
        [
            (b'{"amount": 12345678901234567.890}', ""),
            (b'\xef\xbb\xbf{"amount": 12345678901234567.890}', ""),
            ('{"amount": 12345678901234567.890}'.encode("utf-16"), "; charset=utf-16"),
        ],
    )
    def test_raw_json_keeps_the_digits_of_money(
        self, client: Till, server: Server, body: bytes, charset: str
    ) -> None:
        server.does(answer(200, body, {"Content-Type": f"application/json{charset}"}))
        found = client.request("GET", "/a").json()
        assert str(found) == "{'amount': Decimal('12345678901234567.890')}"

    @pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
    def test_raw_json_that_is_none_is_a_value_error(
        self, client: Till, server: Server, body: bytes
    ) -> None:
        server.does(answer(200, body))
        with pytest.raises(ValueError, match="not valid JSON"):
            client.request("GET", "/a").json()

    def test_bytes_and_text_are_returned_as_such(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, b"%PDF", {"Content-Type": "application/pdf"}))
        assert client._send(operations.DOWNLOAD, {"name": "a"}) == b"%PDF"
        server.does(answer(200, b"fine", {"Content-Type": "text/plain"}))
        assert client._send(operations.UPLOAD, body={"a": "b"}) == "fine"

    def test_the_media_type_decides_where_the_contract_lists_several(
        self, client: Till, server: Server
    ) -> None:
        operation: Operation[object] = Operation(
            "both",
            "both",
            "GET",
            "/both",
            replies={
                200: (Reply(dict[str, int]), Reply(bytes, media_type="application/pdf"))
            },
            retry=Safe(),
        )
        server.does(
            answer(200, {"a": 1}),
            answer(200, b"%PDF", {"Content-Type": "application/pdf; v=1"}),
        )
        assert client._send(operation) == {"a": 1}
        assert client._send(operation) == b"%PDF"


class TestErrors:
    def test_an_error_tells_status_code_request_id_and_body(
        self, client: Till, server: Server
    ) -> None:
        body = {
            "message": "m",
            "errors": [{"code": "NO_FUNDS", "detail": "not enough"}],
        }
        server.does(answer(400, body, {"X-Request-Id": "r-9"}))
        with pytest.raises(NoFunds) as caught:
            client.invoices.create(
                transaction_id="T",
                payment_items=[{"code": "P", "quantity": 1, "unit_amount": 1}],
            )
        error = caught.value
        assert str(error) == (
            "400 NO_FUNDS: not enough (POST /payments/invoices, request r-9)"
        )
        assert (error.status_code, error.code, error.request_id) == (
            400,
            "NO_FUNDS",
            "r-9",
        )
        assert isinstance(error.body, models.Problem)
        assert error.body.message == "m"
        assert error.response.json() == body

    def test_every_error_of_the_api_has_a_request_id_or_none(
        self, client: Till, server: Server
    ) -> None:
        def cut_off(connection: Connection) -> None:
            connection.take()
            connection.send(
                b"HTTP/1.1 200 OK\r\nX-Request-Id: r-7\r\nContent-Length: 9\r\n\r\n{"
            )

        server.does(cut_off)
        with httpx2.Client() as own:  # pyreqwest drops a head whose body breaks off
            other = Till(secret_key="sk", base_url=server.url, http_client=own)
            with pytest.raises(OutcomeUnknownError) as caught:
                other.payments.create("inv", amount=Decimal(1), date=date(2024, 1, 31))
        assert caught.value.request_id == "r-7"
        with pytest.raises(APIConnectionError) as lost:
            client.invoices.retrieve("T-1", max_retries=0)
        assert lost.value.request_id is None

    def test_a_malformed_error_body_does_not_hide_the_error(
        self, client: Till, server: Server
    ) -> None:
        server.does(
            answer(404, b"<html>  nothing\n here</html>", {"Content-Type": "text/html"})
        )
        with pytest.raises(APIStatusError, match="404: <html> nothing here</html>"):
            client.invoices.retrieve("T-1")

    @pytest.mark.parametrize("status", [200, 400])
    @pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "latin-1"])
    def test_the_code_of_an_error_is_read_in_any_charset(
        self, client: Till, server: Server, status: int, codec: str
    ) -> None:
        text = '{"success": false, "errors": [{"code": "NO_FUNDS", "detail": "é"}]}'
        kind = {"Content-Type": f"application/json; charset={codec}"}
        server.does(answer(status, text.encode(codec), kind))
        with pytest.raises(NoFunds, match="é"):
            client.invoices.retrieve("T-1")

    def test_a_huge_error_body_is_met_in_bounded_memory(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(400, b"[" + b"[]," * 5_000_000 + b"1]"))
        tracemalloc.start()
        with pytest.raises(BadRequestError, match="400"):
            client.invoices.retrieve("T-1")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 60_000_000

    def test_not_modified_is_not_told_as_a_redirect(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(304))
        with pytest.raises(APIStatusError, match=r"^304 Not Modified \("):
            client.invoices.retrieve("T-1")

    def test_failure_within_a_success_is_an_error_of_its_code(
        self, client: Till, server: Server
    ) -> None:
        body = {"success": False, "data": None, "errors": [{"code": "NO_FUNDS"}]}
        server.does(answer(200, body))
        with pytest.raises(NoFunds) as caught:
            client.invoices.retrieve("T-1")
        assert caught.value.status_code == 200

    def test_zero_is_not_false(self, client: Till, server: Server) -> None:
        assert retrieved(client, server, {**INVOICE, "success": 0})

    def test_errors_survive_pickling(self, client: Till, server: Server) -> None:
        server.does(answer(400, {"errors": [{"code": "NO_FUNDS"}]}))
        with pytest.raises(NoFunds) as caught:
            client.invoices.retrieve("T-1")
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again) is NoFunds
        assert str(again) == str(caught.value)
        assert again.response.content == caught.value.response.content


class TestBrokenReplies:
    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b"", "the body is empty"),
            (b"  ", "the body is empty"),
            (b"<html>", "the body is markup, not JSON"),
            (b'{"success": tr', "the body does not match the contract"),
            (b"\xff\xfe\x00", "the body does not match the contract"),
            (b"[" * 100_000, "the body"),
            ({"data": {"amount": []}}, "at `\\$.data"),
            ({"success": True}, "missing required field `data`"),
        ],
    )
    def test_the_error_says_what_is_wrong_and_keeps_the_body(
        self, client: Till, server: Server, body: Any, problem: str
    ) -> None:
        with pytest.raises(ResponseInvalidError, match=problem) as caught:
            retrieved(client, server, body)
        sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
        assert caught.value.response.content.replace(b" ", b"") == sent.replace(
            b" ", b""
        )

    def test_a_body_in_another_charset_is_read(
        self, client: Till, server: Server
    ) -> None:
        data = {**INVOICE["data"], "invoiceNumber": "é"}
        body = msgspec.json.encode({"data": data}).decode().encode("latin-1")
        kind = {"Content-Type": "application/json; charset=iso-8859-1"}
        assert retrieved(client, server, body, **kind).invoice_number == "é"

    @pytest.mark.parametrize(
        "name",
        ["idna", "punycode", "undefined", "utf-7", "unicode_escape", "rot13", "zlib"],
    )
    @pytest.mark.parametrize("content", [b"\xff", b"+2AA-", b"\\ud800"])
    def test_a_codec_that_is_no_charset_of_the_web_counts_for_nothing(
        self, client: Till, server: Server, name: str, content: bytes
    ) -> None:
        kind = {"Content-Type": f"application/json; charset={name}"}
        with pytest.raises(ResponseInvalidError):
            retrieved(client, server, content, **kind)
        server.does(answer(400, content, kind))
        with pytest.raises(BadRequestError) as caught:
            client.invoices.retrieve("T-1")
        assert caught.value.body == content.decode("utf-8", "replace")
        server.does(answer(200, content, kind))
        with client.with_streaming_response.invoices.retrieve("T-1") as response:
            text = "".join(response.iter_text())
        assert text == content.decode("utf-8", "replace")

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_a_compression_bomb_is_met_in_bounded_memory(
        self, server: Server, transport: str
    ) -> None:
        packed = bomb(300_000_000)
        server.does(answer(200, packed, {"Content-Encoding": "gzip"}))
        tracemalloc.start()
        with httpx2.Client() as own:
            client = Till(
                secret_key="sk",
                base_url=server.url,
                http_client=own if transport == "httpx2" else None,
            )
            with pytest.raises(ResponseInvalidError, match="larger than 67108864"):
                client.invoices.retrieve("T-1")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 260_000_000

    def test_a_body_without_end_is_not_read_on(
        self, client: Till, server: Server
    ) -> None:
        def endless(connection: Any) -> None:
            connection.take()
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
            while not server.done.is_set():
                connection.send(b"x" * 1_000_000)

        server.does(endless)
        with pytest.raises(ResponseInvalidError, match="larger than"):
            client.invoices.retrieve("T-1")

    def test_an_unwanted_compression_is_told(
        self, client: Till, server: Server
    ) -> None:
        with pytest.raises(ResponseInvalidError, match="compressed as 'br'"):
            retrieved(client, server, b"xx", **{"Content-Encoding": "br"})

    def test_replies_are_held_against_the_validators_on_request(
        self, server: Server
    ) -> None:
        body = {"data": {**INVOICE["data"], "amount": -1}}
        strict = Till(secret_key="sk", base_url=server.url, validate_replies=True)
        with pytest.raises(
            ResponseInvalidError, match="/data/amount: must be at least 0"
        ) as caught:
            retrieved(strict, server, body)
        assert len(caught.value.violations) == 1
        assert retrieved(Till(secret_key="sk", base_url=server.url), server, body)

    def test_a_bare_value_is_taken_where_the_contract_says_so(
        self, client: Till, server: Server
    ) -> None:
        operation: Operation[models.Invoice] = Operation(
            "bare",
            "bare",
            "GET",
            "/bare",
            replies={200: Reply(models.Invoice, unwrap=("data",), bare=True)},
            retry=Safe(),
        )
        server.does(answer(200, INVOICE), answer(200, INVOICE["data"]))
        assert client._send(operation) == client._send(operation)

    def test_waits_are_instant_only_within_the_switch(self) -> None:
        from till._runtime.retry_policy import clock

        with instant_waits() as waits:
            assert clock.seconds(5.0) == 0.0
        assert waits == [5.0]
        assert clock.seconds(5.0) == 5.0
