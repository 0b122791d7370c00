"""What the structure of a contract cannot say: that its parts fit together."""

from collections.abc import Mapping
from typing import Final

from engross.contract.checks import (
    examples,
    extension,
    operations,
    provenance,
    schemas,
    styles,
    webhooks,
)
from engross.contract.checks.rule import Rule
from engross.contract.index import Index
from engross.findings import Finding, in_order
from engross.source import Source
from engross.source.gc_pause import gc_paused

RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for module in (
        operations,
        styles,
        schemas,
        examples,
        extension,
        provenance,
        webhooks,
    )
    for rule in vars(module).values()
    if isinstance(rule, Rule)
}
"""Every rule by its id."""


def check(source: Source) -> tuple[Finding, ...]:
    """Return what is wrong with a contract whose structure is sound, by position."""
    return findings_of(Index(source))


def findings_of(index: Index) -> tuple[Finding, ...]:
    """Return what is wrong with an indexed contract, by position."""
    with gc_paused():
        found = (rule.findings(index) for rule in RULES.values())
        return in_order(finding for findings in found for finding in findings)
