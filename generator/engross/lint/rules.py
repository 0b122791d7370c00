"""Rules for contracts that generate, but say less than a careful maintainer would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from engross.contract import build
from engross.contract.facts import extension
from engross.contract.ir import (
    Contract,
    Kind,
    Model,
    Nullable,
    Operation,
    Primitive,
    Ref,
    Reply,
    Type,
    Union,
    UnionType,
)
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit import package_names
from engross.emit.naming import PythonNames, python_names
from engross.emit.naming.words import words
from engross.findings import Finding, Severity, in_order
from engross.source import Location, Source
from engross.source.pointer import Tokens

_MONEY: Final = frozenset(
    ("amount", "balance", "cost", "discount", "fee", "price", "subtotal", "tax")
)
"""What a number is called that counts money, in the last word of its name."""

_NUMBERS: Final = (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL)

_PAGING: Final = frozenset(
    (
        *("after", "before", "cursor", "limit", "offset", "page", "page_number"),
        *("page_size", "page_token", "per_page", "skip", "starting_after"),
    )
)
"""Parameters by which providers let a list continue."""

_MOST_WORDS: Final = 5
"""Words of a method that nobody would write again."""

_FOLLOWED: Final = 4
"""Objects within each other that are searched for a provider's code."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract under examination: as it is written, and what becomes of it."""

    source: Source
    contract: Contract
    names: PythonNames

    def finding(self, rule: str, message: str, at: Location, hint: str) -> Finding:
        """Return a finding at the key of a place."""
        span = self.source.span(at, key=True)
        return Finding(rule, message, span, hint, Severity.WARNING)

    def is_written(self, at: Location) -> bool:
        """Return whether something is at a place, which may be put together of others."""
        try:
            self.source.value(at)
        except LookupError:
            return False
        return True


def _shown(operation: Operation) -> str:
    return f"{operation.http_method} {operation.path}"


Rule: TypeAlias = Callable[[Subject], Iterator[Finding]]


def lint(source: Source) -> tuple[Finding, ...]:
    """Return what a maintainer will regret of a contract, as warnings by position.

    Raises:
        FindingsError: The contract is invalid.
    """
    contract = build(source)
    subject = Subject(source, contract, python_names(contract))
    return in_order(finding for rule in RULES.values() for finding in rule(subject))


def post_without_retry(subject: Subject) -> Iterator[Finding]:
    """Yield calls that change something, for which nobody decided whether to repeat them."""
    for operation in subject.contract.operations:
        if lacks_retry(subject.source, operation):
            yield subject.finding(
                "post-without-retry",
                f"nothing says whether {_shown(operation)} may be repeated",
                operation.at,
                "state `retry.class`; without it, engross takes the call for unsafe",
            )


def lacks_retry(source: Source, operation: Operation) -> bool:
    """Return whether a call that may act twice has no retry class in its contract."""
    stated = extension(source.value(operation.at))
    return operation.http_method in ("POST", "PATCH") and "retry" not in stated


def money_without_unit(subject: Subject) -> Iterator[Finding]:
    """Yield numbers that are named like money and do not say what they count."""
    for model in subject.contract.definitions:
        for field in model.fields if isinstance(model, Model) else ():
            type_ = field.type.inner if isinstance(field.type, Nullable) else field.type
            is_number = isinstance(type_, Primitive) and type_.kind in _NUMBERS
            last = words(field.wire)[-1:]
            if not (is_number and last and last[0] in _MONEY) or field.docs.money:
                continue
            at = model.at / "properties" / field.wire
            if subject.is_written(at):
                yield subject.finding(
                    "money-without-unit",
                    f"{field.wire!r} looks like money, and does not say what it counts",
                    at,
                    "state `money` with its unit, major or minor, and the currency",
                )


def list_without_pagination(subject: Subject) -> Iterator[Finding]:
    """Yield lists that continue, as their parameters tell, and cannot be iterated."""
    for operation in subject.contract.operations:
        if operation.http_method != "GET" or operation.pagination is not None:
            continue
        paging = [
            each.wire
            for each in operation.parameters
            if each.location is ParameterLocation.QUERY
            and "_".join(words(each.wire)) in _PAGING
        ]
        if paging:
            yield subject.finding(
                "list-without-pagination",
                f"nothing says how {_shown(operation)} continues, though it has "
                f"{paging[0]!r}",
                operation.at,
                "state `pagination`, so that callers can iterate over all items",
            )


def error_without_code(subject: Subject) -> Iterator[Finding]:
    """Yield error bodies in which no code of the provider is found.

    A contract that says where errors have a message, and no code, knows of none.
    """
    pointers = [each.tokens for each in subject.contract.errors.code]
    if not pointers and subject.contract.errors.message:
        return
    seen: set[Location | None] = set()
    for operation in subject.contract.operations:
        for reply in operation.replies:
            schema = reply.schema and subject.source.follow(reply.schema)
            if not _is_error(reply) or reply.type is None or schema in seen:
                continue
            seen.add(schema)
            if any(_has(subject, reply.type, tokens) for tokens in pointers):
                continue
            yield subject.finding(
                "error-without-code",
                f"the error {reply.status} of {_shown(operation)} has no code that tells "
                "it from others",
                operation.at / "responses" / reply.status,
                "state `errors.code`, where bodies have it, or else `errors.message` alone",
            )


def _is_error(reply: Reply) -> bool:
    return reply.status[:1] in ("4", "5")


def _has(subject: Subject, type_: Type, tokens: Tokens, depth: int = _FOLLOWED) -> bool:
    """Return whether a value of a type may have what a pointer leads to."""
    if not tokens:
        return True
    match type_:
        case Nullable(inner):
            return _has(subject, inner, tokens, depth)
        case Union(members):
            return any(_has(subject, each, tokens, depth) for each in members)
        case Ref(at):
            definition = subject.names.definitions[at]
            if isinstance(definition, UnionType):
                return any(
                    _has(subject, each, tokens, depth) for each in definition.members
                )
            if isinstance(definition, Model) and depth:
                first, *rest = tokens
                return any(
                    field.wire == first
                    and _has(subject, field.type, tuple(rest), depth - 1)
                    for field in definition.fields
                )
            return False
    # Lists and maps have whatever is in them; of any value, nothing is known.
    return not isinstance(type_, Primitive) or type_.kind is Kind.ANY


def awkward_name(subject: Subject) -> Iterator[Finding]:
    """Yield methods whose names read badly."""
    for operation in subject.contract.operations:
        method = subject.names.method(operation)
        name = method.rpartition(".")[2]
        too_long = name.count("_") >= _MOST_WORDS
        if operation.explicit is None and (too_long or _AWKWARD.search(name)):
            yield subject.finding(
                "awkward-name",
                f"{_shown(operation)} is called {method!r}",
                operation.at,
                "choose a name with `method`, such as invoices.create",
            )


def unstated_name(subject: Subject) -> Iterator[Finding]:
    """Yield contracts whose package or client is named after something that may change."""
    source = subject.source
    for key, name in unstated_names(subject.contract, source).items():
        origin = "file" if key == "package" else "title"
        yield subject.finding(
            "unstated-name",
            f"the {key} is called {name!r} after the {origin}; another {origin} would "
            "break its users",
            source.root / "x-engross",
            f"state `{key}: {name}`",
        )


def unstated_names(contract: Contract, source: Source) -> dict[str, str]:
    """Return the names of package and client that a contract with `x-engross` leaves out."""
    root = source.value(source.root)
    if not isinstance(root, dict) or "x-engross" not in root:
        return {}
    stated = extension(root)
    names = package_names(contract)
    found = {"package": names.package, "client": names.client}
    return {key: name for key, name in found.items() if key not in stated}


_AWKWARD: Final = re.compile(r"^value_|_$|_\d+$|_(?:get|post|put|patch)$")
"""Names that were made up, or tell apart what should have names of their own."""

RULES: Final[Mapping[str, Rule]] = {
    "awkward-name": awkward_name,
    "error-without-code": error_without_code,
    "list-without-pagination": list_without_pagination,
    "money-without-unit": money_without_unit,
    "post-without-retry": post_without_retry,
    "unstated-name": unstated_name,
}
"""Every rule by its id."""
