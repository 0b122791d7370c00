"""A plugin of pytest: what clients send to a fake of their process goes through Prism.

`ENGROSS_PRISM` is the address of Prism, `ENGROSS_RELAY` the port that it forwards to, and
`ENGROSS_BASE` the path that it puts before each of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from threading import Thread
from typing import Any

import pytest

Answers = Callable[[Any], Any]


class Relay(ThreadingHTTPServer):
    """Passes what Prism forwards to the fake that was called."""

    daemon_threads = True
    answers: Answers
    taken: Any
    """What makes a request of the fake."""


class _Handler(BaseHTTPRequestHandler):
    def _relay(self) -> None:
        relay: Any = self.server
        length = int(self.headers.get("content-length") or 0)
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        content = self.rfile.read(length)
        taken = relay.taken(self.command, path, query, headers, content)
        answer = relay.answers(taken)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _relay

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@pytest.fixture(scope="session", autouse=True)
def through_prism() -> Any:
    """Let each fake be called through Prism."""
    package: str = import_module("tests.package").Client.__module__.partition(".")[0]
    testing = f"{package}.testing"
    relay = Relay(("127.0.0.1", int(os.environ["ENGROSS_RELAY"])), _Handler)
    relay.taken = import_module(f"{testing}.reading").Taken
    Thread(target=relay.serve_forever, daemon=True).start()
    transport = import_module(f"{testing}.transport").FakeTransport
    answer = import_module(f"{testing}.answers").Answer
    with pytest.MonkeyPatch.context() as patch:
        begin = transport.__init__

        def init(self: Any, answers: Answers) -> None:
            def called(taken: Any) -> Any:
                relay.answers = answers
                return answer(*_sent(taken))

            begin(self, called)

        patch.setattr(transport, "__init__", init)
        yield
    relay.shutdown()
    relay.server_close()


def _sent(taken: Any) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers of what Prism replies."""
    connection = HTTPConnection(os.environ["ENGROSS_PRISM"].partition("//")[2])
    path = taken.path.removeprefix(os.environ["ENGROSS_BASE"])
    target = f"{path}?{taken.query}" if taken.query else path
    try:
        connection.request(
            taken.method, target, taken.content or None, dict(taken.headers.items())
        )
        reply = connection.getresponse()
        content = reply.read()
    finally:
        connection.close()
    headers = {name.lower(): value for name, value in reply.getheaders()}
    return reply.status, content, headers
