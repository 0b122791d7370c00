"""Lists, page after page, in each style that contracts know."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import msgspec
import pytest
from msgspec.structs import replace
from till import operations
from till._runtime.errors import ConfigurationError, PaginationError
from till._runtime.operation import Reply
from till._runtime.paging import next_link
from till._runtime.sync_pager import Pager
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.server import Act, Connection, Server, answer


def payment(number: int) -> dict[str, object]:
    return {"id": number, "amount": "1.0", "date": "2024-01-31"}


def payments(count: int) -> list[dict[str, object]]:
    return [payment(number) for number in range(1, count + 1)]


def replies(make: Callable[[dict[str, str]], tuple[object, dict[str, str]]]) -> Act:
    """Answer by the query of each request."""

    def act(connection: Connection) -> bool:
        taken = connection.take()
        if taken is None:
            return False
        query = {name: values[-1] for name, values in parse_qs(taken.query).items()}
        body, headers = make(query)
        connection.reply(200, body, headers)
        return True

    return act


def by_page(count: int, default: int = 2) -> Act:
    def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
        size = int(query.get("per_page", default))
        start = (int(query.get("page", 1)) - 1) * size
        return {"payments": payments(count)[start : start + size]}, {}

    return replies(make)


def by_page_of_at_most(most: int, count: int) -> Act:
    def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
        start = (int(query.get("page", 1)) - 1) * most
        return {"payments": payments(count)[start : start + most]}, {}

    return replies(make)


@pytest.fixture
def client(server: Server) -> Iterator[Till]:
    with Till(secret_key="sk-secret", base_url=server.url) as made:
        yield made


def pages_asked(server: Server) -> list[str]:
    return [taken.query for taken in server.taken]


class TestPages:
    @pytest.mark.parametrize(
        ("count", "asked"),
        [
            (0, ["per_page=2"]),
            (1, ["per_page=2"]),
            (3, ["per_page=2", "per_page=2&page=2"]),
            (4, ["per_page=2", "per_page=2&page=2", "per_page=2&page=3"]),
        ],
    )
    def test_a_short_or_empty_page_is_the_last(
        self, client: Till, server: Server, count: int, asked: list[str]
    ) -> None:
        server.does(by_page(count))
        found = [one.id for one in client.payments.list("inv", per_page=2)]
        assert found == list(range(1, count + 1))
        assert pages_asked(server) == asked

    def test_without_a_size_a_page_shorter_than_the_first_is_the_last(
        self, client: Till, server: Server
    ) -> None:
        server.does(by_page(5))
        assert len(list(client.payments.list("inv"))) == 5
        assert pages_asked(server) == ["", "page=2", "page=3"]

    def test_a_provider_that_sends_fewer_than_asked_for_is_asked_on(
        self, client: Till, server: Server
    ) -> None:
        server.does(by_page_of_at_most(2, count=5))
        unbounded = [
            replace(one, validator="") for one in operations.LIST_PAYMENTS.parameters
        ]
        listing = replace(operations.LIST_PAYMENTS, parameters=tuple(unbounded))
        arguments = {"hash_key": "inv", "per_page": 1000}
        assert len(list(Pager(client, listing, arguments))) == 5
        assert len(server.taken) == 3

    def test_repeated_page_raises_and_names_where_the_walk_stopped(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, {"payments": payments(2)}))
        walk = iter(client.payments.list("inv", per_page=2))
        assert [next(walk).id, next(walk).id] == [1, 2]
        with pytest.raises(
            PaginationError, match=r"payments\.list is incomplete"
        ) as stop:
            next(walk)
        assert stop.value.token == 2
        assert len(server.taken) == 2

    def test_pages_are_walked_and_resumed_from_a_token(
        self, client: Till, server: Server
    ) -> None:
        server.does(by_page(5))
        pager = client.payments.list("inv", per_page=2)
        first, second, third = pager.pages()
        assert [len(page.items) for page in (first, second, third)] == [2, 2, 1]
        assert (first.token, first.next, third.next) == (None, 2, None)
        resumed = [page.token for page in pager.pages(start=second.next)]
        assert resumed == [3]
        assert first.response.status_code == 200

    def test_a_walk_starts_where_the_caller_says(
        self, client: Till, server: Server
    ) -> None:
        server.does(by_page(5))
        found = [one.id for one in client.payments.list("inv", per_page=2, page=2)]
        assert found == [3, 4, 5]

    def test_nothing_is_sent_before_the_first_item_is_asked_for(
        self, client: Till, server: Server
    ) -> None:
        client.payments.list("inv")
        assert server.taken == []

    def test_each_walk_starts_anew(self, client: Till, server: Server) -> None:
        server.does(by_page(3))
        pager = client.payments.list("inv", per_page=2)
        assert len(list(pager)) == len(list(pager)) == 3

    def test_the_raw_form_is_the_reply_with_the_first_page(
        self, client: Till, server: Server
    ) -> None:
        server.does(by_page(3))
        reply = client.with_raw_response.payments.list("inv", per_page=2)
        assert reply.json() == {"payments": payments(2)}
        assert len(list(reply.parse())) == 3

    def test_async_lists_are_walked_without_await(self, server: Server) -> None:
        server.does(by_page(5))

        async def walk() -> list[int]:
            async with AsyncTill(secret_key="sk", base_url=server.url) as client:
                pager = client.payments.list("inv", per_page=2)
                pages = [page async for page in pager.pages(start=2)]
                assert len(pages) == 2
                raw = await client.with_raw_response.payments.list("inv", per_page=2)
                assert raw.status_code == 200
                return [one.id async for one in pager]

        assert asyncio.run(walk()) == [1, 2, 3, 4, 5]


class TestOtherStyles:
    def test_offsets_count_items(self, client: Till, server: Server) -> None:
        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            skip, take = int(query.get("skip", 0)), int(query["take"])
            return payments(5)[skip : skip + take], {}

        server.does(replies(make))
        assert len(list(client.pages.by_offset())) == 5
        assert pages_asked(server) == ["take=2", "skip=2&take=2", "skip=4&take=2"]

    def test_cursors_are_followed_over_empty_pages(
        self, client: Till, server: Server
    ) -> None:
        pages = {
            "": (payments(2), "a"),
            "a": ([], "b"),
            "b": ([payment(3)], None),
        }

        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            items, following = pages[query.get("after", "")]
            return {"data": {"items": items}, "meta": {"next": following}}, {}

        server.does(replies(make))
        assert [one.id for one in client.pages.by_cursor()] == [1, 2, 3]

    def test_repeated_cursor_raises_after_all_items_before_it(
        self, client: Till, server: Server
    ) -> None:
        count = iter(range(1, 100))

        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            following = {"a": "b", "b": "a"}.get(query.get("after", ""), "a")
            return {
                "data": {"items": [payment(next(count))]},
                "meta": {"next": following},
            }, {}

        server.does(replies(make))
        with pytest.raises(
            PaginationError, match="'a', which was fetched before"
        ) as stop:
            list(client.pages.by_cursor())
        assert stop.value.token == "b"
        walk = client.pages.by_cursor().pages()
        assert [next(walk).token for _ in range(3)] == [None, "a", "b"]
        with pytest.raises(PaginationError):
            next(walk)

    def test_cursor_of_the_caller_that_is_repeated_raises(
        self, client: Till, server: Server
    ) -> None:
        page = {"data": {"items": [payment(1)]}, "meta": {"next": "a"}}
        server.does(answer(200, page))
        with pytest.raises(PaginationError):
            list(client.pages.by_cursor(cursor="a"))
        assert len(server.taken) == 1

    def test_equal_pages_under_new_cursors_are_all_returned(
        self, client: Till, server: Server
    ) -> None:
        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            following = {"": "a", "a": "b", "b": None}[query.get("after", "")]
            return {"data": {"items": [payment(7)]}, "meta": {"next": following}}, {}

        server.does(replies(make))
        assert [one.id for one in client.pages.by_cursor()] == [7, 7, 7]

    def test_twenty_empty_pages_do_not_end_the_walk(
        self, client: Till, server: Server
    ) -> None:
        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            number = int(query.get("after", 0))
            items = [payment(1)] if number == 20 else []
            following = None if number == 20 else str(number + 1)
            return {"data": {"items": items}, "meta": {"next": following}}, {}

        server.does(replies(make))
        assert [one.id for one in client.pages.by_cursor()] == [1]

    def test_empty_pages_without_end_raise(self, client: Till, server: Server) -> None:
        count = iter(range(2000))

        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            return {"data": {"items": []}, "meta": {"next": f"c{next(count)}"}}, {}

        server.does(replies(make))
        with pytest.raises(PaginationError, match="empty pages in a row"):
            list(client.pages.by_cursor())
        assert len(server.taken) == 1000

    def test_cursor_in_another_charset_is_followed(
        self, client: Till, server: Server
    ) -> None:
        kind = {"Content-Type": "application/json; charset=utf-16"}
        page = {"data": {"items": [payment(1)]}, "meta": {"next": "é"}}
        last = {"data": {"items": [payment(2)]}}
        server.does(
            *(
                answer(200, json.dumps(body).encode("utf-16"), kind)
                for body in (page, last)
            )
        )
        assert [one.id for one in client.pages.by_cursor()] == [1, 2]

    @pytest.mark.parametrize("following", [True, {}, [], 1.5])
    def test_cursor_that_is_neither_text_nor_integer_raises(
        self, client: Till, server: Server, following: object
    ) -> None:
        page = {"data": {"items": []}, "meta": {"next": following}}
        server.does(answer(200, page))
        operation = replace(
            operations.LIST_BY_CURSOR,
            replies={200: Reply(list, unwrap=("data", "items"))},
        )
        with pytest.raises(PaginationError, match="neither text nor an integer"):
            list(Pager(client, operation))

    def test_next_address_of_the_first_page_raises(
        self, client: Till, server: Server
    ) -> None:
        server.does(answer(200, {"items": [payment(1)], "next": "/by-url"}))
        walk = iter(client.pages.by_url())
        assert next(walk).id == 1
        with pytest.raises(PaginationError, match="fetched before"):
            next(walk)
        assert len(server.taken) == 1

    def test_repeated_cursor_raises_in_the_async_client(self, server: Server) -> None:
        page = {"data": {"items": [payment(1)]}, "meta": {"next": "a"}}
        server.does(answer(200, page))

        async def walk() -> list[int]:
            async with AsyncTill(secret_key="sk", base_url=server.url) as client:
                pages = client.pages.by_cursor().pages()
                found = [len((await anext(pages)).items) for _ in range(2)]
                with pytest.raises(PaginationError):
                    await anext(pages)
            return found

        assert asyncio.run(walk()) == [1, 1]

    @pytest.mark.parametrize("address", ["/by-url?p=2", "?p=2", "{url}/by-url?p=2"])
    def test_the_next_address_is_followed(
        self, client: Till, server: Server, address: str
    ) -> None:
        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            if "p" in query:
                return {"items": [payment(2)], "next": ""}, {}
            return {"items": [payment(1)], "next": address.format(url=server.url)}, {}

        server.does(replies(make))
        assert [one.id for one in client.pages.by_url()] == [1, 2]
        assert server.taken[1].headers["till-secretkey"] == "sk-secret"

    @pytest.mark.parametrize(
        "address",
        [
            "http://evil.test/by-url?p=2",
            "//evil.test/by-url",
            "http://me:pw@127.0.0.1/by-url",
            "https://127.0.0.1/by-url",
        ],
    )
    def test_credentials_never_go_to_another_origin(
        self, client: Till, server: Server, address: str
    ) -> None:
        server.does(answer(200, {"items": [payment(1)], "next": address}))
        walk = iter(client.pages.by_url())
        assert next(walk).id == 1
        with pytest.raises(ConfigurationError, match="another origin"):
            next(walk)
        assert len(server.taken) == 1

    def test_a_key_that_the_provider_says_back_is_sent_once_and_not_shown(
        self, client: Till, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        operation = msgspec.structs.replace(
            operations.LIST_BY_URL, security=(("in_query",),)
        )
        key = "api_key=sk-secret"
        server.does(
            answer(200, {"items": [payment(1)], "next": f"/by-url?{key}&p=2"}),
            answer(200, {"items": [payment(2)], "next": f"/by-url/end?{key}"}),
            answer(200, {"items": []}),
        )
        with caplog.at_level("DEBUG", logger="till"):
            pages = list(Pager(client, operation).pages())
        assert [taken.target for taken in server.taken] == [
            f"/by-url?{key}",
            f"/by-url?p=2&{key}",
            f"/by-url/end?{key}",
        ]
        assert pages[0].next == "/by-url?p=2"
        assert "sk-secret" not in caplog.text + repr(pages) + pages[1].response.url

    @pytest.mark.parametrize("address", ["http://[bad", "http://127.0.0.1:abc/"])
    def test_an_address_that_is_none_is_told(
        self, client: Till, server: Server, address: str
    ) -> None:
        server.does(answer(200, {"items": [payment(1)], "next": address}))
        with pytest.raises(ConfigurationError, match="is invalid"):
            list(client.pages.by_url())

    def test_link_headers_are_followed(self, client: Till, server: Server) -> None:
        def make(query: dict[str, str]) -> tuple[object, dict[str, str]]:
            if "p" in query:
                return [payment(2)], {}
            link = (
                f'<{server.url}/>; rel="first", <{server.url}/by-link?p=2>; rel="next"'
            )
            return [payment(1)], {"Link": link}

        server.does(replies(make))
        assert [one.id for one in client.pages.by_link()] == [1, 2]

    @pytest.mark.parametrize(
        ("header", "target"),
        [
            ('<a>; rel="next"', "a"),
            ("<a>; rel=next", "a"),
            ('<a>; rel="prev next"', "a"),
            ('<a>; title="x, y; rel=next"; rel="prev", <b>; rel="next"', "b"),
            ('<a,b>; rel="next"', "a,b"),
            ('<a>; rel="nextish"', None),
            ('<a>; rel="prev"; rel="next"', None),
            ('<a>; rel=next; anchor="#x", <b>; rel=next', "b"),
            ('<a>; title="\\", <x>; rel=next"; rel="next"', "a"),
            ("<a>; b; rel = next", "a"),
            ("<>; rel=next", None),
            ("", None),
            ("<a", None),
            ("<" * 60_000, None),
            ("<a>" + "; b" * 20_000, None),
            ("<a>;b" + " " * 60_000, None),
            ('<a>; b="' * 8_000, None),
        ],
    )
    def test_a_link_header_is_read_by_its_grammar(
        self, header: str, target: str | None
    ) -> None:
        assert next_link(header) == target
