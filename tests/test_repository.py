"""The repository: what its distribution contains, and what must not be in it."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
import yaml

from engross.paths import templates_root
from tests.conftest import ROOT

CONTRACTS = sorted(ROOT.glob("specs/*.yaml"))


TOP_LEVEL = {
    *("pyproject.toml", "README.md", "specs", "templates", "generator"),
    *("generated", "tests"),
    *("Makefile", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"),
}
"""All there is beside dotfiles."""


def sources(folder: Path) -> list[Path]:
    """Return the files of a directory, without caches of Python's tools."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(p == "__pycache__" or p.endswith("_cache") for p in path.parts)
    ]


def test_nothing_but_what_belongs_there_is_at_the_top() -> None:
    built = {"build", "dist"}  # which git ignores
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - built == TOP_LEVEL


def test_templates_are_found_in_a_checkout() -> None:
    assert templates_root() == ROOT / "templates"


def test_wheel_contains_everything_for_generation(tmp_path: Path) -> None:
    options = ["--quiet", "--no-deps", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "wheel", *options, str(ROOT)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("engross-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    for folder, prefix in (
        (ROOT / "templates", "engross/_templates"),
        (ROOT / "generator" / "engross", "engross"),
    ):
        wanted = {
            f"{prefix}/{path.relative_to(folder).as_posix()}"
            for path in sources(folder)
        }
        assert wanted <= shipped


def imported(path: Path) -> set[str]:
    """Return the top-level names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_generator_imports_only_declared_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    project["optional-dependencies"].pop("serve")  # of the package that is served
    declared = {
        {"pyyaml": "yaml"}.get(name, name.replace("-", "_"))
        for each in (
            *project["dependencies"],
            *chain.from_iterable(project["optional-dependencies"].values()),
        )
        for name in re.findall(r"^[\w-]+", each)
    }
    files = (ROOT / "generator" / "engross").rglob("*.py")
    used = set[str]().union(*map(imported, files)) - sys.stdlib_module_names
    # cel-python is not imported: only its grammar is read, as a file.
    assert used - {"engross"} == declared - {"cel_python"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.stem)
def test_generator_knows_no_provider(contract: Path) -> None:
    settings = yaml.safe_load(contract.read_text())["x-engross"]
    names = {contract.stem, settings.get("package"), settings.get("client")} - {None}
    word = re.compile("|".join(map(re.escape, sorted(names))), re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("generator/engross", "templates")
        for path in sources(ROOT / folder)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if word.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["generator", "tests"])
def test_locked_dependency_has_a_hash(lock: str) -> None:
    text = (ROOT / lock / "requirements.lock").read_text()
    entries = [e for e in re.split(r"\n(?=\S)", text) if not e.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_lock_files_list_direct_dependencies_without_urls() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    direct = project["project"]["dependencies"]
    groups = project["dependency-groups"]["test"]
    for wanted, lock in ((direct, "generator"), ([*direct, *groups], "tests")):
        text = (ROOT / lock / "requirements.lock").read_text()
        for requirement in wanted:
            name = re.match(r"[a-z0-9-]+", requirement)
            assert name
            assert re.search(rf"^{name[0]}==", text, re.MULTILINE), requirement
        assert "://" not in text
    assert "://" not in re.sub(
        r'"url": "[^"]*"', "", (ROOT / "tests/linters/package-lock.json").read_text()
    )
