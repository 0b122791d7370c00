"""Changes as findings, and which of them are approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from engross.diff.changes import Change
from engross.diff.rules import Rating, Way
from engross.findings import Finding, Level, Severity

_SEVERITIES: Final = {
    Rating.BREAKING: Severity.ERROR,
    Rating.DANGEROUS: Severity.WARNING,
    Rating.COMPATIBLE: Severity.NOTE,
}

_MOST_NAMED: Final = 3
"""Operations that a message names; the others are counted."""


def findings(
    changes: Iterable[Change],
    approvals: Mapping[str, str],
    levels: Mapping[str, Level],
    fail_on: Rating,
) -> tuple[Finding, ...]:
    """Return changes as findings, the worst first.

    Args:
        changes: the changes.
        approvals: the reason of each change that is approved, by fingerprint.
        levels: what a project makes of the changes of some rules.
        fail_on: the lowest rating that fails the command.
    """
    found = [
        _finding(change, approvals, levels.get(change.rule), fail_on)
        for change in changes
        if levels.get(change.rule) is not Level.OFF
    ]
    order = [*Severity]
    return tuple(
        sorted(found, key=lambda each: (order.index(each.severity), _place(each)))
    )


def summary(changes: Sequence[Change], approvals: Mapping[str, str]) -> str:
    """Return the number of changes by rating: `1 breaking and 2 compatible changes`."""
    if not changes:
        return "No changes."
    found = Counter(change.rating for change in changes)
    parts = [f"{found[each]} {each}" for each in reversed(Rating) if found[each]]
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    text = f"{listed} {'change' if len(changes) == 1 else 'changes'}"
    approved = sum(change.fingerprint in approvals for change in changes)
    return f"{text}, {approved} approved." if approved else f"{text}."


def _finding(
    change: Change,
    approvals: Mapping[str, str],
    level: Level | None,
    fail_on: Rating,
) -> Finding:
    reason = approvals.get(change.fingerprint)
    severity = _SEVERITIES[change.rating]
    if change.rating >= fail_on:
        severity = Severity.ERROR
    if level is not None:
        severity = Severity(level)
    if reason is not None:
        severity = Severity.NOTE
    return Finding(
        rule=change.rule,
        message=f"{change.message} ({_rated(change)})",
        span=change.after or change.before,
        hint=None if reason is None else f"approved: {reason}",
        severity=severity,
        before=change.before,
        fingerprint=change.fingerprint,
    )


def _rated(change: Change) -> str:
    """Return how bad a change is, and for which operations."""
    if change.operations is None:
        return str(change.rating)
    ratings = change.ratings
    if len(change.operations) == 1 and len(next(iter(change.operations.values()))) == 1:
        return str(change.rating)
    return ", ".join(
        f"{ratings[way]} in {way} of {_named(change.operations[way])}"
        for way in Way
        if way in ratings
    )


def _named(operations: Sequence[str]) -> str:
    listed = list(operations[:_MOST_NAMED])
    more = len(operations) - len(listed)
    if more > 1:
        return f"{', '.join(listed)} and {more} more"
    listed = list(operations)
    return " and ".join(filter(None, (", ".join(listed[:-1]), listed[-1])))


def _place(finding: Finding) -> tuple[object, ...]:
    span = finding.span
    assert span is not None
    return (span.file, span.start, span.end, finding.rule, finding.message)
