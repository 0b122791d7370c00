"""One package: as its contract generates it, and as it is on disk."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engross.data import dataclass
from engross.findings import Finding, FindingsError, Span
from engross.tree.compare import FileState, Memory, State, compare, recall
from engross.tree.manifest import Manifest
from engross.tree.snapshot import Snapshot, take
from engross.tree.write import Plan, carry_out

if TYPE_CHECKING:  # it loads YAML and more, which a run with nothing to do can spare
    from engross.contract.fingerprint import Change


@dataclass(frozen=True, slots=True)
class Rendering:
    """The package that a contract generates.

    Attributes:
        contract: Path of the contract, relative to the project root.
        package: Name of the package and its directory.
        files: Content by path in the package's directory.
        inputs: Digest of each file that was read, relative to the root; None of files
            that were looked for in vain.
        span: Where the contract names the package, or begins.
        command: A line of Python that tries the package, if it was asked for.
        released: The version that the contract states if it lists it as released.
    """

    contract: str
    package: str
    files: Mapping[str, bytes]
    manifest: Manifest
    inputs: Mapping[str, str | None]
    span: Span
    warnings: tuple[Finding, ...] = ()
    command: str = ""
    released: str = ""


@dataclass(frozen=True)
class Package:
    """A package on disk, and as its contract generates it now.

    Attributes:
        name: Name of the package and its directory.
        contract: Path of the contract, relative to the project root.
        rendering: The generated files; None if no contract generates this package.
        states: State of every file except the manifest.
        changes: What changed in the contract since the last run.
    """

    name: str
    directory: Path
    contract: str
    rendering: Rendering | None
    snapshot: Snapshot
    memory: Memory
    states: tuple[FileState, ...]
    changes: "tuple[Change, ...]" = ()

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


def examine(
    rendering: Rendering,
    generated: Path,
    changes_since: "Callable[[Manifest], tuple[Change, ...]]" = lambda _: (),
) -> Package:
    """Return the package that a contract generates, with its state on disk.

    Args:
        rendering: What the contract generates.
        generated: The directory that packages are in.
        changes_since: Returns what changed in the contract since a manifest was written.

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
    package = compared(
        directory, rendering.contract, rendering, take(directory, rendering.files)
    )
    before = package.memory.manifest
    return (
        package if before is None else replace(package, changes=changes_since(before))
    )


def _no_folder(shown: str, expected: str) -> FindingsError:
    message, hint = f"{shown} is not {expected}", "move it elsewhere"
    return FindingsError([Finding("no-folder", message, hint=hint)])


def compared(
    directory: Path, contract: str, rendering: Rendering | None, snapshot: Snapshot
) -> Package:
    """Return a package that is on disk as a snapshot of its directory says.

    Args:
        directory: The directory of the package.
        contract: Path of the contract that generates it, or did so formerly.
        rendering: What the contract generates; None if it does so no more.
        snapshot: What is in the directory.
    """
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
        states=compare(rendered, memory, _without_custom(snapshot, directory.name)),
    )


def _without_custom(snapshot: Snapshot, package: str) -> Snapshot:
    """Return a snapshot without the module or package `custom`, which is written by hand."""
    own = (f"{package}/custom.py", f"{package}/custom/")
    files = {
        path: content
        for path, content in snapshot.files.items()
        if path != own[0] and not path.startswith(own[1])
    }
    return replace(snapshot, files=files)


def examine_abandoned(directory: Path, contract: str) -> Package:
    """Return a package that no contract generates anymore, with its state on disk.

    Raises:
        OSError: A file could not be read.
    """
    return compared(directory, contract, None, take(directory))


def write(package: Package, *, force: bool = False) -> Plan | None:
    """Update a package; return None if a file that engross does not own is in the way.

    Raises:
        OSError: A file could not be read or written.
    """
    plan = package.plan(force=force)
    if plan is not None:
        carry_out(plan, package.directory, package.snapshot)
    return plan
