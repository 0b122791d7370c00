"""Checks of plain members, one call for each: what the validators of large packages call.

Names of members need no escapes in a pointer. Arguments have places and no names, since
Python calls that faster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from .validation import Report, integral, numeric

OPTIONAL: Final = 0
REQUIRED: Final = 1
_OR_NULL: Final = 2
OPTIONAL_OR_NULL: Final = OPTIONAL | _OR_NULL
REQUIRED_OR_NULL: Final = REQUIRED | _OR_NULL
"""Whether an object must have a member, and whether that may be null."""


def check_text(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int = OPTIONAL,
) -> None:
    """Check a member that is a text."""
    value = payload.get(name)
    if type(value) is not str:
        _check_type(report, payload, name, at, schema, presence, "string")


def check_length(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    least: int,
    most: int | None = None,
) -> None:
    """Check a member that is a text of `least` to `most` characters."""
    value = payload.get(name)
    if isinstance(value, str):
        if most is not None and len(value) > most:
            report.add_of(at, f"/{name}", "maxLength", most, value, schema)
        elif len(value) < least:
            report.add_of(at, f"/{name}", "minLength", least, value, schema)
    else:
        _check_type(report, payload, name, at, schema, presence, "string")


def check_fit(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    keyword: str,
    expected: str,
    fits: Callable[[str], object],
) -> None:
    """Check a member that is a text of a format or a pattern."""
    value = payload.get(name)
    if isinstance(value, str):
        if not fits(value):
            report.add_of(at, f"/{name}", keyword, expected, value, schema)
    else:
        _check_type(report, payload, name, at, schema, presence, "string")


def check_boolean(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int = OPTIONAL,
) -> None:
    """Check a member that is true or false."""
    value = payload.get(name)
    if type(value) is not bool:
        _check_type(report, payload, name, at, schema, presence, "boolean")


def check_integer(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int = OPTIONAL,
    minimum: int | None = None,
    maximum: int | None = None,
) -> None:
    """Check a member that is a number without a fraction."""
    value = payload.get(name)
    if type(value) is int or integral(value):
        if minimum is not None and value < minimum:
            report.add_of(at, f"/{name}", "minimum", minimum, value, schema)
        elif maximum is not None and value > maximum:
            report.add_of(at, f"/{name}", "maximum", maximum, value, schema)
    else:
        _check_type(report, payload, name, at, schema, presence, "integer")


def check_number(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int = OPTIONAL,
    minimum: int | None = None,
    maximum: int | None = None,
) -> None:
    """Check a member that is a number."""
    value = payload.get(name)
    if type(value) is int or numeric(value):
        if minimum is not None and value < minimum:
            report.add_of(at, f"/{name}", "minimum", minimum, value, schema)
        elif maximum is not None and value > maximum:
            report.add_of(at, f"/{name}", "maximum", maximum, value, schema)
    else:
        _check_type(report, payload, name, at, schema, presence, "number")


def check_enum(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    allowed: Collection[str | None],
) -> None:
    """Check a member that is one of a few texts, or null where that is one of them."""
    if name in payload:
        value = payload[name]
        if not (isinstance(value, str) or value is None) or value not in allowed:
            expected = (
                sorted(map(str, allowed)) if isinstance(allowed, frozenset) else allowed
            )
            report.add_of(at, f"/{name}", "enum", expected, value, schema)
    elif presence & REQUIRED:
        report.add(at, "required", name, payload, schema)


def check_part(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    check: Callable[[object, str, Report], None],
) -> None:
    """Check a member whose schema has a function of its own."""
    if name in payload:
        check(payload[name], f"{at}/{name}", report)
    elif presence & REQUIRED:
        report.add(at, "required", name, payload, schema)


def check_shared(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    check: Callable[[object, str, Report, str], None],
) -> None:
    """Check a member whose function serves several equal schemas."""
    if name in payload:
        check(payload[name], f"{at}/{name}", report, f"{schema}/properties/{name}")
    elif presence & REQUIRED:
        report.add(at, "required", name, payload, schema)


def _check_type(
    report: Report,
    payload: Mapping[str, object],
    name: str,
    at: str,
    schema: str,
    presence: int,
    type_: str,
) -> None:
    """Add what is wrong with a member that is absent, null or of an unusual type."""
    if name not in payload:
        if presence & REQUIRED:
            report.add(at, "required", name, payload, schema)
        return
    value = payload[name]
    null = bool(presence & _OR_NULL)
    if (value is None and null) or (type_ == "string" and isinstance(value, str)):
        return
    expected = tuple(sorted(("null", type_))) if null else type_
    report.add_type_of(at, f"/{name}", expected, value, schema)
