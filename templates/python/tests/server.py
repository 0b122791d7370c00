"""A stand-in for the provider: an HTTP server on the loopback address."""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from email import message_from_string
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple, Self
from urllib.parse import parse_qsl

import msgspec

from .json_values import Json

OF_EVERY_CLIENT = {
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
    "user-agent",
}
"""Headers that HTTP clients add by themselves."""

TOKENS = "/oauth-tokens/"
"""Below this stand the issuers of tokens."""

_encode = msgspec.json.Encoder(decimal_format="number").encode
_encode_sorted = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


class Answer(NamedTuple):
    """What the server replies once."""

    status: int
    content: bytes
    headers: Mapping[str, str]


class Request(NamedTuple):
    """A request as it arrived, byte for byte."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """Method and target."""
        return f"{self.method} {self.target}"

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query, decoded."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def own_headers(self) -> dict[str, str]:
        """Headers that the contract asks for: all but those of every HTTP client."""
        kept = {k: v for k, v in self.headers.items() if k not in OF_EVERY_CLIENT}
        if kept.get("content-type", "").startswith("multipart/"):
            kept["content-type"] = kept["content-type"].partition(";")[0]
        return kept

    def json(self) -> Json:
        """The body as JSON, with the digits that it has."""
        return json.loads(self.body, parse_float=Decimal)

    def form(self) -> list[tuple[str, str]]:
        """Names and values of a form, sorted."""
        return in_order(parse_qsl(self.body.decode(), keep_blank_values=True))

    def parts(self) -> list[tuple[str, str]]:
        """Names and contents of a multipart body, sorted."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n"
        # In Latin-1, each character stands for its byte.
        message = message_from_string(head + self.body.decode("latin-1"))
        return in_order(
            (
                _utf8(part.get_param("name", header="content-disposition")),
                _utf8(part.get_payload()),
            )
            for part in message.walk()
            if part is not message and not part.is_multipart()
        )


def in_order(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names and texts, sorted, and so are the members of JSON objects."""
    return sorted((name, _with_sorted_members(text)) for name, text in pairs)


def _with_sorted_members(text: str) -> str:
    if not text.startswith(("{", "[")):
        return text
    try:
        value = json.loads(text, parse_float=Decimal)
    except ValueError:
        return text
    return _encode_sorted(value).decode()


def _utf8(text: object) -> str:
    """The text of which the characters are the bytes."""
    return str(text).encode("latin-1").decode()


class Server:
    """Records what it is sent, and gives one answer after the other."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.token_requests: list[Request] = []
        self._refusal: Answer | None = None
        self._answers: list[Answer] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        serve = self._http.serve_forever
        Thread(target=serve, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def forget(self) -> None:
        """Start anew: nothing recorded, nothing to answer."""
        self.requests.clear()
        self.token_requests.clear()
        self._answers.clear()
        self._refusal = None

    def answer(
        self,
        status: int,
        payload: Json = None,
        *,
        content: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] = {},
    ) -> None:
        """Answer the next request that has no answer yet, with JSON or raw bytes."""
        if content is None:
            content = b"" if status == 204 else _encode(payload)
        fields = {"Content-Type": content_type, **headers} if content else headers
        self._answers.append(Answer(status, content, fields))

    def only_request(self) -> Request:
        """The request that arrived, which must have been the only one."""
        assert len(self.requests) == 1, f"{len(self.requests)} requests arrived"
        return self.requests[0]

    def only_token_request(self) -> Request:
        """The request for a token, which must have been the only one."""
        assert len(self.token_requests) == 1, f"{len(self.token_requests)} arrived"
        return self.token_requests[0]

    def _issue(self, request: Request) -> Answer:
        self.token_requests.append(request)
        issuer = request.path.rpartition("/")[2].replace("_", "-")
        token = {"access_token": f"token-of-{issuer}", "token_type": "Bearer"}
        return Answer(200, _encode(token), {"Content-Type": "application/json"})

    def _reply(self, request: Request) -> Answer:
        self.requests.append(request)
        if self._answers:
            answer = self._answers.pop(0)
            self._refusal = answer if answer.status == 401 else None
            return answer
        if self._refusal is not None and self.token_requests:
            return self._refusal  # refused again, for all that the token is new
        return Answer(501, b"the test has no answer for this request", {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body leave together

            def __getattr__(self, name: str) -> Callable[[], None]:
                """Return what answers a method of HTTP, which may be any."""
                if name.startswith("do_"):
                    return self._exchange
                raise AttributeError(name)

            def _exchange(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                target = self.requestline.split(" ")[1]
                request = Request(self.command, target, headers, self._body(headers))
                is_for_token = TOKENS in request.path
                answer = (server._issue if is_for_token else server._reply)(request)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.content)
                self.wfile.flush()

            def _body(self, headers: Mapping[str, str]) -> bytes:
                if headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(headers.get("content-length", 0)))
                chunks: list[bytes] = []
                while size := int(self.rfile.readline().partition(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

        return Handler
