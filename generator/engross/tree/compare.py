"""Compare three views of a package: rendered, in the manifest, on disk.

Pure functions from a rendering, a manifest and a snapshot to the state of every path.
"""

from collections.abc import Iterable, Mapping
from difflib import unified_diff
from enum import StrEnum
from itertools import accumulate

from engross.data import dataclass
from engross.tree.manifest import NAME, Manifest, ManifestError, digest, parse
from engross.tree.snapshot import Snapshot


class State(StrEnum):
    """How a path on disk compares with what the contract generates."""

    CURRENT = "current"
    STALE = "stale"
    """As engross wrote it, but the contract or engross has changed since."""
    MISSING = "missing"
    ORPHAN = "orphan"
    """On disk, but not generated from the contract."""
    HAND_EDITED = "hand-edited"
    """Written by engross, then edited."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of one path, relative to its package.

    Attributes:
        owned: Whether engross wrote the path, according to the manifest.
        wanted: Whether the contract generates a file at the path or below it.
    """

    path: str
    state: State
    owned: bool
    wanted: bool

    @property
    def is_folder(self) -> bool:
        """Return whether the path is a directory, which engross never removes."""
        return self.path.endswith("/")

    @property
    def blocks(self) -> bool:
        """Return whether a file that engross does not own is in the way."""
        if self.state is State.HAND_EDITED:
            return True
        return self.state is State.ORPHAN and self.wanted


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known about earlier runs: the manifest, and that of an interrupted run.

    engross owns a file if either of the two lists it. So an interrupted run is harmless,
    even if the contract changes before the next one.
    """

    manifest: Manifest | None = None
    pending: Manifest | None = None
    damage: str | None = None

    def owns(self, path: str) -> bool:
        """Return whether engross wrote a file at `path`."""
        return any(path in known.files for known in self._known)

    def wrote(self, path: str, content: bytes) -> bool:
        """Return whether `content` is what engross wrote at `path`."""
        found = digest(content)
        return any(known.files.get(path) == found for known in self._known)

    @property
    def source(self) -> str | None:
        """Return the path of the contract that the package was generated from."""
        return next((known.contract for known in self._known), None)

    @property
    def _known(self) -> Iterable[Manifest]:
        return (known for known in (self.manifest, self.pending) if known is not None)


def recall(snapshot: Snapshot) -> Memory:
    """Return what the manifests of a snapshot say, including any damage."""
    manifest, damage = _read(snapshot.manifest)
    # A run interrupted while it wrote its own manifest has changed nothing else yet.
    pending, _ = _read(snapshot.pending)
    return Memory(manifest, pending, damage)


def compare(
    rendered: Mapping[str, bytes], memory: Memory, snapshot: Snapshot
) -> tuple[FileState, ...]:
    """Return the state of every path that is rendered, in the manifest or on disk.

    The result is sorted and does not include the manifest itself.
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
    """Return a unified diff of two contents of `path`; None counts as empty."""
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
    """Return the state of a path on disk that the contract does not generate."""
    if not memory.owns(path):
        return FileState(path, State.ORPHAN, owned=False, wanted=wanted)
    untouched = found is not None and memory.wrote(path, found)
    state = State.ORPHAN if untouched else State.HAND_EDITED
    # A file of engross itself is replaced by a directory of the same name.
    return FileState(path, state, owned=True, wanted=wanted and not untouched)


def _blocking_folders(
    rendered: Mapping[str, bytes], memory: Memory, snapshot: Snapshot
) -> Iterable[str]:
    """Yield directories in place of a file that contain what engross may not delete."""
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
    """Return every parent directory of the paths."""
    return frozenset(
        folder
        for path in paths
        for folder in accumulate(path.split("/")[:-1], lambda a, b: f"{a}/{b}")
    )
