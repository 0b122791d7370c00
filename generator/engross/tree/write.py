"""Bring a package on disk up to date: atomically, and no byte more than needed.

A run first writes down what it is about to do (`.engross.next.json`), then deletes,
then replaces file by file, and last turns that note into the manifest. Killed at any
point, it leaves files that are each whole, and a note from which the next run knows
them for its own. Nothing waits for the disk: what a power cut loses can be made again.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engross.tree.manifest import NAME, NEXT
from engross.tree.snapshot import TEMPORARY, Snapshot


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run does to one package; paths are relative to it.

    Attributes:
        deletes: files to remove, and folders that they leave empty.
        writes: files to create or replace.
        manifest: content of the new manifest; None removes it with the package.
    """

    deletes: Sequence[str]
    writes: Mapping[str, bytes]
    manifest: bytes | None

    def changes(self, snapshot: Snapshot) -> bool:
        """Whether carrying it out changes anything on disk."""
        return bool(
            self.deletes
            or self.writes
            or self.manifest != snapshot.manifest
            or snapshot.pending is not None
            or snapshot.leftovers
        )


def carry_out(plan: Plan, directory: Path, snapshot: Snapshot) -> None:
    """Do what the plan says in `directory`, of which `snapshot` was just taken.

    Raises:
        OSError: the disk refuses; what was done so far is whole and known.
    """
    if not plan.changes(snapshot):
        return
    for leftover in snapshot.leftovers:
        (directory / leftover).unlink(missing_ok=True)
    if plan.manifest is not None and (plan.deletes or plan.writes):
        _replace(directory / NEXT, plan.manifest)
    for path in plan.deletes:
        (directory / path).unlink(missing_ok=True)
        _prune(directory, path)
    for path, content in sorted(plan.writes.items()):
        _prune_into(directory, path)
        _replace(directory / path, content)
    if plan.manifest is None:
        (directory / NEXT).unlink(missing_ok=True)
        (directory / NAME).unlink(missing_ok=True)
        with suppress(OSError):  # somebody keeps files there
            directory.rmdir()
    elif plan.deletes or plan.writes:
        os.replace(directory / NEXT, directory / NAME)
    else:
        _replace(directory / NAME, plan.manifest)
        (directory / NEXT).unlink(missing_ok=True)


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Keep other runs out of `directory`, waiting for the one at work to end.

    On Windows two runs at once are not kept apart.
    """
    if sys.platform == "win32":
        yield
    else:
        import fcntl  # noqa: PLC0415 - there is none on Windows

        handle = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _replace(target: Path, content: bytes) -> None:
    """Put a file in place whole, with the permissions of the one it replaces."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}{TEMPORARY}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("xb") as file:
            file.write(content)
        if target.is_file() and not target.is_symlink():
            temporary.chmod(target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _prune(directory: Path, path: str) -> None:
    """Remove the folders that the deletion of `path` left empty."""
    for parent in PurePosixPath(path).parents[:-1]:
        try:
            (directory / parent).rmdir()
        except OSError:
            return


def _prune_into(directory: Path, path: str) -> None:
    """Make way for a file where an empty folder stands."""
    target = directory / path
    if target.is_dir() and not target.is_symlink():
        target.rmdir()
