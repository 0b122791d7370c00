"""The documented steps are enough to add a provider."""

import re
from pathlib import Path

from tests.docs.page import CONTRIBUTING, code_spans
from tests.docs.replay import run

COMMANDS = ("cp ", "engross ", "make ", "git ")
NOT_FROM_A_TEST = "make test"
"""The command that runs this test."""

GIT = "git -c user.name=engross -c user.email=engross@example.com"


def steps() -> list[str]:
    section = CONTRIBUTING.section("Add a provider").strip()
    assert len(section.splitlines()) <= 10
    found = re.findall(r"^\d\. (.+)$", section, re.MULTILINE)
    assert len(found) == len(section.splitlines())
    return found


def test_documented_steps_add_a_provider(copy: Path) -> None:
    (copy / ".gitignore").write_text(".venv/\n__pycache__/\n.pytest_cache/\n")
    run(copy, f"git init --quiet && git add . && {GIT} commit --quiet -m before")
    for step in steps():
        for command in code_spans(step):
            if command.startswith(COMMANDS) and command != NOT_FROM_A_TEST:
                done = run(copy, command)
                expected = 1 if "exits 1" in step else 0
                assert done.returncode == expected, f"{command}\n{done.stdout}"
                if expected:
                    assert states(done.stdout) == {"missing"}, done.stdout
    status = run(copy, "git status --porcelain").stdout.splitlines()
    assert {line[:2] for line in status} == {"A "}
    added = {line[3:].split("parcelpost")[0] for line in status}
    assert added == {"specs/", "generated/"}


def states(report: str) -> set[str]:
    """Return the states of files in a report on one package."""
    return set(re.findall(r"^      \S+ +(\S+)", report, re.MULTILINE))
