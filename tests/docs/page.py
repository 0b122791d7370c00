"""A page of the docs: its code blocks, code spans and tables, with their positions."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_TABLE = re.compile(r"(?:^\|.+\|\n)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: The word after the opening fence.
        section: The heading above it.
        start: Position of the start of its code in the text of the page.
        end: Position of the end of its code.
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
    def name(self) -> str:
        """Return its path from the root of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def blocks(self) -> list[Block]:
        """Return its fenced blocks, in order."""
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
        """Return its text without fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """Return the code spans in the prose."""
        return _SPAN.findall(self.prose)

    def section(self, heading: str) -> str:
        """Return the text under a heading, up to the next one of any level."""
        for found in _HEADING.finditer(self.text):
            if found[1] == heading:
                after = _HEADING.search(self.text, found.end())
                return self.text[found.end() : after.start() if after else None]
        raise LookupError(f"{self.path.name} has no section {heading!r}")

    def tables(self, heading: str) -> list[list[list[str]]]:
        """Return the tables under a heading: rows of cells, without heads."""
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
    """Return the code spans of a text."""
    return _SPAN.findall(text)


def links(text: str) -> list[str]:
    """Return the targets of the links and pictures of a text."""
    return _LINK.findall(_FENCE.sub("", text))


def page(name: str) -> Page:
    """Return a page of the project."""
    path = ROOT / name
    return Page(path, path.read_text(encoding="utf-8"))


RULES = ROOT / "generator" / "RULES.md"
README = page("README.md")
CONTRIBUTING = page("CONTRIBUTING.md")
COMMAND = page("generator/README.md")
CONTRACTS = page("specs/README.md")
PACKAGES = page("generated/README.md")
TUTORIAL = page("specs/tutorial/README.md")
RUN = (README, COMMAND, PACKAGES, TUTORIAL)
"""Pages whose commands and snippets are run."""
TESTS = page("tests/README.md")
OTHERS = (
    page("CHANGELOG.md"),
    page("templates/README.md"),
    TESTS,
    page("tests/bench/README.md"),
)
PAGES = (*RUN, CONTRIBUTING, CONTRACTS, *OTHERS)
