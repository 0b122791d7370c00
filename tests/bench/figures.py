"""Measurements and targets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Series:
    """One measurement per round, in the unit of its table."""

    name: str
    values: tuple[float, ...]
    cpu: tuple[float, ...] = ()
    """Processor time, in the same unit."""
    peak: tuple[int, ...] = ()
    """Peak memory in bytes."""

    @property
    def median(self) -> float:
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How two series compare, round by round, so that noise of the machine cancels out."""

    median: float
    least: float
    most: float


def ratio(above: Series, below: Series) -> Ratio:
    """Compare two series in the rounds that both have; what is slow has fewer."""
    both = zip(above.values, below.values, strict=False)
    pairs = [one / other for one, other in both]
    return Ratio(median(pairs), min(pairs), max(pairs))


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on the ratio of a series to another, or to the fastest of several."""

    subject: str
    beside: tuple[str, ...]
    at_most: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a target is met; `ratio` is None if a series could not be measured."""

    target: Target
    beside: str
    ratio: Ratio | None

    @property
    def holds(self) -> bool:
        return self.ratio is not None and self.ratio.median <= self.target.at_most


@dataclass(frozen=True, slots=True)
class Table:
    """Series that belong together."""

    title: str
    unit: str
    series: Sequence[Series]
    base: str
    """The series that the others are compared with."""
    targets: Sequence[Target] = ()
    notes: Sequence[str] = field(default=())

    def find(self, name: str) -> Series | None:
        return next((one for one in self.series if one.name == name), None)

    def verdicts(self) -> list[Verdict]:
        return [self._verdict(target) for target in self.targets]

    def _verdict(self, target: Target) -> Verdict:
        subject = self.find(target.subject)
        others = [one for name in target.beside if (one := self.find(name))]
        if subject is None or not others:
            return Verdict(target, target.beside[0], None)
        fastest = min(others, key=lambda one: one.median)
        return Verdict(target, fastest.name, ratio(subject, fastest))
