"""Calls with documented values, as a developer would write them: in READMEs and in tests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engross.contract.ir import (
    Definition,
    Example,
    Model,
    Operation,
    Parameter,
    ParameterId,
    Ref,
    Type,
    by_field,
)
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.value_source import ValueWriter
from engross.layout import Expression, Group, Item


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one method, as source, with what it sends.

    Attributes:
        example: the request that it sends; None where it sends no body.
        method: how the method is reached from a client, as `invoices.create`.
        arguments: what is written in the method's parentheses.
        parameters: wire values of the parameters that are sent, constants included.
        body: wire body that is sent; None where none is.
    """

    operation: Operation
    example: Example | None
    method: str
    arguments: tuple[Item, ...]
    parameters: Mapping[ParameterId, object]
    body: object

    def on(self, client: str) -> Group:
        """Return the call of the method of a client."""
        return Group(f"{client}.{self.method}(", self.arguments, ")")

    @property
    def brackets(self) -> Group:
        """The arguments in their parentheses, without the method."""
        return Group("(", self.arguments, ")")


@dataclass(frozen=True, slots=True)
class CallWriter:
    """Writes calls for one module or snippet and notes the imports that they need."""

    names: PythonNames
    imports: Imports

    def documented(self, operation: Operation) -> Iterator[Call]:
        """Yield a call for each request that the contract shows, or one without a body."""
        for example in operation.request_examples or (None,):
            yield self.call(operation, example)

    def first(self, operation: Operation) -> Call:
        """Return the call with the first request that the contract shows."""
        return next(self.documented(operation))

    def call(
        self,
        operation: Operation,
        example: Example | None,
        optional: Collection[Parameter] = (),
    ) -> Call:
        """Return the call of an operation with what it requires.

        Args:
            example: the request to send.
            optional: parameters to give although they could be left out.
        """
        given = {each.id for each in optional}
        # A key that the client would generate is given, so that the request is known.
        given |= {
            each.id
            for each in operation.parameters
            if each.required and operation.retry.generates(each.id)
        }
        values = {
            parameter.id: parameter.example
            for parameter in operation.parameters
            if parameter.id in given
            or (parameter.required and parameter.default is None)
        }
        body = example.value if example is not None else None
        inner = body
        for name in operation.body.wrap if operation.body else ():
            inner = inner.get(name) if isinstance(inner, dict) else None
        members = (
            by_field(inner, self._fields(operation)) if isinstance(inner, dict) else {}
        )
        arguments: list[Item] = []
        for argument in operation.arguments:
            name = self.names.argument(operation, argument.id)
            before = "" if argument.positional else f"{name}="
            if not argument.in_body:
                if argument.id in values:
                    written = self._write(values[argument.id], argument.type)
                    arguments.append(Item(before, written))
            elif argument.is_body:
                if example is not None:
                    arguments.append(Item(before, self._write(inner, argument.type)))
            elif argument.wire in members:
                written = self._write(members[argument.wire], argument.type)
                arguments.append(Item(before, written))
        method = self.names.method(operation)
        types = {each.id: each.type for each in operation.parameters}
        sent = {
            at: self._constants_last(value, types[at])
            for at, value in self._sent(operation, values)
        }
        return Call(operation, example, method, tuple(arguments), sent, body)

    def _fields(self, operation: Operation) -> Collection[str]:
        """Return wire names of the body's members; callers give no constants."""
        kind = operation.body.type if operation.body else None
        definition = self.names.definition(kind) if isinstance(kind, Ref) else None
        if isinstance(definition, Model):
            return definition.wires
        return {argument.wire for argument in operation.arguments if argument.in_body}

    def _constants_last(self, value: object, kind: Type) -> object:
        """Return an object as clients write it: with what callers give first."""
        definition = self.names.definition(kind) if isinstance(kind, Ref) else None
        if not isinstance(definition, Model) or not isinstance(value, dict):
            return value
        constants = {each.wire for each in definition.fields if each.constant}
        return dict(sorted(value.items(), key=lambda each: each[0] in constants))

    def _sent(
        self, operation: Operation, given: Mapping[ParameterId, object]
    ) -> Iterator[tuple[ParameterId, object]]:
        """Yield the wire value of each parameter that is sent; defaults as documented."""
        for parameter in operation.parameters:
            if parameter.id in given:
                value = given[parameter.id]
                yield parameter.id, self._writer.as_sent(value, parameter.type)
            elif parameter.default is not None:
                yield parameter.id, parameter.default.value

    def _write(self, value: object, type_: Type) -> Expression:
        return self._writer.write(value, type_)

    @property
    def _writer(self) -> ValueWriter:
        return ValueWriter(self.names, self.imports, class_in_list=self._class_of)

    def _class_of(self, definition: Definition) -> str:
        self.imports.add(self.names.package, "models")
        return f"models.{self.names.class_of(definition)}"
