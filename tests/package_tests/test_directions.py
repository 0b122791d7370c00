"""What only requests have is not made up for replies, and the other way round."""

from __future__ import annotations

from pathlib import Path

from tests.package_tests.test_package_tests import write
from tests.package_tests.test_uploads import run

PROGRAM = """
import sys

sys.path.insert(0, ".")

from msgspec import UNSET
from snags import Snags
from snags.models import Gate
from tests.server import Server

with Server() as server, Snags(base_url=server.url) as client:
    for _ in range(4):
        server.answer(200, {"name": "north", "state": "shut"})
    reply = client.gates.add(name="north")
    assert (reply.mode, reply.tag, reply.state) == (UNSET, UNSET, "shut")
    assert reply.to_dict() == {"name": "north", "state": "shut"}
    client.gates.add(name="north", mode="slow", near={"name": "east"})
    sent = [request.json() for request in server.requests]
    assert sent == [
        {"name": "north", "mode": "fast", "tag": "t"},
        {"name": "north", "mode": "slow", "tag": "t"},
    ], sent
    assert server.requests[1].target == "/gates?near%5Bname%5D=east"
print("as documented")
"""


def test_defaults_and_constants_are_filled_in_their_direction_alone(
    tmp_path: Path,
) -> None:
    write("snags", tmp_path)
    (tmp_path / "program.py").write_text(PROGRAM)
    done = run(tmp_path, "-W", "error", "program.py")
    assert done.stdout == "as documented\n", done.stderr
