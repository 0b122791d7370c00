"""A run may be interrupted at any point, and the next one recovers."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.tree.conftest import Workshop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KILLED = 17

_TOUCHING = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"})


def dies_at(moment: int, workshop: Workshop, *, force: bool = False) -> bool:
    """Generate in a child process that exits before the nth change to the disk.

    Return whether it was interrupted.
    """
    child = os.fork()
    if child == 0:
        count = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            writing = event == "open" and arguments[1] in ("xb", "wb")
            if event in _TOUCHING or writing:
                count += 1
                if count > moment:
                    os._exit(KILLED)

        sys.addaudithook(watch)
        try:
            workshop.generate(force=force)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == KILLED


def change_everything(workshop: Workshop) -> None:
    """Keep one file, change one, delete one and add one."""
    workshop.edit("maxLength: 80", "maxLength: 81")
    workshop.edit("    Item:\n", "    Thing:\n")
    workshop.edit("schemas/Item", "schemas/Thing")


@pytest.mark.parametrize("first", [True, False], ids=["first run", "later run"])
@pytest.mark.parametrize("edited_meanwhile", [False, True])
def test_next_run_recovers_from_an_interruption_anywhere(
    workshop: Workshop, tmp_path: Path, first: bool, edited_meanwhile: bool
) -> None:
    contract = (workshop.specs / "shop.yaml").read_text()
    for moment in range(100):
        (workshop.specs / "shop.yaml").write_text(contract)
        if not first:
            workshop.generate(force=True)
        change_everything(workshop)
        before = workshop.files()
        died = dies_at(moment, workshop)
        if died:
            assert not workshop.look().is_current
            for path, content in workshop.files().items():
                if path in before and not path.endswith(".json"):
                    assert content == before[path]
        if edited_meanwhile:
            workshop.edit("title: Shop", "title: Store")
            workshop.edit("maxLength: 81", "maxLength: 82")
        assert "hand-edited" not in workshop.states().values()
        assert workshop.generate()["shop"] is not None
        assert workshop.look().is_current
        assert not [
            p for p in workshop.package.rglob(".*") if p.name != ".engross.json"
        ]
        if not died:
            assert moment > 3
            return
        if first:
            shutil.rmtree(workshop.package)
    pytest.fail("the run never completed")


def test_interrupted_removal_is_completed(workshop: Workshop) -> None:
    contract = (workshop.specs / "shop.yaml").read_text()
    for moment in range(100):
        (workshop.specs / "shop.yaml").write_text(contract)
        workshop.generate("shop")
        (workshop.specs / "shop.yaml").unlink()
        (workshop.specs / "cafe.yaml").write_text(contract)
        died = dies_at(moment, workshop)
        workshop.generate()
        assert not any(path.startswith("shop/") for path in workshop.files())
        assert workshop.look().is_current
        if not died:
            assert moment > 3
            return
    pytest.fail("the run never completed")
