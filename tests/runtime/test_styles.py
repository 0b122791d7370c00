"""Parameters in every style: what OpenAPI shows, what it leaves open, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, cast
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import httpx2
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from till import models
from till._runtime.errors import RequestInvalidError
from till._runtime.models import UNSET
from till._runtime.operation import (
    Body,
    Operation,
    Parameter,
    Part,
    Place,
    Reply,
    Safe,
    Style,
)
from till._runtime.unix_time import UnixSeconds
from till.client import Till

from tests.runtime.calls import encoded, sent, styled
from tests.runtime.server import Server, Taken, answer


class Own(Enum):
    A = "a"


class OwnText(str, Enum):  # noqa: UP042  # what it prints as is not its value
    A = "a"


class OwnNumber(IntEnum):
    A = 7


EMPTY = ""
TEXT = "blue"
LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}
RESERVED = ":/?#[]@!$&'()*+,;="
VALUE = {"a": [1, Decimal("0.10"), None], "é😀": "x"}

# Style, explode, then what an empty text, a text, a list and an object become: the table
# of OpenAPI 3.1.1, for a parameter `color`. None stands for its "n/a", and for nothing in
# a path, which is refused.
TABLE: list[tuple[Place, Style, bool, str | None, str | None, str | None, str]] = [
    (
        "path",
        "matrix",
        False,
        ";color",
        ";color=blue",
        ";color=blue,black,brown",
        ";color=R,100,G,200,B,150",
    ),
    (
        "path",
        "matrix",
        True,
        ";color",
        ";color=blue",
        ";color=blue;color=black;color=brown",
        ";R=100;G=200;B=150",
    ),
    (
        "path",
        "label",
        False,
        ".",
        ".blue",
        ".blue,black,brown",
        ".R,100,G,200,B,150",
    ),
    (
        "path",
        "label",
        True,
        ".",
        ".blue",
        ".blue.black.brown",
        ".R=100.G=200.B=150",
    ),
    ("path", "simple", False, None, "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("path", "simple", True, None, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ("header", "simple", False, "", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("header", "simple", True, "", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    (
        "query",
        "form",
        False,
        "color=",
        "color=blue",
        "color=blue,black,brown",
        "color=R,100,G,200,B,150",
    ),
    (
        "query",
        "form",
        True,
        "color=",
        "color=blue",
        "color=blue&color=black&color=brown",
        "R=100&G=200&B=150",
    ),
    (
        "cookie",
        "form",
        False,
        "color=",
        "color=blue",
        "color=blue,black,brown",
        "color=R,100,G,200,B,150",
    ),
    # OpenAPI joins these by `&`, which no cookie is; its version 3.2 says as much.
    (
        "cookie",
        "form",
        True,
        "color=",
        "color=blue",
        "color=blue; color=black; color=brown",
        "R=100; G=200; B=150",
    ),
    (
        "query",
        "spaceDelimited",
        False,
        None,
        None,
        "color=blue%20black%20brown",
        "color=R%20100%20G%20200%20B%20150",
    ),
    (
        "query",
        "pipeDelimited",
        False,
        None,
        None,
        "color=blue%7Cblack%7Cbrown",
        "color=R%7C100%7CG%7C200%7CB%7C150",
    ),
    (
        "query",
        "deepObject",
        True,
        None,
        None,
        None,
        "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
    ),
]

CELLS = [
    pytest.param(place, style, explode, value, written, id=f"{place}-{style}-{name}")
    for place, style, explode, *row in TABLE
    for name, value, written in zip(
        (f"{explode}-empty", f"{explode}-text", f"{explode}-list", f"{explode}-object"),
        (EMPTY, TEXT, LIST, OBJECT),
        row,
        strict=True,
    )
    if written is not None
]


def part_of(taken: Taken, place: str) -> str:
    """What a parameter of a place became."""
    match place:
        case "path":
            return taken.target.removeprefix("/x/-").removesuffix("/y")
        case "header":
            return taken.headers["color"]
        case "cookie":
            return taken.headers["cookie"]
        case _:
            return taken.query


def written_as(
    server: Server,
    value: object,
    place: Place = "query",
    style: Style = "",
    explode: bool | None = None,
    **more: Any,
) -> str:
    """Send one parameter; return what it became."""
    color = Parameter("color", "color", place, style=style, explode=explode, **more)
    path = "/x/-{color}/y" if place == "path" else "/x"
    taken = sent(server, color, arguments={"color": value}, path=path)
    return part_of(taken, place)


@contextmanager
def transport(own: bool) -> Iterator[httpx2.Client | None]:
    """The transport that comes with the package, or an httpx2 client."""
    if not own:
        yield None
        return
    with httpx2.Client() as client:
        yield client


class TestTheTableOfOpenApi:
    @pytest.mark.parametrize(("place", "style", "explode", "value", "written"), CELLS)
    def test_each_cell_is_written_as_shown(
        self,
        server: Server,
        place: Place,
        style: Style,
        explode: bool,
        value: object,
        written: str,
    ) -> None:
        assert written_as(server, value, place, style, explode) == written

    @pytest.mark.parametrize(
        ("place", "style", "explode"),
        [
            ("query", "", True),
            ("cookie", "", True),
            ("path", "", False),
            ("header", "", False),
            ("query", "form", True),
            ("query", "spaceDelimited", False),
            ("path", "label", False),
            ("path", "matrix", False),
        ],
    )
    def test_what_is_left_out_has_the_default_of_its_place_and_style(
        self, server: Server, place: Place, style: Style, explode: bool
    ) -> None:
        stated: Style = style or ("form" if place in ("query", "cookie") else "simple")
        expected = written_as(server, LIST, place, stated, explode)
        assert written_as(server, LIST, place, style) == expected

    @pytest.mark.parametrize("style", ["spaceDelimited", "pipeDelimited"])
    def test_a_delimited_list_that_is_exploded_repeats_its_name(
        self, server: Server, style: Style
    ) -> None:
        query = written_as(server, LIST, style=style, explode=True)
        assert query == "color=blue&color=black&color=brown"


class TestSingleValues:
    @pytest.mark.parametrize("place", ["path", "query", "header", "cookie"])
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (True, "true"),
            (0, "0"),
            (10**30, "1000000000000000000000000000000"),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.10"), "0.10"),
            (1.5, "1.5"),
            (date(2024, 1, 31), "2024-01-31"),
            (datetime(2024, 1, 31, 12, tzinfo=UTC), "2024-01-31T12:00:00Z"),
            (models.PaymentStatus.NEW, "NEW"),
            (Own.A, "a"),
            (OwnText.A, "a"),
            (OwnNumber.A, "7"),
            (
                UUID("7f1f2a4e-4a5c-4b57-9f0e-2f1c5a1c9a10"),
                "7f1f2a4e-4a5c-4b57-9f0e-2f1c5a1c9a10",
            ),
        ],
    )
    def test_each_type_has_one_form_alone_and_in_a_list(
        self, server: Server, place: Place, value: object, written: str
    ) -> None:
        name = "" if place in ("path", "header") else "color="
        assert unquote(written_as(server, value, place)) == f"{name}{written}"
        joined = written_as(server, [value, "x"], place, explode=False)
        assert unquote(joined) == f"{name}{written},x"

    def test_null_is_empty(self, server: Server) -> None:
        assert written_as(server, None) == "color="
        assert written_as(server, [None, 1], explode=False) == "color=,1"

    def test_instants_in_a_list_are_counted_as_the_contract_says(
        self, server: Server
    ) -> None:
        instants = [datetime(2024, 1, 31, 12, tzinfo=UTC)] * 2
        query = written_as(server, instants, explode=False, type=list[UnixSeconds])
        assert query == "color=1706702400,1706702400"

    @pytest.mark.parametrize("value", [object(), 1j, b"\xff".__iter__()])
    def test_what_is_no_value_is_refused_by_name(
        self, server: Server, value: object
    ) -> None:
        with pytest.raises(TypeError, match=r"^color: expected a single value, got"):
            written_as(server, value)


class TestNothingInIt:
    @pytest.mark.parametrize("value", [[], {}])
    @pytest.mark.parametrize(
        ("style", "explode"),
        [
            ("form", True),
            ("form", False),
            ("spaceDelimited", False),
            ("pipeDelimited", False),
            ("deepObject", True),
        ],
    )
    def test_what_is_empty_is_absent_from_the_query(
        self, server: Server, value: object, style: Style, explode: bool
    ) -> None:
        assert written_as(server, value, style=style, explode=explode) == ""

    def test_an_empty_list_is_an_empty_header_and_no_cookie(
        self, server: Server
    ) -> None:
        assert written_as(server, [], "header") == ""
        color = Parameter("color", "color", "cookie")
        taken = sent(server, color, arguments={"color": []})
        assert "cookie" not in taken.headers


class TestWhatNoStyleSays:
    """Lists and objects within others: brackets, or a refusal, never a guess."""

    @pytest.mark.parametrize(
        ("value", "query"),
        [
            ({"a": {"b": {"c": 1}}}, "color[a][b][c]=1"),
            ({"a": [1, None, True]}, "color[a][]=1&color[a][]=&color[a][]=true"),
            ({"a": [{"b": 1}, {"b": 2}]}, "color[a][0][b]=1&color[a][1][b]=2"),
            ({"a": [[1, 2], [3]]}, "color[a][0][]=1&color[a][0][]=2&color[a][1][]=3"),
            ({"a": [1, {"b": 2}]}, "color[a][0]=1&color[a][1][b]=2"),
            (["x", "y"], "color[]=x&color[]=y"),
            ({"a": {}, "b": []}, ""),
            ({"a b": "&"}, "color[a b]=&"),
        ],
    )
    def test_deep_objects_go_on_with_brackets(
        self, server: Server, value: object, query: str
    ) -> None:
        assert unquote(written_as(server, value, style="deepObject")) == query

    @pytest.mark.parametrize("value", [[["a"]], [{"a": 1}], {"a": ["b"]}, {"a": {}}])
    @pytest.mark.parametrize(
        ("place", "style", "explode"),
        [
            (place, style, explode)
            for place, style, explode, *_ in TABLE
            if style != "deepObject"
        ],
    )
    def test_the_other_styles_refuse_by_the_name_of_the_parameter(
        self,
        server: Server,
        place: Place,
        style: Style,
        explode: bool,
        value: object,
    ) -> None:
        problem = rf"^color: style {style} cannot write (a list|an object) within"
        with pytest.raises(TypeError, match=problem):
            written_as(server, value, place, style, explode)
        assert server.taken == []

    def test_extra_and_default_parameters_are_no_exception(
        self, server: Server
    ) -> None:
        nested = {"color": [["a"]]}
        with (
            Till(secret_key="sk", base_url=server.url) as client,
            pytest.raises(TypeError, match=r"^color: expected a single value"),
        ):
            client.request("GET", "/x", extra_query=nested)
        made = Till(secret_key="sk", base_url=server.url, default_query=nested)
        with made, pytest.raises(TypeError, match=r"^color: expected a single value"):
            made.request("GET", "/x")


class TestItemsThatHoldTheSeparator:
    @pytest.mark.parametrize(
        ("place", "style", "explode", "value", "written"),
        [
            ("query", "form", False, ["a,b", "c"], "color=a%2Cb,c"),
            ("query", "form", True, ["a&b=c"], "color=a%26b%3Dc"),
            ("query", "form", False, {"a,": ",b"}, "color=a%2C,%2Cb"),
            ("path", "simple", False, ["a,b", "c"], "a%2Cb,c"),
            ("path", "simple", True, {"a=b": "c,d"}, "a%3Db=c%2Cd"),
            ("path", "matrix", True, ["a;b", ""], ";color=a%3Bb;color"),
            ("path", "label", False, ["a,b", "c.d"], ".a%2Cb,c.d"),
            ("cookie", "form", True, ["a;b"], "color=a%3Bb"),
        ],
    )
    def test_it_is_encoded_where_that_tells_them_apart(
        self,
        server: Server,
        place: Place,
        style: Style,
        explode: bool,
        value: object,
        written: str,
    ) -> None:
        assert written_as(server, value, place, style, explode) == written

    @pytest.mark.parametrize(
        ("place", "style", "explode", "value"),
        [
            ("query", "spaceDelimited", False, ["a b", "c"]),
            ("query", "pipeDelimited", False, ["a|b", "c"]),
            ("query", "pipeDelimited", False, {"a|b": "c"}),
            ("query", "deepObject", True, {"a]b": "c"}),
            ("path", "label", True, ["a.b", "c"]),
            ("path", "label", True, [Decimal("1.5")]),
            ("header", "simple", False, ["a,b", "c"]),
            ("header", "simple", True, {"a=b": "c"}),
            ("header", "simple", True, {"a": "c,d"}),
        ],
    )
    def test_it_is_refused_where_nothing_would(
        self, server: Server, place: Place, style: Style, explode: bool, value: object
    ) -> None:
        with pytest.raises(TypeError, match=r"^color: .* separates items in style"):
            written_as(server, value, place, style, explode)

    def test_an_equals_sign_in_a_header_is_only_in_doubt_within_a_name(
        self, server: Server
    ) -> None:
        assert written_as(server, {"a": "c=d"}, "header", explode=True) == "a=c=d"


class TestReservedCharacters:
    def test_all_but_those_that_would_end_the_value_stay(self, server: Server) -> None:
        query = written_as(server, RESERVED, allow_reserved=True)
        assert query == "color=:/?%23[]@!$%26%27()*%2B,;="
        assert parse_qsl(query) == [("color", RESERVED)]

    def test_what_is_percent_encoded_already_stays_so(self, server: Server) -> None:
        query = written_as(server, "50% of a%2Fb %zz %", allow_reserved=True)
        assert query == "color=50%25%20of%20a%2Fb%20%25zz%20%25"

    def test_items_of_a_list_can_still_be_told_apart(self, server: Server) -> None:
        query = written_as(server, ["a/b,c", "d"], explode=False, allow_reserved=True)
        assert query == "color=a/b%2Cc,d"

    def test_the_path_allows_none(self, server: Server) -> None:
        path = written_as(server, RESERVED, "path", allow_reserved=True)
        assert path == "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D"


class TestWhatOpenApi32Adds:
    @pytest.mark.parametrize(
        ("explode", "value", "cookie"),
        [
            (None, "a%20b=c", "color=a%20b=c"),
            (None, ["a", "b"], "color=a; color=b"),
            (False, ["a", "b"], "color=a,b"),
            (None, {"a": 1, "b": 2}, "a=1; b=2"),
        ],
    )
    def test_a_cookie_of_its_own_style_is_not_encoded(
        self, server: Server, explode: bool | None, value: object, cookie: str
    ) -> None:
        assert written_as(server, value, "cookie", "cookie", explode) == cookie

    @pytest.mark.parametrize("value", ["a b", "a;b", ["a,b"], 'a"', "é", "a\\b"])
    def test_what_such_a_cookie_cannot_carry_is_refused(
        self, server: Server, value: object
    ) -> None:
        with pytest.raises(TypeError, match=r"^color: .* a cookie cannot contain"):
            written_as(server, value, "cookie", "cookie")

    @pytest.mark.parametrize(
        ("content", "value", "query"),
        [
            (
                "application/json",
                {"a": [1, "&="]},
                "%7B%22a%22%3A%5B1%2C%22%26%3D%22%5D%7D",
            ),
            (
                "application/x-www-form-urlencoded",
                {"a": [1, 2], "b": "x y"},
                "a=1&a=2&b=x+y",
            ),
            ("text/plain", "$.a[0]", "%24.a%5B0%5D"),
        ],
    )
    def test_a_value_may_be_the_whole_query(
        self, server: Server, content: str, value: object, query: str
    ) -> None:
        assert written_as(server, value, "querystring", content=content) == query


class TestValuesWithAMediaType:
    @pytest.mark.parametrize("place", ["path", "query", "cookie"])
    def test_json_is_percent_encoded(self, server: Server, place: Place) -> None:
        written = written_as(server, VALUE, place, content="application/json")
        assert unquote(written).removeprefix("color=") == (
            '{"a":[1,0.10,null],"é😀":"x"}'
        )

    def test_json_in_a_header_is_ascii(self, server: Server) -> None:
        header = written_as(server, VALUE, "header", content="application/json")
        assert header == r'{"a":[1,0.10,null],"\u00e9\ud83d\ude00":"x"}'

    def test_text_is_written_as_it_is(self, server: Server) -> None:
        assert written_as(server, 7, content="text/plain") == "color=7"

    def test_what_is_no_text_is_refused_by_name(self, server: Server) -> None:
        with pytest.raises(TypeError, match=r"^color: expected a single value"):
            written_as(server, ["a"], content="text/plain")


class TestSegmentsOfThePath:
    @pytest.mark.parametrize(
        ("style", "value"),
        [
            ("simple", ""),
            ("simple", "."),
            ("simple", ".."),
            ("simple", None),
            ("simple", []),
            ("simple", [""]),
            ("simple", {}),
            ("label", ""),
            ("label", "."),
            ("label", []),
            ("matrix", []),
        ],
    )
    def test_what_names_nothing_or_another_place_is_refused(
        self, server: Server, style: Style, value: object
    ) -> None:
        color = Parameter("color", "color", "path", style=style)
        with pytest.raises(RequestInvalidError, match="path:color"):
            sent(server, color, arguments={"color": value}, path="/x/{color}")
        assert server.taken == []

    @pytest.mark.parametrize(
        "value", ["/", "..%2f..", "%2e%2e", "..\\..", "a/../b", "..;/", "?", "#", "\0"]
    )
    @pytest.mark.parametrize("own", [False, True])
    def test_no_text_leaves_its_segment_on_any_transport(
        self, server: Server, value: str, own: bool
    ) -> None:
        color = Parameter("color", "color", "path")
        with transport(own) as http_client:
            taken = sent(
                server,
                color,
                arguments={"color": value},
                path="/x/{color}/y",
                http_client=http_client,
            )
        before, first, second, after = taken.target.split("/")
        assert (before, first, unquote(second), after) == ("", "x", value, "y")


class TestHeaders:
    @pytest.mark.parametrize("own", [False, True])
    @pytest.mark.parametrize("value", ["é", "日本", " a b ", "a\tb", '"q"'])
    def test_a_text_is_sent_in_utf_8_on_each_transport(
        self, server: Server, value: str, own: bool
    ) -> None:
        color = Parameter("color", "color", "header")
        with transport(own) as http_client:
            taken = sent(
                server, color, arguments={"color": value}, http_client=http_client
            )
        assert taken.headers["color"].encode("latin-1").decode() == value.strip()

    @pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "a\x7fb"])
    def test_a_control_character_is_refused(self, server: Server, value: str) -> None:
        with pytest.raises(ValueError, match="header color contains"):
            written_as(server, value, "header")


# What is sent can be read back with nothing but the standard library.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SINGLE = st.one_of(
    TEXTS,
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
)
NAMES = TEXTS.filter(bool)
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def shown(value: object) -> str:
    """A single value as its reader sees it."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@pytest.fixture
def till(server: Server) -> Iterator[Till]:
    server.does(answer(200))
    with Till(secret_key="sk", client_secret="shh", base_url=server.url) as client:
        yield client


def exchanged(
    till: Till, server: Server, parameter: Parameter, value: object, path: str = "/x"
) -> Taken:
    operation: Operation[None] = Operation(
        "o",
        "o",
        "GET",
        path,
        (styled(parameter),),
        replies={200: Reply()},
        retry=Safe(),
    )
    # Operations are remembered by what they are; each of these is used once.
    till._core.operations.clear()
    till._send(operation, {"p": value})
    return server.taken.pop()


@SETTINGS
@given(name=NAMES, value=SINGLE)
@example(name="a[b]&=+ %", value="%2B+&=#")
def test_a_single_value_of_the_query_comes_back(
    till: Till, server: Server, name: str, value: object
) -> None:
    taken = exchanged(till, server, Parameter("p", name, "query"), value)
    assert parse_qsl(taken.query, keep_blank_values=True, strict_parsing=True) == [
        (name, shown(value))
    ]


@SETTINGS
@given(name=NAMES, value=st.lists(SINGLE, max_size=4), reserved=st.booleans())
def test_a_list_of_the_query_comes_back(
    till: Till, server: Server, name: str, value: list[object], reserved: bool
) -> None:
    parameter = Parameter("p", name, "query", allow_reserved=reserved)
    expected = [(name, shown(item)) for item in value]
    assume(not reserved or not any("%" in text for _, text in expected))
    taken = exchanged(till, server, parameter, value)
    assert parse_qsl(taken.query, keep_blank_values=True) == expected


@SETTINGS
@given(value=st.lists(SINGLE, min_size=2, max_size=4), reserved=st.booleans())
def test_a_joined_list_of_the_query_comes_back(
    till: Till, server: Server, value: list[object], reserved: bool
) -> None:
    assume(not reserved or not any("%" in shown(item) for item in value))
    parameter = Parameter("p", "n", "query", explode=False, allow_reserved=reserved)
    taken = exchanged(till, server, parameter, value)
    items = taken.query.removeprefix("n=").split(",")
    assert [unquote(item) for item in items] == [shown(item) for item in value]


@SETTINGS
@given(value=st.dictionaries(NAMES, SINGLE, max_size=4))
def test_an_object_of_the_query_comes_back(
    till: Till, server: Server, value: dict[str, object]
) -> None:
    taken = exchanged(till, server, Parameter("p", "n", "query"), value)
    found = parse_qsl(taken.query, keep_blank_values=True)
    assert found == [(name, shown(item)) for name, item in value.items()]


TREES = st.recursive(
    SINGLE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b c", "é&"]), inner, min_size=1),
    ),
    max_leaves=8,
)


def regrown(pairs: list[tuple[str, str]], root: str) -> object:
    """The tree that names with brackets stand for, as PHP and Rack read them."""
    tree: dict[str, Any] = {}
    for name, text in pairs:
        steps = name.removeprefix(root).removeprefix("[").removesuffix("]").split("][")
        held = tree
        for step in steps[:-1]:
            held = held.setdefault(step, {})
        if steps[-1] == "":
            held.setdefault("", []).append(text)
        else:
            held[steps[-1]] = text
    return listed(tree)


def listed(tree: object) -> object:
    if not isinstance(tree, dict):
        return tree
    if list(tree) == [""]:
        return tree[""]
    if list(tree) == [str(index) for index in range(len(tree))]:
        return [listed(item) for item in tree.values()]
    return {name: listed(item) for name, item in tree.items()}


def leaves(tree: object) -> object:
    if isinstance(tree, list):
        return [leaves(item) for item in tree]
    if isinstance(tree, dict):
        return {name: leaves(item) for name, item in tree.items()}
    return shown(tree)


@SETTINGS
@given(value=st.dictionaries(st.sampled_from(["a", "b c", "é&"]), TREES, min_size=1))
def test_a_deep_object_of_the_query_comes_back(
    till: Till, server: Server, value: dict[str, object]
) -> None:
    parameter = Parameter("p", "n", "query", style="deepObject")
    taken = exchanged(till, server, parameter, value)
    found = parse_qsl(taken.query, keep_blank_values=True)
    assert regrown(found, "n") == leaves(value)


@SETTINGS
@given(value=TEXTS)
@example(value="../..")
@example(value="%2e%2e%2f")
def test_a_segment_of_the_path_comes_back_or_is_refused(
    till: Till, server: Server, value: str
) -> None:
    parameter = Parameter("p", "p", "path")
    if value in ("", ".", ".."):
        with pytest.raises(RequestInvalidError):
            exchanged(till, server, parameter, value, "/x/{p}/y")
        return
    taken = exchanged(till, server, parameter, value, "/x/{p}/y")
    _, first, second, last = taken.target.split("/")
    assert (first, unquote(second), last) == ("x", value, "y")


FORMS = st.dictionaries(
    NAMES, st.one_of(SINGLE, st.lists(SINGLE, min_size=1, max_size=3)), max_size=4
)


@SETTINGS
@given(value=FORMS, reserved=st.booleans())
def test_a_form_comes_back(
    till: Till, server: Server, value: dict[str, object], reserved: bool
) -> None:
    expected = [
        (name, shown(item))
        for name, given in value.items()
        for item in (cast(list[object], given) if isinstance(given, list) else [given])
    ]
    assume(not reserved or not any("%" in text for _, text in expected))
    parts = {name: Part(allow_reserved=reserved) for name in value}
    body = Body("application/x-www-form-urlencoded", parts=parts, required=True)
    operation: Operation[None] = Operation(
        "o", "o", "POST", "/x", body=encoded(body), replies={200: Reply()}, retry=Safe()
    )
    till._core.operations.clear()
    till._send(operation, {}, body=value)
    found = parse_qsl(server.taken.pop().body.decode(), keep_blank_values=True)
    assert found == expected


def test_what_is_not_given_is_not_sent(server: Server) -> None:
    color = Parameter("color", "color", "query")
    assert sent(server, color, arguments={"color": UNSET}).query == ""
