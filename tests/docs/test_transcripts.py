"""What README.md shows is what happens."""

from pathlib import Path

import pytest

from tests.docs.page import README
from tests.docs.replay import replayed, sections

STALE = "README.md is not what happens; `.venv/bin/python -m tests.docs` mends it"


@pytest.mark.parametrize("section", sections(README))
def test_transcripts_of_a_section_are_current(copy: Path, section: str) -> None:
    shown = list(replayed(README, section, copy))
    assert shown
    for block, today in shown:
        assert today == block.code, STALE


def test_first_transcript_is_a_complete_contract_edit() -> None:
    blocks = [each for each in README.blocks if each.section == "See it work"]
    assert [each.language for each in blocks] == ["console", "diff", "console"]
    commands = [
        line
        for each in blocks
        for line in each.code.splitlines()
        if line.startswith("$ ")
    ]
    assert commands == [
        "$ make generate",
        "$ engross check",
        "$ echo $?",
        "$ engross generate",
        "$ engross check irembopay",
    ]
