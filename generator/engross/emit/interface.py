"""The interface of a package, as its callers see it: names, signatures and types."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from engross.contract.ir import (
    ADDITIONAL,
    Argument,
    Contract,
    Definition,
    Enum,
    Model,
    Operation,
    OperationId,
    ParameterId,
    UnionType,
)
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames, python_names
from engross.emit.type_annotations import Annotator
from engross.findings import Span
from engross.source import Location


@dataclass(frozen=True, slots=True)
class ArgumentFace:
    """An argument of a method."""

    id: ParameterId
    name: str
    annotation: str
    required: bool
    positional: bool


@dataclass(frozen=True, slots=True)
class MethodFace:
    """A method, named as it is reached from a client."""

    id: OperationId
    name: str
    arguments: tuple[ArgumentFace, ...]
    result: str
    span: Span


class ClassKind(StrEnum):
    """What a name in `models` is."""

    MODEL = "model"
    ENUM = "enum"
    UNION = "union"


@dataclass(frozen=True, slots=True)
class FieldFace:
    """A field of a model."""

    wire: str
    name: str
    annotation: str
    required: bool
    """Whether whoever creates an instance must give it."""


@dataclass(frozen=True, slots=True)
class ClassFace:
    """A model, enum or union."""

    at: Location
    name: str
    given_as: str
    """Type of what a caller may pass in place of it; empty if there is none."""
    kind: ClassKind
    fields: tuple[FieldFace, ...]
    members: Mapping[str, str | int]
    """Values of an enum by name."""
    choices: str
    """Types of a union."""
    in_request: bool
    in_reply: bool
    span: Span | None


@dataclass(frozen=True, slots=True)
class Interface:
    """All that callers of a package can name.

    Attributes:
        errors: exception of each code of the provider.
        settings: argument of the client -> environment variable.
        webhooks: what reads each webhook.
    """

    package: str
    client: str
    methods: tuple[MethodFace, ...]
    classes: tuple[ClassFace, ...]
    errors: Mapping[str, str]
    settings: Mapping[str, str]
    webhooks: Mapping[OperationId, str]


def interface(contract: Contract) -> Interface:
    """Return the interface of the package of a contract.

    Raises:
        FindingsError: names that the author chose clash.
    """
    names = python_names(contract)
    annotator = Annotator(names, Imports(), decoded=False)
    webhooks = contract.webhooks.members if contract.webhooks else ()
    settings = (*names.credentials.values(), *names.variables.values())
    return Interface(
        package=names.package,
        client=names.client,
        methods=tuple(
            _method(operation, contract, names, annotator)
            for operation in contract.operations
        ),
        classes=tuple(_class(each, names, annotator) for each in contract.definitions),
        errors={each.code: names.error(each) for each in contract.errors.classes},
        settings={setting.argument: setting.env for setting in settings},
        webhooks={each.id: names.reader(each) for each in webhooks},
    )


def _method(
    operation: Operation, contract: Contract, names: PythonNames, annotator: Annotator
) -> MethodFace:
    paged = operation.pagination
    result = annotator.result(operation.result)
    if paged is not None:
        result = f"Pager[{annotator.result(paged.item_type)}]"
    return MethodFace(
        operation.id,
        names.method(operation),
        tuple(
            _argument(each, operation, names, annotator) for each in operation.arguments
        ),
        result,
        contract.locate(operation.at, key=True),
    )


def _argument(
    argument: Argument, operation: Operation, names: PythonNames, annotator: Annotator
) -> ArgumentFace:
    return ArgumentFace(
        argument.id,
        names.argument(operation, argument.id),
        annotator.argument(argument.type),
        argument.required,
        argument.positional,
    )


def _class(
    definition: Definition, names: PythonNames, annotator: Annotator
) -> ClassFace:
    fields: tuple[FieldFace, ...] = ()
    members: dict[str, str | int] = {}
    choices = ""
    match definition:
        case Model():
            kind = ClassKind.MODEL
            fields = tuple(
                FieldFace(
                    field.wire,
                    names.field(definition, field),
                    annotator.field(field.type, open_literals=definition.in_reply)
                    + ("" if field.required or field.default else " | UnsetType"),
                    field.required
                    and field.default is None
                    and field.wire != ADDITIONAL,
                )
                for field in definition.fields
            )
        case Enum():
            kind = ClassKind.ENUM
            members = {
                names.member(definition, member): member.value
                for member in definition.members
            }
        case UnionType():
            kind = ClassKind.UNION
            choices = " | ".join(
                annotator.field(each, open_literals=True) for each in definition.members
            )
    return ClassFace(
        definition.at,
        names.class_of(definition),
        names.dicts.get(definition.at, ""),
        kind,
        fields,
        members,
        choices,
        definition.in_request,
        definition.in_reply,
        definition.span,
    )
