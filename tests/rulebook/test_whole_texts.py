"""Of each rule, some test expects a finding as the whole text that a user sees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from engross.diff.rules import RULES as RULES_OF_CHANGES
from engross.rulebook import rule_pages
from engross.tree.compare import State
from tests.conftest import ROOT

WHOLE = re.compile(
    r"^(?:\S.*:\d+:\d+  )?(?:\w+: )?(?:error|warning|note)  (?P<rule>[a-z]+(?:-[a-z]+)*)\n"
    r"(?:(?:(?: +\d+ \|.*\n){1,2} +\| .*\^.*|   (?!hint:).+)(?:\n|\Z))",
    re.MULTILINE,
)
"""A finding with its place, the line, the caret and the message, or without a line."""

TABLES = {state.value for state in State}
"""States of files, which are rows of a table as text."""


def texts() -> Iterator[str]:
    """Yield the texts that tests expect: files, and strings in tests."""
    for path in sorted((ROOT / "tests").rglob("*.txt")):
        yield path.read_text(encoding="utf-8", errors="replace")
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr():
                    yield literal(node)
    for path in pages():  # whose transcripts are run
        yield path.read_text(encoding="utf-8")


def literal(node: ast.JoinedStr) -> str:
    """Return the text of an f-string, with `…` for what is inserted."""
    parts = (getattr(part, "value", "") for part in node.values)
    return "".join(part if isinstance(part, str) else "…" for part in parts)


def pages() -> list[Path]:
    folders = (ROOT, ROOT / "generator", ROOT / "specs", ROOT / "specs" / "tutorial")
    return [path for folder in folders for path in folder.glob("*.md")]


def test_each_rule_has_a_test_that_expects_a_whole_text() -> None:
    found = {match["rule"] for text in texts() for match in WHOLE.finditer(text)}
    named = rule_pages().keys() - RULES_OF_CHANGES.keys() - TABLES
    assert sorted(named - found) == []
