"""Files of a project as they are in a commit of git."""

from __future__ import annotations

import posixpath
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from engross.data import dataclass

_LINK: Final = "120000"
"""Mode of a symbolic link, whose content is where it leads."""

_MOST_LINKS: Final = 40


class GitError(Exception):
    """Git could not answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that was found in the history.

    Attributes:
        name: its digest, abbreviated.
        has_parents: whether the repository has a commit before it.
    """

    name: str
    has_parents: bool


def has_repository(folder: Path) -> bool:
    """Return whether a folder is in a repository, without running git."""
    return any((each / ".git").exists() for each in (folder, *folder.parents))


def is_shallow(folder: Path) -> bool:
    """Return whether the repository lacks the older part of its history.

    Raises:
        GitError: there is no repository, or no git.
    """
    return _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"


def last_change_of(folder: Path, pattern: str, paths: Iterable[str]) -> Commit | None:
    """Return the last commit that wrote or removed a text in some files.

    Args:
        folder: a folder in a repository.
        pattern: an extended regular expression (POSIX) of the text.
        paths: paths of the files, relative to the folder.

    Raises:
        GitError: there is no repository, or no git.
    """
    options = ("-1", "--no-show-signature", "--format=%h %P", "--pickaxe-regex")
    log = ("--literal-pathspecs", "log", *options, f"-S{pattern}", "--", *paths)
    try:
        name, *parents = _git(folder, *log).decode().split() or [""]
    except GitError:
        if _git(folder, "rev-list", "--all", "--max-count=1"):
            raise
        return None  # there is no commit yet
    return Commit(name, bool(parents)) if name else None


class Revision(Mapping[str, bytes]):
    """The files below a folder in a commit, by path; each is read when it is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        """Find a commit by its name.

        Raises:
            GitError: there is no such commit, no repository, or no git.
        """
        if name.startswith("-"):
            raise GitError(f"{name!r} is not a revision of git")
        self.name = name
        self._folder = folder
        self._run("rev-parse", "--show-toplevel")
        try:
            found = self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitError:
            message = f"git knows no commit {name!r}; is it fetched?"
            raise GitError(message) from None
        self._commit = found.decode().strip()

    def __getitem__(self, path: str) -> bytes:
        at = self._resolved(path)
        return self._run("show", f"{self._commit}:./{at}")

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._target(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._modes)

    def __len__(self) -> int:
        return len(self._modes)

    @cached_property
    def _modes(self) -> Mapping[str, str]:
        """The mode of each file, by path."""
        listed = self._run("ls-tree", "-r", "-z", self._commit, "./").decode(
            errors="surrogateescape"
        )
        found: dict[str, str] = {}
        for entry in filter(None, listed.split("\0")):
            about, _, path = entry.partition("\t")
            found[path] = about.partition(" ")[0]
        return found

    def _resolved(self, path: str) -> str:
        target = self._target(path)
        if target is None:
            raise KeyError(path)
        return target

    def _target(self, path: str) -> str | None:
        """Return the file that a path leads to, links followed; None if there is none."""
        for _ in range(_MOST_LINKS):
            mode = self._modes.get(path)
            if mode != _LINK:
                return None if mode is None else path
            link = self._run("show", f"{self._commit}:./{path}").decode()
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
        return None

    def _run(self, *arguments: str) -> bytes:
        return _git(self._folder, *arguments)


def _git(folder: Path, *arguments: str) -> bytes:
    """Return what git prints."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise GitError(said.splitlines()[-1] if said else "git failed")
    return done.stdout
