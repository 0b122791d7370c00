"""Every path has one state, which decides what `generate` does."""

import pytest

from engross.tree.compare import FileState, Memory, State, compare
from engross.tree.manifest import Manifest, digest
from engross.tree.snapshot import Snapshot

PATH = "shop/models.py"
NEW, OLD, OTHER = b"new\n", b"old\n", b"by hand\n"


def remembering(content: bytes | None) -> Memory:
    if content is None:
        return Memory()
    return Memory(Manifest("specs/shop.yaml", "", "1", {PATH: digest(content)}))


def state_of(
    rendered: bytes | None, remembered: bytes | None, on_disk: bytes | None
) -> FileState | None:
    files = {} if on_disk is None else {PATH: on_disk}
    expected = {} if rendered is None else {PATH: rendered}
    states = compare(expected, remembering(remembered), Snapshot(files=files))
    return states[0] if states else None


@pytest.mark.parametrize(
    ("rendered", "remembered", "on_disk", "state", "blocks"),
    [
        (NEW, NEW, NEW, State.CURRENT, False),
        (NEW, OLD, OLD, State.STALE, False),
        (NEW, NEW, None, State.MISSING, False),
        (NEW, None, None, State.MISSING, False),
        (NEW, NEW, OTHER, State.HAND_EDITED, True),
        # Both edited and stale: the edit would be lost.
        (NEW, OLD, OTHER, State.HAND_EDITED, True),
        # The edit equals what the contract generates.
        (NEW, OLD, NEW, State.CURRENT, False),
        (NEW, None, NEW, State.CURRENT, False),
        # An unowned file in the way of a new one.
        (NEW, None, OTHER, State.ORPHAN, True),
        (None, OLD, OLD, State.ORPHAN, False),
        (None, OLD, OTHER, State.HAND_EDITED, True),
        (None, None, OTHER, State.ORPHAN, False),
    ],
)
def test_state_follows_from_rendering_manifest_and_disk(
    rendered: bytes | None,
    remembered: bytes | None,
    on_disk: bytes | None,
    state: State,
    blocks: bool,
) -> None:
    found = state_of(rendered, remembered, on_disk)
    assert found is not None
    assert (found.state, found.blocks) == (state, blocks)


def test_file_only_in_the_manifest_has_no_state() -> None:
    assert state_of(None, OLD, None) is None


def test_file_of_an_interrupted_run_is_not_hand_edited() -> None:
    memory = Memory(
        Manifest("specs/shop.yaml", "", "1", {PATH: digest(OLD)}),
        Manifest("specs/shop.yaml", "", "1", {PATH: digest(NEW)}),
    )
    for on_disk in (OLD, NEW):
        snapshot = Snapshot(files={PATH: on_disk})
        (state,) = compare({PATH: b"newest\n"}, memory, snapshot)
        assert state.state is State.STALE


def test_link_to_a_current_file_is_hand_edited() -> None:
    (state,) = compare({PATH: NEW}, remembering(NEW), Snapshot(files={PATH: None}))
    assert state.state is State.HAND_EDITED


def test_file_in_place_of_a_directory_blocks() -> None:
    states = compare({PATH: NEW}, Memory(), Snapshot(files={"shop": None}))
    assert [(s.path, s.state, s.blocks) for s in states] == [
        ("shop", State.ORPHAN, True),
        (PATH, State.MISSING, False),
    ]


def test_directory_with_unowned_files_blocks() -> None:
    snapshot = Snapshot(files={f"{PATH}/mine.py": b""}, folders=frozenset({PATH}))
    states = compare({PATH: NEW}, Memory(), snapshot)
    assert f"{PATH}/" in [s.path for s in states if s.blocks]


def test_empty_directory_does_not_block() -> None:
    states = compare({PATH: NEW}, Memory(), Snapshot(folders=frozenset({PATH})))
    assert [s.state for s in states if not s.blocks] == [State.MISSING]
