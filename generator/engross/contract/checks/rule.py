"""What a rule is: an id, its purpose in one sentence, and a function that finds faults."""

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TypeAlias

from engross.contract.index import Index
from engross.data import dataclass
from engross.findings import Finding, Severity
from engross.source import Location
from engross.source.repair import Defect, Repair


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks a rule: where, what, and how to fix it.

    `key` puts the finding at the key of the place instead of at its value. `repair` is
    for foreign documents: with it, the fault is no more than a warning there.
    """

    at: Location
    message: str
    hint: str | None = None
    key: bool = False
    repair: Repair | None = field(default=None, compare=False)


Faults: TypeAlias = Iterator[Fault]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        purpose: what is true of a good contract, in one sentence.
        needed: whether a package cannot be made where it does not hold, unless the
            fault has a repair. The others are errors in a contract of our own, one with
            `x-engross`, and warnings in an OpenAPI document taken as it is.
        harmless: whether what is meant is emitted all the same; a warning everywhere.
    """

    id: str
    purpose: str
    needed: bool
    harmless: bool
    faults: Callable[[Index], Faults]

    def defects(self, index: Index) -> Iterator[Defect]:
        """Yield what breaks the rule; operations may share a description at fault."""
        is_error = self.needed or (index.is_curated and not self.harmless)
        severity = Severity.ERROR if is_error else Severity.WARNING
        for fault in dict.fromkeys(self.faults(index)):
            span = index.source.span(fault.at, key=fault.key)
            finding = Finding(self.id, fault.message, span, fault.hint, severity)
            repair = None if index.is_curated else fault.repair
            yield Defect(finding, fault.at, repair)


def rule(
    name: str, purpose: str, *, needed: bool = True, harmless: bool = False
) -> Callable[[Callable[[Index], Faults]], Rule]:
    """Make a rule of a function that yields its faults."""
    return lambda faults: Rule(name, purpose, needed and not harmless, harmless, faults)
