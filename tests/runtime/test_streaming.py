"""Replies read as they come: pieces, lines, JSON lines, events; sync and async alike."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from till import operations
from till._runtime.errors import (
    APIConnectionError,
    APITimeoutError,
    NotFoundError,
    OutcomeUnknownError,
    RequestInvalidError,
    ResponseInvalidError,
)
from till._runtime.operation import Operation, Safe
from till._runtime.options import Timeout
from till._runtime.stream_decoders import ServerSentEvent
from till.async_client import AsyncTill
from till.client import Till
from till.models import Payment
from till.params import ItemDict

from tests.runtime.calls import async_streamed_call, streamed_call
from tests.runtime.server import Connection, Server, answer
from tests.runtime.till_server import Provider, invoice

FEED: Operation[None] = Operation("feed", "feed", "GET", "/feed", retry=Safe())
SECRET = "sk-secret-1234567890"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
WAYS = [
    (mode, transport)
    for mode in ("sync", "async")
    for transport in ("pyreqwest", "httpx2")
]

Read = Callable[..., list[Any]]

_PACKER = zlib.compressobj(wbits=-15)
RAW = _PACKER.compress(b"raw") + _PACKER.flush()
"""A body as some servers send what they call deflate."""


def chunked(*pieces: bytes, head: bytes = b"", whole: bool = True) -> Any:
    """Send a reply in pieces, each in a packet of its own."""

    def act(connection: Connection) -> bool:
        if connection.take() is None:
            return False
        connection.send(HEAD + head + b"\r\n")
        for piece in pieces:
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        if whole:
            connection.send(b"0\r\n\r\n")
        return whole

    return act


@pytest.fixture(params=WAYS, ids="-".join)
def read(request: pytest.FixtureRequest, server: Server) -> Read:
    """Read a stream by one of its methods, in each way that there is."""
    mode, transport = request.param

    def sync(method: str, *args: Any, **client: Any) -> list[Any]:
        with httpx2.Client() as own:
            http_client = own if transport == "httpx2" else None
            with (
                Till(
                    secret_key=SECRET,
                    base_url=server.url,
                    http_client=http_client,
                    **client,
                ) as till,
                streamed_call(till, FEED) as response,
            ):
                assert response.status_code == 200
                if method == "read":
                    return [response.read()]
                return list(getattr(response, method)(*args))

    async def asynchronous(method: str, *args: Any, **client: Any) -> list[Any]:
        async with httpx2.AsyncClient() as own:
            http_client = own if transport == "httpx2" else None
            async with (
                AsyncTill(
                    secret_key=SECRET,
                    base_url=server.url,
                    http_client=http_client,
                    **client,
                ) as till,
                async_streamed_call(till, FEED) as response,
            ):
                assert response.status_code == 200
                if method == "read":
                    return [await response.read()]
                return [each async for each in getattr(response, method)(*args)]

    def either(method: str, *args: Any, **client: Any) -> list[Any]:
        if mode == "sync":
            return sync(method, *args, **client)
        return asyncio.run(asynchronous(method, *args, **client))

    return either


class TestForms:
    def test_bytes_come_in_pieces_and_make_the_body(
        self, server: Server, read: Read
    ) -> None:
        server.does(chunked(b"ab", b"cd", b"e"))
        assert b"".join(read("iter_bytes")) == b"abcde"
        server.does(chunked(b"ab", b"cd", b"e"))
        assert read("read") == [b"abcde"]

    def test_text_is_whole_across_the_borders_of_pieces(
        self, server: Server, read: Read
    ) -> None:
        euro = "a€b\U0001f600".encode()
        server.does(chunked(*(bytes([byte]) for byte in euro)))
        assert "".join(read("iter_text")) == "a€b\U0001f600"
        latin = chunked(b"\xe9", head=b"Content-Type: text/plain; charset=latin-1\r\n")
        server.does(latin)
        assert "".join(read("iter_text")) == "é"

    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32", "utf-32-le"])
    def test_text_of_wide_characters_needs_no_mark_of_their_order(
        self, server: Server, codec: str
    ) -> None:
        kind = f"Content-Type: text/plain; charset={codec[:6]}\r\n".encode()
        pieces = (bytes([byte]) for byte in "a€b".encode(codec))
        server.does(chunked(*pieces, head=kind))
        client = Till(secret_key=SECRET, base_url=server.url)
        with client, streamed_call(client, FEED) as response:
            assert "".join(response.iter_text()) == "a€b"

    def test_lines_end_with_any_line_end(self, server: Server, read: Read) -> None:
        server.does(chunked(b"a\r", b"\nb\rc\n", b"\n\r\n", b"d\xe2\x80\xa8e"))
        assert read("iter_lines") == ["a", "b", "c", "", "", "d\u2028e"]

    def test_json_lines_keep_digits_and_skip_blank_lines(
        self, server: Server, read: Read
    ) -> None:
        server.does(chunked(b'{"a": 1.10}\n\r\n[1', b', "\xe2\x82', b'\xac"]\nnull'))
        assert read("iter_json_lines") == [{"a": Decimal("1.10")}, [1, "€"], None]

    def test_json_lines_may_begin_with_a_byte_order_mark(
        self, server: Server, read: Read
    ) -> None:
        server.does(chunked(b"\xef\xbb", b"\xbf[1]\n[2]\n"))
        assert read("iter_json_lines") == [[1], [2]]

    def test_json_lines_may_have_a_type(self, server: Server, read: Read) -> None:
        line = b'{"id": 1, "amount": "2.50", "date": "2024-01-31"}\n'
        server.does(chunked(line, line))
        found = read("iter_json_lines", Payment)
        assert [each.id for each in found] == [1, 1]
        assert isinstance(found[0], Payment)

    def test_a_line_that_is_no_json_is_shown(self, server: Server, read: Read) -> None:
        server.does(chunked(b"{}\n{oops}\n"))
        with pytest.raises(
            ResponseInvalidError, match="a line does not match"
        ) as caught:
            read("iter_json_lines")
        assert caught.value.response.content == b"{oops}"

    def test_compressed_pieces_are_decompressed(
        self, server: Server, read: Read
    ) -> None:
        packed = gzip.compress(b"one\ntwo\n")
        gzipped = b"Content-Encoding: gzip\r\n"
        server.does(chunked(packed[:9], packed[9:], head=gzipped))
        assert read("iter_lines") == ["one", "two"]
        bare = zlib.compressobj(wbits=-15)
        server.does(
            chunked(
                bare.compress(b"x" * 9) + bare.flush(),
                head=b"Content-Encoding: deflate\r\n",
            )
        )
        assert read("read") == [b"x" * 9]

    @pytest.mark.parametrize("streamed", [True, False])
    @pytest.mark.parametrize(
        ("coding", "pieces", "body"),
        [
            (b"gzip", (gzip.compress(b"a") + gzip.compress(b"b"),), b"ab"),
            (b"gzip", (gzip.compress(b"a"), gzip.compress(b"b")), b"ab"),
            (b"gzip", (gzip.compress(b"a") + b"junk", b"more junk"), b"a"),
            (b"deflate", (RAW[:1], RAW[1:]), b"raw"),
            (b"deflate", (zlib.compress(b"zlib") + b"junk",), b"zlib"),
            (b"gzip", (), b""),
        ],
    )
    def test_a_compressed_body_is_read_to_its_end_and_no_further(
        self,
        server: Server,
        coding: bytes,
        pieces: tuple[bytes, ...],
        body: bytes,
        streamed: bool,
    ) -> None:
        server.does(chunked(*pieces, head=b"Content-Encoding: " + coding + b"\r\n"))
        with Till(secret_key=SECRET, base_url=server.url) as client:
            if streamed:
                with streamed_call(client, FEED) as response:
                    assert response.read() == body
            else:
                assert client._send(operations.DOWNLOAD, {"name": "a"}) == body

    @pytest.mark.parametrize("streamed", [True, False])
    def test_junk_behind_a_compressed_body_is_not_read_for_ever(
        self, server: Server, streamed: bool
    ) -> None:
        def endless(connection: Connection) -> None:
            connection.take()
            connection.send(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
                + gzip.compress(b"a")
            )
            while not connection.server.done.is_set():
                connection.send(b"x" * 100_000)

        server.does(endless)
        with Till(secret_key=SECRET, base_url=server.url, timeout=5.0) as client:
            if streamed:
                with streamed_call(client, FEED) as response:
                    assert response.read() == b"a"
            else:
                assert client._send(operations.DOWNLOAD, {"name": "a"}) == b"a"

    @pytest.mark.parametrize(
        ("coding", "body", "problem"),
        [
            (b"gzip", b"no gzip", "cannot be decompressed"),
            (b"gzip", gzip.compress(b"x" * 999, mtime=0)[:-12], "ends early"),
            (b"br", b"x", "which was not asked for"),
            (b"gz\xffip", b"x", "which was not asked for"),
            (b"gzip", gzip.compress(b"") * 1001, "too many parts"),
        ],
    )
    def test_a_compressed_body_that_is_broken_is_an_error(
        self, server: Server, read: Read, coding: bytes, body: bytes, problem: str
    ) -> None:
        act = chunked(body, head=b"Content-Encoding: " + coding + b"\r\n")
        server.does(act)
        with pytest.raises(ResponseInvalidError, match=problem):
            read("iter_bytes")
        server.does(act)
        with (
            Till(secret_key=SECRET, base_url=server.url) as client,
            pytest.raises(ResponseInvalidError, match=problem),
        ):
            client._send(operations.DOWNLOAD, {"name": "a"})


class TestEvents:
    def test_events_follow_the_rules_of_the_standard(
        self, server: Server, read: Read
    ) -> None:
        stream = (
            "\ufeff: a comment\n\n"
            "event: add\ndata: 1\ndata:2\ndata:  3\nid: 7\nretry: 1500\n\n"
            "event: dropped\n\n"
            "data\n\n"
            "id: a\0b\nretry: soon\nunknown: x\ndata: €\r\n\r\n"
            'id\rdata: {"a": 1}\r\r'
            "data: never ended\n"
        ).encode()
        expected = [
            ServerSentEvent(event="add", data="1\n2\n 3", id="7", retry=1500),
            ServerSentEvent(data="", id="7", retry=1500),
            ServerSentEvent(data="€", id="7", retry=1500),
            ServerSentEvent(data='{"a": 1}', id="", retry=1500),
        ]
        server.does(chunked(stream))
        assert read("iter_events") == expected
        server.does(chunked(*(bytes([byte]) for byte in stream)))
        found = read("iter_events")
        assert found == expected
        assert found[-1].json() == {"a": 1}

    def test_an_event_arrives_before_the_stream_ends(self, server: Server) -> None:
        def act(connection: Connection) -> None:
            connection.take()
            connection.send(HEAD + b"\r\n9\r\ndata: 1\n\n\r\n")
            connection.server.done.wait(5)

        server.does(act)
        with (
            Till(secret_key=SECRET, base_url=server.url) as client,
            streamed_call(client, FEED) as response,
        ):
            assert next(response.iter_events()).data == "1"
            assert not server.done.is_set()


class TestFaults:
    def test_a_body_that_breaks_off_is_a_connection_error_where_reading_is_safe(
        self, server: Server, read: Read
    ) -> None:
        server.does(chunked(b"abc", whole=False))
        with pytest.raises(APIConnectionError, match="the response was cut off"):
            read("read")

    def test_a_body_that_stalls_is_met_by_the_read_timeout(
        self, server: Server, read: Read
    ) -> None:
        def act(connection: Connection) -> None:
            connection.take()
            connection.send(HEAD + b"\r\n3\r\nabc\r\n")
            connection.server.done.wait(5)

        server.does(act)
        with pytest.raises(APITimeoutError, match="the response stalled"):
            read("read", timeout=Timeout(read=0.2))

    def test_a_body_may_take_longer_than_an_attempt(
        self, server: Server, read: Read
    ) -> None:
        def act(connection: Connection) -> None:
            connection.take()
            connection.send(HEAD + b"\r\n")
            for _ in range(4):
                connection.send(b"1\r\nx\r\n")
                connection.server.done.wait(0.1)
            connection.send(b"0\r\n\r\n")

        server.does(act)
        timeout = Timeout(read=2.0, attempt=0.2, total=0.3)
        assert read("read", timeout=timeout) == [b"xxxx"]

    def test_a_body_that_breaks_off_leaves_the_outcome_of_creating_unknown(
        self, server: Server, provider: Provider
    ) -> None:
        server.does(chunked(b"abc", whole=False))
        with (
            Till(secret_key=SECRET, base_url=server.url) as client,
            client.with_streaming_response.payments.create(
                "inv", amount=Decimal(1), date=date(2024, 1, 31)
            ) as response,
            pytest.raises(OutcomeUnknownError, match="cut off"),
        ):
            response.read()

    def test_errors_by_status_are_as_usual_and_repeated_by_the_law(
        self, server: Server, read: Read, waits: list[float]
    ) -> None:
        server.does(answer(503), chunked(b"ok"))
        assert read("read") == [b"ok"]
        assert len(waits) == 1
        server.does(answer(404, {"message": "no such feed"}))
        with pytest.raises(NotFoundError, match="no such feed") as caught:
            read("read")
        assert caught.value.response.content

    def test_a_bomb_comes_out_in_small_pieces(self, server: Server) -> None:
        packed = gzip.compress(b" " * 80_000_000)
        bomb = answer(200, packed, {"Content-Encoding": "gzip"})
        server.does(bomb)
        with Till(secret_key=SECRET, base_url=server.url) as client:
            with streamed_call(client, FEED) as response:
                tracemalloc.start()
                sizes = [len(piece) for piece in response.iter_bytes()]
                _, most = tracemalloc.get_traced_memory()
                tracemalloc.stop()
            assert sum(sizes) == 80_000_000
            assert max(sizes) <= 65536
            assert most < 4_000_000
            with (
                streamed_call(client, FEED) as response,
                pytest.raises(ResponseInvalidError, match="larger than"),
            ):
                response.read()


@pytest.fixture
def client(server: Server) -> Iterator[Till]:
    with Till(secret_key=SECRET, base_url=server.url) as made:
        yield made


class TestCalls:
    def test_a_resource_method_streams_with_its_own_arguments(
        self, client: Till, server: Server, provider: Provider
    ) -> None:
        method = client.with_streaming_response.invoices.create
        items: list[ItemDict] = [
            {"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}
        ]
        with method(transaction_id="T-1", payment_items=items) as response:
            body = json.loads(response.read())
        assert body["data"]["transactionId"] == "T-1"
        assert (response.status_code, response.request_id) == (201, "req-1")
        assert response.headers["content-type"] == "application/json"
        assert provider.created == 1

    def test_a_keyed_call_that_was_done_before_is_read_back(
        self, client: Till, server: Server, provider: Provider, waits: list[float]
    ) -> None:
        server.does(provider.then(lambda connection: connection.close()))
        server.acts.append(provider.answers)
        method = client.with_streaming_response.invoices.create
        items: list[ItemDict] = [
            {"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}
        ]
        with method(transaction_id="T-1", payment_items=items) as response:
            assert b'"transactionId": "T-1"' in response.read()
        assert provider.created == 1

    def test_an_async_resource_method_is_entered_not_awaited(
        self, server: Server
    ) -> None:
        async def run() -> bytes:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as client:
                streams = client.with_streaming_response
                async with streams.invoices.retrieve("EXISTING") as response:
                    return await response.read()

        assert b"EXISTING" in asyncio.run(run())

    def test_a_list_streams_its_first_page(self, client: Till, server: Server) -> None:
        server.does(answer(200, {"payments": []}))
        with client.with_streaming_response.payments.list("inv") as response:
            assert json.loads(response.read()) == {"payments": []}

        async def run() -> bytes:
            async with AsyncTill(secret_key=SECRET, base_url=server.url) as other:
                streams = other.with_streaming_response
                async with streams.payments.list("inv") as response:
                    return await response.read()

        assert json.loads(asyncio.run(run())) == {"payments": []}

    def test_an_invalid_request_is_refused_before_anything_is_sent(
        self, client: Till, server: Server
    ) -> None:
        with pytest.raises(RequestInvalidError):
            client.with_streaming_response.invoices.create(
                transaction_id="", payment_items=[]
            )
        assert server.taken == []

    def test_a_read_body_leaves_its_connection_to_the_next_call(
        self, client: Till, server: Server
    ) -> None:
        for _ in range(5):
            with client.with_streaming_response.invoices.retrieve("EXISTING") as reply:
                reply.read()
        assert server.connections == 1

    @pytest.mark.parametrize("transport", ["pyreqwest", "httpx2"])
    def test_leaving_frees_the_connection_of_an_endless_body(
        self, server: Server, transport: str
    ) -> None:
        gone: list[bool] = []

        def endless(connection: Connection) -> None:
            connection.take()
            connection.send(HEAD + b"\r\n")
            try:
                while not connection.server.done.wait(0.001):
                    connection.send(b"400\r\n" + b"x" * 1024 + b"\r\n")
            except OSError:
                gone.append(True)

        server.does(endless)
        with httpx2.Client() as own:
            http_client = own if transport == "httpx2" else None
            client = Till(
                secret_key=SECRET, base_url=server.url, http_client=http_client
            )
            with streamed_call(client, FEED) as response:
                pieces = response.iter_bytes()
                assert next(pieces)
            for _ in range(200):
                if gone:
                    break
                server.done.wait(0.01)
            assert gone == [True]
            server.does(answer(200, {"success": True, "data": invoice("T-1")}))
            assert client.invoices.retrieve("T-1")

    def test_a_body_is_read_once(self, client: Till) -> None:
        with client.with_streaming_response.invoices.retrieve("EXISTING") as response:
            response.read()
            with pytest.raises(RuntimeError, match="has been read"):
                response.read()
        stream = client.with_streaming_response.invoices.retrieve("EXISTING")
        with stream as response:
            pass
        with pytest.raises(RuntimeError, match="has been read"):
            response.read()
        with pytest.raises(RuntimeError, match="entered only once"), stream:
            pass

    def test_a_stream_is_printed_without_secrets(self, client: Till) -> None:
        with client.with_streaming_response.invoices.retrieve("EXISTING") as response:
            assert repr(response).endswith("/payments/invoices/EXISTING, streamed>")
            assert SECRET not in repr(response)
