"""Settings of a project: the table `[tool.engross]` of its `pyproject.toml`."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeAlias

from engross.data import dataclass
from engross.findings import Finding, FindingsError, Level, Position, Span
from engross.rulebook import rule_pages
from engross.selection import CRITERIA, Criterion, Slice

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.engross"
DEFAULTS: Final = {"specs": "specs", "generated": "generated"}

_OTHERS: Final = ("approvals", "contracts", "rules", "templates")

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}")

_MOST_LISTED: Final = 20
"""Known keys that a hint lists."""

_Keys: TypeAlias = tuple[str, ...]
_Table: TypeAlias = Mapping[str, object]

_HEADER: Final = re.compile(rf"^\s*\[\s*{re.escape(TABLE)}\b", re.MULTILINE)
"""The header of our table, in a file whose syntax may be wrong just there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a project keeps its contracts and its generated packages.

    Attributes:
        slices: which operations are generated, by contract.
        levels: what becomes of warnings, by rule.
        templates: templates of the project in place of those of engross.
        approvals: why changes of contracts are approved, by fingerprint.
    """

    root: Path
    specs: Path
    generated: Path
    slices: Mapping[str, Slice]
    levels: Mapping[str, Level]
    templates: Path | None = None
    approvals: Mapping[str, str] = field(default_factory=dict)


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
        raise FindingsError([_bad_type(message, (), lines)])
    findings = [*_unknown(table, (*DEFAULTS, *_OTHERS), (), lines)]
    folders: dict[str, Path] = {}
    wanted = {key: table.get(key, default) for key, default in DEFAULTS.items()}
    if "templates" in table:
        wanted["templates"] = table["templates"]
    for key, value in wanted.items():
        problem = _problem(key, value, root)
        if problem is None:
            folders[key] = root / str(value)
        else:
            findings.append(_bad_type(problem, (key,), lines))
    slices = _Slices(lines, findings).read(table.get("contracts", {}))
    levels = dict(_levels(table.get("rules", {}), lines, findings))
    approvals = dict(_approvals(table.get("approvals", {}), lines, findings))
    if findings:
        raise FindingsError(findings)
    return Settings(
        root=root,
        specs=folders["specs"],
        generated=folders["generated"],
        slices=slices,
        levels=levels,
        templates=folders.get("templates"),
        approvals=approvals,
    )


def _approvals(
    value: object, lines: list[str], findings: list[Finding]
) -> Iterator[tuple[str, str]]:
    """Yield the changes that are approved, each with its reason; note what is wrong."""
    at = ("approvals",)
    if not isinstance(value, dict):
        findings.append(_bad_type("approvals must be a table", at, lines))
        return
    for fingerprint, reason in value.items():
        if not _FINGERPRINT.fullmatch(fingerprint):
            message = f"{fingerprint!r} is not a fingerprint, which has 12 hex digits"
            findings.append(_bad_type(message, (*at, fingerprint), lines))
        elif not isinstance(reason, str) or not reason.strip():
            message = "an approval must have a reason"
            findings.append(_bad_type(message, (*at, fingerprint), lines))
        else:
            yield fingerprint, reason


def _levels(
    value: object, lines: list[str], findings: list[Finding]
) -> Iterator[tuple[str, Level]]:
    """Yield the rules whose warnings become something else; note what is wrong."""
    at = ("rules",)
    if not isinstance(value, dict):
        findings.append(_bad_type("rules must be a table", at, lines))
        return
    if value:
        findings += _unknown(value, tuple(rule_pages()), at, lines)
    for rule, setting in value.items():
        match setting:
            case "error" | "warning":
                yield rule, Level(setting)
            case {"off": str(reason)} if reason.strip() and len(setting) == 1:
                yield rule, Level.OFF
            case _:
                message = f'{rule} must be "error", "warning" or {{ off = "reason" }}'
                findings.append(_bad_type(message, (*at, rule), lines))


class _Slices:
    """Reads the tables of contracts, and notes what is wrong with them."""

    def __init__(self, lines: list[str], findings: list[Finding]) -> None:
        self._lines = lines
        self._findings = findings

    def read(self, contracts: object) -> dict[str, Slice]:
        """Return which operations are generated, by contract."""
        at = ("contracts",)
        return {
            name: self._slice(value, (*at, name))
            for name, value in self._table(contracts, at).items()
        }

    def _slice(self, value: object, at: _Keys) -> Slice:
        table = self._table(value, at, ("include", "exclude"))
        return Slice(
            include=tuple(self._criteria(table, (*at, "include"))),
            exclude=tuple(self._criteria(table, (*at, "exclude"))),
            span=_span(self._lines, at),
        )

    def _criteria(self, table: _Table, at: _Keys) -> Iterator[Criterion]:
        value = table.get(at[-1], {})
        for key, patterns in self._table(value, at, tuple(CRITERIA)).items():
            if not isinstance(patterns, list) or not all(
                isinstance(pattern, str) and pattern for pattern in patterns
            ):
                problem = f"{key} must be a list of texts"
                self._findings.append(_bad_type(problem, (*at, key), self._lines))
            elif key in CRITERIA:
                for pattern in patterns:
                    span = _span(self._lines, (*at, key), pattern)
                    yield Criterion(key, pattern, span)

    def _table(self, value: object, at: _Keys, known: _Keys | None = None) -> _Table:
        """Return a table; an empty one if it is something else."""
        if not isinstance(value, dict):
            problem = f"{at[-1]} must be a table"
            self._findings.append(_bad_type(problem, at, self._lines))
            return {}
        if known is not None:
            self._findings += _unknown(value, known, at, self._lines)
        return value


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


def _bad_type(message: str, keys: _Keys, lines: list[str]) -> Finding:
    return Finding("config-type", message, _span(lines, keys))


def _unknown(
    table: _Table, known: _Keys, at: _Keys, lines: list[str]
) -> Iterator[Finding]:
    """Yield a finding for each key of a table that means nothing."""
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            listed = f"known: {', '.join(known)}"
            if len(known) > _MOST_LISTED:
                listed = "engross explain lists all"
            hint = f"did you mean '{near[0]}'?" if near else listed
            message = f"unknown setting in [{'.'.join((TABLE, *at))}]"
            yield Finding("config-unknown-key", message, _span(lines, (*at, key)), hint)


def _span(lines: list[str], keys: _Keys, text: str | None = None) -> Span | None:
    """Return the position of a key of our table, or of a text in its value.

    Where it is not found, that of what is around it; tomllib has no positions.
    """
    path = (*TABLE.split("."), *keys)
    headers = {number: _header(line) for number, line in enumerate(lines)}
    above = [
        (len(header), -number)
        for number, header in headers.items()
        if header and path[: len(header)] == header
    ]
    if not above:
        return None
    size, negative = max(above)
    number, column = -negative, 0
    span = _at(number + 1, 1, len(lines[number]) + 1)
    wanted = [
        rf"(?<![\w-])([\"']?{re.escape(key)}[\"']?)\s*[=.]" for key in path[size:]
    ]
    if text is not None:
        wanted.append(f"({re.escape(json.dumps(text))}|{re.escape(repr(text))})")
    number += 1
    for pattern in map(re.compile, wanted):
        while number < len(lines) and headers[number] is None:
            found = pattern.search(lines[number], column)
            if found:
                span = _at(number + 1, found.start(1) + 1, found.end(1) + 1)
                column = found.end(1)
                break
            number, column = number + 1, 0
    return span


def _header(line: str) -> _Keys | None:
    """Return the keys in the header of a table; None if a line is no header."""
    if not line.lstrip().startswith("["):
        return None
    try:
        table = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    keys = []
    while table:
        ((key, value),) = table.items()
        keys.append(key)
        table = value if isinstance(value, dict) else {}
    return tuple(keys)


def _at(line: int, column: int, end: int | None = None) -> Span:
    return Span(FILE, Position(line, column), Position(line, end or column + 1))
