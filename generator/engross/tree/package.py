"""One package: what its contract makes of it, beside what stands on disk."""

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
    """A package on disk beside what its contract makes of it today.

    Attributes:
        name: of the package and its folder.
        contract: path of the contract, relative to the project root.
        rendering: what the contract makes; None when it no longer makes this package.
        states: of every file, but not of the manifest.
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
        """What changed in the contract since the last run."""
        if self.rendering is None or self.memory.manifest is None:
            return ()
        return self.rendering.changes_since(self.memory.manifest)

    @property
    def is_current(self) -> bool:
        """Whether `generate` would find nothing to do, and nothing strange."""
        return not self.problems and self.manifest_state is State.CURRENT

    @property
    def problems(self) -> tuple[FileState, ...]:
        """The files that are not current."""
        return tuple(s for s in self.states if s.state is not State.CURRENT)

    @property
    def blocking(self) -> tuple[FileState, ...]:
        """The files of others that stand where engross must write or delete."""
        return tuple(s for s in self.states if s.blocks)

    @cached_property
    def manifest_state(self) -> State:
        """How the manifest itself stands."""
        if self.interrupted:
            return State.STALE
        if self._manifest_content == self.snapshot.manifest:
            return State.CURRENT
        if self.snapshot.manifest is None:
            return State.MISSING
        return State.ORPHAN if self.rendering is None else State.STALE

    @property
    def interrupted(self) -> bool:
        """Whether a run was killed while it wrote this package."""
        return self.snapshot.pending is not None or bool(self.snapshot.leftovers)

    def plan(self, *, force: bool = False) -> Plan | None:
        """What a run has to do; None where somebody's work is in the way.

        Args:
            force: give up what was edited or put there by hand.
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
    """Look at the package that a contract makes.

    Raises:
        FindingsError: what stands in its place is no folder, or not one of its own.
        OSError: the disk cannot be read.
    """
    directory = generated / rendering.package
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        shown = f"{generated.name}/{rendering.package}"
        message = f"{shown} is no folder of its own; engross writes only into such"
        raise FindingsError([Finding("no-folder", message, hint="move it away")])
    return _package(directory, rendering.contract, rendering)


def examine_abandoned(directory: Path, contract: str) -> Package:
    """Look at a package that its contract, if there still is one, no longer makes.

    Raises:
        OSError: the disk cannot be read.
    """
    return _package(directory, contract, None)


def write(package: Package, *, force: bool = False) -> Plan | None:
    """Bring one package up to date; None where somebody's work is in the way.

    Raises:
        OSError: the disk refuses.
    """
    plan = package.plan(force=force)
    if plan is not None:
        carry_out(plan, package.directory, package.snapshot)
    return plan


def _package(directory: Path, contract: str, rendering: Rendering | None) -> Package:
    snapshot = take(directory)
    memory = recall(snapshot)
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
