"""Every type that a contract names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engross.contract.ir import (
    Contract,
    Definition,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Reply,
    Type,
    Union,
    UnionType,
)


def types_of(contract: Contract) -> Iterator[Type]:
    """Yield every type that a contract names, and the types within it."""
    for definition in contract.definitions:
        yield from types_in(definition)
    for operation in contract.operations:
        for types in (types_sent(operation), types_received(operation.replies)):
            for type_ in types:
                yield from within(type_)
    if contract.webhooks is not None:
        for webhook in contract.webhooks.members:
            if webhook.result is not None:
                yield from within(webhook.result)


def types_in(definition: Definition) -> Iterator[Type]:
    """Yield the types that a definition names, and the types within them."""
    if isinstance(definition, Model):
        for field in definition.fields:
            yield from within(field.type)
    elif isinstance(definition, UnionType):
        for member in definition.members:
            yield from within(member)


def types_sent(operation: Operation) -> Iterator[Type]:
    """Yield the types of the arguments and the bodies of an operation."""
    for parameter in operation.parameters:
        yield parameter.type
    for argument in operation.arguments:
        yield argument.type
    if operation.body is not None:
        yield from (body.type for body in (operation.body, *operation.body.others))


def types_received(replies: Iterable[Reply]) -> Iterator[Type]:
    """Yield the types of replies, in each media type."""
    for reply in replies:
        for media in (reply, *reply.others):
            if media.type is not None:
                yield media.type


def within(type_: Type) -> list[Type]:
    """Return a type and the types that it is made of, but not those of definitions."""
    found: list[Type] = []
    waiting = [type_]
    while waiting:
        each = waiting.pop()
        found.append(each)
        match each:
            case ListOf():
                waiting.append(each.item)
            case MapOf():
                waiting.append(each.value)
            case Nullable():
                waiting.append(each.inner)
            case Union():
                waiting += each.members[::-1]
    return found
