"""What a rule is: an id, its purpose in one sentence, and a function that finds faults."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engross.contract.index import Index
from engross.findings import Finding, Severity
from engross.source import Location


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks a rule: where, what, and how to fix it.

    `key` puts the finding at the key of the place instead of at its value.
    """

    at: Location
    message: str
    hint: str | None = None
    key: bool = False


Faults: TypeAlias = Iterator[Fault]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        purpose: what is true of a good contract, in one sentence.
        needed: whether a package cannot be made where it does not hold. The others are
            errors in a contract of our own, one with `x-engross`, and warnings in an
            OpenAPI document taken as it is.
        harmless: whether what is meant is emitted all the same; a warning everywhere.
    """

    id: str
    purpose: str
    needed: bool
    harmless: bool
    faults: Callable[[Index], Faults]

    def findings(self, index: Index) -> Iterator[Finding]:
        """Yield what breaks the rule; operations may share a description at fault."""
        is_error = self.needed or (index.is_curated and not self.harmless)
        severity = Severity.ERROR if is_error else Severity.WARNING
        for fault in dict.fromkeys(self.faults(index)):
            span = index.source.span(fault.at, key=fault.key)
            yield Finding(self.id, fault.message, span, fault.hint, severity)


def rule(
    name: str, purpose: str, *, needed: bool = True, harmless: bool = False
) -> Callable[[Callable[[Index], Faults]], Rule]:
    """Make a rule of a function that yields its faults."""
    return lambda faults: Rule(name, purpose, needed and not harmless, harmless, faults)
