"""The rules behind findings: what is true of a good document, why, and examples.

A rule about changes says what happened to a contract, what that does, and shows it.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engross.data import dataclass


@dataclass(frozen=True, slots=True)
class RulePage:
    """What is known about one rule.

    Attributes:
        what: What is true of a good document, in one sentence; or what has changed.
        why: What goes wrong otherwise; or what the change does.
        wrong: An example with a finding of the rule; or the contract before the change.
        right: The same without it; or after the change.
        language: Language of the examples: `yaml`, `json`, `toml`, `python` or `text`.
        is_checked: Whether tests can check the examples.
    """

    rule: str
    what: str
    why: str
    wrong: str
    right: str
    language: str
    is_checked: bool
    ratings: str = ""
    """How bad a change is; empty if the rule is not about changes."""

    def text(self) -> str:
        """Return the page for a terminal."""
        parts = [
            self.rule,
            f"  {self.what}",
            f"  {self.why}",
            *([f"  Rating: {self.ratings}."] if self.ratings else []),
            f"{self._first}:\n\n{_indented(self.wrong)}",
            f"{self._second}:\n\n{_indented(self.right)}",
        ]
        return "\n\n".join(parts) + "\n"

    def markdown(self) -> str:
        """Return the page as a section of Markdown."""
        wrong = f"```{self.language}\n{self.wrong}\n```"
        right = f"```{self.language}\n{self.right}\n```"
        about = f"{self.what} {self.why}"
        if self.ratings:
            about += f" Rating: {self.ratings}.\n\n{self._first}:"
        second = f"{self._second}:"
        return f"### {self.rule}\n\n{about}\n\n{wrong}\n\n{second}\n\n{right}\n"

    @property
    def _first(self) -> str:
        return "Before" if self.ratings else "Wrong"

    @property
    def _second(self) -> str:
        return "After" if self.ratings else "Right"


@cache
def rule_pages() -> Mapping[str, RulePage]:
    """Return the page of every rule, by its id."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {rule: _page(rule, entry) for rule, entry in tomllib.loads(text).items()}


def rules_as_markdown() -> str:
    """Return the page of all rules."""
    head = (
        "# Rules\n\n"
        "Every finding names its rule. `engross explain RULE` prints what is below. The "
        "first example of each rule has the finding, the second has not. Those in YAML "
        "are parts of a contract.\n"
    )
    changes = (
        "## Changes\n\n"
        "What `engross diff` finds, with a contract before and after the change, and how "
        "bad it is for callers that were written before it. The rating may differ for "
        "values of requests and of responses; those of a webhook are responses, as the "
        "provider sends them. Rules that begin with `python-` are about the interface of "
        "the generated package.\n"
    )
    pages = rule_pages().values()
    of_documents = [page.markdown() for page in pages if not page.ratings]
    of_changes = [page.markdown() for page in pages if page.ratings]
    return "\n".join([head, *of_documents, changes, *of_changes])


def _page(rule: str, entry: Mapping[str, str]) -> RulePage:
    language, _, remark = entry.get("as", "yaml").partition(", ")
    return RulePage(
        rule=rule,
        what=entry["what"],
        why=entry["why"],
        wrong=(entry.get("wrong") or entry["before"]).strip("\n"),
        right=(entry.get("right") or entry["after"]).strip("\n"),
        language=language,
        is_checked=language in ("yaml", "json") and not remark,
        ratings=entry.get("ratings", ""),
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
