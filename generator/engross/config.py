"""Settings of a project: the table `[tool.engross]` of its `pyproject.toml`."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from engross.findings import Finding, FindingsError, Position, Span

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.engross"
DEFAULTS: Final = {"specs": "specs", "generated": "generated"}


_HEADER: Final = re.compile(rf"^\s*\[\s*{re.escape(TABLE)}\s*\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a project keeps its contracts and its generated packages."""

    root: Path
    specs: Path
    generated: Path


def find_root(start: Path) -> Path | None:
    """Return the nearest directory, from `start` upwards, with a table `[tool.engross]`.

    An invalid `pyproject.toml` that seems to have the table counts, so that `load` can
    report it.
    """
    for folder in (start, *start.parents):
        file = folder / FILE
        if file.is_file() and _mentions_table(file):
            return folder
    return None


def _mentions_table(file: Path) -> bool:
    text = file.read_text(encoding="utf-8", errors="replace")
    if "engross" not in text:
        return False
    try:
        return _table(tomllib.loads(text)) is not None
    except tomllib.TOMLDecodeError:
        return _HEADER.search(text) is not None


def load(root: Path) -> Settings:
    """Return the settings of the project at `root`.

    Raises:
        FindingsError: Unknown keys, wrong types, or directories outside the project.
    """
    file = root / FILE
    table = _table(_parse(file))
    lines = file.read_text(encoding="utf-8").splitlines()
    if not isinstance(table, dict):
        message = f"[{TABLE}] must be a table"
        raise FindingsError([Finding("config-type", message, _span(lines, None))])
    findings = [_unknown(key, lines) for key in table if key not in DEFAULTS]
    folders: dict[str, Path] = {}
    for key, default in DEFAULTS.items():
        value = table.get(key, default)
        problem = _problem(key, value, root)
        if problem is None:
            folders[key] = root / str(value)
        else:
            findings.append(Finding("config-type", problem, _span(lines, key)))
    if findings:
        raise FindingsError(findings)
    return Settings(root=root, specs=folders["specs"], generated=folders["generated"])


def _parse(file: Path) -> dict[str, object]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        message = "not valid UTF-8"
        raise FindingsError([Finding("config-syntax", message, _at(1, 1))]) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Before Python 3.14, only the message has the position.
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        line, column = (
            map(int, place.groups()) if place else (len(text.splitlines()), 1)
        )
        message = re.sub(r" \(at [^)]*\)$", "", str(error))
        finding = Finding("config-syntax", message, _at(line, column))
        raise FindingsError([finding]) from None


def _table(document: dict[str, object]) -> object:
    tool = document.get("tool")
    return tool.get("engross") if isinstance(tool, dict) else None


def _problem(key: str, value: object, root: Path) -> str | None:
    if not isinstance(value, str) or not value:
        return f"{key} must be the path of a directory"
    folder = (root / value).resolve()
    if folder == root.resolve() or not folder.is_relative_to(root.resolve()):
        return f"{key} must be a directory inside the project"
    return None


def _unknown(key: str, lines: list[str]) -> Finding:
    near = get_close_matches(key, DEFAULTS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(DEFAULTS)}"
    message = f"unknown setting in [{TABLE}]"
    return Finding("config-unknown-key", message, _span(lines, key), hint)


def _span(lines: list[str], key: str | None) -> Span | None:
    """Return the position of the key or of the table's header; tomllib has none."""
    begin = next((n for n, line in enumerate(lines) if _HEADER.match(line)), None)
    if begin is None:
        return None
    if key is not None:
        entry = re.compile(rf"\s*([\"']?{re.escape(key)}[\"']?)\s*[=.]")
        for number in range(begin + 1, len(lines)):
            if lines[number].lstrip().startswith("["):
                break
            found = entry.match(lines[number])
            if found:
                return _at(number + 1, found.start(1) + 1, found.end(1) + 1)
    return _at(begin + 1, 1, len(lines[begin]) + 1)


def _at(line: int, column: int, end: int | None = None) -> Span:
    return Span(FILE, Position(line, column), Position(line, end or column + 1))
