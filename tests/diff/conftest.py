"""The project of all tests, committed to a repository of git."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["Run", "run"]


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, without settings of the user."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def repository(project: Path) -> Path:
    """Return the project, with a commit that is tagged `v1`."""
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=First")
    git(project, "tag", "v1")
    return project
