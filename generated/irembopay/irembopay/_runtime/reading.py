"""From the body of a reply to the value that the caller gets."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, cast

from msgspec import UNSET, DecodeError, Struct, defstruct
from msgspec import json as _json

from .choices import Choice, choose
from .exchange import Received
from .instants import UnixMilliseconds, UnixSeconds
from .models import SOURCE, Model
from .operation import Failure, Reply
from .pointers import resolve, tokens
from .response import codec, decoded

BROKEN: Final = (DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What decoding a body of any content may raise."""

exact: Final = _json.Decoder(float_hook=Decimal)
"""Decodes JSON of any form, with the digits that it has."""


class FailureWithinSuccessError(Exception):
    """A reply with a status of success says that it failed."""


class UnreadableError(Exception):
    """A body is not what the contract says."""


def decoder(kind: object) -> "_json.Decoder[Any]":
    """Return the decoder of a type; raise ``TypeError`` where there can be none."""
    return _json.Decoder(cast(type[Any], kind), dec_hook=_custom, float_hook=Decimal)


def _custom(kind: type, value: object) -> object:
    if kind is UnixMilliseconds or kind is UnixSeconds:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"Expected `int`, got `{type(value).__name__}`")
        try:
            return kind.at(value)
        except OverflowError as error:
            raise ValueError(f"no such instant: {value}") from error
    if kind is object:
        return value
    if issubclass(kind, Choice):
        return choose(kind, value, _custom)
    raise NotImplementedError(f"no way to decode {kind!r}")


class Reader:
    """Reads replies of one kind."""

    __slots__ = (
        "_attribute",
        "_bare",
        "_decode",
        "_failure",
        "_failure_attribute",
        "_failure_values",
        "_reply",
        "_unwrap",
    )

    def __init__(self, reply: Reply, failure: Failure | None) -> None:
        self._reply = reply
        self._failure = failure
        self._failure_values = failure.equals if failure else ()
        self._unwrap = reply.unwrap
        self._decode, self._attribute, self._failure_attribute = _single_pass(
            reply, failure
        )
        self._bare: _json.Decoder[Any] | None = None

    def __call__(self, received: Received) -> object:
        """Return the value of a reply.

        Raises:
            FailureWithinSuccessError: the body says that it failed.
            UnreadableError: the body is not what the contract says.
        """
        if received.defect:
            raise UnreadableError(received.defect)
        content = received.content
        if self._decode is None:
            return self._without_type(received)
        try:
            body = self._decode(content)
        except BROKEN as error:
            return self._second_look(received, error)
        if self._failure_attribute is not None:
            mark = self._failure_attribute(body)
            values = self._failure_values
            if mark in values and _is_one_of(mark, values):
                raise FailureWithinSuccessError
        elif self._failure is not None:
            self._look_for_failure(content)
        value = body if self._attribute is None else self._attribute(body)
        if isinstance(value, Model):
            vars(value)[SOURCE] = (content, self._unwrap, None)
        elif type(value) is list and value and isinstance(value[0], Model):
            for index, item in enumerate(value):
                vars(item)[SOURCE] = (content, self._unwrap, index)
        return value

    def _without_type(self, received: Received) -> object:
        content = received.content
        if self._failure is not None and content:
            self._look_for_failure(content)
        if self._reply.type is bytes:
            return content
        if self._reply.type is str:
            return decoded(content, received.header("content-type"))
        return None

    def _look_for_failure(self, content: bytes) -> None:
        assert self._failure is not None
        try:
            body = exact.decode(content)
        except BROKEN:
            return
        if _is_one_of(resolve(body, self._failure.at), self._failure_values):
            raise FailureWithinSuccessError

    def _second_look(self, received: Received, error: Exception) -> object:
        """Read a body that is not plainly what it should be."""
        content = received.content
        kind = received.header("content-type")
        if codec(kind) not in ("utf-8", "ascii"):
            again = _Transcoded(received, decoded(content, kind).encode())
            if again.content != content:
                return self(again)
        if content.startswith(b"\xef\xbb\xbf"):
            return self(_Transcoded(received, content[3:]))
        whole = _with_minutes(content)
        if whole != content:
            return self(_Transcoded(received, whole))
        if self._failure is not None:
            self._look_for_failure(content)
        if self._reply.bare and self._reply.unwrap:
            try:
                bare = exact.decode(content)
            except BROKEN:
                bare = UNSET
            if isinstance(bare, dict) and self._reply.unwrap[0] not in bare:
                return self._read_bare(content)
        raise UnreadableError(_complaint(content, error)) from error

    def _read_bare(self, content: bytes) -> object:
        if self._bare is None:
            self._bare = decoder(self._reply.type)
        try:
            value = self._bare.decode(content)
        except BROKEN as error:
            raise UnreadableError(str(error)) from error
        if isinstance(value, Model):
            vars(value)[SOURCE] = (content, (), None)
        return value


class _Transcoded(Received):
    """A reply whose body was brought into UTF-8."""

    __slots__ = ()

    def __init__(self, received: Received, content: bytes) -> None:
        super().__init__(received.status, content)

    def header(self, name: str) -> str | None:
        return None

    def headers(self) -> list[tuple[str, str]]:
        return []


def _with_minutes(content: bytes) -> bytes:
    """Complete offsets that lack their minutes: ``2023-04-19T11:58:02.895+02``."""
    import re

    pattern = rb'("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d)"'
    return re.sub(pattern, rb'\1:00"', content)


def _is_one_of(value: object, values: tuple[object, ...]) -> bool:
    """Compare as JSON does, where 0 is not false."""
    return any(
        value == one and isinstance(value, bool) == isinstance(one, bool)
        for one in values
    )


def _is_json(reply: Reply) -> bool:
    return reply.type is not None and reply.type is not bytes and reply.type is not str


def _complaint(content: bytes, error: Exception) -> str:
    if not content.strip():
        return "the body is empty"
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    if content.lstrip()[:1] == b"<":
        return "the body is markup, not JSON"
    return f"the body does not fit: {error}"


Decode = Callable[[bytes], Any]
Get = Callable[[Any], object]


def _single_pass(
    reply: Reply, failure: Failure | None
) -> tuple[Decode | None, Get | None, Get | None]:
    """Return how to decode a body, get the value and the mark of failure from it.

    One pass over the body does it all where the mark stands outside of the value or is
    a field of it: the members around the value become a Struct of their own.
    """
    if not _is_json(reply):
        return None, None, None
    steps = tokens(failure.at) if failure else ()
    if not reply.unwrap:
        field = _field_of(reply.type, steps)
        return decoder(reply.type).decode, None, attrgetter(field) if field else None
    depth = len(reply.unwrap)
    outside = steps and steps[:depth] != reply.unwrap
    tree: dict[str, Any] = {}
    _plant(tree, reply.unwrap, reply.type)
    if outside and not _plant(tree, steps, object):
        outside = False
    kind = _struct(tree)
    mark = attrgetter(_attribute(tree, steps)) if outside and len(steps) == 1 else None
    return decoder(kind).decode, attrgetter(_attribute(tree, reply.unwrap)), mark


def _field_of(kind: object, steps: tuple[str, ...]) -> str:
    if len(steps) == 1 and isinstance(kind, type) and issubclass(kind, Struct):
        names = dict(
            zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        )
        return names.get(steps[0], "")
    return ""


def _plant(tree: dict[str, Any], steps: tuple[str, ...], kind: object) -> bool:
    """Put a type at the end of a path; False if another one stands in the way."""
    level: Any = tree
    for step in steps[:-1]:
        level = level.setdefault(step, {})
        if not isinstance(level, dict):
            return False
    return level.setdefault(steps[-1], kind) is kind


def _struct(tree: dict[str, Any]) -> type[Struct]:
    fields: list[Any] = []
    names: dict[str, str] = {}
    for index, (wire, inner) in enumerate(tree.items()):
        name = f"f{index}"
        names[name] = wire
        if isinstance(inner, dict):
            fields.append((name, _struct(inner)))
        elif inner is object:
            fields.append((name, object, UNSET))
        else:
            fields.append((name, inner))
    return defstruct("Envelope", fields, rename=names, kw_only=True)


def _attribute(tree: dict[str, Any], steps: tuple[str, ...]) -> str:
    path: list[str] = []
    for step in steps:
        path.append(f"f{list(tree).index(step)}")
        tree = tree[step]
    return ".".join(path)
