"""What the contract shows: its example payloads, and the calls that send them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from inspect import getfile
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType

from .json_values import Json, changed, repeated, value_at
from .package import ADDITIONAL, UNSET, Client, Operation, all_operations
from .server import Server

_BODILESS = (204, 205)
"""Statuses of success without a body."""


@cache
def _examples() -> Json:
    examples = Path(getfile(Client)).parent / "testing" / "examples.json"
    return json.loads(examples.read_text("utf-8"), parse_float=Decimal)


def _example(*steps: str) -> Json:
    """A copy of a part of the examples, with what its references lead to."""
    part = _examples()
    for step in steps:
        part = part[step]
    return _copied(part)


def _copied(value: Json) -> Json:
    match value:
        case {"$ref": str(place)} if len(value) == 1 and place.startswith("#/"):
            found = value_at(_examples(), place.removeprefix("#"))
            return value if found is UNSET else _copied(found)
        case dict():
            return {name: _copied(member) for name, member in value.items()}
        case list():
            return [_copied(item) for item in value]
        case _:
            return value


def status_code(operation: Operation[Any], status: str) -> int:
    """A code for a status; for a class, one without a reply of its own."""
    if status.isdecimal():
        return int(status)
    first = int(status[0]) * 100 if status[0].isdecimal() else 200
    codes = (each for each in range(first, first + 100) if each not in _BODILESS)
    return next(each for each in codes if each not in operation.replies)


def media_type(operation: Operation[Any], status: int) -> str:
    """The media type of the JSON that the contract shows for a status."""
    replies = operation.replies.get(status)
    named = replies[0].media_type if isinstance(replies, tuple) else ""
    return named if "json" in named else "application/json"


def request_example(method: str, name: str) -> Json:
    """The body of a documented request."""
    return _example(method, "requests", name)


def reply_example(method: str, status: str, name: str) -> Json:
    """The body of a documented reply."""
    return _example(method, "replies", status, name)


def reply_examples(method: str, status: str) -> dict[str, Json]:
    """The bodies of all documented replies with a status, by their names."""
    replies = _examples()[method].get("replies", {}).get(status, {})
    return {name: reply_example(method, status, name) for name in replies}


def call_names() -> dict[str, list[str]]:
    """Methods that the contract has values for, with the names of their requests."""
    known = _operations()
    return {
        method: [*shown.get("requests", {})]
        for method, shown in _examples().items()
        if method in known
    }


@cache
def _operations() -> dict[str, Operation[Any]]:
    return {each.name: each for each in reversed(all_operations())}


def operation(method: str) -> Operation[Any]:
    """The operation behind a method, such as `invoices.create`."""
    return _operations()[method]


class Call(NamedTuple):
    """A call in wire terms, which a test may change before it is sent."""

    operation: Operation[Any]
    arguments: Mapping[str, Json]
    """Parameters by their Python names."""
    body: Json
    """The whole wire body; UNSET where the operation has none."""

    def __str__(self) -> str:
        return self.operation.name

    @classmethod
    def of(cls, method: str, example: str = "") -> "Call":
        """The call of a method with a documented request."""
        has_arguments = "arguments" in _examples()[method]
        arguments = _example(method, "arguments") if has_arguments else {}
        body = request_example(method, example) if example else UNSET
        return cls(operation(method), arguments, body)

    def changed(self, pointer: str, value: Json) -> "Call":
        """The call with a part of it changed; UNSET leaves the part out.

        The pointer leads into the body, or names a parameter as `query:page` does.
        """
        place, argument, rest = self._parameter(pointer)
        if not place:
            return self._replace(body=changed(self.body, pointer, value))
        new = changed(self.arguments.get(argument, UNSET), rest, value)
        given = {**self.arguments, argument: new}
        return self._replace(
            arguments={k: v for k, v in given.items() if v is not UNSET}
        )

    def repeated(self, pointer: str, count: int) -> "Call":
        """The call with a list that holds its first item some times."""
        place, argument, rest = self._parameter(pointer)
        if not place:
            return self._replace(body=repeated(self.body, pointer, count))
        new = repeated(self.arguments[argument], rest, count)
        return self._replace(arguments={**self.arguments, argument: new})

    def send(self, client: Client) -> Any:
        """Send the call as the method of the client does."""
        body: Json = UNSET
        if self.operation.body is not None and self.body is not UNSET:
            body = self.body
            for name in self.operation.body.wrap:
                body = body[name]
            for name, part in self.operation.body.parts.items():
                if part.file and name in body:
                    body = {**body, name: _files(body[name])}
            if self.operation.body.media_type.startswith("multipart/"):
                body = body.encode() if isinstance(body, str) else body
            body = python_names(self.operation.body.type, body)
        types = {each.name: each.type for each in self.operation.parameters}
        arguments = {
            name: python_names(types.get(name), value)
            for name, value in self.arguments.items()
        }
        return client._send(self.operation, arguments, body)

    def answer(self, server: Server, status: str) -> None:
        """Let the server answer with the first documented reply of a status."""
        example = next(iter(reply_examples(self.operation.name, status).values()))
        code = status_code(self.operation, status)
        server.answer(code, example, content_type=media_type(self.operation, code))

    def _parameter(self, pointer: str) -> tuple[str, str, str]:
        """Place and argument of the parameter that a pointer names, and the rest."""
        for each in self.operation.parameters:
            head = f"{each.place}:{each.wire}"
            if f"{pointer}/".startswith(f"{head}/"):  # the name may have slashes
                return each.place, each.name, pointer.removeprefix(head)
        return "", "", pointer


class Reply(NamedTuple):
    """A documented reply, which a test may change before the server gives it."""

    call: Call
    status: int
    payload: Json
    inside: str = ""
    """Pointer to what the caller gets of it."""

    def returned(
        self, client: Client, server: Server, pointer: str, value: Json
    ) -> Any:
        """What the caller gets when a part of the reply is another, or UNSET."""
        payload = changed(self.payload, self.inside + pointer, value)
        kind = media_type(self.call.operation, self.status)
        server.answer(self.status, payload, content_type=kind)
        return self.call.send(client)


def places(reply: Reply, *pointers: str) -> list[tuple[Reply, str]]:
    """The reply with each of the places in it."""
    return [(reply, pointer) for pointer in pointers]


def places_of(reply: Reply, pointers: str) -> list[tuple[Reply, str]]:
    """The same; between the pointers are spaces."""
    return places(reply, *pointers.split())


def _files(wire: Json) -> Json:
    """Return texts as the contents of files."""
    if isinstance(wire, list):
        return [_files(item) for item in wire]
    return wire.encode() if isinstance(wire, str) else wire


def python_names(kind: Any, wire: Json) -> Json:
    """A wire value under the names that callers use; what has another form stays."""
    if isinstance(wire, list):
        lists = [each for each in _alternatives(kind) if get_origin(each) is list]
        nearest = min(lists, key=partial(_misfit, wire), default=list[object])
        inner = get_args(nearest)[0]
        return [python_names(inner, item) for item in wire]
    if not isinstance(wire, dict):
        return wire
    models = [each for each in _alternatives(kind) if _is_model(each)]
    if not models:
        maps = [each for each in _alternatives(kind) if get_origin(each) is dict]
        inner = get_args(maps[0])[1] if maps else object
        return {name: python_names(inner, value) for name, value in wire.items()}
    nearest = _named(wire, kind) or min(models, key=partial(_distance, wire, models))
    fields = {each.encode_name: each for each in msgspec.structs.fields(nearest)}
    found = {
        fields[name].name: python_names(fields[name].type, value)
        for name, value in wire.items()
        if name in fields
    }
    if ADDITIONAL in fields:
        found |= {name: value for name, value in wire.items() if name not in fields}
    return found


def _named(wire: Mapping[str, Json], kind: Any) -> type[Struct] | None:
    """The model that the tag of an object names, in a union that has one."""
    found = [each.named(wire) for each in (kind, *get_args(kind)) if _is_union(each)]
    return next(filter(_is_model, found), None)


def _misfit(wire: Json, kind: Any) -> tuple[int, ...]:
    """How far the objects of a list are from those of a type, all together."""
    none = 0, 0, 0, 0, 0
    if isinstance(wire, list) and get_origin(kind) is list:
        misfits = (_misfit(item, get_args(kind)[0]) for item in wire)
        return tuple(map(sum, zip(none, *misfits, strict=True)))
    models = [each for each in _alternatives(kind) if _is_model(each)]
    if not isinstance(wire, dict) or not models:
        return none
    return min(_distance(wire, models, model) for model in models)


def _distance(
    wire: Mapping[str, Json], models: list[type[Struct]], model: type[Struct]
) -> tuple[int, int, int, int, int]:
    """How far an object is from a model; what counts most comes first.

    Constants of shared fields that differ, members that would be lost, constants of
    any fields that differ, fields that are missing, and fields that are unknown.
    """
    fields = {each.encode_name: each for each in msgspec.structs.fields(model)}
    differing = [
        name
        for name, field in fields.items()
        if name in wire
        and (known := _known_values(field.type))
        and wire[name] not in known
    ]
    lacking = [
        name for name, field in fields.items() if field.required and name not in wire
    ]
    new = wire.keys() - fields.keys()
    telling = [
        name
        for name in differing
        if sum(name in each.__struct_encode_fields__ for each in models) > 1
    ]
    return len(telling), _lost(wire, model), len(differing), len(lacking), len(new)


def _lost(wire: Json, kind: Any) -> int:
    """How many members of a value a type has no place for, at any depth."""
    if not isinstance(wire, (dict, list)):
        return 0
    return min((_lost_of_one(wire, each) for each in _alternatives(kind)), default=0)


def _lost_of_one(wire: dict[str, Json] | list[Json], kind: Any) -> int:
    if isinstance(wire, list):
        if get_origin(kind) is list:
            return sum(_lost(item, get_args(kind)[0]) for item in wire)
    elif get_origin(kind) is dict:
        return sum(_lost(member, get_args(kind)[1]) for member in wire.values())
    elif _is_model(kind):
        fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
        keeps = ADDITIONAL in fields
        return sum(
            _lost(member, fields[name].type) if name in fields else not keeps
            for name, member in wire.items()
        )
    return int(kind is not object and kind is not Any)


def _known_values(kind: Any) -> tuple[Json, ...]:
    """The values that a type lists; none if it is not of constants or an enum."""
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    kinds = tuple(each for each in kinds if each is not UnsetType)
    if len(kinds) == 1 and get_origin(kinds[0]) is Literal:
        return get_args(kinds[0])
    if len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], Enum):
        return tuple(member.value for member in kinds[0])
    return ()


def _alternatives(kind: Any) -> list[Any]:
    """The types that a type is one of."""
    if _is_union(kind):
        return [inner for each in kind.members() for inner in _alternatives(each)]
    if get_origin(kind) in (None, list, dict):
        return [kind]
    return [inner for each in get_args(kind) for inner in _alternatives(each)]


def _is_union(kind: Any) -> bool:
    return hasattr(kind, "members") and not _is_model(kind)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
