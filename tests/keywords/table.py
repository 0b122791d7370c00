"""The table of keywords in specs/README.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from tests.conftest import ROOT
from tests.keywords.cases import Case, cases

PAGE: Final = ROOT / "specs" / "README.md"

_START: Final = "## Keywords\n"
_WORDS: Final = {
    "generated": "generated",
    "validated": "validated",
    "documented": "documented",
    "reported": "reported (`{}`)",
    "refused": "an error (`{}`)",
    "unused": "not used",
}


def current() -> str:
    """Return the page as its data would have it."""
    head, _, rest = PAGE.read_text().partition(_START)
    introduction = rest.partition("\n### ")[0]
    return f"{head}{_START}{introduction}\n" + "\n".join(_tables())


def _tables() -> Iterator[str]:
    for group, members in groupby(cases(), lambda case: case.group.name):
        yield f"### {group}\n"
        yield "| Keyword | OpenAPI | What becomes of it |"
        yield "| --- | --- | --- |"
        yield from map(_row, members)
        yield ""


def _row(case: Case) -> str:
    words = ", ".join(_WORDS[kind].format(rule) for kind, rule in case.becomes.items())
    words = f"{words[0].upper()}{words[1:]}."
    about = f"{words} {case.note}".strip()
    return f"| `{case.keyword}` | {', '.join(case.versions)} | {about} |"
