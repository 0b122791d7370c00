"""The command, run in this process in the directory of a project."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from engross.cli import main


@dataclass(frozen=True)
class Ran:
    """Status and output of one run of the command."""

    status: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Ran]


@pytest.fixture
def run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `engross` with these arguments; `cwd` is the project's root by default."""

    def run(*arguments: str, cwd: Path = project) -> Ran:
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as leaving:  # argparse exits this way
            status = int(str(leaving.code))
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run
