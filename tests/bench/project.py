"""A copy of the project in which engross can be run safely."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .contracts import write_plain
from .processes import succeed

ROOT = Path(__file__).parents[2]
ENGROSS = (sys.executable, "-m", "engross")
CONTRACT = "irembopay"
"""The contract whose clients are compared."""


@dataclass(frozen=True, slots=True)
class Project:
    """The contracts, and directories for generated packages."""

    root: Path
    site: Path
    """Where packages can be imported from."""

    @property
    def contracts(self) -> list[Path]:
        return sorted((self.root / "specs").glob("*.yaml"))

    @property
    def contract(self) -> Path:
        return self.root / "specs" / f"{CONTRACT}.yaml"

    def plain(self, contract: Path) -> Path:
        """Return a contract as all peers can read it."""
        return self.root / "plain" / contract.name

    def clear(self) -> None:
        """Remove what was generated."""
        shutil.rmtree(self.root / "generated", ignore_errors=True)
        (self.root / "generated").mkdir()


def copied(folder: Path) -> Project:
    """Copy the contracts, not the packages."""
    project = Project(folder / "project", folder / "site")
    shutil.copytree(ROOT / "specs", project.root / "specs")
    shutil.copy(ROOT / "pyproject.toml", project.root)
    project.site.mkdir()
    (project.root / "plain").mkdir()
    for contract in project.contracts:
        write_plain(contract, project.plain(contract))
    return project


def add_package(project: Project) -> None:
    """Generate the package of the contract that is compared, ready to be imported."""
    project.clear()
    succeed(*ENGROSS, "generate", CONTRACT, cwd=project.root)
    emitted = project.root / "generated" / CONTRACT / CONTRACT
    shutil.copytree(emitted, project.site / CONTRACT)
