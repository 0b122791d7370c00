"""What changed since packages were generated, for `engross generate --watch`.

Events of the file system only say that something may have happened. What did follows
from digests, so an event that is lost, or one too many, changes nothing.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from engross.data import dataclass
from engross.diff import Change, Side, compare
from engross.findings import FindingsError
from engross.input_files import digest_on_disk, input_digest
from engross.source import files_read, load_files
from engross.source.gc_pause import gc_paused
from engross.tree.project import Project
from engross.tree.request import Request
from engross.tree.survey import Survey

_DEBOUNCE: Final = 200
"""Milliseconds within which events belong to one save."""

_STEP: Final = 50
"""Milliseconds without an event after which a save is over."""

_SETTLED: Final = 100
"""Milliseconds after which the folders are surely watched."""


class NoWatchfilesError(Exception):
    """The library that tells of changed files is not installed."""


@dataclass(frozen=True)
class Version:
    """A valid contract as it was generated from: all files that it was read from."""

    request: Request
    files: Mapping[str, bytes]

    @cached_property
    def side(self) -> Side:
        """Return what it says, to be compared.

        Raises:
            FindingsError: It is invalid after all.
        """
        request = self.request
        return Side.of(
            load_files(
                request.contract,
                self.files,
                skip_broken=request.skip_broken,
                wanted=request.wanted,
            )
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a contract was last generated from, whether it was valid or not."""

    request: Request
    inputs: Mapping[str, str | None]

    def is_as(self, request: Request) -> bool:
        """Return whether another run would read the same."""
        return self.request == request and all(
            digest_on_disk(request.root, name) == digest
            for name, digest in self.inputs.items()
        )


class Watch:
    """Remembers what packages were generated from.

    Attributes:
        project: The project, as its settings last were.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._seen: dict[str, Seen] = {}
        self._versions: dict[str, Version] = {}
        self._entries: dict[str, str | None] = {}

    def changed(self, requests: Mapping[str, Request]) -> tuple[str, ...]:
        """Return the contracts that are not what they were last generated from."""
        names = tuple(
            name
            for name, request in requests.items()
            if name not in self._seen or not self._seen[name].is_as(request)
        )
        self._entries = {name: _entry(requests[name]) for name in names}
        return names

    def gone(self, requests: Mapping[str, Request]) -> tuple[str, ...]:
        """Forget the contracts that do not exist anymore, and return them."""
        names = tuple(name for name in self._seen if name not in requests)
        for name in names:
            del self._seen[name]
        return names

    def note(
        self, requests: Mapping[str, Request], survey: Survey
    ) -> dict[str, tuple[Change, ...]]:
        """Note what was generated, and return what changed in contracts that are valid.

        Args:
            requests: What was asked of the contracts that were generated.
            survey: What became of them.

        Returns:
            The changes of each contract since it was last valid.
        """
        rendered = {
            package.contract: package.rendering.inputs
            for package in survey.packages
            if package.rendering is not None
        }
        found = {}
        for name, request in requests.items():
            inputs = rendered.get(request.contract)
            if inputs is None:
                # What is saved while its findings are printed is another version.
                entry = {request.contract: self._entries[name]}
                self._seen[name] = Seen(request, {**_inputs(request), **entry})
                continue
            self._seen[name] = Seen(request, inputs)
            version = _version(request, inputs)
            if version is None:  # saved again meanwhile, so its turn comes again
                continue
            before = self._versions.get(name)
            self._versions[name] = version
            if before is not None:
                found[name] = _changes(before, version)
        return found

    def folders(self) -> frozenset[Path]:
        """Return the folders in which a change may matter."""
        project = self.project
        trees = [project.specs, *([project.templates] if project.templates else [])]
        found = {project.root, *map(_existing, trees)}
        for tree in trees:
            for folder, below, _ in os.walk(tree):
                below[:] = [name for name in below if not name.startswith(".")]
                found.add(Path(folder))
        for seen in self._seen.values():
            for name in seen.inputs:
                path = project.root / name
                found |= {_existing(path.parent), _existing(path.resolve().parent)}
        return frozenset(found)


def saves(folders: Callable[[], frozenset[Path]]) -> Iterator[None]:
    """Yield when something may have changed in folders, and first when they are watched.

    Args:
        folders: Returns the folders, which may become others.

    Raises:
        NoWatchfilesError: The library that this needs is not installed.
        OSError: A folder cannot be watched.
    """
    try:
        from watchfiles import watch  # noqa: PLC0415 - an extra
    except ImportError:
        raise NoWatchfilesError from None
    while True:
        watched = folders()
        is_first = True
        for events in watch(
            *watched,
            watch_filter=None,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=_SETTLED,
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        ):
            if events or is_first:
                yield
                is_first = False
                if folders() != watched:
                    break


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one around it that exists."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _inputs(request: Request) -> Mapping[str, str | None]:
    """Return digests of the files that an invalid contract is read from."""
    read = files_read(request.path, root=request.root, wanted=request.wanted)
    return {request.contract: _entry(request), **read}


def _entry(request: Request) -> str | None:
    """Return the digest of the file of a contract; None if there is none."""
    return digest_on_disk(request.root, request.contract)


def _version(request: Request, inputs: Mapping[str, str | None]) -> Version | None:
    """Return a contract as it was read; None if a file is another one by now."""
    files = {}
    for name, digest in inputs.items():
        try:
            content = (request.root / name).read_bytes()
        except OSError:
            found = None
        else:
            files[name] = content
            found = input_digest(request.root, name, content)
        if found != digest:
            return None
    return Version(request, files)


def _changes(before: Version, after: Version) -> tuple[Change, ...]:
    if before.files == after.files and before.request == after.request:
        return ()
    try:
        with gc_paused():
            return compare(before.side, after.side)
    except FindingsError:  # the run that rendered it has reported them
        return ()
