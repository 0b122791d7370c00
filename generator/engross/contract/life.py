"""The life of what a provider keeps: which operation creates, changes or deletes it.

Most of it follows from paths and schemas: `POST /invoices` creates what `GET /invoices/{id}`
retrieves. What does not is in the author's `x-engross`, which comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, cast

from engross.contract.facts import Facts, mapping, optional_text, sequence
from engross.contract.ir import (
    Act,
    Definition,
    Enum,
    Kind,
    Life,
    ListOf,
    Literal,
    Model,
    Nullable,
    Operation,
    OperationId,
    Parameter,
    Primitive,
    Ref,
    Reply,
    Resource,
    Type,
    Union,
    UnionType,
    Webhook,
    Webhooks,
)
from engross.contract.openapi import URL_VARIABLE, ParameterLocation
from engross.data import dataclass
from engross.source import Location, Value
from engross.source.expression import Expression, Message, Part
from engross.source.pointer import Pointer

_SUFFIX: Final = "(?:at|on|date|time|timestamp)?"
_CREATED: Final = re.compile(
    f"(?:date|time)?(?:created?|creation|inserted|added){_SUFFIX}"
)
_CHANGED: Final = re.compile(
    f"(?:date|time|last)*(?:updated?|modified|changed){_SUFFIX}"
)
"""Members that hold when an item was created, or last changed, in small letters."""

_TIMES: Final = (
    Kind.DATE,
    Kind.DATE_TIME,
    Kind.UNIX_MILLISECONDS,
    Kind.UNIX_SECONDS,
)
_NUMBERS: Final = (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL)
_NAMES: Final = ("id", "uuid", "key", "name", "code", "slug", "number", "reference")
"""Members that name what has them, where no other hint is given."""

_WRAPPERS: Final = ("data", "result", "results", "item", "items", "value", "content")
"""Members that hold what is asked for, whatever that is."""

_EXTENSION: Final = re.compile(r"\.(?:json|xml)$")
"""What some providers write behind the last segment of each path."""

_SHORTEST_VERB: Final = 4


def with_lives(
    operations: Sequence[Operation],
    webhooks: Webhooks | None,
    definitions: Sequence[Definition],
    written: Mapping[Location, Facts],
) -> tuple[tuple[Operation, ...], Webhooks | None, tuple[Resource, ...]]:
    """Return operations and webhooks with what they do to items, and the resources.

    Args:
        operations: all operations.
        webhooks: all webhooks.
        definitions: models, enums and unions that types refer to.
        written: the `life` that the author wrote, by the operation's location.
    """
    reader = _Reader(operations, {each.at: each for each in definitions}, written)
    lives = reader.lives()
    resources = {each.key: each for each in reader.resources(lives)}
    lived = tuple(
        (
            replace(each, life=lives[each.id])
            if each.id in lives and lives[each.id].resource in resources
            else each
        )
        for each in operations
    )
    if webhooks is not None:
        members = tuple(
            replace(each, life=reader.event(each, tuple(resources.values())))
            for each in webhooks.members
        )
        webhooks = replace(webhooks, members=members)
    return lived, webhooks, tuple(resources.values())


@dataclass(frozen=True)
class _Shape:
    """Where a reply has an item or a list of items, and the item's model."""

    model: Model
    at: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True)
class _Reader:
    """Reads the lives of the operations of one contract."""

    operations: Sequence[Operation]
    definitions: Mapping[Location, Definition]
    written: Mapping[Location, Facts]

    # Paths

    @cached_property
    def _items(self) -> Mapping[str, str]:
        """Collections by their paths without names, with the parameter of their items.

        A path to which all can only be posted leads to no item, nor does one that takes a
        list of names.
        """
        found: dict[str, str] = {}
        for operation in self.operations:
            *before, last = _segments(operation) or [""]
            if (
                before
                and URL_VARIABLE.fullmatch(last)
                and operation.http_method != "POST"
                and not _names_several(operation, last[1:-1])
            ):
                found.setdefault(_shape(before), last[1:-1])
        return found

    def lives(self) -> dict[OperationId, Life]:
        """Return what is known of operations."""
        found: dict[OperationId, Life] = {}
        for operation in self.operations:
            written = self.written.get(operation.at, {})
            life = self._inferred(operation)
            if written:
                life = self._as_written(operation, written, life)
            if life is not None:
                found[operation.id] = life
        return found

    def _is_item(self, segments: Sequence[str]) -> bool:
        """Return whether a path leads to an item, and not to all those of a parent."""
        if len(segments) < 2 or not URL_VARIABLE.fullmatch(segments[-1]):
            return False
        key = _shape(segments)
        if key not in self._items:
            return True
        return any(
            shape is not None and not shape.is_list
            for operation in self._on_paths[key]
            for shape in [self._shape(operation)]
            if operation.http_method == "GET"
        )

    def _inferred(self, operation: Operation) -> Life | None:
        segments = _segments(operation)
        if not segments:
            return None
        *before, last = segments
        shape, collection = self._shape(operation), _shape(segments)
        method = operation.http_method
        if self._is_item(segments):
            key, parameter = _shape(before), last[1:-1]
            if key not in self._items or _names_several(operation, parameter):
                return None
            return self._of_item(operation, key, parameter, shape)
        if method == "GET":
            if shape is not None and shape.is_list and collection in self._items:
                return Life(collection, Act.LIST, None, shape.at)
            return None
        if collection in self._items:
            return self._of_collection(operation, collection, shape)
        return self._transition(operation, before, last, shape)

    def _of_item(
        self, operation: Operation, key: str, parameter: str, shape: _Shape | None
    ) -> Life | None:
        acts = {
            "GET": Act.RETRIEVE,
            "PATCH": Act.UPDATE,
            "POST": Act.UPDATE,
            "PUT": Act.REPLACE,
            "DELETE": Act.DELETE,
        }
        act = acts.get(operation.http_method)
        is_item = shape is not None and self._is_of_items(shape, key)
        if act is None or (act is Act.RETRIEVE and not is_item):
            return None
        at = shape.at if shape is not None and is_item else ()
        return Life(key, act, _in_path(parameter), at)

    def _is_of_items(self, shape: _Shape, key: str) -> bool:
        """Return whether a reply has one item of a collection, perhaps in a list.

        A list may as well hold what is within the item. So it is one only where the
        collection lists the same, and where what the path leads to can be changed.
        """
        if not shape.is_list:
            return True
        shapes = map(self._shape, self._on_paths.get(key, ()))
        is_listed = any(each and each.model.at == shape.model.at for each in shapes)
        changing = ("PUT", "PATCH", "DELETE")
        return is_listed and any(
            operation.http_method in changing for operation, _ in self._of(key)
        )

    def _of_collection(
        self, operation: Operation, key: str, shape: _Shape | None
    ) -> Life | None:
        is_item = shape is not None and self._is_of_items(shape, key)
        at = shape.at if shape is not None and is_item else ()
        if operation.http_method == "POST":
            body = operation.body
            is_single = body is not None and self._model(body.type) is not None
            if shape is not None and shape.is_list and not (is_item and is_single):
                return None
            if self._has_fixed_names(key):
                return None
            return Life(key, Act.CREATE, None, at)
        if operation.http_method in ("PUT", "PATCH") and operation.body is not None:
            names = self._identity(key)
            model = self._model(operation.body.type)
            wires = () if model is None else model.wires
            for pointer in names:
                if pointer.tokens[0] in wires:
                    item = Expression(Message.REQUEST, Part.BODY, pointer=pointer)
                    return Life(key, Act.REPLACE, item, at)
        return None

    def _transition(
        self,
        operation: Operation,
        before: Sequence[str],
        verb: str,
        shape: _Shape | None,
    ) -> Life | None:
        """Return the life of an operation on an item, such as `/invoices/{id}/cancel`."""
        if (
            len(before) < 2
            or not URL_VARIABLE.fullmatch(before[-1])
            or URL_VARIABLE.search(verb)
        ):
            return None
        key = _shape(before[:-1])
        item = self._model_of(key)
        if operation.http_method not in ("POST", "PUT", "PATCH") or item is None:
            return None
        if shape is not None and (shape.is_list or shape.model.at != item.at):
            return None
        at = shape.at if shape is not None else ()
        sets = self._state_after(verb, item)
        return Life(key, Act.TRANSITION, _in_path(before[-1][1:-1]), at, sets)

    def _state_after(self, verb: str, model: Model) -> dict[str, Value]:
        """Return the member that a verb sets: `cancel` leads to `cancelled`."""
        words = [each for each in re.split(r"[^a-z]+", verb.lower()) if each]
        for field in model.fields:
            if not _plain(field.wire).endswith(("status", "state")):
                continue
            for value in self._values(field.type):
                plain = _plain(value)
                for word in words:
                    stem = word.removesuffix("e")
                    is_stem = len(stem) >= _SHORTEST_VERB and plain.startswith(stem)
                    if plain == word or is_stem:
                        return {field.wire: value}
        return {}

    def _values(self, type_: Type) -> Iterator[str]:
        match type_:
            case Nullable(inner):
                yield from self._values(inner)
            case Literal(values):
                yield from (each for each in values if isinstance(each, str))
            case Ref(at):
                definition = self.definitions.get(at)
                if isinstance(definition, Enum):
                    yield from (str(each.value) for each in definition.members)

    # Schemas

    def _shape(self, operation: Operation) -> _Shape | None:
        """Return where the reply of success has an item or a list."""
        return self._shapes[operation.id]

    @cached_property
    def _shapes(self) -> Mapping[OperationId, _Shape | None]:
        return {
            operation.id: next(
                filter(
                    None,
                    (self._shape_of(each, operation) for each in operation.successes),
                ),
                None,
            )
            for operation in self.operations
        }

    def _shape_of(self, reply: Reply, operation: Operation) -> _Shape | None:
        if reply.type is None:
            return None
        if operation.pagination is not None:
            model = self._model(operation.pagination.item_type)
            at = operation.pagination.items
            return _Shape(model, at, is_list=True) if model is not None else None
        type_ = reply.result if reply.unwrap and reply.result else reply.type
        return self._found(type_, reply.unwrap, operation)

    def _found(
        self, type_: Type, at: tuple[str, ...], operation: Operation
    ) -> _Shape | None:
        """Return where a value has an item or a list, itself or one member below."""
        if isinstance(type_, Nullable):
            return self._found(type_.inner, at, operation)
        if isinstance(type_, ListOf):
            item = self._model(type_.item)
            return None if item is None else _Shape(item, at, is_list=True)
        model = self._model(type_)
        if model is None:
            return None
        if at or self._names(operation, model):
            return _Shape(model, at, is_list=False)
        below = [*self._members(model, at)]
        segments = _segments(operation)
        is_plural = not _ends_with_name(operation) or _shape(segments) in self._items
        if operation.http_method == "GET" and is_plural:
            only = below[0] if len(below) == 1 else None
            if only and not only.is_list and _is_named(only.at[-1], segments):
                below += self._members(only.model, only.at)
            lists = [each for each in below if each.is_list]
            if len(lists) > 1:
                named = [each for each in lists if _is_named(each.at[-1], segments)]
                lists = named or [
                    each for each in lists if self._names(operation, each.model)
                ]
            if len(lists) == 1:
                return lists[0]
        else:
            named = [each for each in below if self._names(operation, each.model)]
            if len(named) == 1 and not named[0].is_list:
                (found,) = named
                is_wrapper = len(below) == 1 or _is_named(found.at[-1], segments)
                return found if is_wrapper else _Shape(model, at, is_list=False)
        return _Shape(model, at, is_list=False)

    def _members(self, model: Model, at: tuple[str, ...]) -> Iterator[_Shape]:
        """Yield the members of a model that are items or lists of items."""
        for field in model.fields:
            found = self._below(field.type, (*at, field.wire))
            if found is not None:
                yield found

    def _below(self, type_: Type, at: tuple[str, ...]) -> _Shape | None:
        if isinstance(type_, Nullable):
            return self._below(type_.inner, at)
        is_list = isinstance(type_, ListOf)
        model = self._model(type_.item if isinstance(type_, ListOf) else type_)
        return None if model is None else _Shape(model, at, is_list)

    def _model(self, type_: Type) -> Model | None:
        """Return the model of a type; of a union, that of its first member."""
        match type_:
            case Nullable(inner):
                return self._model(inner)
            case Union(members):
                return next(filter(None, map(self._model, members)), None)
            case Ref(at):
                definition = self.definitions.get(at)
                if isinstance(definition, UnionType):
                    members = definition.members
                    return next(filter(None, map(self._model, members)), None)
                return definition if isinstance(definition, Model) else None
        return None

    # Names of items

    def _names(self, operation: Operation, model: Model) -> list[str]:
        """Return the members of a model that may name an item of an operation."""
        segments = _segments(operation)
        for length in range(len(segments), 0, -1):
            parameter = self._items.get(_shape(segments[:length]))
            if parameter is None and URL_VARIABLE.fullmatch(segments[length - 1]):
                parameter = segments[length - 1][1:-1]
            if parameter is not None:
                return _candidates(parameter, segments[:length], model)
        return []

    @cached_property
    def _on_items(self) -> Mapping[str, list[tuple[Operation, str]]]:
        """Operations on items of each collection, with the item's parameter."""
        found: dict[str, list[tuple[Operation, str]]] = {}
        for operation in self.operations:
            *before, last = _segments(operation) or [""]
            if before and URL_VARIABLE.fullmatch(last):
                found.setdefault(_shape(before), []).append((operation, last[1:-1]))
        return found

    @cached_property
    def _on_paths(self) -> Mapping[str, list[Operation]]:
        """Operations of each path without the names of its parameters."""
        found: dict[str, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(_shape(_segments(operation)), []).append(operation)
        return found

    @cached_property
    def _linking(self) -> Mapping[OperationId, list[tuple[Operation, str, Expression]]]:
        """What links, and calls that read back, give to parameters of each operation."""
        found: dict[OperationId, list[tuple[Operation, str, Expression]]] = {}
        by_id = {each.operation_id: each.id for each in self.operations}
        for operation in self.operations:
            read = operation.retry.read
            target = None if read is None else by_id.get(read.operation)
            if read is not None and target is not None:
                for parameter, value in read.parameters:
                    if isinstance(value, Expression):
                        found.setdefault(target, []).append(
                            (operation, parameter, value)
                        )
            for target, parameter, value in operation.filled:
                found.setdefault(target, []).append((operation, parameter, value))
        return found

    def _of(self, key: str) -> list[tuple[Operation, str]]:
        """Return the operations on items of a collection, and the item's parameter."""
        return self._on_items.get(key, [])

    def _model_of(self, key: str) -> Model | None:
        """Return the model of the items of a collection."""
        return next(self._models_of(key), None)

    def _models_of(self, key: str) -> Iterator[Model]:
        """Yield the models in which operations return items, the most telling first."""
        order = ("GET", "POST", "PUT", "PATCH")
        on_items = sorted(
            (each for each, _ in self._of(key) if each.http_method in order),
            key=lambda each: order.index(each.http_method),
        )
        on_all = [*self._on_paths.get(key, ())]
        on_all.sort(key=lambda each: each.http_method != "POST")
        for operation in (*on_items, *on_all):
            shape = self._shape(operation)
            if shape is not None and not (shape.is_list and operation in on_items):
                yield shape.model

    def _identity(self, key: str) -> tuple[Pointer, ...]:
        """Return what names the items of a collection: what links say, then likely names."""
        found: dict[Pointer, None] = {}
        own = {operation.id: parameter for operation, parameter in self._of(key)}
        for target, name in own.items():
            for operation, parameter, value in self._linking.get(target, ()):
                shape = self._shape(operation)
                if name != parameter or shape is None:
                    continue
                tokens = value.pointer.tokens
                if value.message is Message.RESPONSE:
                    if tokens[: len(shape.at)] == shape.at and len(tokens) > len(
                        shape.at
                    ):
                        found[Pointer(tokens[len(shape.at) :])] = None
                elif tokens and tokens[-1] in shape.model.wires:
                    found[Pointer(tokens[-1:])] = None
        for model in () if found else self._models_of(key):
            for parameter in dict.fromkeys(own.values()):
                names = _candidates(parameter, key.split("/"), model)
                kinds = self._kinds(key, parameter)
                types = {field.wire: field.type for field in model.fields}
                names.sort(key=lambda name: _kind(types[name]) not in kinds)
                for name in names[:1]:
                    found[Pointer((name,))] = None
            if found:
                break
        return tuple(found)

    def _has_fixed_names(self, key: str) -> bool:
        """Return whether the contract lists the names of all items that there can be."""
        return any(
            isinstance(each.type, Literal)
            or (
                isinstance(each.type, Ref)
                and isinstance(self.definitions.get(each.type.at), Enum)
            )
            for operation, name in self._of(key)
            for each in _in_its_path(operation, name)
        )

    def _kinds(self, key: str, parameter: str) -> set[Kind]:
        """Return what the parameter of a collection's items is: a text, a number."""
        return {
            _kind(each.type)
            for operation, name in self._of(key)
            if name == parameter
            for each in _in_its_path(operation, name)
        }

    def resources(self, lives: Mapping[OperationId, Life]) -> Iterator[Resource]:
        """Yield the resources whose items have names."""
        by_key: dict[str, list[Operation]] = {}
        for operation in self.operations:
            if operation.id in lives:
                by_key.setdefault(lives[operation.id].resource, []).append(operation)
        for key, members in by_key.items():
            identity = self._written_identity(members) or self._identity(key)
            model = self._model_of(key)
            if model is None:
                shapes = map(self._shape, members)
                model = next((each.model for each in shapes if each is not None), None)
            if not identity or {lives[each.id].act for each in members} == {Act.LIST}:
                continue
            times = [] if model is None else [*_times(model)]
            yield Resource(
                key=key,
                identity=identity,
                is_created=any(_creates(each, lives[each.id]) for each in members),
                created=tuple(x for x in times if _CREATED.fullmatch(_plain(x[0]))),
                changed=tuple(x for x in times if _CHANGED.fullmatch(_plain(x[0]))),
            )

    def _written_identity(self, members: Sequence[Operation]) -> tuple[Pointer, ...]:
        for operation in members:
            listed = sequence(self.written.get(operation.at, {}).get("identity"))
            if listed:
                return tuple(Pointer.parse(str(each)) for each in listed)
        return ()

    # What the author wrote

    def _as_written(
        self, operation: Operation, own: Facts, inferred: Life | None
    ) -> Life | None:
        shape = self._shape(operation)
        at = shape.at if shape is not None else ()
        key = optional_text(own.get("resource"))
        act = optional_text(own.get("act"))
        item = optional_text(own.get("item"))
        base = inferred or Life(_shape(_segments(operation)), Act.UPDATE, None, at)
        return replace(
            base,
            resource=key or base.resource,
            act=Act(act) if act else base.act,
            item=Expression.parse(item) if item else base.item,
            sets={**base.sets, **_members(own.get("sets"))},
            since={
                name: tuple(cast(list[Value], values))
                for name, values in mapping(own.get("from")).items()
            },
            unique=tuple(
                Pointer.parse(str(each)) for each in sequence(own.get("unique"))
            ),
            refused=optional_text(own.get("refused")),
        )

    def event(self, webhook: Webhook, resources: Sequence[Resource]) -> Life | None:
        """Return what a webhook reports: a change of the items whose names it has."""
        own = self.written.get(webhook.at, {})
        model = None if webhook.result is None else self._model(webhook.result)
        wires = set() if model is None else {*model.wires}
        for resource in resources:
            names = {pointer.tokens[0] for pointer in resource.identity}
            is_named = own.get("resource") == resource.key
            if is_named or ("resource" not in own and names <= wires):
                sets = _members(own.get("sets"))
                return Life(resource.key, None, None, webhook.unwrap, sets)
        return None


def _creates(operation: Operation, life: Life) -> bool:
    """Return whether an operation creates items; one that puts them says so by its status."""
    if life.act is Act.REPLACE:
        return any(reply.status == "201" for reply in operation.successes)
    return life.act is Act.CREATE


def _members(value: object) -> dict[str, Value]:
    return dict(cast(Mapping[str, Value], mapping(value)))


def _segments(operation: Operation) -> list[str]:
    path = operation.id.path.partition("?")[0].partition("#")[0]
    return [_EXTENSION.sub("", each) for each in path.split("/") if each]


def _is_named(member: str, segments: Sequence[str]) -> bool:
    """Return whether a member is called as what a path leads to, or as anything is."""
    plain = _plain(member)
    nouns = [_plain(each) for each in segments if not URL_VARIABLE.search(each)]
    noun = nouns[-1] if nouns else ""
    stems = {noun, noun.removesuffix("s"), noun.removesuffix("es")}
    return plain in _WRAPPERS or plain in stems or plain.removesuffix("s") in stems


def _ends_with_name(operation: Operation) -> bool:
    segments = _segments(operation)
    return bool(segments) and URL_VARIABLE.fullmatch(segments[-1]) is not None


def _shape(segments: Sequence[str]) -> str:
    """Return a path without the names of its parameters."""
    return "/".join(URL_VARIABLE.sub("{}", each) for each in segments)


def _in_path(parameter: str) -> Expression:
    return Expression(Message.REQUEST, Part.PATH, parameter)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _candidates(parameter: str, path: Sequence[str], model: Model) -> list[str]:
    """Return the members of a model that a parameter of the path may name, best first."""
    plain = {_plain(wire): wire for wire in reversed([*model.wires])}
    wanted = _plain(parameter)
    nouns = [_plain(each) for each in path if not URL_VARIABLE.search(each)]
    noun = nouns[-1] if nouns else ""
    names = [wanted]
    stems = (noun, noun.removesuffix("s"), noun.removesuffix("es"))
    names += [wanted.replace(each, "", 1) for each in stems if each]
    names += [each for each in _NAMES if wanted.endswith(each)]
    if wanted in (
        "id",
        "key",
        "identifier",
        "uuid",
        "name",
        noun,
        noun.removesuffix("s"),
    ):
        names += [f"{noun.removesuffix('s')}id", *_NAMES]
    else:
        names.append("id")
    names += [each for each in plain if len(each) > 2 and wanted.endswith(each)]
    found = dict.fromkeys(plain[each] for each in names if each in plain)
    single = {field.wire for field in model.fields if _is_single(field.type)}
    return [each for each in found if each in single]


def _kind(type_: Type) -> Kind:
    """Return whether a name is a number or a text; of a union, its first member."""
    match type_:
        case Nullable(inner):
            return _kind(inner)
        case Union(members):
            return _kind(members[0])
        case Primitive(kind) if kind in _NUMBERS:
            return Kind.NUMBER
    return Kind.STRING


def _in_its_path(operation: Operation, name: str) -> Iterator[Parameter]:
    """Yield the parameter of a name in the path; there may be none."""
    for each in operation.parameters:
        if each.wire == name and each.location is ParameterLocation.PATH:
            yield each


def _names_several(operation: Operation, name: str) -> bool:
    """Return whether a parameter of the path is a list."""
    return any(isinstance(each.type, ListOf) for each in _in_its_path(operation, name))


def _is_single(type_: Type) -> bool:
    """Whether a value may be a name: a text or an integer."""
    match type_:
        case Nullable(inner):
            return _is_single(inner)
        case Primitive(kind):
            return kind in (Kind.STRING, Kind.UUID, Kind.ANY, *_NUMBERS)
        case Union(members):
            return all(map(_is_single, members))
    return False


def _times(model: Model) -> Iterator[tuple[str, Kind]]:
    """Yield the members of a model that hold times."""
    for field in model.fields:
        type_ = field.type.inner if isinstance(field.type, Nullable) else field.type
        if isinstance(type_, Primitive) and type_.kind in _TIMES:
            yield field.wire, type_.kind
