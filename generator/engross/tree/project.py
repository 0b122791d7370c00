"""A project on disk: its contracts, and the directory of their packages."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from os.path import realpath
from pathlib import Path, PurePath
from typing import Final

from engross.data import dataclass
from engross.findings import Finding, FindingsError, Level
from engross.input_files import ENDINGS, MARK
from engross.selection import Slice
from engross.suggest import did_you_mean
from engross.tree.compare import Memory, recall
from engross.tree.manifest import NAME, NEXT
from engross.tree.snapshot import IGNORED_FILES, IGNORED_FOLDERS, Snapshot, take

_ABOUT: Final = "README.md"
"""A page about the packages, beside them, which a project may have."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project keeps its contracts and their packages.

    Attributes:
        slices: The operations to generate of contracts of which not all are wanted.
        levels: What to make of the warnings of some rules.
        approvals: Why changes of contracts are approved, by fingerprint.
    """

    root: Path
    specs: Path
    generated: Path
    slices: Mapping[str, Slice] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    templates: Path | None = None
    approvals: Mapping[str, str] = field(default_factory=dict)

    def contracts(self) -> dict[str, Path]:
        """Return the contract files by provider, which is the file name without extension.

        Files in subdirectories are parts that contracts reference, `*.overlay.*` are
        overlays of the contracts beside them, and `*.lock.*` are notes.

        Raises:
            FindingsError: There are none, or two with one name.
        """
        found: dict[str, Path] = {}
        findings: list[Finding] = []
        for path in sorted(self.specs.glob("*")):
            if not is_contract(path):
                continue
            if path.is_symlink() and not path.exists():
                findings.append(self._dangling(path))
            if not path.is_file():
                continue
            if path.stem in found:
                other = found[path.stem]
                message = f"{self.shown(other)} and {self.shown(path)} share a name"
                hint = "rename one of them"
                findings.append(Finding("same-provider", message, hint=hint))
            found[path.stem] = path
        findings += self._lone_overlays(found)
        findings += self._lone_slices(found)
        if self.specs.is_file():
            message = f"`specs` names {self.shown(self.specs)}, which is a file"
            hint = "name the directory that holds the contracts"
            findings.append(Finding("no-contract", message, hint=hint))
        elif self.specs.is_symlink() and not self.specs.exists():
            findings.append(self._dangling(self.specs))
        elif not found and not findings:
            message = f"found no contract in {self.shown(self.specs)}/"
            hint = "add an OpenAPI document, such as payments.yaml"
            findings.append(Finding("no-contract", message, hint=hint))
        if findings:
            raise FindingsError(findings)
        return found

    def _dangling(self, link: Path) -> Finding:
        message = (
            f"{self.shown(link)} is a link to {link.readlink()}, which leads nowhere"
        )
        hint = "change the link, or remove it"
        return Finding("no-contract", message, hint=hint)

    def contracts_by_path(self) -> dict[Path, str]:
        """Return the providers by the absolute path of their contract."""
        return {
            Path(realpath(path)): path.stem
            for path in self.specs.glob("*")
            if is_contract(path)
        }

    def _lone_overlays(self, contracts: Collection[str]) -> Iterator[Finding]:
        """Yield a finding for each overlay without a contract beside it."""
        for path in sorted(self.specs.glob(f"*{MARK}.*")):
            contract = path.stem.removesuffix(MARK)
            if path.suffix in ENDINGS and contract not in contracts:
                message = f"{self.shown(path)} has no contract {contract} beside it"
                hint = (
                    did_you_mean(contract, contracts)
                    or f"name it as its contract, with {MARK} before the ending"
                )
                yield Finding("overlay-without-contract", message, hint=hint)

    def _lone_slices(self, contracts: Mapping[str, Path]) -> Iterator[Finding]:
        """Yield a finding for each slice of a contract that does not exist."""
        for name, wanted in self.slices.items():
            if name not in contracts:
                message = f"no contract {name!r} in {self.shown(self.specs)}/"
                hint = did_you_mean(name, contracts)
                yield Finding("unknown-contract", message, wanted.span, hint)

    def shown(self, path: Path) -> str:
        """Return a path for display: relative to the root, with slashes."""
        return path.relative_to(self.root).as_posix()

    def folders(self) -> dict[str, Memory]:
        """Return the directories of packages, each with what its manifest says."""
        return {
            path.name: recall(
                Snapshot(manifest=_content(path / NAME), pending=_content(path / NEXT))
            )
            for path in self._entries()
            if path.is_dir() and not path.is_symlink()
        }

    def strays(self, packages: Iterable[str]) -> tuple[str, ...]:
        """Return the paths beside the packages that are not packages."""
        known = {*packages, *IGNORED_FILES, *IGNORED_FOLDERS, _ABOUT}
        return tuple(
            self.shown(path)
            for path in self._entries()
            if path.name not in known and not _is_empty(path)
        )

    def _entries(self) -> list[Path]:
        try:
            return sorted(self.generated.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []


def is_contract(path: PurePath) -> bool:
    """Return whether the name of a file is that of a contract."""
    return path.suffix in ENDINGS and not _is_note(path)


def _is_note(path: PurePath) -> bool:
    is_apart = ".lock" in path.suffixes or path.stem.endswith(MARK)
    return path.name.startswith(".") or is_apart


def _is_empty(path: Path) -> bool:
    """Return whether it is a directory without files; Python's caches do not count."""
    return path.is_dir() and not path.is_symlink() and not take(path).files


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None
