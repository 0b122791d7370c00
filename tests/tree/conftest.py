"""A project whose package a test generates and modifies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from engross.tree.package import Package, write
from engross.tree.project import Project
from engross.tree.survey import Survey, survey
from engross.tree.write import Plan


@dataclass(frozen=True)
class Workshop:
    """The project of a test, used through the interface of `tree`."""

    project: Project

    @property
    def specs(self) -> Path:
        return self.project.specs

    @property
    def package(self) -> Path:
        return self.project.generated / "shop"

    def edit(self, old: str, new: str, contract: str = "shop.yaml") -> None:
        path = self.specs / contract
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def look(self, *names: str) -> Survey:
        return survey(self.project, names=names or None)

    def look_at(self, name: str = "shop") -> Package:
        return next(p for p in self.look().packages if p.name == name)

    def states(self, name: str = "shop") -> Mapping[str, str]:
        """Return the state of every file that is not current, by path."""
        return {s.path: s.state.value for s in self.look_at(name).problems}

    def generate(self, *names: str, force: bool = False) -> dict[str, Plan | None]:
        found = self.look(*names)
        assert not found.findings
        return {package.name: write(package, force=force) for package in found.packages}

    def files(self) -> dict[str, bytes]:
        """Return every file below the directory of packages."""
        root = self.project.generated
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def workshop(project: Path, plain_packages: None) -> Workshop:
    return Workshop(Project(project, project / "specs", project / "generated"))
