"""Pointers into JSON documents, and expressions over what a call sent.

A pointer is a tuple of unescaped tokens, so nothing splits or unescapes text here:
``("errors", "0", "code")`` for ``/errors/0/code``.
"""

from collections.abc import Mapping, Sequence
from os import urandom
from typing import Literal, TypeAlias

from msgspec import UNSET, Struct

Pointer: TypeAlias = tuple[str, ...]


def resolve(document: object, pointer: Pointer) -> object:
    """Return the value at a pointer; ``UNSET`` if there is none."""
    value = document
    for token in pointer:
        if isinstance(value, Mapping):
            value = value.get(token, UNSET)
        elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            index = int(token) if token.isdecimal() else len(value)
            value = value[index] if index < len(value) else UNSET
        else:
            return UNSET
    return value


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 writes it, for messages."""
    escaped = (token.replace("~", "~0").replace("/", "~1") for token in pointer)
    return "".join([f"/{token}" for token in escaped])


def new_key() -> str:
    """Return an idempotency key: a random UUID."""
    from uuid import uuid4

    return str(uuid4())


def with_new_key(body: object, pointer: Pointer) -> object:
    """Return a wire body with a new key at a pointer, unless there is a value.

    Objects on the way are added. A body that is no object stays as it is.
    """
    if not isinstance(body, Mapping):
        return body
    token, *rest = pointer
    inner = body.get(token, UNSET)
    if rest:
        inner = with_new_key({} if inner is UNSET else inner, tuple(rest))
    elif inner is UNSET:
        inner = new_key()
    return {**body, token: inner}


class FromBody(Struct, frozen=True):
    """A value of the request body: ``$request.body#/transactionId``."""

    pointer: Pointer
    """Where it is in the wire body."""


class FromParameter(Struct, frozen=True):
    """A parameter of the request: ``$request.path.id``, ``$request.header.X-Key``."""

    place: Literal["path", "query", "header"]
    """Where it is sent."""

    name: str
    """Name on the wire."""


class Unique(Struct, frozen=True):
    """A text that was never used before: ``$unique``."""


Expression: TypeAlias = FromBody | FromParameter | Unique


class SentValues(Struct, frozen=True):
    """What a call sends, as expressions and signatures see it."""

    payload: object
    """Wire body; ``UNSET`` if there is none."""

    headers: Mapping[str, str]
    """Headers under lower-case names."""

    parameters: Mapping[tuple[str, str], object]
    """Wire values of path and query parameters, by place and name."""

    def value(self, expression: Expression) -> object:
        """Return the value of an expression; ``UNSET`` if there is none."""
        match expression:
            case FromBody():
                return resolve(self.payload, expression.pointer)
            case FromParameter(place="header"):
                return self.headers.get(expression.name.lower(), UNSET)
            case FromParameter():
                key = (expression.place, expression.name)
                return self.parameters.get(key, UNSET)
            case Unique():
                return urandom(16).hex()

    def filled(self, template: object) -> object:
        """Return a JSON value whose expressions are replaced by their values.

        A member without a value is left out.
        """
        if isinstance(template, (FromBody, FromParameter, Unique)):
            return self.value(template)
        if isinstance(template, Mapping):
            members = {name: self.filled(member) for name, member in template.items()}
            return {
                name: member for name, member in members.items() if member is not UNSET
            }
        if isinstance(template, (list, tuple)):
            return [self.filled(item) for item in template]
        return template
