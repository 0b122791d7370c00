"""Every rule has a page, and the examples of the page are what they are said to be."""

import re
from pathlib import Path

import pytest

from engross.contract.check import RULES
from engross.findings import FindingsError
from engross.lint import RULES as LINT_RULES
from engross.lint import lint
from engross.rulebook import RulePage, rule_pages, rules_as_markdown
from engross.source import load
from engross.tree.compare import State
from engross.tree.rendering import make
from tests.conftest import ROOT
from tests.docs.page import RULES as RULES_PAGE

PAGES = rule_pages()
CHECKED = [page for page in PAGES.values() if page.is_checked and not page.ratings]

BASE = {
    "openapi": "openapi: 3.1.1",
    "info": 'info: { title: Shop, version: "1.0" }',
    "paths": "paths: {}",
}
"""What completes an example in YAML, by its key."""


def whole(example: str) -> str:
    """Return the contract that an example in YAML is a part of."""
    present = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    if "swagger" in present:
        return f"{example}\n"
    missing = [line for key, line in BASE.items() if key not in present]
    return "\n".join([*missing, example, ""])


def rules_of(page: RulePage, example: str, folder: Path) -> set[str]:
    """Return the rules of all findings of an example."""
    root = folder / "project"
    root.mkdir()
    path = root / f"contract.{page.language}"
    path.write_text(whole(example) if page.language == "yaml" else example)
    try:
        _, _, warnings = make(load(path, root=root))
        found = lint(load(path, root=root))
        return {finding.rule for finding in (*warnings, *found)}
    except FindingsError as error:
        return {finding.rule for finding in error.findings}


@pytest.mark.parametrize("page", CHECKED, ids=lambda page: page.rule)
def test_wrong_example_has_a_finding_of_the_rule(
    page: RulePage, tmp_path: Path
) -> None:
    assert page.rule in rules_of(page, page.wrong, tmp_path)


@pytest.mark.parametrize("page", CHECKED, ids=lambda page: page.rule)
def test_right_example_has_no_finding_of_the_rule(
    page: RulePage, tmp_path: Path
) -> None:
    assert page.rule not in rules_of(page, page.right, tmp_path)


def test_every_rule_of_contracts_has_a_page_with_its_purpose() -> None:
    purposes = {rule.id: rule.purpose for rule in RULES.values()}
    assert {rule: PAGES[rule].what for rule in purposes if rule in PAGES} == purposes


def test_every_rule_that_the_generator_names_has_a_page() -> None:
    named = {state.value for state in State} - {State.CURRENT.value} | LINT_RULES.keys()
    for path in ROOT.joinpath("generator").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(
            re.findall(r'\b(?:Finding|Error)\(\s*"([a-z]+(?:-[a-z]+)+)"', text)
        )
    assert sorted(named - PAGES.keys()) == []


def test_page_is_short_and_written_in_sentences() -> None:
    for page in PAGES.values():
        assert page.what.endswith("."), page.rule
        assert page.why.endswith("."), page.rule
        assert page.wrong != page.right, page.rule


def test_page_of_all_rules_is_current() -> None:
    stale = "generator/RULES.md is stale; run `.venv/bin/python -m tests.docs`"
    assert RULES_PAGE.read_text(encoding="utf-8") == rules_as_markdown(), stale
