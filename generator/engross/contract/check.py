"""What the structure of a contract cannot say: that its parts fit together."""

from collections.abc import Iterable, Mapping
from typing import Final

from engross.contract.checks import (
    example_rules,
    extension_rules,
    operation_rules,
    provenance_rules,
    satisfiable_rules,
    schema_rules,
    style_rules,
    webhook_rules,
)
from engross.contract.checks.rule import Rule
from engross.contract.index import Index
from engross.findings import Finding, FindingsError, Severity, in_order
from engross.schema.schema_error import SchemaError
from engross.source import Source
from engross.source.gc_pause import gc_paused
from engross.source.loader import repaired
from engross.source.omission import omitting_broken
from engross.source.repair import Defect, edits_of

RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for module in (
        operation_rules,
        style_rules,
        schema_rules,
        satisfiable_rules,
        example_rules,
        extension_rules,
        provenance_rules,
        webhook_rules,
    )
    for rule in vars(module).values()
    if isinstance(rule, Rule)
}
"""Every rule by its id."""

_LATE: Final = (example_rules.example_mismatch, satisfiable_rules.impossible_schema)
"""Rules that take long, and on which neither repairs nor what is built depend."""


def check(source: Source) -> tuple[Finding, ...]:
    """Return what is wrong with a contract whose structure is sound, by position."""
    return in_order(
        defect.finding for defect in _defects(Index(source), RULES.values())
    )


def checked(source: Source) -> tuple[Index, tuple[Finding, ...]]:
    """Return the index of a contract after repairs, and all warnings about it.

    Raises:
        FindingsError: there are faults that cannot be repaired; has all findings.
    """
    index, warnings = sound(source)
    return index, in_order((*warnings, *late_warnings(index)))


def late_warnings(index: Index) -> tuple[Finding, ...]:
    """Return the warnings about a foreign document on which nothing else depends.

    A contract of ours is held to all rules at once: there a wrong example is an error.
    """
    if index.is_curated:
        return ()
    return tuple(defect.finding for defect in _defects(index, _LATE))


def sound(source: Source) -> tuple[Index, tuple[Finding, ...]]:
    """Return the index of a contract after repairs, and warnings about it.

    The late ones about a foreign document are not among them.

    Raises:
        FindingsError: there are faults that cannot be repaired; has all findings.
    """
    index, defects = _judged(source)
    for _ in range(_MOST_ROUNDS):
        if not any(edits_of(defects)):
            break
        source = repaired(source, defects)
        index, defects = _judged(source)
    else:  # repairs undo each other
        faults = (defect.finding for defect in defects)
        raise FindingsError(in_order((*source.warnings, *faults)))
    findings = (*source.warnings, *(defect.reported for defect in defects))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(in_order(findings))
    return index, in_order(findings)


def _judged(source: Source) -> tuple[Index, tuple[Defect, ...]]:
    """Return the index of a contract, and what is wrong with it."""
    index = Index(source)
    if source.is_of_ours:
        return index, _defects(index, RULES.values())
    rules = (each for each in RULES.values() if each not in _LATE)
    defects = _defects(index, rules)
    described = {*source.places("operation"), *source.places("path-item")}
    skip = source.skips_broken
    return index, (*omitting_broken(defects, source.entry, described, requested=skip),)


def _defects(index: Index, rules: Iterable[Rule]) -> tuple[Defect, ...]:
    found: list[Defect] = []
    with gc_paused():
        for rule in rules:
            try:
                found += rule.defects(index)
            except SchemaError:
                # No schema can be read where identifiers are unusable, as one rule says.
                if not index.source.resolver.problems:
                    raise
    return tuple(found)


_MOST_ROUNDS: Final = 10
"""Repairs can uncover further faults, but not for ever."""
