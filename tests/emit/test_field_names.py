"""Fields whose wire names Python uses otherwise are still fields."""

import subprocess
import sys
from pathlib import Path

CONTRACT = """\
openapi: 3.1.1
info: { title: Odd, version: "1" }
paths: {}
components:
  schemas:
    Thing:
      type: object
      properties:
        list: { type: array, items: { type: string } }
        str: { type: string }
        raw: { type: string }
        others: { type: array, items: { type: string } }
"""

PROGRAM = """\
import msgspec, odd
value = msgspec.json.decode(b'{"list":["a"],"str":"b","raw":"c","others":["d"]}', type=odd.Thing)
assert (value.list_, value.str_, value.raw_, value.others) == (["a"], "b", "c", ["d"])
"""


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_field_hides_no_builtin_that_types_are_written_with(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.engross]\n")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "odd.yaml").write_text(CONTRACT)

    run("-m", "engross", "generate", cwd=tmp_path)

    run("-c", PROGRAM, cwd=tmp_path / "generated" / "odd")
