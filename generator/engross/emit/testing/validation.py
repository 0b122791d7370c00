"""`test_validation.py`: what each request is refused for, and what just passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from engross.contract.ir import Example, Operation, Parameter
from engross.emit.imports import Imports
from engross.emit.layout import Expression, Group, Item, call, literal, string
from engross.emit.testing.breaches import (
    AMOUNT,
    Case,
    Finder,
    LongText,
    Removed,
    Repeated,
)
from engross.emit.testing.calls import Call, CallWriter
from engross.emit.testing.made_up import NOTHING
from engross.emit.testing.models import call_source
from engross.emit.testing.scope import Scope
from engross.emit.testing.source import items, parametrized, row
from engross.validation.formats import FORMATS


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
    writer = _TableWriter(
        scope, imports, CallWriter(scope.definitions, scope.imports())
    )
    refused: list[Expression] = []
    accepted: list[Expression] = []
    amounts: list[Expression] = []
    for operation in scope.operations:
        made = writer.calls.call(operation, _richest(operation))
        finder = writer.cases(operation, made)
        refused += writer.changes(made, finder.refused.values())
        accepted += writer.changes(made, finder.accepted.values())
        amounts += writer.amounts(made, finder)
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
    return ValidationView(
        imports=imports.render(),
        refused=parametrized(("call", "breach"), refused, ids="str") if refused else "",
        accepted=(
            parametrized(("call", "edge"), accepted, ids="str") if accepted else ""
        ),
        amounts=parametrized(("call", "pointer", "amount"), amounts) if amounts else "",
    )


@dataclass(frozen=True, slots=True)
class _TableWriter:
    scope: Scope
    imports: Imports
    calls: CallWriter

    def cases(self, operation: Operation, made: Call) -> Finder:
        """The cases of an operation."""
        finder = Finder(self.scope.schemas, frozenset(FORMATS))
        for parameter in operation.parameters:
            place = self.scope.places.get(parameter.validator or "")
            value = parameter.example
            if place is not None and not parameter.constant and value is not NOTHING:
                finder.parameter(
                    place,
                    f"{parameter.location}:{parameter.wire}",
                    value,
                    given=parameter.name in made.parameters,
                    required=_can_be_missing(parameter),
                )
        body = operation.body
        if body is not None and body.validator is not None and made.example is not None:
            place = self.scope.places[body.validator]
            finder.body(place, made.body, body.wrap)
            if not body.required:
                _forget_the_empty_body(finder, made.body)
        return finder

    def changes(self, made: Call, cases: Iterable[Case]) -> Iterator[Expression]:
        """The rows of one call."""
        rows = [self._row(each) for each in cases]
        if rows:
            yield Group("*changes_of(", items(call_source(made), *rows), ")")

    def amounts(self, made: Call, finder: Finder) -> Iterator[Expression]:
        """A row for each amount that the call sends."""
        for pointer, as_text in finder.amounts.items():
            amount = string(str(AMOUNT)) if as_text else self._value(AMOUNT)
            yield row(call_source(made), string(pointer), amount)

    def _row(self, case: Case) -> Expression:
        pointer = string(case.pointer)
        keywords: dict[str, Expression] = {}
        if case.code is not None:
            keywords["code"] = string(case.code)
        match case.value:
            case Removed() if case.finding != case.pointer.rpartition("/")[0]:
                if ":" not in case.pointer or "/" in case.pointer:
                    keywords["at"] = string(case.finding)
                name, positional = "missing", [pointer]
                if case.keyword != "required":
                    positional.append(string(case.keyword))
            case Removed():
                name, positional = "missing", [pointer]
                if case.keyword != "required":
                    positional.append(string(case.keyword))
            case Repeated(count) if case.keyword:
                if case.finding != case.pointer:
                    keywords["at"] = string(case.finding)
                name = "wrong_count"
                positional = [pointer, str(count), string(case.keyword)]
            case Repeated(count):
                name, positional = "right_count", [pointer, str(count)]
            case value if case.keyword:
                name = "wrong"
                self.imports.add(".breaches", name)
                if case.finding != case.pointer:
                    keywords["at"] = string(case.finding)
                if case.lacks is not None:
                    keywords["lacks"] = string(case.lacks)
                written = self._value(value)
                return call(name, pointer, written, string(case.keyword), **keywords)
            case value:
                self.imports.add(".breaches", "fits")
                return call("fits", pointer, self._value(value))
        self.imports.add(".breaches", name)
        return call(name, *positional, **keywords)

    def _value(self, value: object) -> Expression:
        match value:
            case LongText(length):
                return f'"x" * {length}'
            case Decimal():
                self.imports.add("decimal", "Decimal")
                return f"Decimal({string(str(value))})"
            case dict():
                members = tuple(
                    Item(f"{string(str(key))}: ", self._value(each))
                    for key, each in value.items()
                )
                return Group("{", members, "}")
            case list():
                return Group(
                    "[", tuple(Item("", self._value(each)) for each in value), "]"
                )
            case str() if len(value) > 40 and value == value[0] * len(value):
                return f"{string(value[0])} * {len(value)}"
            case _:
                return literal(value)


def _richest(operation: Operation) -> Example | None:
    """The request example that says most: it has the most places to break."""
    examples = operation.request_examples
    return max(examples, key=lambda each: len(str(each.value)), default=None)


def _forget_the_empty_body(finder: Finder, example: object) -> None:
    """Drop the case that leaves nothing of an optional body: then none is sent."""
    if isinstance(example, dict) and len(example) == 1:
        for key, case in list(finder.refused.items()):
            if isinstance(case.value, Removed) and case.finding == "":
                del finder.refused[key]


def _can_be_missing(parameter: Parameter) -> bool:
    """Whether a caller can leave out what the provider wants."""
    return (
        parameter.required
        and parameter.default is None
        and parameter.location != "path"
    )
