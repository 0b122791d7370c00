"""Rows of the tables that say what the contract refuses, and what it just accepts."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from .documented import Call
from .json_values import Json
from .package import UNSET, RequestInvalidError

Change = TypeVar("Change", bound="Edge")

LACKING = ("required", "dependentRequired")
"""Keywords of what is missing."""


class Finding(NamedTuple):
    """What a refusal has to name."""

    pointer: str
    keyword: str
    code: str | None
    lacks: str | None = None
    """Name of the property that is missing."""


@dataclass(frozen=True)
class Edge:
    """A change of a documented call that the contract just accepts."""

    pointer: str
    value: Json = UNSET
    times: int | None = None
    """How often a list holds its first item, in place of a value."""

    def __str__(self) -> str:
        return self.pointer

    def applied_to(self, call: Call) -> Call:
        """The call with the change."""
        if self.times is not None:
            return call.repeated(self.pointer, self.times)
        return call.changed(self.pointer, self.value)


@dataclass(frozen=True, kw_only=True)
class Breach(Edge):
    """A change of a documented call that the contract refuses."""

    finding: Finding

    def __str__(self) -> str:
        return f"{self.finding.pointer or 'body'} {self.finding.keyword}"


def missing(
    pointer: str,
    keyword: str = "required",
    *,
    code: str | None = None,
    at: str | None = None,
) -> Breach:
    """What the pointer leads to is left out; `at` is what cannot do without it."""
    place, slash, name = pointer.rpartition("/")
    if not slash:
        return Breach(pointer, finding=Finding(pointer, keyword, code))
    place = place if at is None else at
    lacks = name if keyword in LACKING else None
    return Breach(pointer, finding=Finding(place, keyword, code, lacks))


def wrong(
    pointer: str,
    value: Json,
    keyword: str,
    *,
    code: str | None = None,
    at: str | None = None,
    lacks: str | None = None,
) -> Breach:
    """The value stands where the pointer leads; `at` is what is wrong within it."""
    place = pointer if at is None else at
    return Breach(pointer, value, finding=Finding(place, keyword, code, lacks))


def wrong_count(
    pointer: str,
    count: int,
    keyword: str,
    *,
    code: str | None = None,
    at: str | None = None,
) -> Breach:
    """The list holds its first item this many times."""
    place = pointer if at is None else at
    return Breach(pointer, times=count, finding=Finding(place, keyword, code))


def fits(pointer: str, value: Json) -> Edge:
    """The value stands where the pointer leads, and is right there."""
    return Edge(pointer, value)


def right_count(pointer: str, count: int) -> Edge:
    """The list holds its first item this many times, and that is right."""
    return Edge(pointer, times=count)


def changes_of(call: Call, *changes: Change) -> list[tuple[Call, Change]]:
    """The call with each of its changes."""
    return [(call, change) for change in changes]


def findings(error: RequestInvalidError) -> set[Finding]:
    """What a refusal names."""
    return {
        Finding(
            each.pointer,
            each.keyword,
            each.code,
            str(each.expected) if each.keyword in LACKING and each.expected else None,
        )
        for each in error.violations
    }
