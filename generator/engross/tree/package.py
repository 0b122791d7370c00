"""One package: as its contract generates it, and as it is on disk."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engross.contract.fingerprint import Change
from engross.findings import Finding, FindingsError
from engross.tree.compare import FileState, Memory, State, compare, recall
from engross.tree.rendering import Rendering
from engross.tree.snapshot import Snapshot, take
from engross.tree.write import Plan, carry_out


@dataclass(frozen=True)
class Package:
    """A package on disk, and as its contract generates it now.

    Attributes:
        name: Name of the package and its directory.
        contract: Path of the contract, relative to the project root.
        rendering: The generated files; None if no contract generates this package.
        states: State of every file except the manifest.
    """

    name: str
    directory: Path
    contract: str
    rendering: Rendering | None
    snapshot: Snapshot
    memory: Memory
    states: tuple[FileState, ...]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Return what changed in the contract since the last run."""
        if self.rendering is None or self.memory.manifest is None:
            return ()
        return self.rendering.changes_since(self.memory.manifest)

    @property
    def is_current(self) -> bool:
        """Return whether every file, and the manifest, is current."""
        return not self.problems and self.manifest_state is State.CURRENT

    @property
    def problems(self) -> tuple[FileState, ...]:
        """Return the files that are not current."""
        return tuple(s for s in self.states if s.state is not State.CURRENT)

    @property
    def blocking(self) -> tuple[FileState, ...]:
        """Return the files in the way that engross does not own."""
        return tuple(s for s in self.states if s.blocks)

    @cached_property
    def manifest_state(self) -> State:
        """Return the state of the manifest itself."""
        if self.interrupted:
            return State.STALE
        if self._manifest_content == self.snapshot.manifest:
            return State.CURRENT
        if self.snapshot.manifest is None:
            return State.MISSING
        return State.ORPHAN if self.rendering is None else State.STALE

    @property
    def interrupted(self) -> bool:
        """Return whether a run was interrupted while it wrote this package."""
        return self.snapshot.pending is not None or bool(self.snapshot.leftovers)

    def plan(self, *, force: bool = False) -> Plan | None:
        """Return what a run must do; None if a file that engross does not own is in the way.

        Args:
            force: Whether to overwrite and delete such files.
        """
        blocking = self.blocking
        if any(not force or s.is_folder for s in blocking):
            return None
        rendered = {} if self.rendering is None else self.rendering.files
        return Plan(
            deletes=tuple(
                s.path
                for s in self.problems
                if s.path not in rendered and (s.owned or s.wanted)
            ),
            writes={
                s.path: rendered[s.path] for s in self.problems if s.path in rendered
            },
            manifest=self._manifest_content,
        )

    @cached_property
    def _manifest_content(self) -> bytes | None:
        return None if self.rendering is None else self.rendering.manifest.dump()


def examine(rendering: Rendering, generated: Path) -> Package:
    """Return the package that a contract generates, with its state on disk.

    Raises:
        FindingsError: Its path is not a regular directory.
        OSError: A file could not be read.
    """
    directory = generated / rendering.package
    if not generated.is_dir() and (generated.exists() or generated.is_symlink()):
        raise _no_folder(generated.name, "a directory")
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        shown = f"{generated.name}/{rendering.package}"
        raise _no_folder(shown, "a regular directory")
    return _package(directory, rendering.contract, rendering)


def _no_folder(shown: str, expected: str) -> FindingsError:
    message, hint = f"{shown} is not {expected}", "move it elsewhere"
    return FindingsError([Finding("no-folder", message, hint=hint)])


def examine_abandoned(directory: Path, contract: str) -> Package:
    """Return a package that no contract generates anymore, with its state on disk.

    Raises:
        OSError: A file could not be read.
    """
    return _package(directory, contract, None)


def write(package: Package, *, force: bool = False) -> Plan | None:
    """Update a package; return None if a file that engross does not own is in the way.

    Raises:
        OSError: A file could not be read or written.
    """
    plan = package.plan(force=force)
    if plan is not None:
        carry_out(plan, package.directory, package.snapshot)
    return plan


def _package(directory: Path, contract: str, rendering: Rendering | None) -> Package:
    snapshot = take(directory)
    memory = recall(snapshot)
    snapshot = snapshot.with_leftovers(memory.owns)
    rendered = {} if rendering is None else rendering.files
    return Package(
        name=directory.name,
        directory=directory,
        contract=contract,
        rendering=rendering,
        snapshot=snapshot,
        memory=memory,
        states=compare(rendered, memory, snapshot),
    )
