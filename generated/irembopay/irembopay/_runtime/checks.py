"""The package's validators, by name."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from .validation import Violation

IsValid: TypeAlias = Callable[[object], bool]
Violations: TypeAlias = Callable[[object], "tuple[Violation, ...]"]


class Check:
    """Both validators of one schema: a quick verdict, and all violations."""

    __slots__ = ("is_valid", "violations")

    def __init__(self, is_valid: IsValid, violations: Violations) -> None:
        self.is_valid = is_valid
        self.violations = violations


def load_check(module: str, is_valid: str, violations: str) -> Check | None:
    """Return the validators with these names; None if the contract has none."""
    listing = load_violations(module, violations)
    if listing is None:
        return None
    verdict = cast(IsValid, getattr(import_module(module), is_valid))
    return Check(verdict, listing)


def load_violations(module: str, name: str) -> Violations | None:
    """Return what lists violations; None if the contract has no validator."""
    if not module or not name:
        return None
    return cast(Violations, getattr(import_module(module), name))


def within(where: str, found: "Violation") -> "Violation":
    """Return a violation of a value as a violation of the request that holds it."""
    return type(found)(
        where + found.pointer,
        found.keyword,
        found.message,
        found.expected,
        found.actual,
        found.schema_pointer,
        found.code,
    )


def violation(where: str, keyword: str, message: str, actual: object) -> "Violation":
    """Return a violation that no schema describes: of a path, or of an absent value."""
    from .validation import Violation

    return Violation(where, keyword, message, None, actual, "")
