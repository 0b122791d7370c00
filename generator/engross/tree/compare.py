"""Three views of a package side by side: rendered, remembered, on disk.

Pure: a rendering, a manifest and a snapshot in, the state of every path out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from itertools import accumulate

from engross.tree.manifest import NAME, Manifest, ManifestError, digest, parse
from engross.tree.snapshot import Snapshot


class State(StrEnum):
    """How a path on disk stands to what the contract makes of it."""

    CURRENT = "current"
    STALE = "stale"
    """As engross wrote it, but the contract or engross has changed since."""
    MISSING = "missing"
    ORPHAN = "orphan"
    """On disk, and not made from the contract."""
    HAND_EDITED = "hand-edited"
    """Written by engross, then changed by somebody else."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of one path, relative to its package.

    Attributes:
        owned: engross wrote the path, as far as the manifest knows.
        wanted: the contract makes a file of that path, or below it.
    """

    path: str
    state: State
    owned: bool
    wanted: bool

    @property
    def is_folder(self) -> bool:
        """Whether a folder stands there, which engross never removes."""
        return self.path.endswith("/")

    @property
    def blocks(self) -> bool:
        """Whether somebody else's work stands where engross must write or delete."""
        if self.state is State.HAND_EDITED:
            return True
        return self.state is State.ORPHAN and self.wanted


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of earlier runs: the manifest, and that of a killed run.

    A file is engross's own if either of the two says so. That makes a run that was
    killed half-way harmless, even when the contract changes before the next one.
    """

    manifest: Manifest | None = None
    pending: Manifest | None = None
    damage: str | None = None

    def owns(self, path: str) -> bool:
        """Whether engross wrote a file at `path`."""
        return any(path in known.files for known in self._known)

    def wrote(self, path: str, content: bytes) -> bool:
        """Whether `content` is what engross wrote at `path`."""
        found = digest(content)
        return any(known.files.get(path) == found for known in self._known)

    @property
    def source(self) -> str | None:
        """Path of the contract that the package was made from."""
        return next((known.contract for known in self._known), None)

    @property
    def _known(self) -> Iterable[Manifest]:
        return (known for known in (self.manifest, self.pending) if known is not None)


def recall(snapshot: Snapshot) -> Memory:
    """What the snapshot's manifests say; damage to the manifest is told, not raised."""
    manifest, damage = _read(snapshot.manifest)
    # A run killed while it wrote its own intent has not touched anything else yet.
    pending, _ = _read(snapshot.pending)
    return Memory(manifest, pending, damage)


def compare(
    rendered: Mapping[str, bytes], memory: Memory, snapshot: Snapshot
) -> tuple[FileState, ...]:
    """The state of every path that is rendered, remembered or on disk, sorted.

    The manifest itself is not among them.
    """
    parents = _parents(rendered)
    states = [
        _rendered_state(path, content, memory, snapshot)
        for path, content in rendered.items()
    ]
    for path, found in snapshot.files.items():
        if path not in rendered:
            states.append(_left_state(path, found, memory, wanted=path in parents))
    states += [
        FileState(f"{path}/", State.ORPHAN, owned=False, wanted=True)
        for path in _blocking_folders(rendered, memory, snapshot)
    ]
    return tuple(sorted(states, key=lambda entry: entry.path))


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """A unified diff of two contents of `path`; absent ones read as empty."""
    try:
        old = (before or b"").decode().splitlines(keepends=True)
        new = (after or b"").decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return f"Binary files a/{path} and b/{path} differ\n"
    origin = "/dev/null" if before is None else f"a/{path}"
    target = "/dev/null" if after is None else f"b/{path}"
    lines = unified_diff(old, new, origin, target)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _read(content: bytes | None) -> tuple[Manifest | None, str | None]:
    if content is None:
        return None, None
    try:
        return parse(content), None
    except ManifestError as error:
        return None, str(error)


def _rendered_state(
    path: str, content: bytes, memory: Memory, snapshot: Snapshot
) -> FileState:
    owned = memory.owns(path)
    if path not in snapshot.files:
        return FileState(path, State.MISSING, owned, wanted=True)
    found = snapshot.files[path]
    if found == content:
        state = State.CURRENT
    elif not owned:
        state = State.ORPHAN
    elif found is not None and memory.wrote(path, found):
        state = State.STALE
    else:
        state = State.HAND_EDITED
    return FileState(path, state, owned, wanted=True)


def _left_state(
    path: str, found: bytes | None, memory: Memory, *, wanted: bool
) -> FileState:
    """State of a path on disk that the contract does not make."""
    if not memory.owns(path):
        return FileState(path, State.ORPHAN, owned=False, wanted=wanted)
    untouched = found is not None and memory.wrote(path, found)
    state = State.ORPHAN if untouched else State.HAND_EDITED
    # Engross's own file gives way to a folder of the same name.
    return FileState(path, state, owned=True, wanted=wanted and not untouched)


def _blocking_folders(
    rendered: Mapping[str, bytes], memory: Memory, snapshot: Snapshot
) -> Iterable[str]:
    """Folders that stand where a file must go, and hold what engross may not delete."""
    for folder in snapshot.folders & {*rendered, NAME}:
        inside = (
            (path, found)
            for path, found in snapshot.files.items()
            if path.startswith(f"{folder}/")
        )
        if any(
            found is None or not memory.wrote(path, found) for path, found in inside
        ):
            yield folder


def _parents(paths: Iterable[str]) -> frozenset[str]:
    """Every folder on the way to the paths."""
    return frozenset(
        folder
        for path in paths
        for folder in accumulate(path.split("/")[:-1], lambda a, b: f"{a}/{b}")
    )
