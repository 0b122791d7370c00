"""A project on disk: its contracts, and the folder that holds their packages."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engross.findings import Finding, FindingsError
from engross.tree.compare import Memory, recall
from engross.tree.manifest import NAME, NEXT
from engross.tree.snapshot import IGNORED_FILES, IGNORED_FOLDERS, Snapshot, take

ENDINGS: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Project:
    """Where the contracts of a project stand, and where their packages go."""

    root: Path
    specs: Path
    generated: Path

    def contracts(self) -> dict[str, Path]:
        """The contract files by provider, which is the name without its ending.

        Files in subfolders are parts that contracts refer to, and `*.lock.*` are
        notes that are kept beside them.

        Raises:
            FindingsError: there are none, or two of one name.
        """
        found: dict[str, Path] = {}
        findings: list[Finding] = []
        for path in sorted(self.specs.glob("*")):
            if path.suffix not in ENDINGS or _is_note(path) or not path.is_file():
                continue
            if path.stem in found:
                other = found[path.stem]
                message = f"{self.shown(other)} and {self.shown(path)} share a name"
                hint = "rename one of them"
                findings.append(Finding("same-provider", message, hint=hint))
            found[path.stem] = path
        if not found:
            message = f"there is no contract in {self.shown(self.specs)}/"
            hint = "put an OpenAPI document there, such as payments.yaml"
            findings.append(Finding("no-contract", message, hint=hint))
        if findings:
            raise FindingsError(findings)
        return found

    def shown(self, path: Path) -> str:
        """A path as people see it: relative to the root, with slashes."""
        return path.relative_to(self.root).as_posix()

    def folders(self) -> dict[str, Memory]:
        """The folders of packages, each with what its manifest says."""
        return {
            path.name: recall(
                Snapshot(manifest=_content(path / NAME), pending=_content(path / NEXT))
            )
            for path in self._entries()
            if path.is_dir() and not path.is_symlink()
        }

    def strays(self, packages: Iterable[str]) -> tuple[str, ...]:
        """Paths among the packages that are none of them."""
        known = {*packages, *IGNORED_FILES, *IGNORED_FOLDERS}
        return tuple(
            self.shown(path)
            for path in self._entries()
            if path.name not in known and not _is_empty(path)
        )

    def _entries(self) -> list[Path]:
        try:
            return sorted(self.generated.iterdir())
        except FileNotFoundError:
            return []


def _is_note(path: Path) -> bool:
    return path.name.startswith(".") or ".lock" in path.suffixes


def _is_empty(path: Path) -> bool:
    """Whether it is a folder without files; caches of Python's tools do not count."""
    return path.is_dir() and not path.is_symlink() and not take(path).files


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None
