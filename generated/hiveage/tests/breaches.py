"""Rows of the table that says what the contract refuses, and what it just accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, NamedTuple, ParamSpec

from .documented import Call
from .json_values import Json
from .package import UNSET, RequestInvalidError

P = ParamSpec("P")

LACKING = ("required", "dependentRequired")
"""Keywords of what is missing."""


class Finding(NamedTuple):
    """What a refusal has to name."""

    pointer: str
    keyword: str
    code: str | None
    lacks: str | None = None
    """Name of the property that is missing."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A change of a documented call that the contract refuses."""

    pointer: str
    value: Json = UNSET
    """What stands there; of a count, how often the list holds its first item."""
    fits: Json = UNSET
    """The same, where it just fits; UNSET where nothing is known to."""
    is_count: bool = False
    finding: Finding

    def __str__(self) -> str:
        return f"{self.finding.pointer or 'body'} {self.finding.keyword}"

    def broken(self, call: Call) -> Call:
        """The call as the contract refuses it."""
        return self._with(call, self.value)

    def fitting(self, call: Call) -> Call:
        """The call as it just fits."""
        return self._with(call, self.fits)

    def _with(self, call: Call, value: Json) -> Call:
        change = call.repeated if self.is_count else call.changed
        return change(self.pointer, value)


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
        return Breach(pointer=pointer, finding=Finding(pointer, keyword, code))
    place = place if at is None else at
    lacks = name if keyword in LACKING else None
    return Breach(pointer=pointer, finding=Finding(place, keyword, code, lacks))


def wrong(
    pointer: str,
    value: Json,
    keyword: str,
    *,
    fits: Json = UNSET,
    code: str | None = None,
    at: str | None = None,
    lacks: str | None = None,
) -> Breach:
    """The value stands where the pointer leads; `at` is what is wrong within it."""
    finding = Finding(pointer if at is None else at, keyword, code, lacks)
    return Breach(pointer=pointer, value=value, fits=fits, finding=finding)


def too_long(
    pointer: str, longest: int, *, code: str | None = None, at: str | None = None
) -> Breach:
    """The text has one character more than it may have."""
    value, fits = "x" * (longest + 1), "x" * longest
    return wrong(pointer, value, "maxLength", fits=fits, code=code, at=at)


def too_short(
    pointer: str, shortest: int, *, code: str | None = None, at: str | None = None
) -> Breach:
    """The text has one character less than it has to have."""
    value, fits = "x" * (shortest - 1), "x" * shortest
    return wrong(pointer, value, "minLength", fits=fits, code=code, at=at)


def wrong_count(
    pointer: str,
    count: int,
    keyword: str,
    *,
    fits: Json = UNSET,
    code: str | None = None,
    at: str | None = None,
) -> Breach:
    """The list holds its first item this many times."""
    finding = Finding(pointer if at is None else at, keyword, code)
    return Breach(
        pointer=pointer, value=count, fits=fits, is_count=True, finding=finding
    )


def each(
    change: Callable[Concatenate[str, P], Breach],
    pointers: str,
    *args: P.args,
    **kwargs: P.kwargs,
) -> list[Breach]:
    """The same change of several places; between their pointers are spaces."""
    return [change(pointer, *args, **kwargs) for pointer in pointers.split()]


def changes_of(call: Call, *changes: Breach) -> list[tuple[Call, Breach]]:
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
