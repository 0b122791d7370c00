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
from engross.layout import Group, Item


@dataclass(frozen=True, slots=True)
class NamedCall:
    """A call of one method with a request that the contract shows, by their names.

    Attributes:
        example: the request that it sends; None where it sends no body.
        method: how the method is reached from a client, as `invoices.create`.
    """

    operation: Operation
    example: Example | None
    method: str

    @classmethod
    def first(cls, operation: Operation, names: PythonNames) -> NamedCall:
        """Return the call with the first request that the contract shows."""
        return cls(operation, first_request(operation), names.method(operation))

    @property
    def body(self) -> object:
        """The wire body that is sent; None where none is."""
        return None if self.example is None else self.example.value


@dataclass(frozen=True, slots=True)
class Call(NamedCall):
    """The same as source, with what it sends.

    Attributes:
        arguments: what is written in the method's parentheses.
        parameters: wire values of the parameters that are sent, constants included.
    """

    arguments: tuple[Item, ...]
    parameters: Mapping[ParameterId, object]

    def on(self, client: str) -> Group:
        """Return the call of the method of a client."""
        return Group(f"{client}.{self.method}(", self.arguments, ")")

    @property
    def brackets(self) -> Group:
        """The arguments in their parentheses, without the method."""
        return Group("(", self.arguments, ")")


def first_request(operation: Operation) -> Example | None:
    """Return the first request that the contract shows; None where it shows none."""
    return next(iter(operation.request_examples), None)


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
        return self.call(operation, first_request(operation))

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
        values = _given(operation, optional)
        writer = self._writer
        inner = example.value if example is not None else None
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
                    written = writer.write(values[argument.id], argument.type)
                    arguments.append(Item(before, written))
            elif argument.is_body:
                if example is not None:
                    arguments.append(Item(before, writer.write(inner, argument.type)))
            elif argument.wire in members:
                written = writer.write(members[argument.wire], argument.type)
                arguments.append(Item(before, written))
        method = self.names.method(operation)
        sent = dict(self._sent(operation, values))
        return Call(operation, example, method, tuple(arguments), sent)

    def parameters(self, operation: Operation) -> Mapping[ParameterId, object]:
        """Return the wire values of the parameters that are sent with what is required."""
        return dict(self._sent(operation, _given(operation)))

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
        writer = self._writer
        for parameter in operation.parameters:
            identity, kind = parameter.id, parameter.type
            if identity in given:
                value = writer.as_sent(given[identity], kind)
            elif parameter.default is not None:
                value = parameter.default.value
            else:
                continue
            yield identity, self._constants_last(value, kind)

    @property
    def _writer(self) -> ValueWriter:
        return ValueWriter(self.names, self.imports, class_in_list=self._class_of)

    def _class_of(self, definition: Definition) -> str:
        self.imports.add(self.names.package, "models")
        return f"models.{self.names.class_of(definition)}"


def _given(
    operation: Operation, optional: Collection[Parameter] = ()
) -> dict[ParameterId, object]:
    """Return the values that a call gives for what is required, and for more."""
    given = {each.id for each in optional}
    values: dict[ParameterId, object] = {}
    for parameter in operation.parameters:
        identity = parameter.id
        # A key that the client would generate is given, so that the request is known.
        is_needed = parameter.required and (
            parameter.default is None or operation.retry.generates(identity)
        )
        if is_needed or identity in given:
            values[identity] = parameter.example
    return values
