"""One change between two contracts: what, where, how bad, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from engross.data import dataclass
from engross.diff.rules import RULES, Rating, Way
from engross.findings import Span

_DIGITS: Final = 12
"""Hex digits of a fingerprint."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what a contract means, or of the interface of its package.

    Attributes:
        rule: kind of the change.
        contract: name of the contract.
        place: what changed, as the old contract names it.
        detail: how, in a form that does not depend on order or layout.
        message: both for people.
        before: where it is in the old contract; what is around it if it is new.
        after: where it is in the new contract; what is around it if it is gone.
        operations: the operations that it concerns, by the way of the values.
        exceptions: ratings in place of those of the rule.
    """

    rule: str
    contract: str
    place: str
    detail: str
    message: str
    before: Span | None = None
    after: Span | None = None
    operations: Mapping[Way, tuple[str, ...]] | None = None
    exceptions: Mapping[Way, Rating] | None = None

    @property
    def ratings(self) -> Mapping[Way, Rating]:
        """Return the rating for each way of the values that the change concerns."""
        own = self.exceptions or {}
        ways = Way if self.operations is None else self.operations
        return {way: own.get(way, RULES[self.rule].of(way)) for way in ways}

    @property
    def rating(self) -> Rating:
        """Return the worst of the ratings."""
        return max(self.ratings.values())

    @property
    def fingerprint(self) -> str:
        """Return a short digest of rule, place and change, which approvals name."""
        parts = (self.contract, self.rule, self.place, self.detail)
        return sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
