"""The formats that findings are printed in.

A printer is a function from findings to text, listed in `_PRINTERS`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Final, Literal, TypeAlias
from unicodedata import combining, east_asian_width
from urllib.parse import quote

from engross import __version__
from engross.findings import Finding, Severity, Span, split_lines, visible
from engross.rulebook import rule_pages

Style: TypeAlias = Literal["text", "json", "github", "sarif", "junit"]

SourceReader: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file by its displayed path, or None if it cannot be read."""


def summary(findings: Sequence[Finding]) -> str:
    """Return the counts by severity: `2 errors, 1 warning`."""
    found = Counter(finding.severity for finding in findings)
    parts = [counted(found[each], each) for each in Severity if found[each]]
    return ", ".join(parts) or counted(0, "error")


def render(
    findings: Sequence[Finding],
    style: Style,
    *,
    read_source: SourceReader,
    color: bool = False,
    verbose: bool = True,
) -> str:
    """Return the findings in `style`; as text or annotations, nothing if there are none.

    Args:
        findings: What to print.
        style: The format.
        read_source: Returns the text of a file, so that lines can be quoted.
        color: Whether to use ANSI colors; only the text style has any.
        verbose: Whether to show all of many that are alike; only text leaves any out.
    """
    if style == "text":
        return _text(findings, read_source, color, verbose)
    return _PRINTERS[style](findings)


_MOST_ALIKE: Final = 3
"""Findings that are alike and shown; the others are counted."""

_MANY: Final = 10
"""Findings after which totals by rule are shown."""

_NAMED: Final = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|\d+""")
"""What differs in messages that are alike: names, values and numbers."""


def _kind(finding: Finding) -> tuple[str, str, str]:
    """Return what findings that are alike have in common."""
    return finding.rule, finding.severity, _NAMED.sub("", finding.message)


def totals(findings: Sequence[Finding]) -> str:
    """Return the number of findings by rule; nothing if there are few."""
    if len(findings) <= _MANY:
        return ""
    found = Counter(finding.rule for finding in findings).most_common()
    rows = "".join(f"  {number:>6}  {visible(rule)}\n" for rule, number in found)
    return f"{rows}  engross explain RULE says what a rule is for\n"


def _visible_finding(finding: Finding) -> Finding:
    """Return the finding with every text in it made visible."""
    hint = finding.hint
    return replace(
        finding,
        rule=visible(finding.rule),
        message=visible(finding.message),
        span=_visible_span(finding.span),
        hint=None if hint is None else visible(hint),
        before=_visible_span(finding.before),
    )


def _visible_span(span: Span | None) -> Span | None:
    return None if span is None else replace(span, file=visible(span.file))


def _text(
    findings: Sequence[Finding], read_source: SourceReader, color: bool, verbose: bool
) -> str:
    lines_of = lru_cache(maxsize=None)(_line_reader(read_source))
    paint = _painted if color else _plain
    left = Counter(map(_kind, findings))
    shown: Counter[tuple[str, str, str]] = Counter()
    blocks: list[str] = []
    for finding in findings:
        kind = _kind(finding)
        shown[kind] += 1
        more = left[kind] - _MOST_ALIKE
        if verbose or more < 2 or shown[kind] <= _MOST_ALIKE:
            blocks.append(_text_block(finding, lines_of, paint))
        elif shown[kind] == _MOST_ALIKE + 1:
            line = f"and {more} more {finding.rule} like these; --verbose shows them"
            blocks.append(f"   {visible(line)}\n")
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
    if finding.before is not None:
        out.append(f"   {paint('before:', 'hint')} {_place(finding.before)}")
    if finding.hint is not None:
        out.append(f"   {paint('hint:', 'hint')} {finding.hint}")
    if finding.fingerprint is not None:
        out.append(f"   {paint('fingerprint:', 'hint')} {finding.fingerprint}")
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


def _json(findings: Sequence[Finding]) -> str:
    return json.dumps([_record(finding) for finding in findings], indent=2) + "\n"


def _record(finding: Finding) -> dict[str, object]:
    record: dict[str, object] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        **_extent(finding.span),
    }
    if finding.fingerprint is not None:  # of a change
        record["before"] = finding.before and _extent(finding.before)
        record["fingerprint"] = finding.fingerprint
    return record


def _extent(span: Span | None) -> dict[str, object]:
    return {
        "file": span and span.file,
        "start": span and {"line": span.start.line, "column": span.start.column},
        "end": span and {"line": span.end.line, "column": span.end.column},
    }


def _place(span: Span) -> str:
    return f"{span.file}:{span.start.line}:{span.start.column}"


def _remarks(finding: Finding) -> str:
    """Return what formats without a field for it say after the message, line by line."""
    found = []
    if finding.before is not None:
        found.append(f"before: {_place(finding.before)}")
    if finding.hint is not None:
        found.append(f"hint: {finding.hint}")
    if finding.fingerprint is not None:
        found.append(f"fingerprint: {finding.fingerprint}")
    return "".join(f"\n{line}" for line in found)


def _github(findings: Sequence[Finding]) -> str:
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
    is_note = finding.severity is Severity.NOTE
    command = "notice" if is_note else finding.severity.value
    text = _escape_data(finding.message + _remarks(finding))
    return f"::{command} {listed}::{text}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(findings: Sequence[Finding]) -> str:
    """Return a log of SARIF 2.1.0, as code scanning services read it."""
    rules = sorted({finding.rule for finding in findings})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "engross",
                        "semanticVersion": __version__,
                        "rules": [_sarif_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _sarif_result(finding, rules.index(finding.rule))
                    for finding in findings
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _sarif_rule(rule: str) -> dict[str, object]:
    page = rule_pages().get(rule)
    if page is None:
        return {"id": rule}
    return {
        "id": rule,
        "shortDescription": {"text": page.what},
        "fullDescription": {"text": page.why},
        "help": {"text": page.text()},
    }


def _sarif_result(finding: Finding, rule: int) -> dict[str, object]:
    hint = "" if finding.hint is None else f"\nhint: {finding.hint}"
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": finding.message + hint},
    }
    if finding.span is not None:
        place = _physical_location(finding.span)
        result["locations"] = [{"physicalLocation": place}]
    if finding.before is not None:
        place = _physical_location(finding.before)
        before = {"physicalLocation": place, "message": {"text": "before"}}
        result["relatedLocations"] = [before]
    if finding.fingerprint is not None:
        result["partialFingerprints"] = {"engross/change/v1": finding.fingerprint}
    return result


def _physical_location(span: Span) -> dict[str, object]:
    is_url = "://" in span.file
    return {
        "artifactLocation": {"uri": span.file if is_url else quote(span.file)},
        "region": {
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        },
    }


def _junit(findings: Sequence[Finding]) -> str:
    """Return a report of JUnit, in which errors are failed tests and others passed ones."""
    failed = sum(finding.severity is Severity.ERROR for finding in findings)
    cases = [line for finding in findings for line in _junit_case(finding)]
    if not findings:
        cases = ['    <testcase classname="engross" name="no findings"/>']
    counts = f'tests="{max(1, len(findings))}" failures="{failed}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="engross" {counts}>',
        f'  <testsuite name="engross" {counts} errors="0" skipped="0">',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _junit_case(finding: Finding) -> list[str]:
    finding = _visible_finding(finding)
    span = finding.span
    file = "engross" if span is None else span.file
    place = "" if span is None else f" at {span.start.line}:{span.start.column}"
    hint = _remarks(finding)
    name = f'classname="{escape(file)}" name="{escape(finding.rule + place)}"'
    text = escape(f"{file}{place}{hint}")
    message = escape(finding.message)
    if finding.severity is Severity.ERROR:
        kind = escape(finding.rule)
        inside = f'<failure type="{kind}" message="{message}">{text}</failure>'
    else:
        shown = escape(f"{finding.severity}: {finding.message}{hint}")
        inside = f"<system-out>{shown}</system-out>"
    return [f"    <testcase {name}>", f"      {inside}", "    </testcase>"]


_PRINTERS: Final[dict[Style, Callable[[Sequence[Finding]], str]]] = {
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "junit": _junit,
}

STYLES: Final[tuple[Style, ...]] = ("text", *_PRINTERS)

WHOLE: Final[frozenset[Style]] = frozenset({"json", "sarif", "junit"})
"""Formats beside which nothing else may be printed."""

_COLORS: Final = {
    "error": "31;1",
    "warning": "33;1",
    "note": "32;1",
    "hint": "36",
    "strong": "1",
}


def _painted(text: str, role: str) -> str:
    return f"\x1b[{_COLORS[role]}m{text}\x1b[0m"


def _plain(text: str, _role: str) -> str:
    return text


def _line_reader(read_source: SourceReader) -> Callable[[str], Sequence[str]]:
    def lines_of(file: str) -> Sequence[str]:
        text = read_source(file)
        return () if text is None else split_lines(text.removeprefix("\ufeff"))

    return lines_of


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs that."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
