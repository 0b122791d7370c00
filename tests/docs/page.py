"""A page of the docs: its code blocks, code spans and tables, and where they stand."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_TABLE = re.compile(r"(?:^\|.+\|\n)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: the word behind the opening fence.
        section: the heading that it stands under.
        start: where its code begins in the text of the page.
        end: where its code ends.
    """

    language: str
    code: str
    section: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def blocks(self) -> list[Block]:
        """Its fenced blocks, in order."""
        return [
            Block(
                language=found[2],
                code=found[3],
                section=self._section_at(found.start()),
                start=found.start(3),
                end=found.end(3),
            )
            for found in _FENCE.finditer(self.text)
        ]

    @property
    def prose(self) -> str:
        """Its text without fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return _SPAN.findall(self.prose)

    def section(self, heading: str) -> str:
        """The text under a heading, down to the next one of any level."""
        for found in _HEADING.finditer(self.text):
            if found[1] == heading:
                after = _HEADING.search(self.text, found.end())
                return self.text[found.end() : after.start() if after else None]
        raise LookupError(f"{self.path.name} has no section {heading!r}")

    def tables(self, heading: str) -> list[list[list[str]]]:
        """The tables under a heading: rows of cells, without the heads."""
        return [
            [
                [cell.strip() for cell in line.strip("|").split("|")]
                for line in found[0].splitlines()[2:]
            ]
            for found in _TABLE.finditer(self.section(heading))
        ]

    def _section_at(self, position: int) -> str:
        headings = [
            found[1]
            for found in _HEADING.finditer(self.text, 0, position)
            if not self._is_fenced(found.start())
        ]
        return headings[-1] if headings else ""

    def _is_fenced(self, position: int) -> bool:
        return any(
            found.start() < position < found.end()
            for found in _FENCE.finditer(self.text)
        )


def code_spans(text: str) -> list[str]:
    """What stands between backticks."""
    return _SPAN.findall(text)


def page(name: str) -> Page:
    """A page at the root of the project."""
    path = ROOT / name
    return Page(path, path.read_text(encoding="utf-8"))


README = page("README.md")
CONTRIBUTING = page("CONTRIBUTING.md")
PAGES = (README, CONTRIBUTING, page("CHANGELOG.md"))
