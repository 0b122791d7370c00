"""What the command offers when a shell completes its line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ENGROSS = (sys.executable, "-m", "engross")


def completed(line: str, folder: Path) -> list[str]:
    """The words that a shell would offer, which it reads from the descriptor 8."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run(ENGROSS, cwd=folder, env={**os.environ, **asked}, check=True)
    return [word.strip() for word in answer.read_text().splitlines()]


def test_commands_are_offered(tmp_path: Path) -> None:
    assert completed("engross ch", tmp_path) == ["check"]


def test_options_and_their_values_are_offered(tmp_path: Path) -> None:
    assert completed("engross check --dif", tmp_path) == ["--diff"]
    assert completed("engross check --format s", tmp_path) == ["sarif"]


def test_contracts_of_the_project_are_offered(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.engross]\n")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "payments.yaml").write_text("openapi: 3.1.1\n")
    assert completed("engross check pa", tmp_path) == ["payments"]


def test_files_are_offered_without_a_project(tmp_path: Path) -> None:
    (tmp_path / "petstore.yaml").touch()
    assert completed("engross generate pet", tmp_path) == ["petstore.yaml"]


def test_settings_with_an_error_offer_no_contracts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.engross\n")
    assert completed("engross check pa", tmp_path) == []


def test_an_ordinary_start_does_not_load_what_completes() -> None:
    script = (
        "import sys; from engross.cli import main; main(['check', '--quiet']); "
        "sys.exit('argcomplete' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
