"""The files of a package on disk, read once, without following symbolic links."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engross.tree.manifest import NAME, NEXT

TEMPORARY: Final = ".engross-tmp"
"""Suffix of the files that a run writes before it moves them into place."""

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


def take(directory: Path) -> Snapshot:
    """Return a snapshot of the package in `directory`; an absent one is empty.

    Build products and caches of Python's tools are ignored.

    Raises:
        OSError: A file could not be read.
    """
    files: dict[str, bytes | None] = {}
    folders: set[str] = set()
    leftovers: list[str] = []
    pending = [""]
    while pending:
        prefix = pending.pop()
        for entry in _entries(directory / prefix):
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _is_ignored(entry.name, IGNORED_FOLDERS):
                    folders.add(path)
                    pending.append(f"{path}/")
            elif entry.name.endswith(TEMPORARY):
                leftovers.append(path)
            elif not _is_ignored(entry.name, IGNORED_FILES):
                regular = entry.is_file(follow_symlinks=False)
                files[path] = Path(entry.path).read_bytes() if regular else None
    return Snapshot(
        manifest=files.pop(NAME, None),
        pending=files.pop(NEXT, None),
        files=files,
        folders=frozenset(folders),
        leftovers=tuple(sorted(leftovers)),
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _is_ignored(name: str, names: frozenset[str]) -> bool:
    return name in names or name.endswith(IGNORED_ENDINGS)
