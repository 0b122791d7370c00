"""Update a package on disk atomically, and write only what changed.

A run first writes its manifest as `.engross.next.json`, then deletes files, then replaces
files one by one, and finally renames that manifest. If it is interrupted at any point,
every file is complete, and the next run knows from the manifest which ones it owns.
A file that was edited since the snapshot is neither replaced nor deleted.
Nothing is synced to disk: whatever a power failure loses can be generated again.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import EBUSY
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from engross.data import dataclass
from engross.tree.manifest import NAME, NEXT
from engross.tree.snapshot import Snapshot, temporary_name


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run does to one package; paths are relative to it.

    Attributes:
        deletes: Files to remove, and directories that this leaves empty.
        writes: Files to create or replace.
        manifest: Content of the new manifest; None removes it with the package.
    """

    deletes: Sequence[str]
    writes: Mapping[str, bytes]
    manifest: bytes | None

    def changes(self, snapshot: Snapshot) -> bool:
        """Return whether carrying it out changes anything on disk."""
        return bool(
            self.deletes
            or self.writes
            or self.manifest != snapshot.manifest
            or snapshot.pending is not None
            or snapshot.leftovers
        )


class ChangedMeanwhileError(OSError):
    """A file was changed by someone else during the run; it was left alone."""


def carry_out(plan: Plan, directory: Path, snapshot: Snapshot) -> None:
    """Carry out a plan in `directory`, of which `snapshot` was just taken.

    Raises:
        ChangedMeanwhileError: A file is not what the snapshot says; it is left alone.
        OSError: A file could not be read or written; all others are complete.
    """
    if not plan.changes(snapshot):
        return
    before = snapshot.files
    for leftover in snapshot.leftovers:
        (directory / leftover).unlink(missing_ok=True)
    if plan.manifest is not None and (plan.deletes or plan.writes):
        replace_file(directory / NEXT, plan.manifest)
    for path in plan.deletes:
        _expect(directory / path, before, path)
        (directory / path).unlink(missing_ok=True)
        _prune(directory, path)
    for path, content in sorted(plan.writes.items()):
        _prune_into(directory, path)
        with _written(directory / path, content) as temporary:
            _expect(directory / path, before, path)
            os.replace(temporary, directory / path)
    if plan.manifest is None:
        (directory / NEXT).unlink(missing_ok=True)
        (directory / NAME).unlink(missing_ok=True)
        with suppress(OSError):  # it has other files
            directory.rmdir()
    elif plan.deletes or plan.writes:
        os.replace(directory / NEXT, directory / NAME)
    else:
        replace_file(directory / NAME, plan.manifest)
        (directory / NEXT).unlink(missing_ok=True)


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Lock `directory`, waiting for a run in progress to end.

    On Windows, there is no lock.
    """
    if sys.platform == "win32":
        yield
    else:
        import fcntl  # noqa: PLC0415 - not available on Windows

        handle = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


@contextmanager
def naming(target: Path) -> Iterator[None]:
    """Name a file in errors of writing it, which name a temporary file or none."""
    try:
        yield
    except OSError as error:
        error.filename = str(target)
        raise


def replace_file(target: Path, content: bytes) -> None:
    """Replace a file atomically and keep its permissions."""
    with _written(target, content) as temporary:
        os.replace(temporary, target)


def create_file(target: Path, content: bytes) -> None:
    """Write a file that must not exist yet; nothing is left of it if that fails.

    Raises:
        FileExistsError: There is one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with naming(target), target.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except BaseException:
            target.unlink()
            raise


@contextmanager
def _written(target: Path, content: bytes) -> Iterator[Path]:
    """Write the content beside `target`, with its permissions; remove what is left of it."""
    temporary = target.with_name(temporary_name(target.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with naming(target), temporary.open("xb") as file:
            file.write(content)
        if target.is_file() and not target.is_symlink():
            temporary.chmod(target.stat().st_mode & 0o777)
        yield temporary
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _expect(target: Path, before: Mapping[str, bytes | None], path: str) -> None:
    """Raise if a file is no longer what the snapshot says; one that is gone is fine."""
    try:
        regular = S_ISREG(target.lstat().st_mode)
        found = target.read_bytes() if regular else None
    except (FileNotFoundError, NotADirectoryError):
        return
    if path not in before or found != before[path]:
        message = "changed during the run, and left alone; run engross again"
        raise ChangedMeanwhileError(EBUSY, message, str(target))


def _prune(directory: Path, path: str) -> None:
    """Remove the directories that the deletion of `path` left empty."""
    for parent in PurePosixPath(path).parents[:-1]:
        try:
            (directory / parent).rmdir()
        except OSError:
            return


def _prune_into(directory: Path, path: str) -> None:
    """Remove an empty directory in place of a file."""
    target = directory / path
    if target.is_dir() and not target.is_symlink():
        target.rmdir()
