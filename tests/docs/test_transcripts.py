"""The transcripts in README.md are current."""

from pathlib import Path

import pytest

from tests.docs.page import README
from tests.docs.replay import replayed, sections

STALE = "README.md is stale; run `.venv/bin/python -m tests.docs`"


@pytest.mark.parametrize("section", sections(README))
def test_transcripts_of_a_section_are_current(copy: Path, section: str) -> None:
    shown = list(replayed(README, section, copy))
    assert shown
    for block, current in shown:
        assert current == block.code, STALE


def test_first_transcript_is_a_complete_contract_edit() -> None:
    blocks = [block for block in README.blocks if block.section == "See it work"]
    assert [block.language for block in blocks] == ["console", "diff", "console"]
    commands = [
        line
        for block in blocks
        for line in block.code.splitlines()
        if line.startswith("$ ")
    ]
    assert commands == [
        "$ make generate",
        "$ engross check",
        "$ echo $?",
        "$ engross generate",
        "$ engross check irembopay",
    ]
