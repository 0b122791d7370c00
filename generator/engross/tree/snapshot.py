"""The files of a package on disk, read once, without following symbolic links."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Final

from engross.data import dataclass
from engross.tree.manifest import NAME, NEXT

_TEMPORARY: Final = re.compile(r"((?:.+/)?)\.([^/]+)\.[0-9]+\.engross-tmp")


def temporary_name(name: str) -> str:
    """Return the name under which a run writes a file before it moves it into place."""
    return f".{name}.{os.getpid()}.engross-tmp"


IGNORED_FOLDERS: Final = frozenset(
    {
        "__pycache__",
        ".hypothesis",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "build",
        "dist",
    }
)
IGNORED_ENDINGS: Final = (".pyc", ".pyo", ".egg-info")
IGNORED_FILES: Final = frozenset({".DS_Store", "Thumbs.db"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A package on disk at one moment.

    Attributes:
        files: Content by path; None for anything but a regular file, such as a link.
        folders: Paths of all directories.
        manifest: Content of the manifest, if there is one.
        pending: Content of the manifest of an interrupted run, if there is one.
        leftovers: Temporary files of such a run.
    """

    files: Mapping[str, bytes | None] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    manifest: bytes | None = None
    pending: bytes | None = None
    leftovers: tuple[str, ...] = ()

    def with_leftovers(self, owns: Callable[[str], bool]) -> "Snapshot":
        """Return the snapshot with the temporary files of engross apart from the others.

        Args:
            owns: Returns whether engross writes a file at a path. What only looks like a
                temporary file is a file like any other.
        """
        found = {
            path
            for path, content in self.files.items()
            if content is not None and _is_temporary(path, owns)
        }
        if not found:
            return self
        kept = {path: self.files[path] for path in self.files if path not in found}
        return replace(self, files=kept, leftovers=tuple(sorted(found)))


def take(directory: Path, rendered: Mapping[str, bytes] = {}) -> Snapshot:
    """Return a snapshot of the package in `directory`; an absent one is empty.

    Build products and caches of Python's tools are ignored.

    Args:
        directory: Where the package is, or may be.
        rendered: Contents that are at hand, by path. What is equal is not kept twice.

    Raises:
        OSError: A file could not be read.
    """
    files: dict[str, bytes | None] = {}
    folders: set[str] = set()
    pending = [""]
    while pending:
        prefix = pending.pop()
        for entry in _entries(directory / prefix):
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _is_ignored(entry.name, IGNORED_FOLDERS):
                    folders.add(path)
                    pending.append(f"{path}/")
            elif not _is_ignored(entry.name, IGNORED_FILES):
                regular = entry.is_file(follow_symlinks=False)
                files[path] = (
                    _content(entry.path, rendered.get(path)) if regular else None
                )
    return Snapshot(
        manifest=files.pop(NAME, None),
        pending=files.pop(NEXT, None),
        files=files,
        folders=frozenset(folders),
    )


def _content(path: str, known: bytes | None) -> bytes:
    """Return the content of a file, which may be what is known."""
    found = Path(path).read_bytes()
    return found if known is None or known != found else known


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _is_temporary(path: str, owns: Callable[[str], bool]) -> bool:
    match = _TEMPORARY.fullmatch(path)
    target = "" if match is None else match[1] + match[2]
    return bool(target) and (target in (NAME, NEXT) or owns(target))


def _is_ignored(name: str, names: frozenset[str]) -> bool:
    return name in names or name.endswith(IGNORED_ENDINGS)
