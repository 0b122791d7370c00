"""Pages of the site: the Markdown files of the repository, as they are, and the command's help.

A page keeps its path, so links between pages hold on the site as they do in the repository.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from tests.conftest import ROOT
from tests.docs.page import links

Nav: TypeAlias = Mapping[str, "str | Sequence[Nav]"]
"""A title, and a page or the pages below it."""

FOLDER: Final = ROOT / "build" / "docs"
SITE: Final = FOLDER / "site"
_HERE: Final = Path(__file__).parent
_PROVIDERS: Final = sorted(
    path.parent.name for path in ROOT.glob("generated/*/README.md")
)
_AUDIT: Final = "specs/audit.html"


def navigation(commands: Sequence[str]) -> list[Nav]:
    """Return the pages in their order, with the titles of the menu."""
    return [
        {"Start": "README.md"},
        {"Tutorial": "specs/tutorial/README.md"},
        {"Contracts": "specs/README.md"},
        {
            "Command line": [
                {"Reference": "generator/README.md"},
                *({f"engross {each}": _command_page(each)} for each in commands),
            ]
        },
        {"Findings": "generator/RULES.md"},
        {
            "Packages": [
                {"All packages": "generated/README.md"},
                *({each: f"generated/{each}/README.md"} for each in _PROVIDERS),
                {"Cited lines": _AUDIT},
                {"Faults": "tests/runtime/fault_matrix.md"},
            ]
        },
        {
            "Contributing": [
                {"Contributing": "CONTRIBUTING.md"},
                {"Templates": "templates/README.md"},
                {"Tests": "tests/README.md"},
                {"Benchmarks": "tests/bench/README.md"},
                {"Changelog": "CHANGELOG.md"},
            ]
        },
    ]


def pages(nav: Sequence[Nav]) -> Iterator[str]:
    """Yield the paths of all pages."""
    for entry in nav:
        for target in entry.values():
            if isinstance(target, str):
                yield target
            else:
                yield from pages(target)


def write_sources(folder: Path) -> None:
    """Write the pages, the files that they link to, and the settings of the generator."""
    shutil.rmtree(folder, ignore_errors=True)
    commands = dict(helps())
    nav = navigation([*commands])
    below = folder / "pages"
    for command, text in commands.items():
        _write(below / _command_page(command), text)
    for name in pages(nav):
        if (ROOT / name).is_file():
            for path in (ROOT / name, *_linked(ROOT / name)):
                _write(below / path.relative_to(ROOT), path.read_text("utf-8"))
    _engross("audit", "--quiet", "--html", str(below / _AUDIT))
    shutil.copy(_HERE / "site.css", below)
    settings = (_HERE / "zensical.toml").read_text(encoding="utf-8")
    _write(
        folder / "zensical.toml",
        re.sub(
            r"^nav = \[\].*",
            lambda _: f"nav = {_toml(nav)}",
            settings,
            flags=re.MULTILINE,
        ),
    )


def _linked(page: Path) -> Iterator[Path]:
    """Yield the files that a page links to, except other pages."""
    for link in links(page.read_text(encoding="utf-8")):
        target = (page.parent / link.partition("#")[0]).resolve()
        if "://" not in link and target.is_file() and target.suffix != ".md":
            yield target


def helps() -> Iterator[tuple[str, str]]:
    """Yield a page about each command of engross: what its `--help` prints."""
    listed = _engross("--help")
    for command in re.findall(r"^    (\w+)  ", listed, re.MULTILINE):
        text = _engross(command, "--help")
        yield command, f"# engross {command}\n\n```text\n{text}```\n"


def _engross(*arguments: str) -> str:
    """Return what a run of engross prints; it may have findings."""
    done = subprocess.run(
        [sys.executable, "-m", "engross", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "88", "PYTHONPATH": str(ROOT / "generator")},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, arguments
    return done.stdout


def _command_page(command: str) -> str:
    return f"generator/commands/{command}.md"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _toml(nav: Sequence[Nav]) -> str:
    """Return a menu in TOML."""
    return f"[{', '.join(_entry(*item) for each in nav for item in each.items())}]"


def _entry(title: str, target: str | Sequence[Nav]) -> str:
    value = f'"{target}"' if isinstance(target, str) else _toml(target)
    return f'{{ "{title}" = {value} }}'
