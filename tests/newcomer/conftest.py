"""engross as a newcomer has it: installed from its wheel, far from any checkout."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT
from tests.loopback_files import Answer, serving

BACKEND = "hatchling"
"""What builds engross and the packages that it generates."""


@dataclass(frozen=True)
class Newcomer:
    """An environment with engross, and an empty directory to work in."""

    tools: Path
    home: Path

    def run(self, command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a shell command with nothing but this environment and the system."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.home,
            env={
                "HOME": str(self.home),
                "PATH": f"{self.tools}{os.pathsep}/usr/bin{os.pathsep}/bin",
                "LC_ALL": "C.UTF-8",
            },
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def write(self, name: str, text: str) -> None:
        """Write a file to the directory."""
        (self.home / name).write_text(text)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of engross, made by its build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    options = ["--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *options], check=True, cwd=folder)
    (built,) = folder.glob("engross-*.whl")
    return built


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with that wheel and the dependencies that it names.

    They are copies of those that are installed here, from the lock file. So are those of
    generated packages, since nothing is downloaded.
    """
    root = tmp_path_factory.mktemp("newcomer")
    venv.create(root, with_pip=False, symlinks=True)
    (site,) = root.glob("lib/python*/site-packages")
    brought: set[str] = set()
    for name in ("engross", "msgspec", "pyreqwest", BACKEND):
        bring(name, site, brought)
    python = root / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    install = ["install", "--quiet", "--no-index", "--no-compile", str(wheel)]
    subprocess.run([*pip, *install], check=True)
    # pip itself is not in the environment; it installs there from here.
    script = root / "bin" / "pip"
    command = " ".join(f'"{word}"' for word in pip)
    options = "--quiet --no-index --no-build-isolation"
    script.write_text(f'#!/bin/sh\nexec {command} "$@" {options}\n')
    script.chmod(0o755)
    return root


def bring(name: str, site: Path, brought: set[str]) -> None:
    """Copy what a distribution needs, and itself unless it is engross."""
    if name in brought:
        return
    brought.add(name)
    found = distribution(name)
    for file in (found.files or ()) if name != "engross" else ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(found.locate_file(file)), target)
    for text in found.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            bring(requirement.name, site, brought)


@pytest.fixture
def newcomer(environment: Path, tmp_path: Path) -> Newcomer:
    """Return a user with an empty home directory."""
    home = tmp_path / "home"
    home.mkdir()
    return Newcomer(environment / "bin", home)


@pytest.fixture
def pages() -> Iterator[dict[str, Answer]]:
    """Serve answers by path on the loopback interface; `base` is its address."""
    with serving() as answers:
        yield answers
