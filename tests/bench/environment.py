"""The virtual environment of the peers, separate from that of the project."""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .processes import run, succeed

LOCK = Path(__file__).with_name("requirements.lock")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the peers are installed."""

    folder: Path
    missing: tuple[str, ...]
    """What could not be installed, each with its reason."""

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.bin / "python"

    def on_path(self) -> dict[str, str]:
        """Return the variables with which its commands find each other."""
        return {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"}


def prepared(root: Path, progress: Callable[[str], None]) -> Environment:
    """Return the environment, recreated if the lock file has changed."""
    folder = root / ".venv-bench"
    lock = LOCK.read_text()
    mark = folder / f".ready-{hashlib.sha256(lock.encode()).hexdigest()[:16]}"
    if mark.exists():
        return Environment(folder, ())
    progress(f"installing the peers into {folder.name}")
    shutil.rmtree(folder, ignore_errors=True)
    succeed(sys.executable, "-m", "venv", folder)
    (folder / ".gitignore").write_text("*\n")
    environment = Environment(folder, ())
    if not _install(environment, LOCK):
        mark.touch()
        return environment
    # One that this machine cannot have must not cost the others.
    part = folder / "part.lock"
    missing: list[str] = []
    for requirement in _requirements(lock):
        part.write_text(requirement)
        problem = _install(environment, part)
        if problem:
            missing.append(f"{requirement.split()[0]}: {problem}")
    return Environment(folder, tuple(missing))


def _install(environment: Environment, lock: Path) -> str:
    """Install what a lock file lists; return errors."""
    done = run(
        *(environment.python, "-m", "pip", "install", "-qq", "--no-deps"),
        *("--disable-pip-version-check", "--require-hashes", "--requirement", lock),
    )
    if not done.status:
        return ""
    lines = done.output.strip().splitlines() or ["pip failed"]
    return next((line for line in lines if line.startswith("ERROR")), lines[-1])


def _requirements(lock: str) -> list[str]:
    return re.findall(r"^[a-z0-9].*?(?=^[a-z0-9#]|\Z)", lock, re.MULTILINE | re.DOTALL)
