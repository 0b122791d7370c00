"""A web server on the loopback interface, with the answers of a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What the server answers at a path."""

    body: str = ""
    status: int = 200
    location: str = ""


@contextmanager
def serving() -> Iterator[dict[str, Answer]]:
    """Serve answers by path until the block ends; the body of `base` is the address."""
    answers: dict[str, Answer] = {}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0], Answer(status=404))
            body = answer.body.encode()
            self.send_response(answer.status)
            if answer.location:
                self.send_header("Location", answer.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers["base"] = Answer(body=f"http://127.0.0.1:{server.server_port}")
        try:
            yield answers
        finally:
            server.shutdown()
