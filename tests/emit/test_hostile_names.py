"""Names of files, packages and clients that mean something to Python or to a system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engross.findings import FindingsError, Severity
from engross.source import load
from engross.tree.package import Rendering
from engross.tree.rendering import make, render
from engross.tree.request import Request
from tests.conftest import SHOP


def rendered(folder: Path, file: str, extension: str = "") -> Rendering:
    """Return the package of a shop in a file of this name."""
    path = folder / file
    path.write_text(SHOP + extension)
    return render(Request(path, folder), make).rendering


def test_package_is_never_a_name_that_python_or_a_system_has(tmp_path: Path) -> None:
    for stem in ("json", "tests", "msgspec", "com1", "build", "con"):
        found = rendered(tmp_path, f"{stem}.yaml")
        assert found.package == f"{stem.lower()}_api"
        (warning,) = (w for w in found.warnings if w.rule == "taken-name")
        assert warning.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("package: json", "'json' is a module of the standard library"),
        ("package: tests", "'tests' is a directory beside the package"),
        ("client: Exception", "'Exception' would hide Python's own"),
        ("client: Type", "every package has 'Type'"),
    ],
)
def test_chosen_name_that_is_taken_is_a_finding(
    tmp_path: Path, chosen: str, expected: str
) -> None:
    with pytest.raises(FindingsError, match=expected):
        rendered(tmp_path, "shop.yaml", f"x-engross: {{ {chosen} }}\n")


def test_package_of_an_awkward_file_name_is_importable(tmp_path: Path) -> None:
    stems = (
        "value",
        "timeout",
        "none_",
        "sync_client",
        "webhooks",
        "3d",
        "名前",
        "api",
    )
    names = []
    for stem in stems:
        found = rendered(tmp_path, f"{stem}.yaml")
        names.append(found.package)
        for path, content in found.files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    code = "".join(
        f"import {name}, {name}.client, {name}.async_client\n"
        f"[getattr({name}, each) for each in {name}.__all__]\n"
        for name in names
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    "name", ["a\nimport os\n.yaml", "coding=utf7.yaml", "a\u202eb.yaml", "-->.yaml"]
)
def test_file_name_never_becomes_code(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SHOP)
    with pytest.raises(FindingsError) as caught:
        load(tmp_path / name, root=tmp_path)
    assert [each.rule for each in caught.value.findings] == ["unsafe-file-name"]
