"""What goes on the wire: parameters in every style, bodies, credentials."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from till import models
from till._runtime.credentials import Credential
from till._runtime.errors import ConfigurationError, RequestInvalidError
from till._runtime.models import UNSET, DecimalText
from till._runtime.operation import (
    Body,
    ContractInfo,
    Operation,
    Parameter,
    Part,
    Reply,
)
from till._runtime.pointers import FromBody, FromParameter
from till._runtime.signatures import Method, Signature, WholeBody
from till._runtime.signatures import Path as SignedPath
from till._runtime.sync_client import SyncClient
from till._runtime.unix_time import UnixMilliseconds, UnixSeconds
from till._runtime.wire import to_wire
from till.client import Till
from till.params import ItemDict

from tests.runtime.calls import sent
from tests.runtime.server import Server, answer

LIST = ["blue", "black"]
OBJECT = {"R": 100, "G": 200}


class TestQueryParameters:
    @pytest.mark.parametrize(
        ("style", "explode", "value", "query"),
        [
            ("", None, "blue", "color=blue"),
            ("", None, "", "color="),
            ("form", True, LIST, "color=blue&color=black"),
            ("form", False, LIST, "color=blue,black"),
            ("form", True, OBJECT, "R=100&G=200"),
            ("form", False, OBJECT, "color=R,100,G,200"),
            ("form", True, [], ""),
            ("form", False, [], ""),
            ("spaceDelimited", False, LIST, "color=blue%20black"),
            ("pipeDelimited", False, LIST, "color=blue%7Cblack"),
            ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200"),
            ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200"),
            ("deepObject", True, {"a": {"b": 1}}, "color%5Ba%5D%5Bb%5D=1"),
            (
                "deepObject",
                True,
                {"a": [1, 2]},
                "color%5Ba%5D%5B%5D=1&color%5Ba%5D%5B%5D=2",
            ),
            ("deepObject", True, {"a": [{"b": 1}]}, "color%5Ba%5D%5B0%5D%5Bb%5D=1"),
        ],
    )
    def test_each_style_is_written_as_openapi_says(
        self,
        server: Server,
        style: Any,
        explode: bool | None,
        value: object,
        query: str,
    ) -> None:
        parameter = Parameter("color", "color", "query", style=style, explode=explode)
        assert sent(server, parameter, arguments={"color": value}).query == query

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (True, "true"),
            (False, "false"),
            (None, ""),
            (3, "3"),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.10"), "0.10"),
            (1.5, "1.5"),
            (date(2024, 1, 31), "2024-01-31"),
            (datetime(2024, 1, 31, 12, tzinfo=UTC), "2024-01-31T12%3A00%3A00Z"),
            (models.PaymentStatus.NEW, "NEW"),
            ("a b&c=d/é+%", "a%20b%26c%3Dd%2F%C3%A9%2B%25"),
            ("~-._", "~-._"),
        ],
    )
    def test_single_values_are_written_exactly_and_encoded(
        self, server: Server, value: object, written: str
    ) -> None:
        parameter = Parameter("q", "q", "query")
        assert sent(server, parameter, arguments={"q": value}).query == f"q={written}"

    def test_names_are_encoded_too(self, server: Server) -> None:
        parameter = Parameter("a", "a b[]", "query")
        assert sent(server, parameter, arguments={"a": 1}).query == "a%20b%5B%5D=1"

    def test_reserved_characters_stay_where_the_contract_allows_them(
        self, server: Server
    ) -> None:
        parameter = Parameter("q", "q", "query", allow_reserved=True)
        query = sent(server, parameter, arguments={"q": "a/b?c:d#e&f"}).query
        assert query == "q=a/b?c:d%23e%26f"

    def test_a_value_with_a_media_type_is_encoded_in_it(self, server: Server) -> None:
        parameter = Parameter("q", "q", "query", content="application/json")
        query = sent(server, parameter, arguments={"q": {"a": [1]}}).query
        assert query == "q=%7B%22a%22%3A%5B1%5D%7D"

    def test_defaults_and_constants_are_filled_in(self, server: Server) -> None:
        parameters = (
            Parameter("v", "v", "query", const="2"),
            Parameter("size", "size", "query", default=20),
            Parameter("page", "page", "query"),
        )
        assert sent(server, *parameters).query == "v=2&size=20"
        given = {"v": "9", "size": 5, "page": UNSET}
        assert sent(server, *parameters, arguments=given).query == "v=2&size=5"

    def test_what_is_required_and_missing_is_reported(self, server: Server) -> None:
        parameter = Parameter("q", "q", "query", required=True)
        with pytest.raises(RequestInvalidError, match="query:q  is required"):
            sent(server, parameter)

    def test_an_instant_in_unix_time_is_a_number(self, server: Server) -> None:
        parameters = (
            Parameter("ms", "ms", "query", type=UnixMilliseconds),
            Parameter("s", "s", "query", type=UnixSeconds),
        )
        instant = datetime(2024, 1, 31, 12, 0, 0, 1500, tzinfo=UTC)
        taken = sent(server, *parameters, arguments={"ms": instant, "s": instant})
        assert taken.query == "ms=1706702400001&s=1706702400"


class TestPathParameters:
    @pytest.mark.parametrize(
        ("style", "explode", "value", "path"),
        [
            ("", None, "blue", "/x/blue"),
            ("simple", False, LIST, "/x/blue,black"),
            ("simple", False, OBJECT, "/x/R,100,G,200"),
            ("simple", True, OBJECT, "/x/R=100,G=200"),
            ("label", False, "blue", "/x/.blue"),
            ("label", False, LIST, "/x/.blue,black"),
            ("label", True, LIST, "/x/.blue.black"),
            ("label", True, OBJECT, "/x/.R=100.G=200"),
            ("matrix", False, "blue", "/x/;color=blue"),
            ("matrix", False, LIST, "/x/;color=blue,black"),
            ("matrix", True, LIST, "/x/;color=blue;color=black"),
            ("matrix", True, OBJECT, "/x/;R=100;G=200"),
            ("matrix", False, "", "/x/;color"),
        ],
    )
    def test_each_style_is_written_as_openapi_says(
        self, server: Server, style: Any, explode: bool | None, value: object, path: str
    ) -> None:
        parameter = Parameter("color", "color", "path", style=style, explode=explode)
        taken = sent(server, parameter, arguments={"color": value}, path="/x/{color}")
        assert taken.target == path

    @pytest.mark.parametrize(
        ("value", "segment"),
        [
            ("a/b", "a%2Fb"),
            ("../admin", "..%2Fadmin"),
            ("a?b#c", "a%3Fb%23c"),
            ("a\\b", "a%5Cb"),
            ("%2e%2e", "%252e%252e"),
            ("a\r\nb", "a%0D%0Ab"),
            ("...", "..."),
            (" ", "%20"),
            ("é", "%C3%A9"),
            (".hidden", ".hidden"),
        ],
    )
    def test_a_value_stays_in_its_segment(
        self, server: Server, value: str, segment: str
    ) -> None:
        taken = sent(
            server,
            Parameter("id", "id", "path"),
            arguments={"id": value},
            path="/a/{id}/b",
        )
        assert taken.target == f"/a/{segment}/b"

    @pytest.mark.parametrize("value", ["", ".", "..", None, []])
    def test_a_value_that_would_leave_its_segment_is_refused(
        self, server: Server, value: object
    ) -> None:
        with pytest.raises(RequestInvalidError, match="path:id"):
            sent(
                server,
                Parameter("id", "id", "path"),
                arguments={"id": value},
                path="/a/{id}/b",
            )
        assert server.taken == []

    def test_two_values_cannot_make_a_step_up_together(self, server: Server) -> None:
        parameters = (
            Parameter("a", "a", "path", style="label"),
            Parameter("b", "b", "path"),
        )
        with pytest.raises(
            RequestInvalidError, match="must be one segment of the path"
        ):
            sent(
                server,
                parameters[0],
                arguments={"a": ""},
                path="/x/.{a}/y",
            )


class TestHeadersAndCookies:
    def test_headers_are_written_simply_and_not_percent_encoded(
        self, server: Server
    ) -> None:
        parameters = (
            Parameter("a", "X-List", "header"),
            Parameter("b", "X-Object", "header", explode=True),
        )
        taken = sent(server, *parameters, arguments={"a": ["x y", 2], "b": OBJECT})
        assert taken.headers["x-list"] == "x y,2"
        assert taken.headers["x-object"] == "R=100,G=200"

    def test_a_line_break_in_a_header_is_refused_without_showing_it(
        self, server: Server
    ) -> None:
        with pytest.raises(ValueError, match="X-A contains a line break") as caught:
            sent(
                server, Parameter("a", "X-A", "header"), arguments={"a": "b\r\nEvil: 1"}
            )
        assert "Evil" not in str(caught.value)

    def test_cookies_share_one_header(self, server: Server) -> None:
        parameters = (Parameter("a", "a", "cookie"), Parameter("b", "b", "cookie"))
        taken = sent(
            server,
            *parameters,
            arguments={"a": 1, "b": "x;y"},
            security=(("in_cookie",),),
        )
        assert taken.headers["cookie"] == "session=sk-secret; a=1; b=x%3By"


class TestCredentials:
    def test_an_api_key_travels_in_its_header(self, server: Server) -> None:
        taken = sent(server, security=(("secret_key",),))
        assert taken.headers["till-secretkey"] == "sk-secret"

    def test_an_api_key_travels_in_the_query_and_is_not_shown(
        self, server: Server
    ) -> None:
        taken = sent(server, security=(("in_query",),))
        assert taken.query == "api_key=sk-secret"

    def test_basic_leaves_the_other_half_empty(self, server: Server) -> None:
        taken = sent(server, security=(("basic",),))
        expected = base64.b64encode(b"sk-secret:").decode()
        assert taken.headers["authorization"] == f"Basic {expected}"

    @pytest.mark.parametrize("scheme", ["bearer", "token"])
    def test_any_scheme_name_precedes_the_credential(
        self, server: Server, scheme: str
    ) -> None:
        taken = sent(server, security=((scheme,),))
        assert taken.headers["authorization"] == f"{scheme.title()} sk-secret"

    def test_a_signature_is_computed_from_body_and_secret(self, server: Server) -> None:
        taken = sent(
            server,
            body=Body("application/json"),
            value={"request_ref": "REF-1"},
            security=(("bearer", "signature"),),
            client_secret="secret",
        )
        assert taken.headers["signature"] == "47973e0bc7fbbafd980fdf8efa201239"
        assert taken.headers["authorization"] == "Bearer sk-secret"

    def test_a_signature_may_take_all_of_the_request(self, server: Server) -> None:
        secret = Credential("secret")
        signature = Signature(
            "X-Sign",
            secret,
            (
                *(Method(), "|", SignedPath(), "|", FromParameter("query", "q"), "|"),
                *(FromParameter("path", "id"), "|", FromParameter("header", "X-Id")),
                *("|", WholeBody(), "|", FromBody(("n",))),
            ),
            "sha256",
            hmac=True,
            encoding="base64",
        )
        contract = ContractInfo("C", "till", "1", (), security={"s": signature})
        operation: Operation[None] = Operation(
            "o",
            "o",
            "POST",
            "/a/{id}",
            parameters=(
                Parameter("id", "id", "path"),
                Parameter("q", "q", "query"),
                Parameter("x", "X-Id", "header"),
            ),
            body=Body("application/json"),
            replies={200: Reply()},
            security=(("s",),),
        )
        client = SyncClient(contract, credentials={"secret": "k"}, base_url=server.url)
        server.does(answer(200))
        client._send(operation, {"id": "i", "q": 5, "x": "h"}, body={"n": 1})
        text = b'POST|/a/i|5|i|h|{"n":1}|1'
        expected = base64.b64encode(hmac.digest(b"k", text, hashlib.sha256))
        assert server.taken[-1].headers["x-sign"] == expected.decode()

    def test_a_function_is_asked_for_the_secret_of_each_call(
        self, server: Server
    ) -> None:
        secrets = iter(["one", "two"])
        server.does(answer(200))
        client = Till(secret_key=lambda: next(secrets), base_url=server.url)
        client.request("GET", "/a")
        client.request("GET", "/a")
        sent_keys = [taken.headers["till-secretkey"] for taken in server.taken]
        assert sent_keys == ["one", "two"]

    def test_a_secret_with_a_line_break_is_refused_without_showing_it(
        self, server: Server
    ) -> None:
        client = Till(secret_key="sk-secret\n", base_url=server.url)
        with pytest.raises(ConfigurationError, match="secret_key contains") as caught:
            client.invoices.retrieve("a")
        assert "sk-secret" not in str(caught.value)


class TestBodies:
    def test_json_carries_decimals_in_the_digits_given(self, server: Server) -> None:
        taken = sent(
            server,
            body=Body("application/json"),
            value={"amount": Decimal("12345678901234567.890"), "n": None, "t": True},
        )
        assert taken.body == b'{"amount":12345678901234567.890,"n":null,"t":true}'
        assert taken.headers["content-type"] == "application/json"

    def test_a_form_writes_nested_objects_as_the_contract_says(
        self, server: Server
    ) -> None:
        body = Body(
            "application/x-www-form-urlencoded",
            parts={
                "joined": Part(style="form", explode=False),
                "deep": Part(style="deepObject", explode=True),
                "all": Part(content_type="application/json"),
                "open": Part(allow_reserved=True),
            },
        )
        value = {
            "a": "x y&z~*",
            "list": [1, 2],
            "joined": [1, 2],
            "deep": {"amount": Decimal("10.0"), "who": {"id": 1}},
            "object": {"k": [Decimal("1.50")]},
            "objects": [{"k": 1}, [2]],
            "all": [1, 2],
            "open": "a/b c&+",
        }
        taken = sent(server, body=body, value=value)
        assert taken.body.decode().split("&") == [
            "a=x+y%26z%7E*",
            "list=1",
            "list=2",
            "joined=1,2",
            "deep[amount]=10.0",
            "deep[who][id]=1",
            "object=%7B%22k%22%3A%5B1.50%5D%7D",
            "objects=%7B%22k%22%3A1%7D",
            "objects=%5B2%5D",
            "all=%5B1%2C2%5D",
            "open=a/b%20c%26%2B",
        ]

    def test_multipart_carries_fields_and_files(
        self, server: Server, tmp_path: Path
    ) -> None:
        path = tmp_path / "on disk.txt"
        path.write_bytes(b"disk")
        value = {
            "field": "text é",
            "object": {"a": 1},
            "bytes": b"\x00\x01",
            "named": ('we"ird\r\n.pdf', b"%PDF", "application/pdf"),
            "path": path,
            "open": io.BytesIO(b"streamed"),
        }
        taken = sent(server, body=Body("multipart/form-data"), value=value)
        head = f"Content-Type: {taken.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser().parsebytes(head + taken.body)
        parts: dict[str, Message] = {}
        for part in message.get_payload():
            assert isinstance(part, Message)
            parts[str(part.get_param("name", header="content-disposition"))] = part
        contents = {name: part.get_payload(decode=True) for name, part in parts.items()}
        assert contents == {
            "field": "text é".encode(),
            "object": b'{"a":1}',
            "bytes": b"\x00\x01",
            "named": b"%PDF",
            "path": b"disk",
            "open": b"streamed",
        }
        assert parts["named"].get_filename() == "we%22ird%0D%0A.pdf"
        assert parts["named"].get_content_type() == "application/pdf"
        assert parts["object"].get_content_type() == "application/json"
        assert parts["path"].get_filename() == "on disk.txt"

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_an_open_file_is_streamed_and_sent_again_from_its_start(
        self, server: Server, transport: str, waits: list[float]
    ) -> None:
        from till import operations

        server.does(answer(503), answer(200))
        file = io.BytesIO(b"skip" + b"x" * 200_000)
        file.seek(4)
        with httpx2.Client() as own:
            client = Till(
                secret_key="sk",
                base_url=server.url,
                http_client=own if transport == "httpx2" else None,
            )
            client._send(operations.UPLOAD_RAW, body=file)
        assert [len(taken.body) for taken in server.taken] == [200_000, 200_000]

    @pytest.mark.parametrize(
        ("value", "arrives"), [("té", "té".encode()), (b"\x00", b"\x00")]
    )
    def test_other_types_are_sent_as_they_are(
        self, server: Server, value: object, arrives: bytes
    ) -> None:
        taken = sent(server, body=Body("application/xml"), value=value)
        assert taken.body == arrives
        assert taken.headers["content-type"] == "application/xml"

    def test_an_optional_body_of_which_nothing_is_given_is_not_sent(
        self, server: Server
    ) -> None:
        body = Body("application/json", models.Customer)
        taken = sent(server, body=body, value={"email": UNSET})
        assert taken.body == b""
        assert "content-type" not in taken.headers

    def test_a_required_body_is_sent_even_if_it_is_empty(self, server: Server) -> None:
        body = Body("application/json", models.Customer, required=True)
        assert sent(server, body=body, value={"email": UNSET}).body == b"{}"


class TestWireForms:
    def test_models_and_plain_dicts_have_the_same_wire_form(self) -> None:
        as_model = models.Item(code="P", quantity=1, unit_amount=Decimal("2.50"))
        as_dict = {"code": "P", "quantity": 1, "unit_amount": Decimal("2.50")}
        wired = {"code": "P", "quantity": 1, "unitAmount": Decimal("2.50")}
        assert to_wire(models.Item, as_model) == wired
        assert to_wire(models.Item, as_dict) == wired

    def test_constants_and_defaults_are_filled_in_and_unset_is_absent(self) -> None:
        given = {"transaction_id": "T", "payment_items": (), "description": None}
        assert to_wire(models.InvoiceRequest, {**given, "customer": UNSET}) == {
            "transactionId": "T",
            "paymentItems": [],
            "description": None,
            "requestType": "invoice",
            "language": "EN",
        }

    @pytest.mark.parametrize(
        ("kind", "value", "wired"),
        [
            (Decimal, Decimal("1.10"), Decimal("1.10")),
            (Decimal, 3, 3),
            (Decimal, "3", "3"),
            (DecimalText, Decimal("1E+2"), "100"),
            (DecimalText, 3, "3"),
            (DecimalText, "3.0", "3.0"),
            (models.PaymentStatus, models.PaymentStatus.NEW, "NEW"),
            (date, date(2024, 1, 31), "2024-01-31"),
            (date, "31.1.2024", "31.1.2024"),
            (list[Decimal] | None, None, None),
            (dict[str, Decimal], {"a": Decimal(1)}, {"a": Decimal(1)}),
            (list[models.Customer], [{"phone_number": "1"}], [{"phoneNumber": "1"}]),
            (str, 5, 5),
            (
                datetime,
                datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))),
                "2024-01-01T00:00:00+02:00",
            ),
        ],
    )
    def test_each_type_has_one_wire_form(
        self, kind: object, value: object, wired: object
    ) -> None:
        assert to_wire(kind, value) == wired
        assert type(to_wire(kind, value)) is type(wired)

    @pytest.mark.parametrize(
        ("kind", "value", "problem"),
        [
            (Decimal, 0.1, "a float cannot hold money exactly, got 0.1"),
            (DecimalText, 0.1, "pass Decimal\\('0.1'\\)"),
            (Decimal, Decimal("NaN"), "not a number"),
            (float, float("inf"), "not a number"),
            (datetime, datetime(2024, 1, 1), "needs a timezone"),  # noqa: DTZ001
            (models.Item, {"unit_amuont": 1}, "did you mean 'unit_amount'"),
            (
                models.Item,
                {"unitAmount": 1},
                "has the field 'unitAmount' as 'unit_amount'",
            ),
        ],
    )
    def test_what_has_no_faithful_wire_form_is_refused_with_a_hint(
        self, kind: object, value: object, problem: str
    ) -> None:
        with pytest.raises(TypeError, match=problem):
            to_wire(kind, value)

    def test_a_refusal_names_the_place(self) -> None:
        body = {"transaction_id": "T", "payment_items": [{"unit_amount": 1.5}]}
        with pytest.raises(
            TypeError, match=r"^payment_items\[0\].unit_amount: a float"
        ):
            to_wire(models.InvoiceRequest, body)

    def test_a_choice_takes_the_member_that_fits(self) -> None:
        entry = {
            "id": "1",
            "at": datetime(2024, 1, 1, tzinfo=UTC),
            "source": {"kind": "bank", "iban": "X", "fee": Decimal("0.5")},
        }
        wired = to_wire(models.Entry, entry)
        assert wired == {
            "id": "1",
            "atMs": 1704067200000,
            "source": {"kind": "bank", "iban": "X", "fee": Decimal("0.5")},
        }


class TestValidation:
    def test_every_violation_is_reported_and_nothing_is_sent(
        self, server: Server
    ) -> None:
        client = Till(secret_key="sk", base_url=server.url)
        items: list[ItemDict] = [
            {"code": "P", "quantity": 0, "unit_amount": Decimal(1)}
        ]
        with pytest.raises(RequestInvalidError) as caught:
            client.invoices.create(transaction_id="T", payment_items=[*items, *items])
        assert str(caught.value).splitlines() == [
            "2 violations, nothing was sent",
            "  /paymentItems/0/quantity  must be greater than 0, got 0  (BAD_PRODUCT)",
            "  /paymentItems/1/quantity  must be greater than 0, got 0  (BAD_PRODUCT)",
        ]
        assert [one.code for one in caught.value.violations] == ["BAD_PRODUCT"] * 2
        assert server.taken == []

    def test_a_wrongly_typed_value_is_the_validators_to_report(
        self, server: Server
    ) -> None:
        client = Till(secret_key="sk", base_url=server.url)
        items: Any = [{"code": "P", "quantity": "two", "unit_amount": "x"}]
        with pytest.raises(RequestInvalidError, match="got 'two'"):
            client.invoices.create(transaction_id="T", payment_items=items)

    def test_parameters_are_checked_and_named_by_their_place(
        self, server: Server
    ) -> None:
        client = Till(secret_key="sk", base_url=server.url)
        with pytest.raises(RequestInvalidError, match="query:per_page  must be one of"):
            list(client.payments.list("inv", per_page=7))  # type: ignore[arg-type]

    def test_extra_members_of_the_body_are_added_deeply_and_validated(
        self, server: Server
    ) -> None:
        server.does(
            answer(200, {"payment": {"id": 1, "amount": "1", "date": "2024-01-31"}})
        )
        client = Till(secret_key="sk", base_url=server.url)
        client.payments.create(
            "inv",
            amount=Decimal(1),
            date=date(2024, 1, 31),
            extra_body={"payment": {"new": "x"}, "top": 1},
        )
        body = server.taken[-1].body.decode()
        assert body.endswith("payment[new]=x&top=1")
        with pytest.raises(RequestInvalidError):
            client.invoices.create(
                transaction_id="T",
                payment_items=[{"code": "P", "quantity": 1, "unit_amount": Decimal(1)}],
                extra_body={"paymentItems": []},
            )
