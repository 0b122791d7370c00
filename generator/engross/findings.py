"""Findings: what is wrong, where, and how to fix it. All commands report them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from engross.data import dataclass


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
    NOTE = "note"
    """Nothing is wrong: a change that breaks nobody, or is approved."""


class Level(StrEnum):
    """What a project makes of the warnings of a rule."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem.

    `rule` is a stable kebab-case id. `message` says what is wrong at the span, `hint`
    how to fix it. `before` is where a change was in the older of two contracts, and
    `fingerprint` identifies a change, so that it can be approved.
    """

    rule: str
    message: str
    span: Span | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR
    before: Span | None = None
    fingerprint: str | None = None


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


def judged(
    warnings: Iterable[Finding], levels: Mapping[str, Level], *, strict: bool
) -> tuple[Finding, ...]:
    """Return warnings as a project wants them.

    Args:
        warnings: The warnings.
        levels: What to make of those of some rules.
        strict: Whether all are errors, whatever the levels.

    Raises:
        FindingsError: Some are errors; has those and the other warnings.
    """
    wanted = [
        (warning, Level.ERROR if strict else levels.get(warning.rule, Level.WARNING))
        for warning in warnings
    ]
    found = tuple(
        replace(warning, severity=Severity(level))
        for warning, level in wanted
        if level is not Level.OFF
    )
    if any(finding.severity is Severity.ERROR for finding in found):
        raise FindingsError(found)
    return found


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
