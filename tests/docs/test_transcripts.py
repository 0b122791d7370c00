"""The transcripts of the docs are current."""

from pathlib import Path

import pytest

from tests.diff.conftest import git
from tests.docs.page import README, RUN, Page
from tests.docs.recording import RECORDING, recording
from tests.docs.replay import replayed, sections

STALE = "a page is stale; run `.venv/bin/python -m tests.docs`"


@pytest.mark.parametrize(
    ("page", "section"),
    [(page, section) for page in RUN for section in sections(page)],
    ids=lambda part: part.name if isinstance(part, Page) else part,
)
def test_transcripts_of_a_section_are_current(
    copy: Path, page: Page, section: str
) -> None:
    shown = list(replayed(page, section, copy))
    assert shown
    for block, current in shown:
        assert current == block.code, STALE


def test_recording_of_the_readme_is_current(copy: Path) -> None:
    assert recording(copy) == RECORDING.read_text(encoding="utf-8"), STALE


def test_first_transcript_is_a_complete_contract_edit() -> None:
    blocks = [block for block in README.blocks if block.section == "See it work"]
    assert [block.language for block in blocks] == ["diff", "console"]
    commands = [
        line
        for block in blocks
        for line in block.code.splitlines()
        if line.startswith("$ ")
    ]
    assert commands == [
        "$ engross check",
        "$ engross generate irembopay",
        "$ engross check --quiet",
    ]


def test_first_transcript_holds_in_a_clone_that_has_the_releases(copy: Path) -> None:
    git(copy, "init", "--quiet", "--initial-branch=main")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message=Release")
    for block, current in replayed(README, "See it work", copy):
        assert current == block.code, STALE


def test_readme_is_short() -> None:
    assert len(README.text.splitlines()) <= 150
