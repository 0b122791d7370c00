"""Checks of plain members, one call for each: what the validators of large packages call.

Names of members need no escapes in a pointer. Most arguments have places and no names,
since Python calls that faster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar

from .validation import (
    Report,
    Violation,
    deep_violations,
    escape,
    integral,
    numeric,
)

OPTIONAL: Final = 0
REQUIRED: Final = 1
_OR_NULL: Final = 2
OPTIONAL_OR_NULL: Final = OPTIONAL | _OR_NULL
REQUIRED_OR_NULL: Final = REQUIRED | _OR_NULL
"""Whether an object must have a member, and whether that may be null."""

Check: TypeAlias = Callable[[object, str, Report], None]
"""Adds the violations of a payload with a pointer to a report."""


class CheckAt(Protocol):
    """The same for several equal schemas; it is told the place of one of them."""

    def __call__(
        self, payload: object, at: str, report: Report, schema: str
    ) -> None: ...


C = TypeVar("C", bound=Callable[..., None])

Answers: TypeAlias = "dict[tuple[Callable[..., None], int], bool]"


class _UnfitError(Exception):
    """The first violation of a payload of which nobody asks more."""


class _Question(Report):
    """A report for those who only ask whether there is a violation."""

    __slots__ = ("answers",)

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self.answers = answers

    def append(self, violation: Violation, /) -> None:
        raise _UnfitError


def fits(
    check: Callable[..., None], payload: object, report: Report, *rest: object
) -> bool:
    """Tell whether a check finds nothing; asked once of each part of a payload.

    Args:
        check: lists violations.
        payload: is checked.
        report: of the check that asks.
        rest: further arguments of `check`.
    """
    answers = report.answers if isinstance(report, _Question) else {}
    part = (check, id(payload))
    known = answers.get(part)
    if known is None:
        try:
            check(payload, "", _Question(answers), *rest)
        except _UnfitError:
            known = False
        else:
            known = True
        answers[part] = known
    return known


class MemberChecks:
    """Checks the members of one object."""

    __slots__ = ("at", "depth", "payload", "report", "schema")

    def __init__(
        self,
        report: Report,
        payload: Mapping[str, object],
        at: str,
        schema: str,
        depth: int = -1,
    ) -> None:
        self.report = report
        self.payload = payload
        self.at = at
        self.schema = schema
        self.depth = depth

    @property
    def parts(self) -> tuple[Mapping[str, object], str, Report, str]:
        """Payload, pointer, report and schema."""
        return self.payload, self.at, self.report, self.schema

    # Most members are optional and absent, which each method sees by itself: a call takes
    # longer than all else that they do.

    def text(self, name: str, presence: int = OPTIONAL) -> None:
        """Check a member that is a text."""
        value = self.payload.get(name)
        if type(value) is not str and (
            value is not None or presence or name in self.payload
        ):
            self._type(name, value, presence, "string")

    def length(
        self, name: str, least: int, most: int | None, presence: int = OPTIONAL
    ) -> None:
        """Check a member that is a text of `least` to `most` characters."""
        value = self.payload.get(name)
        if isinstance(value, str):
            if most is not None and len(value) > most:
                self._add(name, "maxLength", most, value)
            elif len(value) < least:
                self._add(name, "minLength", least, value)
        elif value is not None or presence or name in self.payload:
            self._type(name, value, presence, "string")

    def prefix(
        self, name: str, most: int, prefix: str, pattern: str, presence: int = OPTIONAL
    ) -> None:
        """Check a member that is a text of at most so many characters with a prefix."""
        value = self.payload.get(name)
        if isinstance(value, str):
            if len(value) > most:
                self._add(name, "maxLength", most, value)
            elif not value.startswith(prefix):
                self._add(name, "pattern", pattern, value)
        elif value is not None or presence or name in self.payload:
            self._type(name, value, presence, "string")

    def format(
        self,
        name: str,
        format_: str,
        fits: Callable[[str], object],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member that is a text of a format."""
        self._fit(name, "format", format_, fits, presence)

    def pattern(
        self,
        name: str,
        pattern: str,
        fits: Callable[[str], object],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member that is a text that matches a pattern."""
        self._fit(name, "pattern", pattern, fits, presence)

    def boolean(self, name: str, presence: int = OPTIONAL) -> None:
        """Check a member that is true or false."""
        value = self.payload.get(name)
        if type(value) is not bool and (
            value is not None or presence or name in self.payload
        ):
            self._type(name, value, presence, "boolean")

    def integer(
        self,
        name: str,
        presence: int = OPTIONAL,
        minimum: int | None = None,
        maximum: int | None = None,
    ) -> None:
        """Check a member that is a number without a fraction."""
        value = self.payload.get(name)
        if type(value) is int or integral(value):
            self._limits(name, value, minimum, maximum)
        elif value is not None or presence or name in self.payload:
            self._type(name, value, presence, "integer")

    def number(
        self,
        name: str,
        presence: int = OPTIONAL,
        minimum: int | None = None,
        maximum: int | None = None,
    ) -> None:
        """Check a member that is a number."""
        value = self.payload.get(name)
        if type(value) is int or numeric(value):
            self._limits(name, value, minimum, maximum)
        elif value is not None or presence or name in self.payload:
            self._type(name, value, presence, "number")

    def enum(
        self, name: str, allowed: Collection[str | None], presence: int = OPTIONAL
    ) -> None:
        """Check a member that is one of a few texts, or null where that is one of them."""
        payload = self.payload
        if name in payload:
            value = payload[name]
            if not (isinstance(value, str) or value is None) or value not in allowed:
                is_set = isinstance(allowed, frozenset)
                expected = sorted(map(str, allowed)) if is_set else allowed
                self._add(name, "enum", expected, value)
        elif presence & REQUIRED:
            self._add_missing(name)

    def part(
        self,
        name: str,
        check: Callable[[object, str, Report], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member whose schema has a function of its own."""
        if name in self.payload:
            value = self.payload[name]
            if not presence & _OR_NULL or self._is_object(name, value):
                check(value, f"{self.at}/{name}", self.report)
        elif presence & REQUIRED:
            self._add_missing(name)

    def deep(
        self,
        name: str,
        check: Callable[[object, str, Report, int], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member whose schema can apply within itself."""
        if name in self.payload:
            value = self.payload[name]
            if not presence & _OR_NULL or self._is_object(name, value):
                check(value, f"{self.at}/{name}", self.report, self.depth + 1)
        elif presence & REQUIRED:
            self._add_missing(name)

    def shared(
        self,
        name: str,
        check: Callable[[object, str, Report, str], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member whose function serves several equal schemas."""
        if name in self.payload:
            place = f"{self.schema}/properties/{name}"
            check(self.payload[name], f"{self.at}/{name}", self.report, place)
        elif presence & REQUIRED:
            self._add_missing(name)

    def placed(
        self,
        name: str,
        check: Callable[[object, str, Report, str], None],
        place: str,
        presence: int = OPTIONAL,
    ) -> None:
        """Check a member with a shared function, whose own schema is at another place."""
        if name in self.payload:
            value = self.payload[name]
            if not presence & _OR_NULL or self._is_object(name, value):
                check(value, f"{self.at}/{name}", self.report, place)
        elif presence & REQUIRED:
            self._add_missing(name)

    def text_or_part(
        self,
        name: str,
        most: int,
        check: Callable[[object, str, Report], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a text of at most so many characters, or an object with a function."""
        value = self._object_beside_text(name, most, presence)
        if value is not None:
            check(value, f"{self.at}/{name}", self.report)

    def text_or_deep(
        self,
        name: str,
        most: int,
        check: Callable[[object, str, Report, int], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a text, or an object whose schema can apply within itself."""
        value = self._object_beside_text(name, most, presence)
        if value is not None:
            check(value, f"{self.at}/{name}", self.report, self.depth + 1)

    def each_part(
        self,
        name: str,
        check: Callable[[object, str, Report], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a list of what has a function of its own."""
        at, report = f"{self.at}/{name}", self.report
        for index, item in enumerate(self._items(name, presence)):
            check(item, f"{at}/{index}", report)

    def each_deep(
        self,
        name: str,
        check: Callable[[object, str, Report, int], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a list of what can apply within itself."""
        at, report, depth = f"{self.at}/{name}", self.report, self.depth + 1
        for index, item in enumerate(self._items(name, presence)):
            check(item, f"{at}/{index}", report, depth)

    def each_shared(
        self,
        name: str,
        check: Callable[[object, str, Report, str], None],
        presence: int = OPTIONAL,
    ) -> None:
        """Check a list of what shares its function with equal schemas."""
        at, report = f"{self.at}/{name}", self.report
        place = f"{self.schema}/properties/{name}/items"
        for index, item in enumerate(self._items(name, presence)):
            check(item, f"{at}/{index}", report, place)

    def inner(self, name: str, presence: int = OPTIONAL) -> Self | None:
        """Return the checks of the members of a member that is an object."""
        payload = self.payload
        value = payload.get(name)
        if not isinstance(value, dict):
            self._type(name, value, presence, "object")
            return None
        place = f"{self.schema}/properties/{name}"
        return type(self)(self.report, value, f"{self.at}/{name}", place, self.depth)

    def closed(self, names: frozenset[str]) -> None:
        """Check that all members have one of the names."""
        payload = self.payload
        if names.issuperset(payload):
            return
        for name, value in payload.items():
            if name not in names:
                at = f"{self.at}/{escape(name)}"
                self.report.add(at, "additionalProperties", False, value, self.schema)

    def _items(self, name: str, presence: int) -> list[Any]:
        """Return the items of a member that is a list; nothing if it is none."""
        value = self.payload.get(name)
        if isinstance(value, list):
            return value
        self._type(name, value, presence, "array")
        return []

    def _fit(
        self,
        name: str,
        keyword: str,
        expected: str,
        fits: Callable[[str], object],
        presence: int,
    ) -> None:
        value = self.payload.get(name)
        if isinstance(value, str):
            if not fits(value):
                self._add(name, keyword, expected, value)
        elif value is not None or presence or name in self.payload:
            self._type(name, value, presence, "string")

    def _limits(
        self,
        name: str,
        value: int | float | Decimal,
        minimum: int | None,
        maximum: int | None,
    ) -> None:
        if minimum is not None and value < minimum:
            self._add(name, "minimum", minimum, value)
        elif maximum is not None and value > maximum:
            self._add(name, "maximum", maximum, value)

    def _is_object(self, name: str, value: object) -> bool:
        """Tell whether a member that may be an object or null is an object."""
        if isinstance(value, dict):
            return True
        if value is not None:
            self._add(name, "anyOf", ("null", "object"), value)
        return False

    def _object_beside_text(
        self, name: str, most: int, presence: int
    ) -> dict[str, object] | None:
        """Return a member that may be a text if it is an object."""
        value = self.payload.get(name)
        if isinstance(value, dict):
            return value
        if isinstance(value, str):
            if len(value) > most:
                place = f"{self.schema}/properties/{name}/anyOf/0"
                at = f"{self.at}/{name}"
                self.report.add(at, "maxLength", most, value, place)
        elif name not in self.payload:
            if presence & REQUIRED:
                self._add_missing(name)
        elif value is not None or not presence & _OR_NULL:
            null = ("null",) if presence & _OR_NULL else ()
            self._add(name, "anyOf", (*null, "object", "string"), value)
        return None

    def _type(self, name: str, value: object, presence: int, type_: str) -> None:
        """Add what is wrong with a member that is absent, null or of an unusual type."""
        if value is None and name not in self.payload:
            if presence & REQUIRED:
                self._add_missing(name)
            return
        null = bool(presence & _OR_NULL)
        if (value is None and null) or (type_ == "string" and isinstance(value, str)):
            return
        expected = tuple(sorted(("null", type_))) if null else type_
        self.report.add_type_of(self.at, f"/{name}", expected, value, self.schema)

    def _add(self, name: str, keyword: str, expected: object, value: object) -> None:
        self.report.add_of(self.at, f"/{name}", keyword, expected, value, self.schema)

    def _add_missing(self, name: str) -> None:
        self.report.add(self.at, "required", name, self.payload, self.schema)


def checks_of(
    report: Report, payload: object, at: str, schema: str, depth: int = -1
) -> MemberChecks | None:
    """Return the checks of the members of a payload; None if it is no object."""
    if isinstance(payload, dict):
        return MemberChecks(report, payload, at, schema, depth)
    report.add_type(at, "object", payload, schema)
    return None


MembersCheck: TypeAlias = Callable[[MemberChecks], None]
"""Checks the members of an object."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text, as constants for enums and names."""
    return frozenset(text.split())


def of_members(schema: str) -> Callable[[MembersCheck], Check]:
    """Make a check of payloads from one of members, for the schema at a place."""

    def decorate(check_members: MembersCheck) -> Check:
        def check(payload: object, at: str, report: Report) -> None:
            if isinstance(payload, dict):
                check_members(MemberChecks(report, payload, at, schema))
            else:
                report.add_type(at, "object", payload, schema)

        return check

    return decorate


def of_members_at(check_members: MembersCheck) -> CheckAt:
    """Make a check of payloads from one of members, for several equal schemas."""

    def check(payload: object, at: str, report: Report, schema: str) -> None:
        if isinstance(payload, dict):
            check_members(MemberChecks(report, payload, at, schema))
        else:
            report.add_type(at, "object", payload, schema)

    return check


class Validator(Generic[C]):
    """Lists the violations of a schema; ``check`` adds them to a report."""

    __slots__ = ("_list", "_schema", "check")

    def __init__(self, check: C, list_: Check, schema: str) -> None:
        self.check = check
        self._list = list_
        self._schema = schema

    def __call__(self, payload: object) -> tuple[Violation, ...]:
        """List all violations in a payload."""
        return deep_violations(self._list, payload, self._schema)


def lists(schema: str) -> Callable[[C], Validator[C]]:
    """Make a validator from a check, for the schema at a place."""
    return lambda check: Validator(check, check, schema)


def lists_at(schema: str) -> Callable[[C], Validator[C]]:
    """Make a validator from a check of several equal schemas, for the one at a place."""

    def decorate(check: C) -> Validator[C]:
        return Validator(check, lambda *given: check(*given, schema), schema)

    return decorate


def lists_members(schema: str) -> Callable[[MembersCheck], Validator[Check]]:
    """Make a validator from a check of members, for the schema at a place."""
    return lambda check: lists(schema)(of_members(schema)(check))


def lists_members_at(schema: str) -> Callable[[MembersCheck], Validator[CheckAt]]:
    """Make a validator from a check of members of several equal schemas."""
    return lambda check: lists_at(schema)(of_members_at(check))
