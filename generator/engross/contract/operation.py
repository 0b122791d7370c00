"""Operations: parameters, bodies, responses, and their `x-engross`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

from engross.contract.describe import Describer
from engross.contract.facts import (
    Facts,
    extension,
    mapping,
    name_span,
    optional_text,
    pointer,
    sequence,
    text,
)
from engross.contract.index import Index, IndexedOperation
from engross.contract.ir import (
    ANY,
    Argued,
    Argument,
    Body,
    Docs,
    Kind,
    ListOf,
    MapOf,
    Nullable,
    Operation,
    OperationId,
    Pagination,
    PagingStyle,
    Parameter,
    ParameterId,
    Part,
    Primitive,
    ReadBack,
    Ref,
    Reply,
    Retry,
    RetryMode,
    Server,
    Type,
    Union,
    successes,
)
from engross.contract.media_types import (
    FORMS,
    essence,
    is_json,
    is_text,
    preferred,
)
from engross.contract.openapi import (
    EXAMPLE_VALUES,
    EXPLODED,
    FRAMING_HEADERS,
    NO_SEGMENTS,
    SAFE_METHODS,
    STYLES,
    ParameterLocation,
    Style,
)
from engross.contract.security import read_servers
from engross.contract.types import Draft, Shape, TypeBuilder
from engross.data import dataclass
from engross.schema.schemas import Schemas
from engross.schema.tree import Direction
from engross.source import Location, Source, Value
from engross.source.expression import Expression

_WITHOUT_BODY = frozenset({"204", "205", "304"})
"""Statuses of responses that have no body, whatever is documented."""

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI takes from elsewhere in the document."""


@dataclass(slots=True)
class OperationBuilder:
    """Builds operations of one contract."""

    index: Index
    types: TypeBuilder
    describer: Describer
    default_security: object
    schemes: frozenset[str]
    transport_schemes: frozenset[str]
    token_schemes: frozenset[str]
    schemas: Schemas

    @property
    def source(self) -> Source:
        """Return the documents of the contract."""
        return self.index.source

    def build(self, found: IndexedOperation) -> Operation:
        """Return an operation of the index, as yet without its examples."""
        facts = found.value
        own = extension(facts)
        parameters = tuple(self._parameters(found))
        body = self._body(found)
        replies = tuple(self._replies(found))
        retry = self._retry(mapping(own.get("retry")), found.identity.method)
        arguments = tuple(self._arguments(parameters, body, retry))
        parameters = tuple(_without_defaults(parameters, arguments))
        pagination = self._pagination(
            mapping(own.get("pagination")), parameters, replies
        )
        return Operation(
            id=found.identity,
            at=found.at,
            operation_id=found.id,
            explicit=optional_text(own.get("method")),
            tags=tuple(map(str, sequence(facts.get("tags")))),
            parameters=parameters,
            body=body,
            arguments=arguments,
            replies=replies,
            result=_result(replies),
            retry=retry,
            pagination=pagination,
            security=self.security(facts),
            server=self._server(found),
            request_examples=(),
            reply_examples=(),
            docs=self.docs(found),
            links=tuple(self._links(found)),
            filled=tuple(self._filled(found)),
        )

    def docs(self, found: IndexedOperation) -> Docs:
        """Return the docs of an operation; those of its path where it has none."""
        docs = self.describer.docs(found.at, summary=True)
        if docs.summary or docs.description:
            return docs
        shared = self.describer.docs(found.listed, summary=True)
        return replace(docs, summary=shared.summary, description=shared.description)

    def _links(self, found: IndexedOperation) -> Iterator[OperationId]:
        """Yield the operations that responses link to, each once."""
        targets: dict[OperationId, None] = {}
        for response in found.responses.values():
            for name in mapping(self.index.value(response).get("links")):
                at = self.source.follow(response / "links" / name)
                target = self.index.linked(at)
                if target is not None:
                    targets[target.identity] = None
        yield from targets

    def _filled(
        self, found: IndexedOperation
    ) -> Iterator[tuple[OperationId, str, Expression]]:
        """Yield the parameters that links of responses give values to."""
        for response in found.responses.values():
            for name in mapping(self.index.value(response).get("links")):
                at = self.source.follow(response / "links" / name)
                target = self.index.linked(at)
                given = mapping(mapping(self.index.value(at)).get("parameters"))
                for parameter, written in given.items() if target is not None else ():
                    with suppress(ValueError):  # any text may stand there
                        value = argued(written)
                        if isinstance(value, Expression) and target is not None:
                            yield target.identity, parameter.rpartition(".")[2], value

    def _server(self, found: IndexedOperation) -> Server | None:
        """Return the server of the operation or its path item alone."""
        if found.servers is None:
            return None
        return next(iter(read_servers(self.index, self.describer, found.servers)), None)

    # Parameters

    def _parameters(self, found: IndexedOperation) -> Iterator[Parameter]:
        listed = found.parameters
        path = [
            parameter
            for parameter in listed
            if parameter.location is ParameterLocation.PATH
        ]
        path.sort(key=lambda parameter: found.path.find(f"{{{parameter.name}}}"))
        others = [
            parameter
            for parameter in listed
            if parameter.location is not ParameterLocation.PATH
        ]
        for parameter in (*path, *others):
            is_header = parameter.location is ParameterLocation.HEADER
            if (
                is_header
                and parameter.name.lower() in _IGNORED_HEADERS | FRAMING_HEADERS
            ):
                continue
            yield self._parameter(parameter.listed)

    def _parameter(self, where: Location) -> Parameter:
        at = self.source.follow(where)
        facts = mapping(self.source.value(at))
        wire, location = str(facts["name"]), ParameterLocation(str(facts["in"]))
        own = {**extension(facts), **extension(self.source.value(where))}
        content = next(iter(mapping(facts.get("content"))), None)
        schema_at = at / "content" / content / "schema" if content else at / "schema"
        has_schema = self._value_or_none(schema_at) is not None
        schema = self.types.schema(schema_at) if has_schema else None
        is_in_path = location is ParameterLocation.PATH
        required = bool(facts.get("required")) or is_in_path
        default, constant = None, False
        if required and schema is not None:
            default, constant = self.types.default_of(schema)
        if default is not None and is_in_path and default.value in NO_SEGMENTS:
            default, constant = None, False
        style = Style(str(facts.get("style") or STYLES[location]))
        explicit = optional_text(own.get("argument"))
        named_at = where if extension(self.source.value(where)) else at
        return Parameter(
            at=at,
            wire=wire,
            location=location,
            explicit=explicit,
            type=self.types.type_of(schema_at) if has_schema else ANY,
            required=required,
            style=style,
            explode=bool(facts.get("explode", style in EXPLODED)),
            allow_reserved=bool(facts.get("allowReserved")),
            content=content,
            default=default,
            constant=constant,
            schema=None if constant or not has_schema else self.validated(schema_at),
            example=self._parameter_example(facts, schema_at if has_schema else None),
            docs=self.describer.docs(where, schema=schema),
            span=name_span(self.source, named_at, "argument", explicit),
        )

    def _parameter_example(self, facts: Facts, schema_at: Location | None) -> object:
        shown = [mapping(each) for each in mapping(facts.get("examples")).values()]
        values = [each[key] for each in shown for key in EXAMPLE_VALUES if key in each]
        for value in [facts["example"]] if "example" in facts else values:
            sent = cast(Value, value)
            if facts["in"] == ParameterLocation.PATH and sent in NO_SEGMENTS:
                continue
            if schema_at is None or self.schemas.fits_at(
                schema_at, sent, Direction.REQUEST
            ):
                return value
        made = None
        if schema_at is not None:
            made = self.schemas.smallest(schema_at, Direction.REQUEST)
        if made is None or made.value == "text":
            return str(facts["name"]).replace("_", "-")
        return made.value

    def _value_or_none(self, at: Location) -> object:
        """Return the value at a location, or None if it does not exist."""
        parent = self.source.value(Location(at.document, at.tokens[:-1]))
        return mapping(parent).get(str(at.tokens[-1]))

    # Bodies

    def _body(self, found: IndexedOperation) -> Body | None:
        at = found.request_body
        if at is None:
            return None
        content = self.index.content(at)
        is_required = bool(mapping(self.source.value(at)).get("required"))
        if not is_required and all(map(self._says_nothing, content.values())):
            return None
        bodies: dict[str, Body] = {}
        for media_type in preferred(content):
            body = self._body_of(media_type, content[media_type], required=is_required)
            body = replace(body, docs=self._body_docs(at, content[media_type]))
            # A range besides other types is left to callers, who name one of its types.
            body = replace(body, media_type=media_type) if bodies else body
            bodies.setdefault(essence(body.media_type), body)
        first, *others = bodies.values() or (None,)
        return first and replace(first, others=tuple(filter(None, others)))

    def _says_nothing(self, media_at: Location) -> bool:
        """Tell whether a body can only be the empty object, as frameworks write for none."""
        if "schema" not in mapping(self.source.value(media_at)):
            return False
        schema = self.types.schema(media_at / "schema")
        has_members = schema.properties or schema.patterns or schema.choices
        return schema.kinds == {"object"} and schema.is_closed and not has_members

    def _body_of(self, media_type: str, media_at: Location, *, required: bool) -> Body:
        media = mapping(self.source.value(media_at))
        schema_at = media_at / "schema"
        wrap = pointer(extension(media).get("wrap")).tokens
        whole, is_validated = self._body_type(media_at, media_type)
        inner = self.unwrap(whole, wrap)
        return Body(
            media_type=_sent_as(media_type, whole),
            type=inner,
            wrap=wrap,
            required=required,
            spread=isinstance(inner, Ref) and self._draft(inner).shape is Shape.OBJECT,
            parts=tuple(
                _parts(
                    mapping(media.get("encoding")),
                    self._file_members(inner, media_type),
                )
            ),
            schema=self.validated(schema_at) if is_validated else None,
            docs=self.describer.docs(media_at),
        )

    def _body_docs(self, at: Location, media_at: Location) -> Docs:
        """Return the docs of a media type of a body; those of the body where it has none."""
        docs = self.describer.docs(media_at)
        shared = self.describer.docs(at)
        return replace(docs, description=docs.description or shared.description)

    def _body_type(self, media_at: Location, media_type: str) -> tuple[Type, bool]:
        """Return the type that callers give for a body, and whether it is validated.

        Anything but JSON and forms is sent unchanged, whatever structure its schema has;
        only the schema of a text applies.
        """
        schema_at = media_at / "schema"
        media = mapping(self.source.value(media_at))
        facts: Facts = {}
        if "schema" in media:
            facts = mapping(self.source.value(self.source.follow(schema_at)))
        is_file = bool(facts) and self._is_file(media_at)
        is_form = essence(media_type) in FORMS
        if essence(media_type) == "multipart/form-data" and is_file:
            return Primitive(Kind.FILE), False
        is_binary = is_file or ("*" in media_type and not facts)
        if is_form or (is_json(media_type) and not is_binary):
            if "schema" not in media:
                return MapOf(ANY) if is_form else ANY, False
            if is_form and is_text(media_type) and _is_single(facts):
                return Primitive(Kind.TEXT_CONTENT), True
            return self.types.type_of(schema_at), True
        if not is_text(media_type):
            return Primitive(Kind.CONTENT), False
        if is_file or not _is_single(facts):
            return Primitive(Kind.TEXT_CONTENT), False
        found = self.types.type_of(schema_at)
        is_plain = found in (Primitive(Kind.STRING), Primitive(Kind.BASE64))
        return Primitive(Kind.TEXT_CONTENT) if is_plain else found, True

    def _file_members(self, type_: Type, media_type: str) -> frozenset[str]:
        """Return the members of a multipart body that are files."""
        if essence(media_type) != "multipart/form-data" or not isinstance(type_, Ref):
            return frozenset()
        return frozenset(
            field.wire
            for field in self._draft(type_).fields
            if _holds_files(field.type)
        )

    def _draft(self, ref: Ref) -> Draft:
        return self.types.drafts[ref.at]

    def _arguments(
        self,
        parameters: Iterable[Parameter],
        body: Body | None,
        retry: Retry,
    ) -> Iterator[Argument]:
        found = [
            Argument(
                id=parameter.id,
                explicit=parameter.explicit,
                type=parameter.type,
                required=parameter.required
                and parameter.default is None
                and not retry.generates(parameter.id),
                positional=parameter.location is ParameterLocation.PATH,
                docs=parameter.docs,
                span=parameter.span,
            )
            for parameter in parameters
            if not parameter.constant
        ]
        if body is not None and body.spread and isinstance(body.type, Ref):
            found.extend(self._spread(self._draft(body.type), body, retry))
        elif body is not None:
            found.append(
                Argument(
                    id=ParameterId(ParameterLocation.BODY, ""),
                    explicit=None,
                    type=body.type,
                    required=body.required,
                    positional=False,
                    docs=body.docs,
                )
            )
        yield from _positional([each for each in found if each.positional])
        yield from (each for each in found if not each.positional and each.required)
        yield from (each for each in found if not each.positional and not each.required)

    def _spread(self, draft: Draft, body: Body, retry: Retry) -> Iterator[Argument]:
        key = retry.key.pointer.tokens if retry.key and retry.generates_key else ()
        for field in draft.fields:
            if field.constant or field.schema.is_read_only:
                continue
            is_required = field.required_in_request and field.default is None
            if key == (*body.wrap, field.wire):
                is_required = False
            yield Argument(
                id=ParameterId(ParameterLocation.MEMBER, field.wire),
                explicit=field.explicit,
                type=_given(field.type, body.media_type),
                required=is_required and body.required,
                positional=False,
                docs=self.describer.of_member(field.wire, field.schema),
                span=name_span(self.source, field.at, "argument", field.explicit),
            )

    # Replies

    def _replies(self, found: IndexedOperation) -> Iterator[Reply]:
        for status, at in found.responses.items():
            content = preferred(self.index.content(at))
            if found.method == "HEAD" or status in _WITHOUT_BODY or status[0] == "1":
                content = []
            replies = [self._reply(at, status, media_type) for media_type in content]
            first, *others = replies or [self._reply(at, status, None)]
            yield replace(first, others=tuple(others))

    def _reply(self, at: Location, status: str, media_type: str | None) -> Reply:
        docs = self.describer.docs(at)
        if media_type is None or status.startswith("3"):
            return Reply(status, None, None, (), False, None, None, docs)
        media_at = self.index.content(at)[media_type]
        media = mapping(self.source.value(media_at))
        unwrap = pointer(extension(media).get("unwrap")).tokens
        whole = self.received_type(media_type, media_at)
        if whole == Primitive(Kind.NULL):
            return Reply(status, None, None, (), False, None, None, docs)
        is_validated = (
            is_json(media_type)
            and "schema" in media
            and whole != Primitive(Kind.BINARY)
        )
        return Reply(
            status=status,
            media_type=media_type,
            type=whole,
            unwrap=unwrap,
            bare=bool(extension(media).get("bare")),
            result=self.unwrap(whole, unwrap),
            schema=self.validated(media_at / "schema") if is_validated else None,
            docs=docs,
        )

    def validated(self, at: Location) -> Location:
        """Return what a schema validates against: of a mere reference, its target."""
        value = mapping(self.source.value(at))
        while value.keys() == {"$ref"}:
            at = self.source.resolve(at, str(value["$ref"]))
            value = mapping(self.source.value(at))
        return at

    def received_type(self, media_type: str, media_at: Location) -> Type:
        """Return the type of a body that the provider sends."""
        if not is_json(media_type):
            return Primitive(Kind.STRING if is_text(media_type) else Kind.BINARY)
        if "schema" not in mapping(self.source.value(media_at)):
            return ANY
        if self._is_file(media_at):
            return Primitive(Kind.BINARY)
        found = self.types.type_of(media_at / "schema")
        return Primitive(Kind.STRING) if found == Primitive(Kind.BASE64) else found

    def _is_file(self, media_at: Location) -> bool:
        """Return whether the schema of a whole body says that it is a file."""
        found = self.types.type_of(media_at / "schema")
        return found == Primitive(Kind.FILE_TEXT)

    def unwrap(self, type_: Type, pointer: tuple[str, ...]) -> Type:
        """Return the type at a pointer into a value of a type."""
        if isinstance(type_, Nullable) and pointer:
            return self.unwrap(type_.inner, pointer)
        if not pointer:
            return type_
        if isinstance(type_, Ref):
            for field in self._draft(type_).fields:
                if field.wire == pointer[0]:
                    inner = self.unwrap(field.type, pointer[1:])
                    return inner.inner if isinstance(inner, Nullable) else inner
        return ANY

    # The extension

    def _pagination(
        self, own: Facts, parameters: tuple[Parameter, ...], replies: tuple[Reply, ...]
    ) -> Pagination | None:
        if not own:
            return None
        by_wire = {
            parameter.wire: parameter.id
            for parameter in parameters
            if parameter.location is ParameterLocation.QUERY
        }
        page = own.get("page") or own.get("offset") or own.get("cursor")
        size = own.get("size") or own.get("limit")
        items = pointer(own.get("items")).tokens
        success = next(
            (reply for reply in replies if reply.status.startswith("2")), None
        )
        listed = self.unwrap(success.type, items) if success and success.type else ANY
        style = PagingStyle(str(own.get("style")))
        first = 1 if style is PagingStyle.PAGE else 0
        start = own.get("start", first)
        return Pagination(
            style=style,
            page=by_wire.get(str(page)) if page else None,
            size=by_wire.get(str(size)) if size else None,
            start=start if isinstance(start, int) else first,
            items=items,
            next=pointer(own.get("next")),
            item_type=listed.item if isinstance(listed, ListOf) else ANY,
        )

    def _retry(self, own: Facts, method: str) -> Retry:
        read = mapping(own.get("read"))
        by_method = RetryMode.SAFE if method in SAFE_METHODS else RetryMode.UNSAFE
        return Retry(
            mode=RetryMode(str(own.get("class") or by_method)),
            key=Expression.parse(str(own["key"])) if "key" in own else None,
            generates_key="generate" in own,
            done=tuple(str(code) for code in sequence(own.get("done"))),
            read=(
                ReadBack(
                    operation=str(read["operationId"]),
                    parameters=tuple(
                        (name, argued(value))
                        for name, value in mapping(read.get("parameters")).items()
                    ),
                    body=argued(read.get("request_body")),
                )
                if read
                else None
            ),
            because=text(own.get("because")),
            provenance=self.describer.provenance(own),
        )

    def security(self, facts: Facts) -> tuple[tuple[str, ...], ...]:
        """Return the alternative security schemes of an operation, or of the document.

        Anonymous access comes last: it is used only if no secrets are known.
        """
        listed = facts.get("security", self.default_security)
        usable = self.schemes | self.transport_schemes
        found = [
            tuple(self._sent(mapping(names)))
            for names in sequence(listed)
            if usable.issuperset(mapping(names))
        ]
        return tuple(sorted(found, key=lambda names: not names))

    def _sent(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the schemes of a requirement that a request carries, with one token."""
        has_token = False
        for name in names:
            is_token = name in self.token_schemes
            if name in self.schemes and not (is_token and has_token):
                yield name
            has_token |= is_token


def _positional(arguments: Sequence[Argument]) -> Iterator[Argument]:
    """Yield positional arguments; those before a required one are required too."""
    last = max((at for at, each in enumerate(arguments) if each.required), default=-1)
    for position, argument in enumerate(arguments):
        is_required = argument.required or position < last
        yield replace(argument, required=is_required)


def _without_defaults(
    parameters: Iterable[Parameter], arguments: Iterable[Argument]
) -> Iterator[Parameter]:
    """Yield parameters; no default stands for what callers must give."""
    given = {argument.id for argument in arguments if argument.required}
    for parameter in parameters:
        yield replace(parameter, default=None) if parameter.id in given else parameter


def _is_single(facts: Facts) -> bool:
    """Return whether a schema describes a single value."""
    types = facts.get("type")
    names = types if isinstance(types, list) else [types]
    return all(
        name in ("string", "integer", "number", "boolean", "null") for name in names
    )


def _sent_as(media_type: str, type_: Type) -> str:
    """Return the media type to send for a range of media types."""
    if "*" not in media_type:
        return media_type
    if is_json(media_type) and type_ != Primitive(Kind.CONTENT):
        return "application/json"
    return "text/plain" if is_text(media_type) else "application/octet-stream"


def _given(type_: Type, media_type: str) -> Type:
    """Return the type of a member of a body as callers give it: files are files in parts only."""
    if essence(media_type) != "multipart/form-data":
        return type_
    match type_:
        case Primitive(Kind.FILE_TEXT):
            return Primitive(Kind.FILE)
        case ListOf(item):
            return ListOf(_given(item, media_type))
        case Nullable(inner):
            return Nullable(_given(inner, media_type))
    return type_


def _holds_files(type_: Type) -> bool:
    """Return whether a member of a body is a file, or a list of files."""
    match type_:
        case ListOf(inner) | Nullable(inner):
            return _holds_files(inner)
    return type_ == Primitive(Kind.FILE_TEXT)


def _parts(encoding: Facts, files: frozenset[str]) -> Iterator[Part]:
    for name in dict.fromkeys((*encoding, *sorted(files))):
        facts = mapping(encoding.get(name))
        content_type = optional_text(facts.get("contentType"))
        if name in files:  # a style is for values that are written as text
            yield Part(name, None, None, content_type, allow_reserved=False, file=True)
            continue
        explode = facts.get("explode")
        yield Part(
            name=name,
            style=Style(str(facts["style"])) if "style" in facts else None,
            explode=explode if isinstance(explode, bool) else None,
            content_type=content_type,
            allow_reserved=bool(facts.get("allowReserved")),
            file=False,
        )


def argued(value: object) -> Argued:
    """Return a JSON value with its texts that begin with `$` read as expressions."""
    match value:
        case dict():
            return {name: argued(member) for name, member in value.items()}
        case list():
            return [argued(item) for item in value]
        case str() if value.startswith("$"):
            return Expression.parse(value)
        case _:
            return cast(Value, value)  # type: ignore[return-value]


def _result(replies: Iterable[Reply]) -> Type | None:
    """Return the type that the method returns: the union of all successful results."""
    results: list[Type] = []
    empty = False
    for reply in successes(tuple(replies)):
        for media in reply.whole:
            if media.result is None:
                empty = True
            elif media.result not in results:
                results.append(media.result)
    if not results:
        return None
    result = results[0] if len(results) == 1 else Union(tuple(results))
    return Nullable(result) if empty else result
