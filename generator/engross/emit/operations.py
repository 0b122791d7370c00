"""Descriptors of operations and of the whole contract, laid out as source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from engross.contract.ir import (
    Argued,
    Body,
    Contract,
    Credential,
    Enum,
    Kind,
    ListOf,
    Literal,
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
    Ref,
    Reply,
    Retry,
    RetryMode,
    SchemeKind,
    SecurityScheme,
    Server,
    ServerVariable,
    SignatureEncoding,
    Type,
    Union,
)
from engross.contract.media_types import essence, is_named_json
from engross.contract.openapi import EXPLODED, STYLES, ParameterLocation, Style
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames, Setting
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import constant
from engross.emit.parts import (
    PARAMETERS,
    Parts,
    Spread,
    by_module,
    loading,
    partition,
)
from engross.emit.type_annotations import Annotator
from engross.layout import (
    WIDTH,
    Expression,
    Group,
    Item,
    call,
    dict_of,
    flat,
    lay_out,
    lay_out_type,
    literal,
    string,
    tuple_of,
)
from engross.source import Location
from engross.source.expression import Expression as RuntimeExpression
from engross.source.expression import Message
from engross.source.expression import Part as MessagePart
from engross.source.pointer import Pointer

RUNTIME = "._runtime.operation"
CREDENTIALS = "._runtime.credentials"
PAGING = "._runtime.paging"
POINTERS = "._runtime.pointers"
SIGNATURES = "._runtime.signatures"


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module that holds assignments."""

    imports: str
    assignments: tuple[str, ...]


def operations_view(
    contract: Contract, names: PythonNames, parts: Parts | None
) -> Spread[ModuleView]:
    """The views of the modules of operations.

    Args:
        contract: has the operations.
        names: their names.
        parts: their modules; None if there is one for all.
    """
    ordered = _readers_last(contract.operations)
    enums = enums_of(contract)
    if parts is None:
        return Spread(_module(ordered, _Writer(contract, names, Imports(), enums)))
    homes = _homes(contract, parts)
    modules = {
        names.constant(each): f".operations.{homes[each.id]}" for each in ordered
    }
    by_part = by_module(ordered, lambda each: homes[each.id])
    common = _Writer(contract, names, Imports(folder="operations"), enums)
    repeated = _repeated(common)
    views = {
        part: _module(
            own,
            _Writer(
                contract,
                names,
                Imports(folder="operations"),
                enums,
                modules,
                repeated,
            ),
        )
        for part, own in by_part.items()
    }
    if repeated.assignments:
        views[PARAMETERS] = ModuleView(common.imports.render(), repeated.assignments)
        views = dict(sorted(views.items()))
    public = {part: [*map(names.constant, own)] for part, own in by_part.items()}
    return Spread(None, views, loading(public))


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Parameters and the like that several operations have, each written once.

    Attributes:
        names: names of parameters, by operation and parameter.
        values: names of other values, by their source on one line.
        assignments: of these names.
    """

    names: Mapping[tuple[OperationId, ParameterId], str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    assignments: tuple[str, ...] = ()


def _repeated(writer: _Writer) -> _Repeated:
    """Return the parameters that are written equally in several operations.

    Those that need a model are left out: a call would load the models of other resources.
    """
    uses: dict[str, list[tuple[OperationId, ParameterId]]] = {}
    written: dict[str, tuple[Parameter, Operation]] = {}
    for operation in writer.contract.operations:
        for parameter in operation.parameters:
            if not _needs_type(parameter.type):
                # What only one operation has is imported where that is.
                apart = replace(writer, imports=Imports(folder="operations"))
                text = flat(apart.own_parameter(parameter, operation))
                uses.setdefault(text, []).append((operation.id, parameter.id))
                written.setdefault(text, (parameter, operation))
    scope = Namespace("a parameter")
    found: dict[tuple[OperationId, ParameterId], str] = {}
    assignments: list[str] = []
    for text, places in uses.items():
        if len(places) > 1:
            parameter, operation = written[text]
            made = writer.own_parameter(parameter, operation)
            argument = constant(writer.names.argument(operation, parameter.id))
            label = constant(operation.label)
            name = scope.claim(text, f"_{argument}", f"_{label}_{argument}")
            found |= dict.fromkeys(places, name)
            assignments.append(lay_out(made, before=f"{name} = "))
    values: dict[str, str] = {}
    counted = Counter(
        (wanted, flat(value)) for wanted, value in _repeatable(writer.contract)
    )
    for (wanted, text), count in counted.items():
        if count > 1:
            name = values[text] = scope.claim(text, wanted)
            assignments.append(lay_out(text, before=f"{name} = "))
            if text.startswith("Part("):
                writer.imports.add(RUNTIME, "Part")
    return _Repeated(found, values, tuple(assignments))


def _repeatable(contract: Contract) -> Iterator[tuple[str, Expression]]:
    """Yield what operations may have in common, each with the name that it would have."""
    for operation in contract.operations:
        if operation.security:
            yield "_SECURITY", _security(operation.security)
        body = operation.body
        for each in (body, *body.others) if body is not None else ():
            for part in each.parts:
                wanted = " ".join(filter(None, (part.style, part.content_type)))
                yield f"_{constant(wanted or 'part')}", _part(part)


def _module(operations: Iterable[Operation], writer: _Writer) -> ModuleView:
    assignments = tuple(map(writer.assignment, operations))
    return ModuleView(writer.imports.render(), assignments)


def _homes(contract: Contract, parts: Parts) -> Mapping[OperationId, str]:
    """Return the module of each operation: one of another resource may read back with it."""
    roots: dict[str, list[OperationId]] = {}
    for id_, part in parts.operations.items():
        roots.setdefault(part, []).append(id_)
    readers = {each.operation_id: each.id for each in contract.operations}
    edges = {
        each.id: (
            () if each.retry.read is None else (readers[each.retry.read.operation],)
        )
        for each in contract.operations
    }
    return partition(edges, roots)


def _readers_last(operations: Iterable[Operation]) -> list[Operation]:
    """Operations in an order in which each follows the one that it reads back with."""
    listed = tuple(operations)
    by_id = {each.operation_id: each for each in listed if each.operation_id}
    ordered: dict[OperationId, Operation] = {}

    def place(operation: Operation, above: frozenset[OperationId]) -> None:
        read = operation.retry.read
        reader = by_id.get(read.operation) if read is not None else None
        if reader is not None and reader.id not in above:
            place(reader, above | {operation.id})
        ordered.setdefault(operation.id, operation)

    for operation in listed:
        place(operation, frozenset({operation.id}))
    return list(ordered.values())


def _assigned(name: str, kind: str, result: str, operation: Expression) -> str:
    """The assignment of an operation; its type is broken only where nothing else helps."""
    before = f"{name}: {kind}[{result}] = "
    if len(f"{before}{kind}(") <= WIDTH:
        return lay_out(operation, before=before)
    if len(before) < WIDTH:
        return f"{before}(\n    {lay_out(operation, indent=4)}\n)"
    if len(f"{name}: {kind}[") > WIDTH:
        before = f"{name}: (\n    {kind}[{result}]\n) = "
    else:
        before = lay_out_type(f"{kind}[{result}]", before=f"{name}: ", after=" = (")
    return before.removesuffix("(") + lay_out(operation)


@dataclass(frozen=True, slots=True)
class _Writer:
    contract: Contract
    names: PythonNames
    imports: Imports
    enums: frozenset[Location]
    modules: Mapping[str, str] = field(default_factory=dict)
    """The module of each operation, where there are several."""
    repeated: _Repeated = field(default_factory=_Repeated)
    """What several operations have."""

    def assignment(self, operation: Operation) -> str:
        paged = operation.pagination
        result = self._annotation(
            operation.result if paged is None else paged.item_type, decoded=False
        )
        keywords: dict[str, Expression] = {
            "id": string(operation.label),
            "name": string(self.names.method(operation)),
            "method": string(operation.http_method),
            "path": string(operation.path),
        }
        if operation.parameters:
            keywords["parameters"] = tuple_of(
                self._parameter(each, operation) for each in operation.parameters
            )
        if operation.body is not None:
            keywords["body"] = self._body(operation.body, operation)
            others = {
                string(other.media_type): self._body(other, operation)
                for other in operation.body.others
            }
            keywords |= {"bodies": dict_of(others)} if others else {}
        keywords |= self._replies(operation)
        keywords["retry"] = self._retry(operation)
        if operation.pagination is not None:
            keywords["pagination"] = self._pagination(operation, operation.pagination)
        accept, stream_accept = accept_headers(operation)
        if accept != "application/json":
            keywords["accept"] = string(accept)
        if stream_accept:
            keywords["stream_accept"] = string(stream_accept)
        if operation.security:
            keywords["security"] = self._repeated_value(_security(operation.security))
        if operation.server is not None:
            keywords["server"] = _server(operation.server, self.names, self.imports)
        kind = "Operation" if paged is None else "PagedOperation"
        self.imports.add(RUNTIME if paged is None else PAGING, kind)
        constant = self.names.constant(operation)
        return _assigned(constant, kind, result, call(kind, **keywords))

    def _annotation(self, type_: Type | None, *, decoded: bool = True) -> str:
        if type_ is None:
            return "None"
        annotator = Annotator(
            self.names, self.imports, prefix="models.", decoded=decoded
        )
        written = annotator.field(type_, open_literals=True)
        if "models." in written:
            self.imports.add(".", "models")
        return written

    def _parameter(self, parameter: Parameter, operation: Operation) -> Expression:
        name = self.repeated.names.get((operation.id, parameter.id))
        if name is None:
            return self.own_parameter(parameter, operation)
        self.imports.add(f".operations.{PARAMETERS}", name)
        return name

    def own_parameter(self, parameter: Parameter, operation: Operation) -> Expression:
        """Return the descriptor of a parameter."""
        self.imports.add(RUNTIME, "Parameter")
        keywords: dict[str, Expression] = {}
        if parameter.style != STYLES[parameter.location]:
            keywords["style"] = string(parameter.style)
        if parameter.explode != (parameter.style in EXPLODED):
            keywords["explode"] = str(parameter.explode)
        if (
            parameter.required
            and parameter.location is not ParameterLocation.PATH
            and (parameter.constant or parameter.default is None)
        ):
            keywords["required"] = "True"
        if parameter.default is not None:
            which = "const" if parameter.constant else "default"
            keywords[which] = literal(parameter.default.value)
        if parameter.allow_reserved:
            keywords["allow_reserved"] = "True"
        if parameter.content is not None:
            keywords["content"] = string(parameter.content)
        if _needs_type(parameter.type):
            keywords["type"] = self._annotation(parameter.type)
        if parameter.schema is not None:
            name = self.names.parameter_validator(operation, parameter.id)
            keywords["validator"] = string(name)
        module, writer = parameter_writer(parameter, self.enums)
        if writer:
            self.imports.add(f"._runtime.{module}", writer)
            keywords["writer"] = writer
        argument = self.names.argument(operation, parameter.id)
        texts = (argument, parameter.wire, parameter.location)
        return call("Parameter", *map(string, texts), **keywords)

    def _body(self, body: Body, operation: Operation) -> Expression:
        self.imports.add(RUNTIME, "Body")
        keywords: dict[str, Expression] = {}
        if body.required:
            keywords["required"] = "True"
        if body.wrap:
            keywords["wrap"] = tuple_of(string(each) for each in body.wrap)
        parts = {string(each.name): self._part(each) for each in body.parts}
        if parts:
            keywords["parts"] = dict_of(parts)
        if body.schema is not None:
            keywords["validator"] = string(self.names.body_validator(operation, body))
        module, encoder = body_encoder(body)
        if encoder:
            self.imports.add(f"._runtime.{module}", encoder)
            keywords["encoder"] = encoder
        return call(
            "Body", string(body.media_type), self._annotation(body.type), **keywords
        )

    def _part(self, part: Part) -> Expression:
        made = _part(part)
        found = self._repeated_value(made)
        if found is made:
            self.imports.add(RUNTIME, "Part")
        return found

    def _repeated_value(self, value: Expression) -> Expression:
        """Return the name of a value that several operations have, else the value."""
        name = self.repeated.values.get(flat(value)) if self.repeated.values else None
        if name is None:
            return value
        self.imports.add(f".operations.{PARAMETERS}", name)
        return name

    def _replies(self, operation: Operation) -> Iterator[tuple[str, Expression]]:
        successes = operation.successes
        if successes:
            self.imports.add(RUNTIME, "Reply")
            yield (
                "replies",
                dict_of(
                    {
                        _status(each.status): self._media(each, operation)
                        for each in successes
                    }
                ),
            )
        typed = {
            _status(each.status): f"lambda: {self._annotation(each.type)}"
            for each in operation.failures
            if each.type is not None and each.type != Primitive(Kind.ANY)
        }
        if typed:
            yield "errors", dict_of(dict(typed))

    def _media(self, reply: Reply, operation: Operation) -> Expression:
        """Return the expression for what is read of a response, in each media type."""
        if operation.pagination is not None or len(reply.whole) == 1:
            return self._reply(reply, operation)
        return tuple_of(self._reply(media, operation) for media in reply.whole)

    def _reply(self, reply: Reply, operation: Operation) -> Expression:
        if reply.result is None:
            return "Reply()"
        unwrap, type_ = reply.unwrap, self._annotation(reply.result)
        if operation.pagination is not None:
            unwrap = operation.pagination.items
            type_ = f"list[{self._annotation(operation.pagination.item_type)}]"
        keywords: dict[str, Expression] = {}
        if unwrap:
            keywords["unwrap"] = tuple_of(string(each) for each in unwrap)
        if reply.bare:
            keywords["bare"] = "True"
        if reply.media_type not in (None, "application/json"):
            keywords["media_type"] = string(str(reply.media_type))
        if reply.schema is not None:
            name = self.names.reply_validator(operation, reply)
            keywords["validator"] = string(name)
        return call("Reply", type_, **keywords)

    def _retry(self, operation: Operation) -> Expression:
        retry = operation.retry
        name, is_keyed = retry.mode.name.title(), retry.mode is RetryMode.KEYED
        self.imports.add(RUNTIME, name)
        keywords: dict[str, Expression] = {}
        if is_keyed and retry.key is not None:
            keywords["key"] = runtime_expression(retry.key, self.imports)
        if is_keyed and retry.generates_key:
            keywords["generate"] = "True"
        if is_keyed and retry.done:
            keywords["done"] = tuple_of(string(code) for code in retry.done)
        if retry.read is not None and retry.mode is not RetryMode.SAFE:
            keywords["read"] = self._read(retry, operation)
        return call(name, **keywords)

    def _read(self, retry: Retry, operation: Operation) -> Expression:
        assert retry.read is not None
        self.imports.add(RUNTIME, "Read")
        target = next(
            each
            for each in self.contract.operations
            if each.operation_id == retry.read.operation
        )
        names = {
            each.wire: self.names.argument(target, each.id)
            for each in target.parameters
        }
        keywords: dict[str, Expression] = {}
        if retry.read.parameters:
            keywords["arguments"] = dict_of(
                {
                    string(names[wire]): argued(value, self.imports)
                    for wire, value in retry.read.parameters
                }
            )
        if retry.read.body is not None:
            keywords["body"] = argued(retry.read.body, self.imports)
        constant, own = map(self.names.constant, (target, operation))
        home = self.modules.get(constant)
        if home is not None and home != self.modules[own]:
            self.imports.add(home, constant)
        return call("Read", constant, **keywords)

    def _pagination(self, operation: Operation, pagination: Pagination) -> Expression:
        keywords: dict[str, Expression] = {}
        match pagination.style:
            case PagingStyle.PAGE:
                name, page, size = "PageStyle", "page", "size"
            case PagingStyle.OFFSET:
                name, page, size = "OffsetStyle", "offset", "limit"
            case PagingStyle.CURSOR:
                name, page, size = "CursorStyle", "cursor", ""
            case PagingStyle.URL:
                name, page, size = "NextUrlStyle", "", ""
            case PagingStyle.LINK:
                name, page, size = "LinkStyle", "", ""
        self.imports.add(PAGING, name)
        if page and pagination.page is not None:
            keywords[page] = string(self.names.argument(operation, pagination.page))
        if size and pagination.size is not None:
            keywords[size] = string(self.names.argument(operation, pagination.size))
        if name == "PageStyle" and pagination.start != 1:
            keywords["start"] = str(pagination.start)
        if name in ("CursorStyle", "NextUrlStyle"):
            keywords["next"] = pointer(pagination.next)
        return call(name, **keywords)


_BODILESS = (204, 205)
"""Statuses of replies without a body."""


def status_code(status: str, operation: Operation) -> int:
    """A code for a status of an operation; for a class, one without a reply of its own."""
    if status.isdigit():
        return int(status)
    first = int(status[0]) * 100 if status[:1].isdigit() else 200
    documented = {each.status for each in operation.replies}
    codes = (each for each in range(first, first + 100) if each not in _BODILESS)
    return next((each for each in codes if str(each) not in documented), first)


def _status(status: str) -> str:
    return (
        status
        if status.isdigit()
        else string(status.upper() if "x" in status.lower() else status)
    )


def accept_headers(operation: Operation) -> tuple[str, str]:
    """Return the media types that calls accept, and those of streamed calls where they differ."""
    successes = operation.successes
    listed = [media for reply in successes for media in (reply, *reply.others)]
    whole = [media for reply in successes for media in reply.whole]
    streams = [media for media in listed if media.is_stream]
    accept = _joined(whole) or "application/json"
    stream_accept = _joined(streams)
    return accept, "" if stream_accept == accept else stream_accept


def _joined(replies: Iterable[Reply]) -> str:
    types = (reply.media_type for reply in replies if reply.media_type is not None)
    return ", ".join(dict.fromkeys(types))


_CONVERTED = frozenset(
    {
        Kind.UNIX_MILLISECONDS,
        Kind.UNIX_SECONDS,
        Kind.DECIMAL,
        Kind.DECIMAL_TEXT,
        Kind.BASE64,
    }
)
"""Kinds whose values alone do not say how they are written."""


def _needs_type(type_: Type) -> bool:
    match type_:
        case Primitive(kind):
            return kind in _CONVERTED
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return _needs_type(inner)
        case Union(members):
            return any(map(_needs_type, members))
    return isinstance(type_, Ref)


def _part(part: Part) -> Expression:
    keywords: dict[str, Expression] = {}
    if part.content_type is not None:
        keywords["content_type"] = string(part.content_type)
    if part.style is not None:
        keywords["style"] = string(part.style)
    if part.explode is not None:
        keywords["explode"] = str(part.explode)
    if part.allow_reserved:
        keywords["allow_reserved"] = "True"
    if part.file:
        keywords["file"] = "True"
    return call("Part", **keywords)


def _security(security: tuple[tuple[str, ...], ...]) -> Expression:
    return tuple_of(tuple_of(string(name) for name in each) for each in security)


# The contract as a whole


def contract_view(contract: Contract, names: PythonNames) -> ModuleView:
    """The view of `contract.py`."""
    imports = Imports()
    imports.add(RUNTIME, "ContractInfo")
    keywords: dict[str, Expression] = {
        "name": string(names.client),
        "package": string(names.package),
        "version": string(contract.version),
        "servers": tuple_of(_server(each, names, imports) for each in contract.servers),
        "base_url_env": string(f"{names.env_prefix}_BASE_URL"),
    }
    if contract.security:
        keywords["security"] = dict_of(
            {
                string(each.name): _scheme(each, names, imports)
                for each in contract.security
            }
        )
    if contract.required_security:
        keywords["required"] = _security(contract.required_security)
    if contract.secret_names:
        keywords["secret_names"] = tuple_of(map(string, contract.secret_names))
    keywords["errors"] = _errors(contract, names, imports)
    if contract.timezone is not None:
        keywords["timezone"] = string(contract.timezone)
    if contract.webhook_secrets:
        keywords["webhook_secrets"] = tuple_of(
            credential_source(names.setting(each), imports)
            for each in contract.webhook_secrets
        )
    if names.targets:
        keywords["validators"] = string(f"{names.package}.validators")
    if contract.tracing:
        imports.add("._runtime.tracing", "span_trace")
        keywords["trace"] = "span_trace"
    assignment = lay_out(call("ContractInfo", **keywords), before="CONTRACT = ")
    return ModuleView(imports.render(), (assignment,))


def _server(server: Server, names: PythonNames, imports: Imports) -> Expression:
    imports.add(RUNTIME, "Server")
    keywords: dict[str, Expression] = {}
    if server.variables:
        keywords["variables"] = tuple_of(
            _variable(each, names.setting(each), imports) for each in server.variables
        )
    return call("Server", string(server.url), **keywords)


def _variable(
    variable: ServerVariable, setting: Setting, imports: Imports
) -> Expression:
    imports.add(RUNTIME, "Variable")
    keywords: dict[str, Expression] = {
        "argument": string(setting.argument),
        "env": string(setting.env),
    }
    if not variable.required:
        keywords["default"] = string(variable.default)
    return call("Variable", string(variable.wire), **keywords)


def _scheme(scheme: SecurityScheme, names: PythonNames, imports: Imports) -> Expression:
    secret = _credential(scheme.credential, names, imports)
    name, keywords = "ApiKey", dict[str, Expression]()
    positional: tuple[Expression, ...] = (string(scheme.wire),)
    match scheme.kind:
        case SchemeKind.BASIC:
            name, positional = "Basic", ()
            # Often one half is an API key, and the other is left empty.
            password = _credential(
                scheme.password, names, imports, may_be_empty=secret is not None
            )
            halves = {"username": secret, "password": password}
            keywords = {
                half: value for half, value in halves.items() if value is not None
            }
            secret = None
        case SchemeKind.AUTHORIZATION:
            name = "Http"
        case SchemeKind.OAUTH2:
            name, positional = "OAuth2ClientCredentials", ()
            password = _credential(scheme.password, names, imports)
            keywords["token_url"] = string(str(scheme.token_url))
            keywords |= {
                half: value
                for half, value in (("client_id", secret), ("client_secret", password))
                if value is not None
            }
            if scheme.scopes:
                keywords["scopes"] = tuple_of(string(each) for each in scheme.scopes)
            if scheme.in_form:
                keywords["authenticate_in"] = string("body")
            issuer = _credential(scheme.issuer, names, imports)
            if issuer is not None:
                keywords["issuer"] = issuer
            secret = None
        case SchemeKind.SIGNATURE if scheme.signature is not None:
            name = "Signature"
            keywords["template"] = _signed_parts(scheme, names, imports)
            keywords["digest"] = string(scheme.signature.digest)
            if scheme.signature.hmac:
                keywords["hmac"] = "True"
            if scheme.signature.encoding is not SignatureEncoding.HEX:
                keywords["encoding"] = string(scheme.signature.encoding)
            if scheme.location is not ParameterLocation.HEADER:
                keywords["place"] = string(scheme.location)
        case _:
            positional = (string(scheme.wire), string(scheme.location))
    imports.add(_SCHEME_MODULES.get(name, CREDENTIALS), name)
    if secret is not None:
        positional = (*positional, secret)
    return call(name, *positional, **keywords)


_SCHEME_MODULES = {
    "OAuth2ClientCredentials": "._runtime.oauth",
    "Signature": SIGNATURES,
}
"""Modules of the schemes that few contracts need."""


def _credential(
    credential: Credential | None,
    names: PythonNames,
    imports: Imports,
    *,
    may_be_empty: bool = False,
) -> Expression | None:
    if credential is None:
        return None
    setting = names.setting(credential)
    return credential_source(setting, imports, may_be_empty=may_be_empty)


def credential_source(
    setting: Setting, imports: Imports, *, may_be_empty: bool = False
) -> Expression:
    """Return the expression for a secret that a client is given."""
    imports.add(CREDENTIALS, "Credential")
    keywords: dict[str, Expression] = {"may_be_empty": "True"} if may_be_empty else {}
    return call("Credential", string(setting.argument), string(setting.env), **keywords)


def _errors(contract: Contract, names: PythonNames, imports: Imports) -> Expression:
    imports.add(RUNTIME, "ErrorRules")
    errors = contract.errors
    keywords: dict[str, Expression] = {}
    if errors.code:
        keywords["code"] = tuple_of(map(pointer, errors.code))
    if errors.message:
        keywords["message"] = tuple_of(map(pointer, errors.message))
    if errors.failure is not None:
        imports.add(RUNTIME, "Failure")
        equals = tuple_of(flat(literal(each)) for each in errors.failure.equals)
        keywords["failure"] = call("Failure", pointer(errors.failure.at), equals)
    if errors.request_id_header is not None:
        keywords["request_id"] = string(errors.request_id_header)
    if errors.classes:
        keywords["classes"] = dict_of(
            {string(each.code): string(names.error(each)) for each in errors.classes}
        )
        keywords["module"] = string(f"{names.package}.errors")
    return call("ErrorRules", **keywords)


# Pointers and expressions


def pointer(value: Pointer) -> Expression:
    """Return the expression for a pointer: the tuple of its unescaped tokens."""
    return tuple_of(string(token) for token in value.tokens)


def runtime_expression(value: RuntimeExpression, imports: Imports) -> Expression:
    """Return the expression for a runtime expression of a contract."""
    if value.message is Message.UNIQUE:
        imports.add(POINTERS, "Unique")
        return "Unique()"
    if value.part is MessagePart.BODY:
        imports.add(POINTERS, "FromBody")
        return call("FromBody", pointer(value.pointer))
    imports.add(POINTERS, "FromParameter")
    return call("FromParameter", string(str(value.part)), string(value.name))


def argued(value: Argued, imports: Imports) -> Expression:
    """Return the expression for a JSON value that holds runtime expressions."""
    match value:
        case RuntimeExpression():
            return runtime_expression(value, imports)
        case dict():
            return dict_of(
                {
                    string(name): argued(member, imports)
                    for name, member in value.items()
                }
            )
        case list():
            items = tuple(Item("", argued(item, imports)) for item in value)
            return Group("[", items, "]")
        case _:
            return literal(value)


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SIGNED = {"method": "Method", "path": "Path", "body": "WholeBody"}


def _signed_parts(
    scheme: SecurityScheme, names: PythonNames, imports: Imports
) -> Expression:
    """Return the expression for what a signature digests."""
    assert scheme.signature is not None
    assert scheme.credential is not None
    secret = names.setting(scheme.credential).argument
    parts: list[Expression] = []
    for index, piece in enumerate(_PLACEHOLDER.split(scheme.signature.template)):
        kind, _, name = piece.partition(":")
        if index % 2 == 0:
            parts += [string(piece)] if piece else []
        elif piece == secret:
            imports.add(SIGNATURES, "Secret")
            parts.append("Secret()")
        elif piece in _SIGNED:
            imports.add(SIGNATURES, _SIGNED[piece])
            parts.append(f"{_SIGNED[piece]}()")
        else:
            text = f"$request.{kind}{'#' if kind == 'body' else '.'}{name}"
            parts.append(runtime_expression(RuntimeExpression.parse(text), imports))
    return tuple_of(parts)


# Parts of the runtime that an operation needs

_SINGLE = (
    Kind.NULL,
    Kind.BOOLEAN,
    Kind.INTEGER,
    Kind.NUMBER,
    Kind.STRING,
    Kind.DECIMAL,
    Kind.DECIMAL_TEXT,
    Kind.DATE,
    Kind.DATE_TIME,
    Kind.UNIX_SECONDS,
    Kind.UNIX_MILLISECONDS,
    Kind.UUID,
)


def enums_of(contract: Contract) -> frozenset[Location]:
    """Return where the enums of a contract are written."""
    enums = (each for each in contract.definitions if isinstance(each, Enum))
    return frozenset(enum.at for enum in enums)


def parameter_writer(
    parameter: Parameter, enums: frozenset[Location]
) -> tuple[str, str]:
    """Return the module and class that write a parameter; empty where it is a single value."""
    content = parameter.content or ""
    is_form = "x-www-form-urlencoded" in content
    if is_form and parameter.location is ParameterLocation.QUERYSTRING:
        return "forms", "FormQueryWriter"
    is_usual = parameter.style in (Style.SIMPLE, Style.FORM)
    plain = is_usual and not parameter.allow_reserved
    if plain and not content and _is_single(parameter.type, enums):
        return "", ""
    return "styles", "StyledWriter"


def _is_single(type_: Type, enums: frozenset[Location]) -> bool:
    match type_:
        case Primitive():
            return type_.kind in _SINGLE
        case Nullable():
            return _is_single(type_.inner, enums)
        case Literal():
            return True
        case Ref():
            return type_.at in enums
        case Union():
            return all(_is_single(member, enums) for member in type_.members)
        case _:
            return False


def body_encoder(body: Body) -> tuple[str, str]:
    """Return the module and class that encode a body; empty where it is JSON."""
    if isinstance(body.type, Primitive) and body.type.kind.is_sent_as_given:
        return "files", "RawEncoder"
    if is_named_json(body.media_type):
        return "", ""
    kind = essence(body.media_type)
    if kind == "application/x-www-form-urlencoded":
        return "forms", "FormEncoder"
    if kind == "multipart/form-data":
        return "multipart", "MultipartEncoder"
    return "files", "RawEncoder"
