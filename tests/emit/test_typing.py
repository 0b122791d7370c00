"""What a type checker says of the code of those who use a package."""

import os
import re
import subprocess
import sys
from pathlib import Path

from engross.source import load
from engross.tree.rendering import make

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "typing"

_EXPECTED = re.compile(r"# E: (\S+)")
_SAID = re.compile(r"usage\.py:(\d+): error: .*\[([\w-]+)\]")


def test_right_calls_have_exact_types_and_wrong_ones_are_caught(tmp_path: Path) -> None:
    packages = [ROOT / "generated" / name for name in ("hiveage", "irembopay")]
    _hold_against_what_mypy_says("usage.txt", packages, tmp_path)


def test_both_forms_of_methods_have_exact_types(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _, files, _ = make(load(CASES / "parcels.yaml", root=CASES))
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _hold_against_what_mypy_says("forms.txt", [home], tmp_path)


def _hold_against_what_mypy_says(case: str, packages: list[Path], place: Path) -> None:
    usage = place / "usage.py"
    usage.write_text((CASES / case).read_text())

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(usage)],
        cwd=place,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, packages))},
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
