"""The kinds of changes between two contracts, each with its rating."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Final

from engross.data import dataclass


class Rating(IntEnum):
    """What a change does to callers that were written for the old contract."""

    COMPATIBLE = 0
    """Nothing."""
    DANGEROUS = 1
    """It may break some, or change what they mean, without an error."""
    BREAKING = 2
    """It breaks callers, or the package that was generated for them."""

    def __str__(self) -> str:
        return self.name.lower()


class Way(Enum):
    """Which way the values travel that a change concerns, as callers see it."""

    REQUEST = "requests"
    """From the caller to the provider, answers to webhooks included."""
    RESPONSE = "responses"
    """From the provider to the caller, webhooks included."""

    def __str__(self) -> str:
        return self.value


BOTH: Final = frozenset(Way)


FAIL_ON: Final[Mapping[str, Rating]] = {
    "breaking": Rating.BREAKING,
    "dangerous": Rating.DANGEROUS,
    "any": Rating.COMPATIBLE,
}
"""The lowest rating that fails the command, by the word for it."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """The rating of a kind of change, by the way of the values that it concerns."""

    request: Rating
    response: Rating

    def of(self, way: Way) -> Rating:
        """Return the rating for one way."""
        return self.request if way is Way.REQUEST else self.response

    def __str__(self) -> str:
        if self.request is self.response:
            return str(self.request)
        return f"{self.request} in requests, {self.response} in responses"


_B, _D, _C = Rating.BREAKING, Rating.DANGEROUS, Rating.COMPATIBLE


def _same(rating: Rating, *rules: str) -> dict[str, Ratings]:
    return dict.fromkeys(rules, Ratings(rating, rating))


def _ways(request: Rating, response: Rating, *rules: str) -> dict[str, Ratings]:
    return dict.fromkeys(rules, Ratings(request, response))


OF_CONTRACTS: Final[Mapping[str, Ratings]] = {
    # Operations
    **_same(
        _B,
        "contract-removed",
        "operation-removed",
        "operation-moved",
        "webhook-removed",
        "callback-removed",
    ),
    **_same(
        _C,
        "contract-added",
        "operation-added",
        "operation-id-changed",
        "webhook-added",
        "callback-added",
        "deprecated",
        "deprecation-withdrawn",
    ),
    # Parameters and headers
    **_ways(_B, _C, "required-parameter-added", "parameter-required"),
    **_ways(_C, _B, "parameter-optional"),
    **_ways(_C, _C, "parameter-added"),
    **_ways(_D, _B, "parameter-removed"),
    **_same(_B, "parameter-moved", "parameter-style-changed"),
    # Bodies
    **_ways(_B, _C, "required-body-added", "body-required"),
    **_ways(_C, _C, "body-added", "media-type-added"),
    **_ways(_C, _B, "body-optional"),
    **_same(_B, "body-removed", "media-type-removed", "body-encoding-changed"),
    # Responses
    **_same(_D, "success-added"),
    **_same(_C, "failure-added", "failure-removed"),
    **_same(_B, "success-removed"),
    # Security and servers
    **_same(_B, "security-tightened", "security-scheme-changed"),
    **_same(_C, "security-loosened"),
    **_same(_D, "server-changed", "server-removed", "server-variable-changed"),
    **_same(_C, "server-added"),
    # Properties
    **_ways(_C, _C, "property-added"),
    **_ways(_B, _C, "required-property-added", "property-required"),
    **_ways(_D, _D, "property-removed"),
    **_ways(_D, _B, "required-property-removed"),
    **_ways(_C, _B, "property-optional"),
    **_ways(_D, _C, "read-only-added"),
    **_ways(_C, _C, "read-only-removed"),
    **_ways(_C, _B, "write-only-added"),
    **_ways(_C, _C, "write-only-removed"),
    # Values
    **_ways(_B, _C, "type-narrowed", "null-disallowed"),
    **_ways(_C, _B, "type-widened", "null-allowed"),
    **_same(_B, "type-changed", "format-changed", "const-changed"),
    **_ways(_B, _C, "format-added"),
    **_ways(_C, _B, "format-removed"),
    **_same(_D, "format-hint-changed"),
    **_ways(_B, _C, "enum-value-removed", "enum-added"),
    **_ways(_C, _D, "enum-value-added", "enum-removed"),
    **_ways(_D, _C, "known-value-removed"),
    **_ways(_C, _C, "known-value-added"),
    **_ways(_D, _C, "default-changed"),
    **_ways(_B, _C, "limit-tightened", "pattern-added"),
    **_ways(_C, _D, "limit-loosened", "pattern-removed"),
    **_ways(_B, _D, "pattern-changed"),
    **_same(_B, "content-encoding-changed"),
    # Composition
    **_ways(_B, _C, "variant-removed"),
    **_ways(_C, _B, "variant-added"),
    **_same(_B, "discriminator-changed"),
    **_ways(_B, _C, "discriminator-value-removed"),
    **_ways(_C, _D, "discriminator-value-added"),
    **_ways(_B, _C, "additional-properties-forbidden"),
    **_ways(_C, _D, "additional-properties-allowed"),
    **_same(_D, "condition-changed"),
    **_ways(_B, _C, "condition-added"),
    **_ways(_C, _D, "condition-removed"),
    # What only `x-engross` says
    **_same(
        _B,
        "money-changed",
        "time-changed",
        "idempotency-key-changed",
        "pagination-changed",
        "envelope-changed",
        "proof-changed",
        "event-changed",
    ),
    **_same(
        _D,
        "retry-weakened",
        "read-back-changed",
        "error-location-changed",
        "error-code-changed",
        "error-code-removed",
        "violation-code-changed",
        "timezone-changed",
    ),
    **_same(_C, "retry-strengthened", "error-code-added"),
    **_ways(_B, _C, "rule-added", "rule-changed"),
    **_ways(_C, _D, "rule-removed"),
}
"""Changes of what a contract means."""

OF_PYTHON: Final[Mapping[str, Ratings]] = {
    **_same(
        _B,
        "python-argument-moved",
        "python-argument-removed",
        "python-argument-renamed",
        "python-argument-required",
        "python-argument-type-changed",
        "python-class-removed",
        "python-class-renamed",
        "python-client-renamed",
        "python-error-removed",
        "python-field-removed",
        "python-field-required",
        "python-field-type-changed",
        "python-member-removed",
        "python-method-removed",
        "python-method-renamed",
        "python-package-renamed",
        "python-result-changed",
        "python-setting-changed",
    ),
    **_same(
        _C,
        "python-argument-added",
        "python-class-added",
        "python-error-added",
        "python-field-added",
        "python-member-added",
        "python-method-added",
        "python-setting-added",
    ),
}
"""Changes of the interface of the generated package."""

RULES: Final[Mapping[str, Ratings]] = {**OF_CONTRACTS, **OF_PYTHON}
"""The rating of every kind of change, by its rule."""
