"""Findings: what is wrong, where, and how to fix it; and the formats to print them in.

All commands report `Finding`s. A printer is a function from findings to text, listed in
`_PRINTERS`.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal, TypeAlias
from unicodedata import combining, east_asian_width

Style: TypeAlias = Literal["text", "json", "github"]

SourceReader: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file by its displayed path, or None if it cannot be read."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in a text; line and column start at 1 and count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range in a file; `end` is the first position after it.

    `file` is the displayed path: POSIX, relative to the project root.
    """

    file: str
    start: Position
    end: Position


class Severity(StrEnum):
    """How bad a finding is; only errors fail a command."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem.

    `rule` is a stable kebab-case id. `message` says what is wrong at the span, `hint`
    how to fix it.
    """

    rule: str
    message: str
    span: Span | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR


class FindingsError(Exception):
    """A phase failed; has every finding of the phase, in order."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join(_one_line(finding) for finding in self.findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return distinct findings by position; those without a span come last."""
    return tuple(sorted(dict.fromkeys(findings), key=_sort_key))


def summary(findings: Sequence[Finding]) -> str:
    """Return the counts of errors and warnings: `2 errors, 1 warning`."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    parts = [_count(errors, "error")] if errors or not warnings else []
    if warnings:
        parts.append(_count(warnings, "warning"))
    return ", ".join(parts)


def render(
    findings: Sequence[Finding],
    style: Style,
    *,
    read_source: SourceReader,
    color: bool = False,
) -> str:
    """Return the findings as text in `style`; empty if there are none, except in JSON.

    Args:
        findings: What to print.
        style: The format.
        read_source: Returns the text of a file, so that lines can be quoted.
        color: Whether to use ANSI colors; only the text style has any.
    """
    return _PRINTERS[style](findings, read_source, color)


def visible(text: str) -> str:
    """Return the text with control and bidirectional characters escaped.

    What a document or a file name contains can neither move the cursor of a terminal nor
    reorder or forge a line.
    """
    return text if text.isprintable() else "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _visible_finding(finding: Finding) -> Finding:
    """Return the finding with every text in it made visible."""
    span, hint = finding.span, finding.hint
    return replace(
        finding,
        rule=visible(finding.rule),
        message=visible(finding.message),
        span=None if span is None else replace(span, file=visible(span.file)),
        hint=None if hint is None else visible(hint),
    )


def _text(findings: Sequence[Finding], read_source: SourceReader, color: bool) -> str:
    lines_of = lru_cache(maxsize=None)(_line_reader(read_source))
    paint = _painted if color else _plain
    blocks = [_text_block(finding, lines_of, paint) for finding in findings]
    return "\n".join(blocks)


def _text_block(
    finding: Finding,
    lines_of: Callable[[str], Sequence[str]],
    paint: Callable[[str, str], str],
) -> str:
    lines = () if finding.span is None else lines_of(finding.span.file)
    finding = _visible_finding(finding)
    severity = paint(finding.severity, finding.severity)
    head = f"{severity}  {paint(finding.rule, 'strong')}"
    out: list[str] = []
    if finding.span is None:
        out += [head, f"   {finding.message}"]
    else:
        span = finding.span
        place = f"{span.file}:{span.start.line}:{span.start.column}"
        out.append(f"{paint(place, 'strong')}  {head}")
        if 1 <= span.start.line <= len(lines):
            out += _listing(finding, span, lines, paint)
        else:
            out.append(f"   {finding.message}")
    if finding.hint is not None:
        out.append(f"   {paint('hint:', 'hint')} {finding.hint}")
    return "".join(line + "\n" for line in out)


def _listing(
    finding: Finding,
    span: Span,
    lines: Sequence[str],
    paint: Callable[[str, str], str],
) -> Iterable[str]:
    """Yield the previous line for context, the line, and a caret below the span."""
    number = span.start.line
    gutter = max(4, len(str(number)))
    line = lines[number - 1]
    start = min(span.start.column - 1, len(line))
    end = span.end.column - 1 if span.end.line == number else len(line.rstrip())
    # Of long lines, such as minified JSON, only the part around the span is quoted.
    left, clipped = _clip(line, start)
    if number > 1 and not left and lines[number - 2].strip():
        above = _clip(lines[number - 2], 0)[1]
        yield f" {number - 1:>{gutter}} | {_unobtrusive(above)}".rstrip()
    yield f" {number:>{gutter}} | {_unobtrusive(clipped)}".rstrip()
    offset = start - left
    width = max(1, min(end - start, len(clipped) - offset))
    indent = "".join(map(_blank, clipped[:offset]))
    marked = clipped[offset : offset + width]
    caret = paint("^" * max(width, len("".join(map(_blank, marked)))), finding.severity)
    yield f" {'':>{gutter}} | {indent}{caret} {finding.message}"


def _blank(char: str) -> str:
    """Return blanks as wide as a character in a terminal."""
    if char == "\t":
        return char
    if combining(char):
        return ""
    return "  " if east_asian_width(char) in "WF" else " "


_WIDEST: Final = 160


def _clip(line: str, start: int) -> tuple[int, str]:
    """Return the number of characters cut before the quoted part of `line`, and the part."""
    if len(line) <= _WIDEST:
        return 0, line
    left = max(0, start - 40)
    return left, line[left : left + _WIDEST]


def _unobtrusive(text: str) -> str:
    """Return a quoted line with control characters replaced; its width stays."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


def _json(findings: Sequence[Finding], _read: SourceReader, _color: bool) -> str:
    return json.dumps([_record(finding) for finding in findings], indent=2) + "\n"


def _record(finding: Finding) -> dict[str, object]:
    span = finding.span
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "file": span and span.file,
        "start": span and {"line": span.start.line, "column": span.start.column},
        "end": span and {"line": span.end.line, "column": span.end.column},
    }


def _github(findings: Sequence[Finding], _read: SourceReader, _color: bool) -> str:
    """Return workflow commands, which GitHub shows as annotations of a change."""
    return "".join(_workflow_command(finding) + "\n" for finding in findings)


def _workflow_command(finding: Finding) -> str:
    finding = _visible_finding(finding)
    properties: dict[str, object] = {}
    if finding.span is not None:
        span = finding.span
        properties = {"file": span.file, "line": span.start.line}
        properties["col"] = span.start.column
        properties["endLine"] = span.end.line
        properties["endColumn"] = span.end.column
    properties["title"] = finding.rule
    listed = ",".join(
        f"{name}={_escape_property(str(value))}" for name, value in properties.items()
    )
    hint = "" if finding.hint is None else f"\nhint: {finding.hint}"
    return f"::{finding.severity} {listed}::{_escape_data(finding.message + hint)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


_PRINTERS: Final[
    dict[Style, Callable[[Sequence[Finding], SourceReader, bool], str]]
] = {"text": _text, "json": _json, "github": _github}

STYLES: Final[tuple[Style, ...]] = tuple(_PRINTERS)

_COLORS: Final = {"error": "31;1", "warning": "33;1", "hint": "36", "strong": "1"}


def _painted(text: str, role: str) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m"


def _plain(text: str, _role: str) -> str:
    return text


def _line_reader(read_source: SourceReader) -> Callable[[str], Sequence[str]]:
    def lines_of(file: str) -> Sequence[str]:
        text = read_source(file)
        return () if text is None else split_lines(text.removeprefix("\ufeff"))

    return lines_of


def split_lines(text: str) -> list[str]:
    """Return lines as editors count them: separated by LF, CRLF and CR only."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _one_line(finding: Finding) -> str:
    place = ""
    if finding.span is not None:
        start = finding.span.start
        place = f"{finding.span.file}:{start.line}:{start.column}: "
    return visible(f"{place}{finding.rule}: {finding.message}")


def _sort_key(finding: Finding) -> tuple[object, ...]:
    if finding.span is None:
        return (1, finding.rule, finding.message)
    span = finding.span
    return (0, span.file, span.start, span.end, finding.rule, finding.message)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
