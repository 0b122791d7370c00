"""Rules of paths, operations, parameters, security and tags."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.index import (
    Index,
    IndexedOperation,
    Parameter,
    mapping,
    sequence,
    strings,
)
from engross.contract.openapi import FRAMING_HEADERS, ParameterLocation
from engross.contract.security import (
    SERVER_VARIABLE,
    is_of_oauth,
    is_of_transport,
    is_unsupported,
)
from engross.source import Location, Value
from engross.source.repair import Repair, removal, replacement
from engross.suggest import closest, did_you_mean

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")


@rule("duplicate-operation-id", "An operationId names one operation only.")
def duplicate_operation_id(index: Index) -> Faults:
    seen: dict[str, Location] = {}
    for at in index.source.places("operation"):
        own = index.value(at).get("operationId")
        if not isinstance(own, str):
            continue
        first = seen.setdefault(own, at)
        if first != at:
            line = index.source.span(first / "operationId").start.line
            message = f"line {line} has an operation with this operationId"
            own_id = at / "operationId"
            repair = removal(own_id)
            yield Fault(own_id, message, "give it a unique operationId", False, repair)


@rule("undeclared-path-variable", "Each variable of a path is declared as a parameter.")
def undeclared_path_variable(index: Index) -> Faults:
    for operation in index.operations:
        declared = {
            parameter.name
            for parameter in operation.parameters
            if parameter.location is ParameterLocation.PATH
        }
        for variable in _VARIABLE.findall(operation.path):
            if variable not in declared:
                message = f"needs a path parameter {variable!r}"
                unused = declared - set(_VARIABLE.findall(operation.path))
                near = closest(variable, sorted(unused))
                hint = f"or rename the parameter {near!r}" if near else None
                repair = _text_parameter(index, operation, variable)
                yield Fault(operation.at, message, hint, key=True, repair=repair)


def _text_parameter(index: Index, operation: IndexedOperation, name: str) -> Repair:
    """Return the repair that declares a variable of a path."""
    parameter: Value = {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    at = operation.at / "parameters"
    own = sequence(index.value(operation.at).get("parameters"))
    if own:
        return replacement(at / len(own), parameter, "read as text")
    return replacement(at, [parameter], "read as text")


@rule("unused-path-parameter", "Each path parameter is a variable of the path.")
def unused_path_parameter(index: Index) -> Faults:
    for operation in index.operations:
        variables = _VARIABLE.findall(operation.path)
        _, brace, rest = operation.path.rpartition("{")
        is_open = bool(brace) and "}" not in rest
        for parameter in operation.parameters:
            if (
                parameter.location is ParameterLocation.PATH
                and parameter.name not in variables
            ):
                message = f"{operation.path} has no {{{parameter.name}}}"
                if is_open:
                    message = f"{operation.path} has a {{ that is not closed"
                hint = did_you_mean(parameter.name, variables)
                repair = removal(parameter.listed)
                yield Fault(_name_place(parameter), message, hint, False, repair)


@rule("duplicate-parameter", "A list has each parameter once.")
def duplicate_parameter(index: Index) -> Faults:
    for kind in ("path-item", "operation"):
        for holder in index.source.places(kind):
            seen: set[tuple[str, ParameterLocation]] = set()
            for parameter in index.parameters(holder):
                if (parameter.name, parameter.location) in seen:
                    label = f"{parameter.location} parameter {parameter.name!r}"
                    message = f"the {label} is listed twice"
                    repair = removal(parameter.listed, "the first is used")
                    at = _name_place(parameter)
                    yield Fault(at, message, "remove one", False, repair)
                seen.add((parameter.name, parameter.location))


@rule(
    "duplicate-path",
    "No two paths differ only in the names of their variables.",
    needed=False,
)
def duplicate_path(index: Index) -> Faults:
    seen: dict[str, str] = {}
    for path in mapping(index.root.get("paths")):
        first = seen.setdefault(_VARIABLE.sub("{}", path), path)
        if first != path:
            at = index.source.root / "paths" / path
            yield Fault(at, f"the same path as {first}", "merge the two", key=True)


@rule("unknown-security-scheme", "Security names schemes that are defined.")
def unknown_security_scheme(index: Index) -> Faults:
    schemes = _declared_schemes(index)
    for at in index.source.places("security-requirement"):
        for name in index.value(at):
            if name not in schemes:
                message = f"no security scheme {name!r}"
                hint = did_you_mean(name, schemes)
                done = "this way to authenticate is ignored"
                repair = removal(at, done)
                yield Fault(at / name, message, hint, key=True, repair=repair)


@rule(
    "conflicting-schemes",
    "Security schemes that are needed together write different places of a request.",
)
def conflicting_schemes(index: Index) -> Faults:
    schemes = _declared_schemes(index)
    for at in index.source.places("security-requirement"):
        writers: dict[tuple[str, str], str] = {}
        for name in filter(schemes.__contains__, index.value(at)):
            place = _written_place(schemes[name])
            if place is None:
                continue
            first = writers.setdefault(place, name)
            pair = schemes[first], schemes[name]
            if first != name and not all(map(is_of_oauth, pair)):
                kind, header = place
                message = f"{first!r} and {name!r} both set the {kind} {header!r}"
                hint = "list them as alternatives"
                repair = removal(at / name, f"only {first!r} is sent")
                yield Fault(at / name, message, hint, key=True, repair=repair)


def _declared_schemes(index: Index) -> Mapping[str, Mapping[str, Value]]:
    """Return the security schemes that the document declares, behind any `$ref`."""
    at = index.source.root / "components" / "securitySchemes"
    components = mapping(index.root.get("components"))
    return {
        name: index.value(index.source.follow(at / name))
        for name in mapping(components.get("securitySchemes"))
    }


def _written_place(scheme: Mapping[str, Value]) -> tuple[str, str] | None:
    """Return where of a request a security scheme writes, if that is known."""
    match scheme.get("type"):
        case "http" | "oauth2" | "openIdConnect":
            return "header", "Authorization"
        case "apiKey":
            place, name = str(scheme.get("in")), str(scheme.get("name"))
            return place, name.title() if place == "header" else name
    return None


@rule("duplicate-tag", "A tag is described once.", needed=False)
def duplicate_tag(index: Index) -> Faults:
    seen: set[str] = set()
    for at in index.source.places("tag"):
        name = str(index.value(at).get("name"))
        if name in seen:
            yield Fault(at / "name", f"{name!r} is described twice", "remove one")
        seen.add(name)


@rule("misspelt-tag", "A tag is spelt as it is described.", needed=False)
def misspelt_tag(index: Index) -> Faults:
    described = [str(index.value(at).get("name")) for at in index.source.places("tag")]
    for operation in index.operations:
        for position, tag in enumerate(sequence(operation.value.get("tags"))):
            if not isinstance(tag, str) or tag in described:
                continue
            near = closest(tag, described, _ALMOST)
            if near is not None:
                at = operation.at / "tags" / position
                yield Fault(at, f"no tag {tag!r} is described", f"use {near!r}")


_ALMOST: Final = 0.85


@rule(
    "unknown-operation",
    "Links and error codes name operations that exist.",
    needed=False,
)
def unknown_operation(index: Index) -> Faults:
    known = index.operations_by_id
    for at, error in index.extensions("error-code"):
        for position, operation in enumerate(strings(error.get("operations"))):
            if operation not in known:
                place = at / "operations" / position
                hint = did_you_mean(operation, known)
                yield Fault(place, f"no operation {operation!r}", hint)
    places = [*index.source.places("link"), *index.source.places(_READ)]
    for at in places:
        name = index.value(at).get("operationId")
        if isinstance(name, str) and name not in known:
            hint = did_you_mean(name, known)
            yield Fault(at / "operationId", f"no operation {name!r}", hint)


@rule(
    "unknown-parameter",
    "Parameters of a link belong to its operation.",
    needed=False,
)
def unknown_parameter(index: Index) -> Faults:
    places = [*index.source.places("link"), *index.source.places(_READ)]
    for at in places:
        target = index.operations_by_id.get(str(index.value(at).get("operationId")))
        if target is None:
            continue
        known = {parameter.name for parameter in target.parameters}
        qualified = {
            f"{parameter.location}.{parameter.name}" for parameter in target.parameters
        }
        for name in mapping(index.value(at).get("parameters")):
            if name not in known | qualified:
                message = f"{target.id} has no parameter {name!r}"
                hint = did_you_mean(name, sorted(known))
                yield Fault(at / "parameters" / name, message, hint, key=True)


_READ: Final = "x-engross/retry/read"


def _name_place(parameter: Parameter) -> Location:
    """Return the location of a parameter's name, or of the reference to it."""
    if parameter.listed == parameter.at:
        return parameter.at / "name"
    return parameter.listed / "$ref"


@rule("duplicate-operation", "A method of a path is described once.")
def duplicate_operation(index: Index) -> Faults:
    for items in index.path_items:
        described: dict[str, Location] = {}
        for item in items:
            for method, at in index.methods(item):
                first = described.setdefault(method, at)
                if first != at:
                    span = index.source.span(first, key=True)
                    message = f"{span.file}:{span.start.line} describes {method} too"
                    hint, repair = "keep one of them", Repair("the other is used")
                    yield Fault(at, message, hint, key=True, repair=repair)


@rule("bad-method", "The name of an HTTP method has no spaces or separators.")
def bad_method(index: Index) -> Faults:
    for operation in (*index.operations, *index.webhooks):
        if not _TOKEN.fullmatch(operation.method):
            message = f"{operation.method!r} is not an HTTP method"
            yield Fault(operation.at, message, key=True)


_TOKENS: Final = (ParameterLocation.HEADER, ParameterLocation.COOKIE)
"""Where names are tokens of HTTP."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@rule("unsendable-name", "Names of headers, cookies and schemes can be sent.")
def unsendable_name(index: Index) -> Faults:
    for operation in index.operations:
        for parameter in operation.parameters:
            if parameter.location is ParameterLocation.PATH:
                continue  # it has its place, whatever its name
            is_token = parameter.location in _TOKENS
            if not _is_sendable(parameter.name, is_token=is_token):
                message = f"no {parameter.location} parameter can have this name"
                repair = removal(parameter.listed)
                yield Fault(_name_place(parameter), message, None, False, repair)
    for at in index.source.places("security-scheme"):
        scheme = index.value(at)
        key = "name" if scheme.get("type") == "apiKey" else "scheme"
        is_token = key == "scheme" or scheme.get("in") in _TOKENS
        name = scheme.get(key)
        if isinstance(name, str) and not _is_sendable(name, is_token=is_token):
            repair = removal(at, "the scheme is ignored")
            yield Fault(at / key, "no request can have this", None, False, repair)
    for at in index.source.places("server"):
        if any(char.isspace() for char in str(index.value(at).get("url")).strip()):
            message = "no URL has spaces"
            yield Fault(
                at / "url", message, repair=removal(at, "the server is ignored")
            )
    for at in index.source.places("response"):
        for name in mapping(index.value(at).get("headers")):
            if not _is_sendable(name, is_token=True):
                header = at / "headers" / name
                message = "no header can have this name"
                yield Fault(header, message, None, True, removal(header))


def _is_sendable(name: str, *, is_token: bool) -> bool:
    return _TOKEN.fullmatch(name) is not None if is_token else name != ""


@rule(
    "callback-not-generated",
    "Callbacks are described, but packages cannot receive them yet.",
    harmless=True,
)
def callback_not_generated(index: Index) -> Faults:
    for operation in index.callbacks:
        message = f"no code is generated for the callback {operation}"
        hint = "describe it under `webhooks` to get a model and a parser of its body"
        yield Fault(operation.at, message, hint, key=True)


@rule(
    "unreachable-operation",
    "An operation that is described belongs to a path, a webhook or a callback.",
    harmless=True,
)
def unreachable_operation(index: Index) -> Faults:
    indexed = {
        operation.at
        for operation in (*index.operations, *index.webhooks, *index.callbacks)
    }
    shadowed = {
        at
        for items in index.path_items
        for item in items
        for _, at in index.methods(item)
    }
    reached = indexed | shadowed
    for at in index.source.places("operation"):
        if at not in reached:
            message = "no code is generated: no path or webhook leads to this operation"
            yield Fault(at, message, "refer to its path item with `$ref`", key=True)


@rule(
    "item-schema-ignored",
    "Items of streams are described, but not yet decoded.",
    harmless=True,
)
def item_schema_ignored(index: Index) -> Faults:
    for media in _media_types(index, (*index.operations, *index.webhooks)):
        if "itemSchema" in index.value(media):
            message = "`itemSchema` is ignored: the stream is sent and read undecoded"
            yield Fault(media / "itemSchema", message, key=True)


@rule(
    "not-used",
    "What a document says has an effect.",
    harmless=True,
)
def not_used(index: Index) -> Faults:
    for keyword, kind in _NOT_USED:
        for at in index.source.places(kind):
            if index.value(at).get(keyword) not in (None, False):
                message = f"`{keyword}` is not used: {_NOT_USED[keyword, kind]}"
                yield Fault(at / keyword, message, key=True)


_NOT_USED: Final = {
    ("allowEmptyValue", "parameter"): "only what the schema allows is sent",
    ("defaultMapping", "discriminator"): "a value of no known kind is read as it is",
    ("headers", "encoding"): "parts are sent without headers of their own",
    ("encoding", "encoding"): "members of a part are sent as JSON",
    ("prefixEncoding", "encoding"): "members of a part are sent as JSON",
    ("itemEncoding", "encoding"): "members of a part are sent as JSON",
}
"""Keywords that change nothing, with the objects that have them, and what happens."""


@rule("unsupported-encoding", "Parts of a request are encoded by name.")
def unsupported_encoding(index: Index) -> Faults:
    for operation in index.operations:
        for media in index.request_bodies(operation):
            for keyword in ("prefixEncoding", "itemEncoding"):
                if keyword in index.value(media):
                    message = f"`{keyword}` is not supported"
                    hint = "describe the parts as properties, and use `encoding`"
                    yield Fault(media / keyword, message, hint, key=True)


def _media_types(
    index: Index, operations: Iterable[IndexedOperation]
) -> Iterator[Location]:
    """Yield the media types of all bodies of operations, each once."""
    found: dict[Location, None] = {}
    for operation in operations:
        found |= dict.fromkeys(index.request_bodies(operation))
        for response in operation.responses.values():
            found |= dict.fromkeys(index.content(response).values())
    yield from found


@rule(
    "unsupported-security",
    "A client can authenticate in every way that is described.",
    harmless=True,
)
def unsupported_security(index: Index) -> Faults:
    for at in index.source.places("security-scheme"):
        scheme = index.value(at)
        if is_unsupported(scheme):
            message = (
                f"HTTP {scheme.get('scheme')} is not supported: nothing is sent for it"
            )
            hint = "give the client an `http_client` that authenticates"
            yield Fault(at / "scheme", message, hint)
        elif is_of_transport(scheme):
            message = "a client certificate is not an argument of the client"
            hint = "give the client an `http_client` that has the certificate"
            yield Fault(at / "type", message, hint)


@rule(
    "framing-header",
    "Parameters are not headers that delimit messages.",
    harmless=True,
)
def framing_header(index: Index) -> Faults:
    for operation in index.operations:
        for parameter in operation.parameters:
            if (
                parameter.location is ParameterLocation.HEADER
                and parameter.name.lower() in FRAMING_HEADERS
            ):
                message = f"{parameter.name} is set by the HTTP client"
                hint = "remove the parameter; no argument is generated for it"
                yield Fault(_name_place(parameter), message, hint)


@rule("relative-server", "Servers have absolute URLs.", harmless=True)
def relative_server(index: Index) -> Faults:
    listed = index.source.root / "servers"
    for position, server in enumerate(sequence(index.root.get("servers"))):
        url = index.source.located(str(mapping(server).get("url", "")))
        if "://" not in url and not url.startswith("{"):
            message = (
                "the URL has no scheme and host, so callers have to give `base_url`"
            )
            hint = "write it in full, such as https://api.example.com/v1"
            yield Fault(listed / position / "url", message, hint)


@rule(
    "undeclared-server-variable",
    "Each variable in the URL of a server is declared.",
    needed=False,
)
def undeclared_server_variable(index: Index) -> Faults:
    common: dict[str, Value] = {}
    for each in sequence(index.root.get("servers")):
        common = {**mapping(mapping(each).get("variables")), **common}
    for at in index.source.places("server"):
        server = index.value(at)
        declared = mapping(server.get("variables"))
        for name in SERVER_VARIABLE.findall(str(server.get("url", ""))):
            if name in declared:
                continue
            message = f"the variable {name!r} is not declared"
            if name in common:
                meant = {**declared, name: common[name]}
                done = "the one declared for all paths is used"
                repair = replacement(at / "variables", meant, done)
                hint = "declare it here, too"
                yield Fault(at / "url", message, hint, repair=repair)
            else:
                hint = "callers have to give it; declare it with a default"
                yield Fault(at / "url", message, hint)
