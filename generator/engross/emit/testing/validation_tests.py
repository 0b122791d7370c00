"""`test_validation.py`: what requests are refused for, and what just passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from typing import cast

from engross.contract.ir import Example, Operation, Parameter, Retry
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit.example_calls import NamedCall
from engross.emit.imports import Imports
from engross.emit.testing.cases import Amount, Case, Given, LongText, Removed, Repeated
from engross.emit.testing.constraint_cases import ConstraintCases, Tested
from engross.emit.testing.example_filler import NOTHING
from engross.emit.testing.model_tests import call_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import items, parametrized, row
from engross.emit.testing.written_values import parameter_has_a_form
from engross.emit.testing.wrong_values import AMOUNT
from engross.layout import (
    Expression,
    Group,
    Item,
    call,
    flat,
    is_word,
    lay_out,
    literal,
    string,
)
from engross.schema.json_values import JSON
from engross.validation import Units

_SHORT_TEXT = 40


@dataclass(frozen=True, slots=True)
class ValidationView:
    """What `test_validation.py` holds; an empty table is left out.

    Attributes:
        breaches: changes of calls that the contract refuses.
        has_edges: whether there are some that it just accepts.
        amounts: decorator with the amounts that calls send.
    """

    imports: str
    breaches: str
    has_edges: bool
    amounts: str


def validation_view(scope: Scope, units: Units) -> ValidationView:
    """The view of `test_validation.py`.

    Args:
        scope: what tests are made from.
        units: which schemas have functions of their own in the validators' module.
    """
    imports = scope.imports()
    writer = _RowWriter(imports, is_dense=scope.contract.is_large)
    breaches: list[Expression] = []
    amounts: list[Expression] = []
    has_edges = False
    for made, found in _found_cases(scope, units):
        cases = [each for each in found if isinstance(each, Case)]
        breaches += writer.changes(made, cases)
        has_edges |= any(each.edge is not None for each in cases)
        amounts += writer.amounts(made, found)
    _import(imports, breaches, amounts, has_edges=has_edges)
    listed = Group("[", items(*breaches), "]")
    table = ("call", "pointer", "amount")
    return ValidationView(
        imports=imports.render(),
        breaches=lay_out(listed, before="BREACHES = ") if breaches else "",
        has_edges=has_edges,
        amounts=parametrized(table, amounts, ids="str") if amounts else "",
    )


def _import(
    imports: Imports,
    breaches: list[Expression],
    amounts: list[Expression],
    *,
    has_edges: bool,
) -> None:
    if breaches or amounts:
        imports.add_module("pytest")
        imports.add(".documented", "Call")
        imports.add(".package", "Client")
        imports.add(".server", "Server")
    if breaches:
        imports.add(".breaches", "Breach", "changes_of", "findings")
        imports.add(".package", "RequestInvalidError")
    if has_edges:
        imports.add(".package", "UNSET")
    if has_edges or amounts:
        imports.add(".package", "APIStatusError")
        imports.add("contextlib", "suppress")
    if amounts:
        imports.add(".json_values", "Json")


def _richest(operation: Operation) -> Example | None:
    """The request example that says most: it has the most places to break."""
    examples = operation.request_examples
    return max(examples, key=lambda each: len(str(each.value)), default=None)


# The cases of operations


def _found_cases(
    scope: Scope, units: Units
) -> Iterator[tuple[NamedCall, list[Case | Amount]]]:
    """Yield a call of each operation with its cases.

    What calls show is changed first, so that little has to be made up for the rest.
    """
    calls = [
        NamedCall(operation, _richest(operation), scope.names.method(operation))
        for operation in scope.operations
    ]
    tested = Tested()
    shown, lacking = (
        ConstraintCases(scope.schemas, units, makes_up, tested)
        for makes_up in (False, True)
    )
    found = [[*_cases(shown, made)] for made in calls]
    for made, first in zip(calls, found, strict=True):
        cases = [*first, *_cases(lacking, made)]
        wiring = _wiring(shown.anew(), made, cases)
        yield made, [*_distinct(chain(wiring, cases))]


def _cases(finder: ConstraintCases, made: NamedCall) -> Iterator[Case | Amount]:
    for parameter in made.operation.parameters:
        yield from _of_parameter(finder, parameter)
    yield from _of_body(finder, made)


def _of_parameter(
    finder: ConstraintCases, parameter: Parameter
) -> Iterator[Case | Amount]:
    is_known = parameter.example is not NOTHING
    if parameter.schema is not None and is_known and not parameter.constant:
        is_given = parameter.required and parameter.default is None
        example = cast(JSON, parameter.example)
        yield from finder.in_parameter(
            parameter.schema,
            str(parameter.id),
            example,
            partial(parameter_has_a_form, parameter),
            is_given=is_given,
        )


def _of_body(finder: ConstraintCases, made: NamedCall) -> Iterator[Case | Amount]:
    operation, body = made.operation, made.operation.body
    if body is None or body.schema is None or made.example is None:
        return

    def can_be_sent(case: Case) -> bool:
        is_empty = not body.required and _leaves_nothing(case, made.body)
        return not is_empty and not _is_filled(case, operation.retry)

    yield from finder.in_body(
        body.schema, cast(JSON, made.body), body.wrap, can_be_sent
    )


def _wiring(
    finder: ConstraintCases, made: NamedCall, cases: list[Case | Amount]
) -> Iterator[Case]:
    """Yield what shows that parameters and the body are held against their schemas at all.

    A parameter that the provider wants has to be there. One whose schema has its cases with
    another operation is wrong once here, and so is such a body.
    """
    refused = {_root(each.pointer) for each in cases if isinstance(each, Case)}
    for parameter in made.operation.parameters:
        name = str(parameter.id)
        can_be_missing = _can_be_missing(parameter)
        if can_be_missing and not made.operation.retry.generates(parameter.id):
            yield Case(name, Removed(), name, "required")
        if name not in refused:
            yield from _first_refused(_of_parameter(finder, parameter))
    if "" not in refused:
        yield from _first_refused(_of_body(finder, made))


def _first_refused(found: Iterator[Case | Amount]) -> Iterator[Case]:
    yield from islice((each for each in found if isinstance(each, Case)), 1)


def _root(pointer: str) -> str:
    """Return the name of the parameter that a pointer leads into; empty for the body."""
    return pointer.partition("/")[0]


def _can_be_missing(parameter: Parameter) -> bool:
    """Whether a caller can leave out what the provider wants."""
    in_path = parameter.location is ParameterLocation.PATH
    return parameter.required and parameter.default is None and not in_path


def _is_filled(case: Case, retry: Retry) -> bool:
    """Whether a change removes a key that the client then generates."""
    return isinstance(case.value, Removed) and retry.generates_within(case.pointer)


def _leaves_nothing(case: Case, body: object) -> bool:
    """Whether a change empties an optional body, so that none is sent at all."""
    if not isinstance(case.value, Removed):
        return False
    return isinstance(body, dict) and len(body) == 1 and case.pointer.count("/") == 1


def _distinct(found: Iterable[Case | Amount]) -> Iterator[Case | Amount]:
    """Each change once: schemas that say the same of a value have the same cases."""
    seen: set[str] = set()
    for each in found:
        written = repr(each)
        if written not in seen:
            seen.add(written)
            yield each


# Rows


@dataclass(frozen=True, slots=True)
class _RowWriter:
    imports: Imports
    is_dense: bool
    """Whether places with the same change share a row."""

    def changes(self, made: NamedCall, cases: Iterable[Case]) -> Iterator[Expression]:
        """The rows of one call."""
        grouped: dict[str, list[Case]] = {}
        for case in cases:
            grouped.setdefault(repr(case.given), []).append(case)
        for group in grouped.values():
            rows = self._rows(group) if self.is_dense else map(self._row, group)
            source = self._call(made, group[0].given)
            yield Group("*changes_of(", items(source, *rows), ")")

    def _call(self, made: NamedCall, given: Given | None) -> Expression:
        source = call_source(made)
        if given is None:
            return source
        added = items(string(given.pointer), self._value(given.value))
        return Group(f"{flat(source)}.changed(", added, ")")

    def amounts(
        self, made: NamedCall, found: Iterable[Case | Amount]
    ) -> Iterator[Expression]:
        """A row for each amount that the call sends."""
        for each in found:
            if isinstance(each, Amount):
                amount = string(str(AMOUNT)) if each.as_text else self._value(AMOUNT)
                yield row(call_source(made), string(each.pointer), amount)

    def _rows(self, cases: Iterable[Case]) -> Iterator[Expression]:
        """Rows, of which one says the same of several places."""
        alike: dict[tuple[str, str], list[tuple[str, Group]]] = {}
        for case in cases:
            made = self._row(case)
            _, *rest = made.items
            key = made.opening, flat(Group("(", tuple(rest), ")"))
            if not is_word(case.pointer):
                key = case.pointer, flat(made)
            alike.setdefault(key, []).append((case.pointer, made))
        for found in alike.values():
            _, made = found[0]
            if len(found) == 1:
                yield made
                continue
            self.imports.add(".breaches", "each")
            places = literal(" ".join(pointer for pointer, _ in found))
            given = items(made.opening.removesuffix("("), places)
            yield Group("*each(", (*given, *made.items[1:]), ")")

    def _row(self, case: Case) -> Group:
        """`missing(...)`, `wrong(...)` or one of their like."""
        positional: list[Expression] = [string(case.pointer)]
        keywords: dict[str, Expression] = {}
        implied = case.pointer
        limit = _limit_of_length(case)
        match case.value:
            case Removed():
                name = "missing"
                if "/" in case.pointer:
                    implied = case.pointer.rpartition("/")[0]
            case _ if limit is not None:
                name = "too_long" if case.keyword == "maxLength" else "too_short"
                positional.append(str(limit))
            case Repeated():
                name = "wrong_count"
                positional.append(self._value(case.value))
            case value:
                name = "wrong"
                positional.append(self._value(value))
        self.imports.add(".breaches", name)
        is_implied = name == "missing" and case.keyword == "required"
        if limit is None and not is_implied:
            positional.append(string(case.keyword))
        if limit is None and case.edge is not None:
            keywords["fits"] = self._value(case.edge)
        if case.code is not None:
            keywords["code"] = string(case.code)
        if case.finding != implied:
            keywords["at"] = string(case.finding)
        if case.lacks is not None:
            keywords["lacks"] = string(case.lacks)
        return call(name, *positional, **keywords)

    def _value(self, value: object) -> Expression:
        match value:
            case Repeated(count):
                return str(count)
            case LongText(length):
                return f'"x" * {length}'
            case Decimal():
                self.imports.add("decimal", "Decimal")
                return f"Decimal({string(str(value))})"
            case dict():
                members = (
                    Item(f"{string(str(key))}: ", self._value(each))
                    for key, each in value.items()
                )
                return Group("{", tuple(members), "}")
            case list():
                return Group("[", items(*map(self._value, value)), "]")
            case str() if len(value) > _SHORT_TEXT and len(set(value)) == 1:
                return f"{string(value[0])} * {len(value)}"
            case _:
                return literal(value)


def _limit_of_length(case: Case) -> int | None:
    """Return the limit that a text is one character beyond, if that is the case."""
    beyond, limit = _length(case.value), _length(case.edge)
    if beyond is None or limit is None or case.lacks is not None:
        return None
    step = {"maxLength": 1, "minLength": -1}.get(case.keyword)
    return limit if beyond - limit == step else None


def _length(change: object) -> int | None:
    """Return the length of a text that only its length matters of."""
    match change:
        case LongText(length):
            return length
        case str() if set(change) <= {"x"}:
            return len(change)
        case _:
            return None
