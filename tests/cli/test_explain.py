"""`engross explain` says what a rule is for."""

from pathlib import Path

from engross.rulebook import rule_pages
from tests.cli.conftest import Run

PAGE = """\
duplicate-tag

  A tag is described once.

  Which of two descriptions applies is unknown.

Wrong:

    tags: [{ name: pets }, { name: pets, description: Animals. }]

Right:

    tags: [{ name: pets, description: Animals. }]
"""


def test_rule_is_explained_outside_of_a_project(run: Run, tmp_path: Path) -> None:
    ran = run("explain", "duplicate-tag", cwd=tmp_path)
    assert (ran.status, ran.out, ran.err) == (0, PAGE, "")


def test_all_rules_are_listed_with_their_purpose(run: Run) -> None:
    lines = run("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(rule_pages())
    assert "duplicate-tag " in "\n".join(lines)


def test_unknown_rule_gets_a_suggestion(run: Run) -> None:
    ran = run("explain", "duplicate-tags")
    assert (ran.status, ran.out) == (2, "")
    assert (
        ran.err == "engross: no rule 'duplicate-tags'; did you mean 'duplicate-tag'?\n"
    )
