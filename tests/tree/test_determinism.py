"""The same contracts give the same bytes in every environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PYPROJECT, ROOT

ENVIRONMENTS = {
    "plain": {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
    "elsewhere": {
        "PYTHONHASHSEED": "1",
        "LC_ALL": "C",
        "LANG": "tr_TR.UTF-8",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "40",
    },
    "optimized": {"PYTHONHASHSEED": "4242", "PYTHONOPTIMIZE": "2"},
}


def generated(
    project: Path, cwd: Path, environment: dict[str, str]
) -> dict[str, bytes]:
    """Return what `engross generate` writes for the contracts of this repository."""
    (project / "deep").mkdir(parents=True)
    (project / "pyproject.toml").write_text(PYPROJECT)
    shutil.copytree(ROOT / "specs", project / "specs")
    subprocess.run(
        [sys.executable, "-m", "engross", "generate"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator"), **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    root = project / "generated"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = tmp_path_factory.mktemp("reference")
    return generated(project, project, ENVIRONMENTS["plain"])


@pytest.mark.parametrize("name", ["elsewhere", "optimized"])
def test_output_is_independent_of_the_environment(
    reference: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    project = tmp_path / "ein anderer Ört" / "deeper"
    found = generated(project, project / "deep", ENVIRONMENTS[name])
    assert found.keys() == reference.keys()
    assert [path for path in found if found[path] != reference[path]] == []


def test_output_contains_no_path_of_the_machine(reference: dict[str, bytes]) -> None:
    traces = [str(ROOT).encode(), str(Path.home()).encode() + b"/", b"pytest-of-"]
    assert [
        path for path, content in reference.items() if any(t in content for t in traces)
    ] == []
