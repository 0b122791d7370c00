"""The rules behind findings: what is true of a good document, why, and examples."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RulePage:
    """What is known about one rule.

    Attributes:
        what: What is true of a good document, in one sentence.
        why: What goes wrong otherwise.
        wrong: An example with a finding of the rule.
        right: The same without it.
        language: Language of the examples: `yaml`, `json`, `toml` or `text`.
        is_checked: Whether tests can check the examples.
    """

    rule: str
    what: str
    why: str
    wrong: str
    right: str
    language: str
    is_checked: bool

    def text(self) -> str:
        """Return the page for a terminal."""
        parts = [
            self.rule,
            f"  {self.what}",
            f"  {self.why}",
            f"Wrong:\n\n{_indented(self.wrong)}",
            f"Right:\n\n{_indented(self.right)}",
        ]
        return "\n\n".join(parts) + "\n"

    def markdown(self) -> str:
        """Return the page as a section of Markdown."""
        wrong = f"```{self.language}\n{self.wrong}\n```"
        right = f"```{self.language}\n{self.right}\n```"
        about = f"{self.what} {self.why}"
        return f"### {self.rule}\n\n{about}\n\n{wrong}\n\nRight:\n\n{right}\n"


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
    return "\n".join([head, *(page.markdown() for page in rule_pages().values())])


def _page(rule: str, entry: Mapping[str, str]) -> RulePage:
    language, _, remark = entry.get("as", "yaml").partition(", ")
    return RulePage(
        rule=rule,
        what=entry["what"],
        why=entry["why"],
        wrong=entry["wrong"].strip("\n"),
        right=entry["right"].strip("\n"),
        language=language,
        is_checked=language in ("yaml", "json") and not remark,
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
