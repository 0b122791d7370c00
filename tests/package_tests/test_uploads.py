"""Every kind of file argument, and what the provider receives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.package_tests.test_package_tests import write

PROGRAM = """
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

sys.path.insert(0, ".")

from tests.server import Server
from uploads import Uploads

path = Path("note.txt")
path.write_bytes(b"content")


def pieces() -> Iterator[bytes]:
    yield b"con"
    yield b"tent"


with Server() as server, Uploads(base_url=server.url) as client:
    for _ in range(30):
        server.answer(204)
    client.raw.upload(body=b"content")
    client.raw.upload(body="content")
    client.raw.upload(body=path)
    client.raw.upload(body=BytesIO(b"content"))
    client.raw.upload(body=pieces())
    client.raw.upload(body=[b"con", b"tent"])
    with path.open("rb") as file:
        client.raw.upload(body=file)
    client.text.send(body="content")
    client.csv.send(body=path)
    client.xml.send(body="content")
    assert {each.body for each in server.requests} == {b"content"}

    server.forget()
    for _ in range(30):
        server.answer(204)
    client.files.send(größe=1, file=b"content")
    client.files.send(größe=1, file=path)
    client.files.send(größe=1, file=BytesIO(b"content"))
    client.files.send(größe=1, file=("a.txt", b"content"))
    client.files.send(größe=1, file=("a.txt", path, "text/plain"))
    client.files.send(größe=1, file=path, files=[path, b"content", ("b", BytesIO(b"content"))])
    with path.open("rb") as file:
        client.files.send(größe=1, file=file, note="content", tags=["content"])
    sent = [part for each in server.requests for part in each.parts()]
    assert len(sent) == 19
    assert {content for _, content in sent} == {"content", "1"}
print("sent")
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    write("uploads", tmp_path)
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the package's directory."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=package,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_file_argument_accepts_every_kind_of_file(package: Path) -> None:
    done = run(package, "-W", "error", "program.py")
    assert done.stdout == "sent\n", done.stderr


def test_file_argument_is_typed_for_every_kind(package: Path) -> None:
    options = ["--strict", "--python-version=3.11"]
    done = run(package, "-m", "mypy", *options, "program.py")
    assert done.returncode == 0, done.stdout
