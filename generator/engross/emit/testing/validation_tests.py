"""`test_validation.py`: what each request is refused for, and what just passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from engross.contract.ir import Example, Operation, Parameter, Retry
from engross.contract.openapi import ParameterLocation
from engross.emit.example_calls import Call, CallWriter
from engross.emit.imports import Imports
from engross.emit.testing.cases import Amount, Case, LongText, Removed, Repeated
from engross.emit.testing.constraint_cases import ConstraintCases
from engross.emit.testing.example_filler import NOTHING
from engross.emit.testing.model_tests import call_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import items, parametrized, row
from engross.emit.testing.wrong_values import AMOUNT
from engross.layout import Expression, Group, Item, call, literal, string
from engross.schema.json_values import JSON

_SHORT_TEXT = 40


@dataclass(frozen=True, slots=True)
class ValidationView:
    """What `test_validation.py` holds: decorators with tables; an empty one is left out.

    Attributes:
        refused: changes of calls that the contract refuses.
        accepted: changes of calls that it just accepts.
        amounts: amounts that calls send.
    """

    imports: str
    refused: str
    accepted: str
    amounts: str


def validation_view(scope: Scope) -> ValidationView:
    """The view of `test_validation.py`."""
    imports = scope.imports()
    writer = _RowWriter(imports)
    refused: list[Expression] = []
    accepted: list[Expression] = []
    amounts: list[Expression] = []
    finder = ConstraintCases(scope.schemas)
    for operation in scope.operations:
        made = CallWriter(scope.names, scope.imports()).call(
            operation, _richest(operation)
        )
        found = list(_distinct(_found(scope, finder, operation, made)))
        cases = [each for each in found if isinstance(each, Case)]
        refused += writer.changes(made, (each for each in cases if each.keyword))
        accepted += writer.changes(made, (each for each in cases if not each.keyword))
        amounts += writer.amounts(made, found)
    _import(imports, refused, accepted, amounts)
    return ValidationView(
        imports=imports.render(),
        refused=_table(("call", "breach"), refused),
        accepted=_table(("call", "edge"), accepted),
        amounts=_table(("call", "pointer", "amount"), amounts),
    )


def _import(
    imports: Imports,
    refused: list[Expression],
    accepted: list[Expression],
    amounts: list[Expression],
) -> None:
    if refused or accepted or amounts:
        imports.add_module("pytest")
        imports.add(".documented", "Call")
        imports.add(".package", "Client")
        imports.add(".server", "Server")
    if refused:
        imports.add(".breaches", "Breach", "changes_of", "findings")
        imports.add(".package", "RequestInvalidError")
    if accepted:
        imports.add(".breaches", "Edge", "changes_of")
    if accepted or amounts:
        imports.add(".package", "APIStatusError")
        imports.add("contextlib", "suppress")
    if amounts:
        imports.add(".json_values", "Json")


def _table(names: tuple[str, ...], rows: list[Expression]) -> str:
    return parametrized(names, rows, ids="str") if rows else ""


def _richest(operation: Operation) -> Example | None:
    """The request example that says most: it has the most places to break."""
    examples = operation.request_examples
    return max(examples, key=lambda each: len(str(each.value)), default=None)


# The cases of an operation


def _found(
    scope: Scope, finder: ConstraintCases, operation: Operation, made: Call
) -> Iterator[Case | Amount]:
    for parameter in operation.parameters:
        is_known = parameter.example is not NOTHING
        if parameter.schema is not None and is_known and not parameter.constant:
            yield from finder.in_parameter(
                parameter.schema,
                str(parameter.id),
                cast(JSON, parameter.example),
                is_given=parameter.id in made.parameters and parameter.default is None,
                can_be_missing=_can_be_missing(parameter)
                and not operation.retry.generates(parameter.id),
            )
    body = operation.body
    if body is None or body.schema is None or made.example is None:
        return
    place = body.schema
    for found in finder.in_body(place, cast(JSON, made.body), body.wrap):
        is_filled = _is_filled(found, operation.retry)
        if not is_filled and (body.required or not _leaves_nothing(found, made.body)):
            yield found


def _can_be_missing(parameter: Parameter) -> bool:
    """Whether a caller can leave out what the provider wants."""
    in_path = parameter.location is ParameterLocation.PATH
    return parameter.required and parameter.default is None and not in_path


def _is_filled(found: Case | Amount, retry: Retry) -> bool:
    """Whether a change removes a key that the client then generates."""
    if not isinstance(found, Case) or not isinstance(found.value, Removed):
        return False
    return retry.generates_within(found.pointer)


def _leaves_nothing(found: Case | Amount, body: object) -> bool:
    """Whether a change empties an optional body, so that none is sent at all."""
    if not isinstance(found, Case) or not isinstance(found.value, Removed):
        return False
    return isinstance(body, dict) and len(body) == 1 and found.pointer.count("/") == 1


def _distinct(found: Iterable[Case | Amount]) -> Iterator[Case | Amount]:
    """Each change once: schemas that say the same of a value have the same cases."""
    seen: set[str] = set()
    for each in found:
        if repr(each) not in seen:
            seen.add(repr(each))
            yield each


# Rows


@dataclass(frozen=True, slots=True)
class _RowWriter:
    imports: Imports

    def changes(self, made: Call, cases: Iterable[Case]) -> Iterator[Expression]:
        """The rows of one call."""
        rows = [self._row(each) for each in cases]
        if rows:
            yield Group("*changes_of(", items(call_source(made), *rows), ")")

    def amounts(
        self, made: Call, found: Iterable[Case | Amount]
    ) -> Iterator[Expression]:
        """A row for each amount that the call sends."""
        for each in found:
            if isinstance(each, Amount):
                amount = string(str(AMOUNT)) if each.as_text else self._value(AMOUNT)
                yield row(call_source(made), string(each.pointer), amount)

    def _row(self, case: Case) -> Expression:
        """`missing(...)`, `wrong(...)`, `fits(...)` or one of their like."""
        positional: list[Expression] = [string(case.pointer)]
        keywords: dict[str, Expression] = {}
        implied = case.pointer
        match case.value:
            case Removed():
                name = "missing"
                if "/" in case.pointer:
                    implied = case.pointer.rpartition("/")[0]
            case Repeated(count):
                name = "wrong_count" if case.keyword else "right_count"
                positional.append(str(count))
            case value:
                name = "wrong" if case.keyword else "fits"
                positional.append(self._value(value))
        self.imports.add(".breaches", name)
        if case.keyword and not (name == "missing" and case.keyword == "required"):
            positional.append(string(case.keyword))
        if case.code is not None:
            keywords["code"] = string(case.code)
        if case.keyword and case.finding != implied:
            keywords["at"] = string(case.finding)
        if case.lacks is not None:
            keywords["lacks"] = string(case.lacks)
        return call(name, *positional, **keywords)

    def _value(self, value: object) -> Expression:
        match value:
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
