"""Downloads are bounded in size and time."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engross.download import download, shown_url
from engross.findings import FindingsError
from tests.loopback_files import Answer, serving


@pytest.fixture(params=["headers", "body"])
def slow(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a document that arrives a little at a time, and never ends."""
    over = threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if request.param == "body":
                self.end_headers()
            else:
                self.flush_headers()
            with suppress(OSError):
                while not over.wait(0.02):
                    self.wfile.write(b" ")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/slow.yaml"
        over.set()
        server.shutdown()


def test_download_that_takes_too_long_is_given_up(slow: str) -> None:
    with pytest.raises(FindingsError, match=r"/slow.yaml took more than 0.2 seconds"):
        download(slow, seconds=0.2)


def test_download_that_is_too_large_is_refused() -> None:
    with serving() as answers:
        url = f"{answers['base'].body}/large.yaml"
        answers["/large.yaml"] = Answer(body="x" * (1 << 20))
        assert len(download(url, largest=1 << 20)[1]) == 1 << 20
        answers["/large.yaml"] = Answer(body="x" * ((1 << 20) + 1))
        with pytest.raises(FindingsError, match=r"/large.yaml is larger than 1 MiB"):
            download(url, largest=1 << 20)


def test_server_that_is_not_there_is_a_finding() -> None:
    with serving() as answers:
        url = f"{answers['base'].body}/shop.yaml"
    with pytest.raises(FindingsError, match=r"cannot be reached: Connection refused"):
        download(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("HTTPS://Shop.Example", "https://shop.example/"),
        ("https://me:word@shop.example/a.json?key=1#x", "https://shop.example/a.json"),
        (
            "https://shop.example/coding:x/`a`",
            "https://shop.example/coding%3Ax/%60a%60",
        ),
    ],
)
def test_shown_url_has_no_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown
