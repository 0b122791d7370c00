"""Bodies that are streamed: in bounded memory, and never sent by half."""

from __future__ import annotations

import asyncio
import io
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from till._runtime.errors import APIConnectionError, APIError, OutcomeUnknownError
from till._runtime.operation import Body, Operation, Part, Reply, Safe, Unsafe
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.calls import encoded, sent
from tests.runtime.server import Connection, Server, Taken, answer

MIB = 1024 * 1024
SAFE = Safe()
WAYS = ["sync", "async", "sync with httpx2", "async with httpx2"]


def operation(
    media_type: str = "application/octet-stream", retry: Safe | Unsafe = SAFE
) -> Operation[None]:
    """An operation that takes a body."""
    body = encoded(Body(media_type, required=True))
    return Operation(
        "", "o", "POST", "/x", body=body, replies={200: Reply()}, retry=retry
    )


def send(
    url: str, way: str, upload: Operation[None], body: Any, **options: Any
) -> None:
    """Make one call with one of the clients."""
    if way.startswith("sync"):
        own = httpx2.Client() if "httpx2" in way else None
        with Till(secret_key="sk", base_url=url, http_client=own, **options) as client:
            try:
                client._send(upload, {}, body=body)
            finally:
                if own:
                    own.close()
        return

    async def run() -> None:
        own = httpx2.AsyncClient() if "httpx2" in way else None
        made = AsyncTill(secret_key="sk", base_url=url, http_client=own, **options)
        async with made as client:
            try:
                await client._send(upload, {}, body=body)
            finally:
                if own:
                    await own.aclose()

    asyncio.run(run())


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def parts_of(taken: Taken) -> list[Message]:
    """The parts of a multipart body."""
    head = f"Content-Type: {taken.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + taken.body)
    return [part for part in message.walk() if not part.is_multipart()]


UPLOAD = """
import asyncio, pathlib, resource, sys
sys.path.insert(0, sys.argv[1])
url, path, way, kind = sys.argv[2:]
from till._runtime.operation import Body, Operation, Reply, Unsafe
from till._runtime.files import RawEncoder
from till._runtime.multipart import MultipartEncoder
file = pathlib.Path(path)
media_type = "multipart/form-data" if kind == "part" else "application/octet-stream"
encoder = MultipartEncoder if kind == "part" else RawEncoder
body = Body(media_type, encoder=encoder)
upload = Operation("", "o", "POST", "/x", body=body, replies={200: Reply()})
kinds = {
    "part": lambda: {"file": file, "note": "x"},
    "path": lambda: file,
    "open": lambda: open(file, "rb"),
    "pieces": lambda: iter(lambda s=open(file, "rb"): s.read(65536), b""),
}
given = {"secret_key": "sk", "base_url": url}

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

if way.startswith("sync"):
    from till.client import Till
    if "httpx2" in way:
        import httpx2
        given["http_client"] = httpx2.Client()
    with Till(**given) as client:
        client._send(upload, {}, body={"file": b"warm"} if kind == "part" else b"warm")
        before = peak()
        client._send(upload, {}, body=kinds[kind]())
else:
    from till.async_client import AsyncTill
    async def run():
        global before
        if "httpx2" in way:
            import httpx2
            given["http_client"] = httpx2.AsyncClient()
        async with AsyncTill(**given) as client:
            await client._send(
                upload, {}, body={"file": b"warm"} if kind == "part" else b"warm"
            )
            before = peak()
            await client._send(upload, {}, body=kinds[kind]())
    asyncio.run(run())
print(peak() - before)
"""


class Drain:
    """A server that counts what it is sent, and keeps nothing of it."""

    def __enter__(self) -> Drain:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.received: list[int] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,)).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while stream.readline():
                headers: dict[bytes, bytes] = {}
                while (line := stream.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    headers[name.lower()] = value.strip()
                self.received.append(self._drained(stream, headers))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def _drained(self, stream: Any, headers: dict[bytes, bytes]) -> int:
        total = 0
        if b"content-length" in headers:
            left = int(headers[b"content-length"])
            while total < left:
                total += len(stream.read(min(MIB, left - total)))
            return total
        while size := int(stream.readline(), 16):
            left = size
            while left:
                left -= len(stream.read(min(MIB, left)))
            total += size
            stream.readline()
        stream.readline()
        return total


@pytest.mark.parametrize("kind", ["part", "path", "open", "pieces"])
def test_a_file_larger_than_memory_allows_is_sent(
    kind: str, way: str, package_folder: Path, tmp_path: Path
) -> None:
    size, bound = 160 * MIB, 64
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(size)
    with Drain() as server:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                UPLOAD,
                package_folder,
                server.url,
                large,
                way,
                kind,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert server.received[-1] >= size
    assert int(done.stdout) < bound, f"{done.stdout.strip()} MiB more"


@pytest.mark.parametrize(
    "body",
    [
        lambda folder: io.BytesIO(b"content"),
        lambda folder: folder / "a.bin",
        lambda folder: bytearray(b"content"),
        lambda folder: memoryview(b"content"),
        lambda folder: b"content",
        lambda folder: "content",
    ],
    ids=["open", "path", "bytearray", "memoryview", "bytes", "text"],
)
def test_what_has_a_known_size_announces_it(
    server: Server, way: str, body: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "a.bin").write_bytes(b"content")
    server.does(answer(200))
    send(server.url, way, operation(), body(tmp_path))
    assert server.taken[0].headers["content-length"] == "7"
    assert server.taken[0].body == b"content"


def pieces() -> Iterator[bytes]:
    yield b"con"
    yield b"tent"


@pytest.mark.parametrize("body", [pieces, lambda: [b"con", b"tent"]])
def test_pieces_of_bytes_are_sent_as_they_come(
    server: Server, way: str, body: Callable[[], object]
) -> None:
    server.does(answer(200))
    send(server.url, way, operation(), body())
    assert server.taken[0].body == b"content"
    assert "content-length" not in server.taken[0].headers


@pytest.mark.parametrize("way", ["async", "async with httpx2"])
def test_pieces_may_come_from_tasks(server: Server, way: str) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for piece in pieces():
            await asyncio.sleep(0)
            yield piece

    server.does(answer(200))
    send(server.url, way, operation(), slow())
    assert server.taken[0].body == b"content"


def test_an_error_while_the_body_is_made_is_the_callers(
    server: Server, way: str
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"con"
        raise KeyError("mine")

    server.does(answer(200))
    with pytest.raises(KeyError, match="mine"):
        send(server.url, way, operation(), broken())
    assert server.taken == []


@pytest.mark.parametrize("body", [{"a": 1}, object()])
def test_what_is_no_body_is_refused(server: Server, body: object) -> None:
    with pytest.raises(
        TypeError, match="a string, bytes, a file, a path or an iterable"
    ):
        sent(server, body=Body("application/xml"), value=body)
    assert server.taken == []


@pytest.mark.parametrize("media_type", ["text/csv", "multipart/form-data"])
def test_a_file_that_is_open_for_text_is_refused(
    server: Server, media_type: str
) -> None:
    file = io.StringIO("text")
    value = {"file": file} if media_type.startswith("multipart") else file
    with pytest.raises(TypeError, match="binary mode, 'rb'"):
        sent(server, body=Body(media_type), value=value)
    assert server.taken == []


def test_a_file_that_is_not_there_is_told_before_anything_is_sent(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        sent(server, body=Body("multipart/form-data"), value={"a": tmp_path / "none"})
    assert server.taken == []


def test_a_file_that_grows_meanwhile_is_sent_as_it_was(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"before")

    def grow_and_fail(connection: Connection) -> bool:
        with path.open("ab") as file:
            file.write(b" and after")
        return bool(answer(503)(connection))

    server.does(grow_and_fail, answer(200))
    sent_body = {"file": path}
    body = encoded(Body("multipart/form-data", required=True))
    upload: Operation[None] = Operation(
        "", "o", "POST", "/x", body=body, replies={200: Reply()}, retry=Safe()
    )
    with Till(secret_key="sk", base_url=server.url) as client:
        client._send(upload, {}, body=sent_body)
    for taken in server.taken:
        assert parts_of(taken)[0].get_payload(decode=True) == b"before"


class TestSendingAgain:
    """What can be had once only is sent once only."""

    def test_pieces_that_are_used_up_are_not_sent_again(
        self, server: Server, way: str, waits: list[float]
    ) -> None:
        server.does(answer(503), answer(200))
        with pytest.raises(APIError, match="503"):
            send(server.url, way, operation(), pieces())
        assert [taken.body for taken in server.taken] == [b"content"]

    def test_a_pipe_that_is_used_up_is_not_sent_again(
        self, server: Server, way: str, waits: list[float]
    ) -> None:
        class Pipe(io.RawIOBase):
            def __init__(self) -> None:
                self._left = [b"content"]

            def read(self, size: int = -1) -> bytes:
                return self._left.pop() if self._left else b""

        server.does(answer(429), answer(200))
        body = {"file": ("a.bin", Pipe())}
        with pytest.raises(APIError, match="429"):
            send(server.url, way, operation("multipart/form-data"), body)
        assert len(server.taken) == 1

    @pytest.mark.parametrize(
        "body", [lambda: [b"con", b"tent"], lambda: io.BytesIO(b"content")]
    )
    def test_what_can_be_had_again_is_sent_whole(
        self, server: Server, way: str, waits: list[float], body: Callable[[], object]
    ) -> None:
        server.does(answer(503), answer(429), answer(200))
        send(server.url, way, operation(), body())
        assert [taken.body for taken in server.taken] == [b"content"] * 3

    @pytest.mark.parametrize("retry", [Safe(), Unsafe()])
    def test_a_connection_that_breaks_in_the_middle_ends_it(
        self, server: Server, way: str, waits: list[float], retry: Safe | Unsafe
    ) -> None:
        def endless() -> Iterator[bytes]:
            for _ in range(400):
                yield b"x" * 65536

        def read_a_little(connection: Connection) -> None:
            connection.sock.recv(4096)
            connection.reset()

        server.does(read_a_little, answer(200))
        expected = (
            APIConnectionError if isinstance(retry, Safe) else OutcomeUnknownError
        )
        with pytest.raises(expected):
            send(server.url, way, operation(retry=retry), endless())
        assert server.taken == []
        assert server.connections == 1

    def test_what_was_never_begun_is_sent_when_the_provider_is_back(
        self, way: str, waits: list[float]
    ) -> None:
        begun: list[bytes] = []

        def noted() -> Iterator[bytes]:
            for piece in pieces():
                begun.append(piece)
                yield piece

        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(APIConnectionError, match="nothing was sent"):
            send(
                f"http://127.0.0.1:{port}",
                way,
                operation(retry=Unsafe()),
                noted(),
                max_retries=2,
            )
        # Each attempt but the last was given up before a byte of the body was taken.
        assert begun == []
        assert len(waits) == 2


class TestPartsOfAForm:
    def test_what_consists_of_others_is_json_and_lists_are_parts(
        self, server: Server
    ) -> None:
        value = {
            "object": {"a": [1]},
            "matrix": [[1, 2], [3]],
            "list": ["a", "b"],
            "flag": True,
        }
        taken = sent(server, body=Body("multipart/form-data"), value=value)
        assert [
            (
                part.get_param("name", header="content-disposition"),
                part.get("content-type"),
                part.get_payload(decode=True),
            )
            for part in parts_of(taken)
        ] == [
            ("object", "application/json", b'{"a":[1]}'),
            ("matrix", "application/json", b"[1,2]"),
            ("matrix", "application/json", b"[3]"),
            ("list", None, b"a"),
            ("list", None, b"b"),
            ("flag", None, b"true"),
        ]

    def test_a_style_holds_for_parts_as_for_forms(self, server: Server) -> None:
        body = Body(
            "multipart/form-data",
            parts={
                "deep": Part(style="deepObject", explode=True),
                "joined": Part(style="form", explode=False),
                "piped": Part(style="pipeDelimited"),
            },
        )
        value = {"deep": {"a": {"b c": 1}}, "joined": [1, 2], "piped": ["a", "b,c"]}
        taken = sent(server, body=body, value=value)
        assert [
            (
                part.get_param("name", header="content-disposition"),
                part.get_payload(decode=True),
            )
            for part in parts_of(taken)
        ] == [("deep[a][b c]", b"1"), ("joined", b"1,2"), ("piped", b"a|b,c")]

    def test_items_that_could_not_be_told_apart_are_refused(
        self, server: Server
    ) -> None:
        parts = {"joined": Part(style="form", explode=False)}
        body = Body("multipart/form-data", parts=parts)
        with pytest.raises(TypeError, match=r"^joined: 'a,b' contains ','"):
            sent(server, body=body, value={"joined": ["a,b"]})

    def test_a_range_of_media_types_names_none(self, server: Server) -> None:
        parts = {"file": Part(content_type="image/png, image/jpeg")}
        body = Body("multipart/form-data", parts=parts)
        value = {"file": b"1", "other": ("a.png", b"2", "image/png")}
        taken = sent(server, body=body, value=value)
        kinds = [part.get("content-type") for part in parts_of(taken)]
        assert kinds == ["application/octet-stream", "image/png"]
