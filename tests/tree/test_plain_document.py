"""A document without `x-engross` generates a package like any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engross.cli import main
from tests.black_clean import is_black_clean

SESSION = """\
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

seen = []


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()

from shop import RequestInvalidError, Shop

with Shop(token="secret", base_url=f"http://127.0.0.1:{server.server_port}") as shop:
    order = shop.orders.create(items=[{"code": "tea", "quantity": 2}], note="soon")
    assert (order.items[0].quantity, order.note) == (2, "soon")
    try:
        shop.orders.create(items=[])
    except RequestInvalidError as error:
        assert "/items" in str(error)
    else:
        raise AssertionError("an order without items was sent")

sent = {"items": [{"code": "tea", "quantity": 2}], "note": "soon"}
assert seen == [("/orders", "Bearer secret", sent)], seen
server.shutdown()
"""


@pytest.fixture
def package(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the generated package of the contract `shop`."""
    monkeypatch.chdir(project)
    assert main(["generate"]) == 0
    assert main(["check"]) == 0
    return project / "generated" / "shop"


def run(package: Path, *command: str) -> None:
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_foreign_package_calls_its_provider(package: Path) -> None:
    run(package, "-c", SESSION)


def test_foreign_package_passes_its_own_tests(package: Path) -> None:
    run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_foreign_package_passes_strict_type_checks(package: Path) -> None:
    run(package, "-m", "mypy", "--strict", "-p", "shop")


def test_foreign_package_is_formatted(package: Path) -> None:
    for path in sorted(package.rglob("*.py")):
        assert is_black_clean(path.read_text()), path
