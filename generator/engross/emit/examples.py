"""Example calls: how a developer would send each documented request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engross.contract.ir import Argument, Definition, Example, Operation, Parameter
from engross.emit.imports import Imports
from engross.emit.values import ValueWriter
from engross.layout import Expression, Group, Item


@dataclass(frozen=True, slots=True)
class ExampleCall:
    """A call of one method, as source, with what it sends.

    Attributes:
        name: name of the documented request; `sample` where the contract shows none.
        arguments: the call's arguments: `Group("(", ..., ")")` without the method.
        parameters: value of each parameter that the call sends, by wire name, constants included.
        body: wire body that the call sends; None where it sends none.
    """

    operation: Operation
    name: str
    documented: bool
    arguments: Group
    parameters: Mapping[str, object]
    body: object

    @property
    def method(self) -> str:
        """The method as it is reached from a client."""
        return f"{self.operation.resource}.{self.operation.verb}"


def example_calls(
    operation: Operation, definitions: Mapping[str, Definition], imports: Imports
) -> Iterator[ExampleCall]:
    """A call for each request body that the contract shows, or one for an operation without."""
    examples: tuple[Example | None, ...] = operation.request_examples or (None,)
    for example in examples:
        yield _call(operation, example, definitions, imports)


def _call(
    operation: Operation,
    example: Example | None,
    definitions: Mapping[str, Definition],
    imports: Imports,
) -> ExampleCall:
    writer = ValueWriter(definitions, imports)
    sent: dict[str, object] = {}
    by_name: dict[str, Parameter] = {each.name: each for each in operation.parameters}
    for parameter in operation.parameters:
        if parameter.default is not None:
            sent[parameter.wire] = parameter.default.value
        elif parameter.required:
            sent[parameter.wire] = parameter.example
    body = example.value if example is not None else None
    inner = _inner(body, operation)
    items: list[Item] = []
    for argument in operation.arguments:
        if not argument.in_body:
            parameter = by_name[argument.name]
            if parameter.wire in sent and argument.required:
                written = writer.write(sent[parameter.wire], argument.type)
                items.append(_item(argument, written))
        elif not argument.field:
            if example is not None:
                items.append(_item(argument, writer.write(inner, argument.type)))
        elif isinstance(inner, dict) and argument.wire in inner:
            items.append(
                _item(argument, writer.write(inner[argument.wire], argument.type))
            )
    return ExampleCall(
        operation=operation,
        name=example.name if example is not None else "sample",
        documented=example is not None and example.documented,
        arguments=Group("(", tuple(items), ")"),
        parameters=sent,
        body=body,
    )


def _item(argument: Argument, value: Expression) -> Item:
    return Item("" if argument.positional else f"{argument.name}=", value)


def _inner(body: object, operation: Operation) -> object:
    """The part of a wire body that the caller gives."""
    for name in operation.body.wrap if operation.body else ():
        body = body.get(name) if isinstance(body, dict) else None
    return body
