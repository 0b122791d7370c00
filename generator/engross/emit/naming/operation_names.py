"""Names of operations, of their arguments, and of everything that is validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engross.contract.ir import (
    Contract,
    Operation,
    OperationId,
    ParameterId,
    Ref,
)
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit.naming.method_names import MethodName
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.reserved import CALL_OPTIONS
from engross.emit.naming.words import constant, snake
from engross.findings import Finding
from engross.schema.tree import Direction, Key
from engross.source import Location
from engross.validation.equal_schemas import first_equals, plain_key

_WHOLE_BODY = ParameterId(ParameterLocation.BODY, "")


@dataclass(frozen=True, slots=True)
class OperationNames:
    """Names of one operation."""

    method: MethodName
    constant: str
    """Name of the emitted descriptor."""
    arguments: Mapping[ParameterId, str]
    """Parameters, and members of the body where these are arguments; constants included."""
    options: str
    """Name of the arguments that every method has, taken together."""
    body: str
    """Argument that is the whole body, in media types other than the usual one."""
    content_type: str
    """Argument that chooses the media type of the body."""


@dataclass(frozen=True, slots=True)
class AllOperations:
    """Names of all operations, and findings about these."""

    operations: dict[OperationId, OperationNames]
    findings: tuple[Finding, ...]


def operation_names(
    contract: Contract,
    fields: Mapping[tuple[Location, str], str],
    methods: Mapping[OperationId, MethodName],
) -> AllOperations:
    """Name the descriptor and the arguments of every operation."""
    constants = Namespace("an operation")
    found: dict[OperationId, OperationNames] = {}
    findings: list[Finding] = []
    for operation in contract.operations:
        scope = Namespace("an argument", ("self", *CALL_OPTIONS))
        arguments = _arguments(operation, fields, scope)
        found[operation.id] = OperationNames(
            method=methods[operation.id],
            constant=constants.claim(
                operation.id,
                constant(operation.label),
                constant(f"{operation.label} {operation.http_method}"),
                constant(str(operation.id)),
            ),
            arguments=arguments,
            options=scope.claim("options", "options", "call_options", gives_way=True),
            body=arguments.get(_WHOLE_BODY)
            or _claimed_if_needed(operation, scope, "body", "request_body"),
            content_type=_claimed_if_needed(
                operation, scope, "content_type", "body_content_type"
            ),
        )
        findings += scope.findings
    return AllOperations(found, tuple(findings))


def _claimed_if_needed(operation: Operation, scope: Namespace, *names: str) -> str:
    """Claim an argument that only bodies of several media types need."""
    if operation.body is None or not operation.body.others:
        return names[0]
    return scope.claim(names[0], *names, gives_way=True)


def _arguments(
    operation: Operation,
    fields: Mapping[tuple[Location, str], str],
    scope: Namespace,
) -> dict[ParameterId, str]:
    """Name parameters and members of the body; one that clashes says where it goes."""
    for parameter in operation.parameters:
        if parameter.explicit is not None:
            scope.choose(parameter.id, parameter.explicit, parameter.span)
    body = operation.body.type if operation.body is not None else None
    for argument in operation.arguments:
        if argument.in_body and argument.explicit is not None:
            scope.choose(argument.id, argument.explicit, argument.span)
    found: dict[ParameterId, str] = {}
    for parameter in operation.parameters:
        name = snake(parameter.wire)
        found[parameter.id] = scope.claim(
            parameter.id, name, f"{name.rstrip('_')}_{parameter.location}"
        )
    for argument in operation.arguments:
        if argument.id.location is ParameterLocation.MEMBER and isinstance(body, Ref):
            name = fields[body.at, argument.wire]
            found[argument.id] = scope.claim(
                argument.id, name, f"{name.rstrip('_')}_body"
            )
        elif argument.is_body:
            found[argument.id] = scope.claim(
                argument.id, "body", "request_body", gives_way=True
            )
    return found


# Validators


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a contract at which a value is validated.

    Attributes:
        owner: a component schema, an operation or a webhook.
        part: what of the owner.
    """

    owner: Location | OperationId
    part: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A validator: what it is used for, its name, its schema, and what that describes."""

    use: Use
    name: str
    schema: Location
    docs: str
    direction: Direction = Direction.EITHER


def validator_names(contract: Contract) -> tuple[Target, ...]:
    """Name a validator for each component, parameter, request, reply and webhook.

    In a large contract, what has the same schema has the same validator.
    """
    graph = contract.schema_tree.graph
    known = _firsts(contract)
    by_schema: dict[Key, Target] = {}
    scope = Namespace("a validator")
    named: dict[str, Target] = {}
    found: list[Target] = []
    for use, schema, direction, docs, candidates in _validated(contract):
        own_key = graph.entry(schema, direction)
        key = known.get(own_key)
        if key is not None and key in by_schema:
            name = by_schema[key].name
            found.append(Target(use, name, schema, docs, direction))
            continue
        name = next(candidates)
        first = named.get(name)
        if first is not None and graph.entry(first.schema, first.direction) == own_key:
            # A component that is also a request of that name has one validator for both.
            target = Target(use, name, schema, first.docs, direction)
        else:
            name = scope.claim(use, name, then=candidates)
            target = named[name] = Target(use, name, schema, docs, direction)
        if key is not None:
            by_schema[key] = target
        found.append(target)
    return tuple(found)


def _firsts(contract: Contract) -> Mapping[Key, Key]:
    """Return the schema whose validator serves for each, where several can share one.

    References lead to the schema itself. Parameters need no more than an equal one.
    """
    if not contract.is_large:
        return {}
    graph = contract.schema_tree.graph
    found = {
        key: plain_key(graph, key)
        for key in (
            graph.entry(each.schema, each.direction) for each in _validated(contract)
        )
    }
    of_parameters = [
        found[graph.entry(parameter.schema, Direction.REQUEST)]
        for operation in contract.operations
        for parameter in operation.parameters
        if parameter.schema is not None
    ]
    equal = first_equals(
        graph,
        of_parameters,
        plain=lambda key: plain_key(graph, key),
        comments=contract.comments.get,
    )
    return {key: equal.get(plain, plain) for key, plain in found.items()}


class _Validated(NamedTuple):
    """What is validated: where, its schema, which way it travels, and what to call it.

    Its names are made when they are asked for: most validators serve several uses.
    """

    use: Use
    schema: Location
    direction: Direction
    docs: str
    names: Iterator[str]


def _validated(contract: Contract) -> Iterator[_Validated]:
    """Yield each use, with the name that it would have on its own, and with two others."""
    for at in contract.components:
        key = str(at.tokens[-1])
        name = snake(key)
        names = iter((name, f"{name}_schema", f"{name}_component"))
        yield _Validated(Use(at), at, Direction.EITHER, key, names)
    for operation in contract.operations:
        label = operation.label
        for schema, direction, part, words, docs in _of_operation(operation):
            texts = f"{label} {words}", f"{label} {part}", f"{operation.id} {part}"
            yield _Validated(
                use=Use(operation.id, part),
                schema=schema,
                direction=direction,
                docs=f"{docs} of {label}",
                names=map(snake, texts),
            )
    for webhook in contract.webhooks.members if contract.webhooks else ():
        if webhook.schema is not None:
            key = webhook.key
            place = snake(f"{key} {webhook.id.method} webhook")
            yield _Validated(
                use=Use(webhook.id, "webhook"),
                schema=webhook.schema,
                direction=Direction.RESPONSE,
                docs=f"webhook {key}",
                names=iter((snake(f"{key} webhook"), place, f"{place}_payload")),
            )


def _of_operation(
    operation: Operation,
) -> Iterator[tuple[Location, Direction, str, str, str]]:
    """Yield each validated schema: which way it travels, its part, name and description."""
    for parameter in operation.parameters:
        if parameter.schema is not None:
            wire = parameter.wire
            yield parameter.schema, Direction.REQUEST, str(parameter.id), wire, wire
    body = operation.body
    if body is not None and body.schema is not None:
        yield body.schema, Direction.REQUEST, "request", "request", "request"
    for other in body.others if body is not None else ():
        if other.schema is not None:
            part = f"request {other.media_type}"
            yield other.schema, Direction.REQUEST, part, part, part
    succeeded = False
    for reply in operation.replies:
        is_plain = reply.status.startswith("2") and not succeeded
        succeeded = succeeded or is_plain
        if reply.schema is not None:
            words = "reply" if is_plain else f"reply {reply.status}"
            part = f"reply {reply.status}"
            yield reply.schema, Direction.RESPONSE, part, words, part
        for media in reply.others:
            if media.schema is not None:
                part = f"reply {media.status} {media.media_type}"
                yield media.schema, Direction.RESPONSE, part, part, part
