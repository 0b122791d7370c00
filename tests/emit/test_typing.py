"""What a type checker says of the code of those who use a package."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
USAGE = Path(__file__).parent / "typing" / "usage.txt"
PACKAGES = ("hiveage", "irembopay")

_EXPECTED = re.compile(r"# E: (\S+)")
_SAID = re.compile(r"usage\.py:(\d+): error: .*\[([\w-]+)\]")


def test_right_calls_have_exact_types_and_wrong_ones_are_caught(tmp_path: Path) -> None:
    usage = tmp_path / "usage.py"
    usage.write_text(USAGE.read_text())
    folders = os.pathsep.join(str(ROOT / "generated" / name) for name in PACKAGES)

    cache = f"--cache-dir={tmp_path / 'cache'}"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", cache, str(usage)],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": folders},
        capture_output=True,
        text=True,
        check=False,
    )

    expected = {
        (number, match[1])
        for number, line in enumerate(usage.read_text().splitlines(), 1)
        if (match := _EXPECTED.search(line))
    }
    said = {(int(number), kind) for number, kind in _SAID.findall(done.stdout)}
    assert said == expected, done.stdout
