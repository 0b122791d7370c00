"""Example calls: how a developer would send each documented request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engross.contract.ir import Example, Operation, ParameterId
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.values import ValueWriter
from engross.layout import Group, Item


@dataclass(frozen=True, slots=True)
class ExampleCall:
    """A call of one method, as source, with what it sends.

    Attributes:
        name: name of the documented request; `sample` where the contract shows none.
        arguments: the call's arguments: `Group("(", ..., ")")` without the method.
        parameters: value of each parameter that the call sends, constants included.
        body: wire body that the call sends; None where it sends none.
    """

    operation: Operation
    name: str
    documented: bool
    arguments: Group
    parameters: Mapping[ParameterId, object]
    body: object
    method: str
    """The method as it is reached from a client."""


def example_calls(
    operation: Operation, names: PythonNames, imports: Imports
) -> Iterator[ExampleCall]:
    """A call for each request body that the contract shows, or one for an operation without."""
    examples: tuple[Example | None, ...] = operation.request_examples or (None,)
    for example in examples:
        yield _call(operation, example, names, imports)


def _call(
    operation: Operation,
    example: Example | None,
    names: PythonNames,
    imports: Imports,
) -> ExampleCall:
    writer = ValueWriter(names, imports)
    sent: dict[ParameterId, object] = {}
    for parameter in operation.parameters:
        if parameter.default is not None:
            sent[parameter.id] = parameter.default.value
        elif parameter.required:
            sent[parameter.id] = parameter.example
    body = example.value if example is not None else None
    inner = _inner(body, operation)
    items: list[Item] = []
    for argument in operation.arguments:
        name = names.argument(operation, argument.id)
        before = "" if argument.positional else f"{name}="
        if not argument.in_body:
            if argument.id in sent and argument.required:
                value = sent[argument.id]
                items.append(Item(before, writer.write(value, argument.type)))
        elif argument.is_body:
            if example is not None:
                items.append(Item(before, writer.write(inner, argument.type)))
        elif isinstance(inner, dict) and argument.wire in inner:
            value = inner[argument.wire]
            items.append(Item(before, writer.write(value, argument.type)))
    return ExampleCall(
        operation=operation,
        name=example.name if example is not None else "sample",
        documented=example is not None and example.documented,
        arguments=Group("(", tuple(items), ")"),
        parameters=sent,
        body=body,
        method=names.method(operation),
    )


def _inner(body: object, operation: Operation) -> object:
    """The part of a wire body that the caller gives."""
    for name in operation.body.wrap if operation.body else ():
        body = body.get(name) if isinstance(body, dict) else None
    return body
