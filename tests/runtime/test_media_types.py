"""Bodies of every documented media type, in requests and in responses."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from tests.runtime.rendered import SYNC, WAYS, Way, contract, operation, package
from tests.runtime.server import Connection, Server, answer

TEXT = {"type": "string"}
BINARY = {"type": "string", "format": "binary"}
PICTURE = {"$ref": "#/components/schemas/Picture"}
SCHEMAS = {
    "Picture": {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}},
    },
    "Sheet": {
        "type": "object",
        "required": ["title"],
        "properties": {"title": TEXT},
    },
    "SecondSheet": {
        "type": "object",
        "required": ["mainHeading"],
        "properties": {"mainHeading": TEXT},
    },
}
SHEET = {"$ref": "#/components/schemas/Sheet"}
SECOND = {"$ref": "#/components/schemas/SecondSheet"}


def returning(replies: dict[str, Any], **more: Any) -> str:
    found = operation("readThing", replies=replies, **more)
    return contract({"/things": {"get": found}}, SCHEMAS)


def read(
    text: str, server: Server, content: bytes, content_type: str, way: Way = SYNC
) -> Any:
    server.does(answer(200, content, {"Content-Type": content_type}))
    return way.call(text, server, "things.read")


class TestResponses:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    @pytest.mark.parametrize(
        ("content_type", "content", "expected"),
        [
            ("application/json", b'{"id": 1}', 1),
            ("application/json; charset=utf-8", b'{"id": 1}', 1),
            ("application/vnd.thing+json", b'{"id": 1}', 1),
            ("image/png", b"\x89PNG", b"\x89PNG"),
            ("image/gif", b"GIF89a", b"GIF89a"),
            ("text/csv", b"a,b\r\n", "a,b\r\n"),
            ("text/csv; charset=latin-1", b"\xe9", "\xe9"),
            ("application/xml", b"<a/>", "<a/>"),
        ],
    )
    def test_each_media_type_is_read_by_its_own_rule(
        self,
        content_type: str,
        content: bytes,
        expected: object,
        way: Way,
        server: Server,
    ) -> None:
        text = returning(
            {
                "text/csv": TEXT,
                "image/*": BINARY,
                "application/json": PICTURE,
                "application/vnd.thing+json": PICTURE,
                "application/xml": PICTURE,
            }
        )
        found = read(text, server, content, content_type, way)
        assert (found.id if expected == 1 else found) == expected
        accepted = server.taken[-1].headers["accept"]
        assert sorted(accepted.split(", ")) == [
            "application/json",
            "application/vnd.thing+json",
            "application/xml",
            "image/*",
            "text/csv",
        ]

    @pytest.mark.parametrize(
        ("media_type", "schema", "content", "expected"),
        [
            ("application/pdf", BINARY, b"%PDF", b"%PDF"),
            ("application/octet-stream", {}, b"\x00", b"\x00"),
            ("application/yaml", TEXT, b"a: 1", "a: 1"),
            ("application/x-ndjson", PICTURE, b'{"id": 1}\n', '{"id": 1}\n'),
            ("application/json", BINARY, b'{"raw": [1 ]}', b'{"raw": [1 ]}'),
            ("Application/JSON", TEXT, b'"a"', "a"),
            ("*/*", BINARY, b"\x01", b"\x01"),
        ],
    )
    def test_only_media_type_is_read_by_its_own_rule(
        self,
        media_type: str,
        schema: Any,
        content: bytes,
        expected: object,
        server: Server,
    ) -> None:
        text = returning({media_type: schema})
        assert read(text, server, content, media_type) == expected

    @pytest.mark.parametrize("page", [b"<h1>Welcome</h1>", b"", b"%PDF"])
    def test_page_for_people_is_no_documented_file(
        self, page: bytes, server: Server
    ) -> None:
        text = returning({"application/json": PICTURE, "application/pdf": BINARY})
        with pytest.raises(Exception, match="the response with status 200 is invalid"):
            read(text, server, page, "text/html")
        assert read(text, server, page, "application/octet-stream") == page

    @pytest.mark.parametrize("way", WAYS, ids=str)
    @pytest.mark.parametrize(
        ("content_type", "content", "expected"),
        [
            ("application/json", b'"1.0"', "1.0"),
            ("text/plain", b'"1.0"', '"1.0"'),
            ("text/plain", b"1.0", "1.0"),
            ("application/json", b"v1.0", "v1.0"),
        ],
    )
    def test_text_of_any_media_type_is_read_by_the_content_type(
        self,
        content_type: str,
        content: bytes,
        expected: str,
        way: Way,
        server: Server,
    ) -> None:
        text = returning({"*/*": TEXT})
        assert read(text, server, content, content_type, way) == expected

    @pytest.mark.parametrize(
        ("content_type", "content"),
        [
            ("application/json", b'"2026-03-01"'),
            ("text/plain", b'"2026-03-01"'),
            ("text/plain", b"2026-03-01"),
        ],
    )
    def test_date_of_any_media_type_may_be_json_or_text(
        self, content_type: str, content: bytes, server: Server
    ) -> None:
        text = returning({"*/*": {**TEXT, "format": "date"}})
        assert read(text, server, content, content_type) == date(2026, 3, 1)

    @pytest.mark.parametrize(
        ("content_type", "content"),
        [("text/html", b"<h1>"), ("text/plain", b""), ("application/json", b"2026")],
    )
    def test_date_of_any_media_type_is_no_other_text(
        self, content_type: str, content: bytes, server: Server
    ) -> None:
        text = returning({"*/*": {**TEXT, "format": "date"}})
        with pytest.raises(Exception, match="the response with status 200 is invalid"):
            read(text, server, content, content_type)

    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_stream_is_asked_for_where_it_is_read_piece_by_piece(
        self, way: Way, server: Server
    ) -> None:
        text = returning({"text/event-stream": PICTURE, "application/json": PICTURE})
        assert read(text, server, b'{"id": 2}', "application/json", way).id == 2
        assert server.taken[-1].headers["accept"] == "application/json"
        if way.is_async:
            return
        server.does(answer(200, b"data: a\n\n", {"Content-Type": "text/event-stream"}))
        name = package(text).__name__.capitalize()
        with (
            getattr(package(text), name)(base_url=server.url) as client,
            client.with_streaming_response.things.read() as response,
        ):
            assert [event.data for event in response.iter_events()] == ["a"]
        assert server.taken[-1].headers["accept"] == "text/event-stream"

    def test_validation_of_replies_goes_by_the_media_type(self, server: Server) -> None:
        text = returning({"application/json": PICTURE, "text/csv": TEXT})
        name = package(text).__name__.capitalize()
        client = getattr(package(text), name)(
            base_url=server.url, validate_replies=True
        )
        server.does(answer(200, b"1", {"Content-Type": "text/csv"}))
        assert client.things.read() == "1"


class TestEmptyBodies:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    @pytest.mark.parametrize("status", ["204", "205"])
    def test_status_without_a_body_returns_none(
        self, status: str, way: Way, server: Server
    ) -> None:
        text = returning({"application/json": PICTURE}, status=status)
        server.does(answer(int(status), b""))
        assert way.call(text, server, "things.read") is None
        assert "-> None:" in _methods(text)

    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_head_returns_none(self, way: Way, server: Server) -> None:
        head = operation("readThing", reply=PICTURE)
        text = contract({"/things": {"head": head}}, SCHEMAS)

        def without_body(connection: Connection) -> bool:
            connection.take()
            connection.send(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: 9\r\n\r\n"
            )
            return True

        server.does(without_body)
        assert way.call(text, server, "things.read") is None
        assert "-> None:" in _methods(text)

    def test_range_of_statuses_returns_none_for_204(self, server: Server) -> None:
        text = returning({"application/json": PICTURE}, status="2XX")
        server.does(answer(204, b""), answer(200, {"id": 1}))
        assert SYNC.call(text, server, "things.read") is None
        assert SYNC.call(text, server, "things.read").id == 1


def _methods(text: str) -> str:
    path = package(text).__path__[0]
    with open(f"{path}/resources/things.py") as file:
        return file.read()


PRESS = contract(
    {
        "/sheets/{key}": {
            "parameters": [
                {"name": "key", "in": "path", "required": True, "schema": TEXT}
            ],
            "put": operation(
                "writeSheet",
                bodies={
                    "text/csv": TEXT,
                    "application/json": SHEET,
                    "application/vnd.second+json": SECOND,
                    "application/x-www-form-urlencoded": SHEET,
                    "multipart/form-data": {
                        "type": "object",
                        "required": ["scan"],
                        "properties": {"scan": BINARY, "sheet": SHEET},
                    },
                    "image/*": BINARY,
                },
            ),
        }
    },
    SCHEMAS,
)


class TestRequests:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    @pytest.mark.parametrize(
        ("content_type", "body", "sent"),
        [
            ("text/csv", "a,b", b"a,b"),
            (
                "application/vnd.second+json",
                {"main_heading": "h"},
                b'{"mainHeading":"h"}',
            ),
            ("application/x-www-form-urlencoded", {"title": "t u"}, b"title=t+u"),
            ("image/png", b"\x89PNG", b"\x89PNG"),
        ],
    )
    def test_each_media_type_can_be_sent(
        self, content_type: str, body: Any, sent: bytes, way: Way, server: Server
    ) -> None:
        taken = way.sent(
            PRESS,
            server,
            "things.write_sheet",
            "k",
            body=body,
            content_type=content_type,
        )
        assert taken.headers["content-type"] == content_type
        assert taken.body == sent
        assert taken.path == "/sheets/k"

    def test_usual_media_type_is_sent_by_its_members(self, server: Server) -> None:
        taken = SYNC.sent(PRESS, server, "things.write_sheet", "k", title="t")
        assert taken.headers["content-type"] == "application/json"
        assert taken.json() == {"title": "t"}

    def test_files_are_sent_in_another_media_type(self, server: Server) -> None:
        taken = SYNC.sent(
            PRESS,
            server,
            "things.write_sheet",
            "k",
            body={"scan": b"bytes", "sheet": {"title": "t"}},
            content_type="multipart/form-data",
        )
        assert b"bytes" in taken.body
        assert b'{"title":"t"}' in taken.body

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            ({"body": "a", "content_type": "text/html"}, "content_type must be one of"),
            ({"body": "a", "title": "t"}, "is given by its members"),
            ({"title": "t", "content_type": "text/csv"}, "is given as a whole body"),
        ],
    )
    def test_body_of_the_wrong_form_is_refused(
        self, arguments: Any, problem: str, server: Server
    ) -> None:
        with pytest.raises(TypeError, match=problem):
            SYNC.sent(PRESS, server, "things.write_sheet", "k", **arguments)
        assert server.taken == []

    def test_body_of_another_media_type_is_validated(self, server: Server) -> None:
        with pytest.raises(Exception, match="mainHeading"):
            SYNC.sent(
                PRESS,
                server,
                "things.write_sheet",
                "k",
                body={},
                content_type="application/vnd.second+json",
            )
        assert server.taken == []


FORMATS = contract(
    {
        "/things": {
            "get": operation("readThing", reply={"$ref": "#/components/schemas/Thing"}),
            "post": operation("sendThing", body={"$ref": "#/components/schemas/Thing"}),
            "put": operation(
                "uploadThing",
                bodies={
                    "multipart/form-data": {
                        "type": "object",
                        "required": ["files"],
                        "properties": {
                            "files": {"type": "array", "items": BINARY},
                            "cover": BINARY,
                        },
                    }
                },
            ),
            "patch": operation("replaceThing", bodies={"multipart/form-data": BINARY}),
        }
    },
    {
        "Thing": {
            "type": "object",
            "properties": {
                "blob": {**TEXT, "format": "byte"},
                "coded": {**TEXT, "contentEncoding": "base64"},
                "file": BINARY,
                "image": {"oneOf": [BINARY, {**TEXT, "format": "uri", "minLength": 9}]},
            },
        }
    },
)


class TestFormats:
    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_bytes_are_base64_and_files_are_text_in_json(
        self, way: Way, server: Server
    ) -> None:
        body = {"blob": "AAH/", "coded": "dGV4dA==", "file": "a\u00e9", "image": "x"}
        thing = way.received(FORMATS, server, "things.read", body)
        assert (thing.blob, thing.coded) == (b"\x00\x01\xff", b"text")
        assert (thing.file, thing.image) == ("a\u00e9", "x")
        assert json.loads(thing.to_json()) == body
        sent = way.sent(
            FORMATS,
            server,
            "things.send",
            blob=b"\x00\x01\xff",
            coded=b"text",
            file="a\u00e9",
            image="x",
        )
        assert sent.json() == body

    def test_text_that_is_no_base64_is_kept(self, server: Server) -> None:
        thing = SYNC.received(FORMATS, server, "things.read", {"blob": "%%"})
        assert thing.blob == "%%"

    @pytest.mark.parametrize("way", WAYS, ids=str)
    def test_text_for_a_file_is_refused(self, way: Way, server: Server) -> None:
        with pytest.raises(TypeError, match=r"files: expected a file, got 'a/p\.png'"):
            way.sent(FORMATS, server, "things.upload", files=["a/p.png"])
        assert server.taken == []

    def test_file_is_a_multipart_body_of_its_own(self, server: Server) -> None:
        sent = SYNC.sent(FORMATS, server, "things.replace", body=BytesIO(b"content"))
        assert b'name="file"' in sent.body
        assert b"content" in sent.body
