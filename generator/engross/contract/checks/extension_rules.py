"""Rules of `x-engross`: what it names exists, and it is used where it applies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.checks.shape_rules import Reach, reach
from engross.contract.facts import pointer
from engross.contract.index import (
    EXTENSION,
    Index,
    IndexedOperation,
    Parameter,
    mapping,
    sequence,
    strings,
)
from engross.contract.openapi import ParameterLocation
from engross.source import Location, Value
from engross.source.expression import Expression, Message, Part
from engross.source.pointer import Pointer, Token
from engross.suggest import did_you_mean

_Placed: TypeAlias = tuple[Location, str]


@rule("unknown-error-code", "Error codes that are used are listed in `errors`.")
def unknown_error_code(index: Index) -> Faults:
    known = index.error_codes
    for at, code in _codes_used(index):
        if code not in known:
            hint = did_you_mean(code, known)
            yield Fault(at, f"errors.codes has no {code!r}", hint)


def _codes_used(index: Index) -> Iterator[tuple[Location, str]]:
    for at, own in index.extensions("schema"):
        code = own.get("code")
        if isinstance(code, str):
            yield at / "code", code
        for keyword, each in mapping(code).items():
            yield at / "code" / keyword, str(each)
    for at, own in index.extensions("shared/rule"):
        if isinstance(own.get("code"), str):
            yield at / "code", str(own["code"])
    for at, own in index.extensions("retry"):
        for position, code in enumerate(strings(own.get("done"))):
            yield at / "done" / position, code
    for at, own in index.extensions("life"):
        if isinstance(own.get("refused"), str):
            yield at / "refused", str(own["refused"])


@rule("duplicate-method", "A method is the name of one operation only.")
def duplicate_method(index: Index) -> Faults:
    seen: dict[str, Location] = {}
    for at, own in index.extensions("operation"):
        method = own.get("method")
        if not isinstance(method, str):
            continue
        first = seen.setdefault(method, at)
        if first != at:
            line = index.source.span(first / "method").start.line
            yield Fault(at / "method", f"line {line} has the same method")


@rule("duplicate-rule", "The rules of one schema have unique ids.")
def duplicate_rule(index: Index) -> Faults:
    seen: dict[tuple[Location, str], Location] = {}
    for at, own in index.extensions("shared/rule"):
        first = seen.setdefault((at.parent, str(own.get("id"))), at)
        if first != at:
            yield Fault(at / "id", "another rule here has this id")


@rule("unknown-page-parameter", "Pagination names parameters of its operation.")
def unknown_page_parameter(index: Index) -> Faults:
    for operation, at, own in _parts(index, "pagination"):
        known = {
            parameter.name
            for parameter in operation.parameters
            if parameter.location is ParameterLocation.QUERY
        }
        for key in ("page", "size", "offset", "limit", "cursor"):
            name = own.get(key)
            if isinstance(name, str) and name not in known:
                hint = did_you_mean(name, sorted(known))
                yield Fault(at / key, f"no query parameter {name!r}", hint)


@rule("unknown-pointer", "A pointer points to something that the schema describes.")
def unknown_pointer(index: Index) -> Faults:
    for operation, at, own in _parts(index, "pagination"):
        for key in ("items", "next"):
            for media in index.replies(operation):
                yield from _missing(index, at / key, pointer(own.get(key)), media)
    for media in index.source.places("media-type"):
        own = mapping(index.value(media).get(EXTENSION))
        for key in ("wrap", "unwrap"):
            at = media / EXTENSION / key
            yield from _missing(index, at, pointer(own.get(key)), media)
    for operation, at, own in (*_parts(index, "retry"), *_parts(index, "life")):
        for place, text in _expressions(at, own):
            expression = _parsed(text)
            if expression is None:
                continue
            for media in index.request_bodies(operation):
                yield from _missing(index, place, expression.pointer, media)
    for webhook in index.webhooks:
        place = webhook.at / EXTENSION / "event"
        event = mapping(mapping(webhook.value.get(EXTENSION)).get("event"))
        for media in index.request_bodies(webhook):
            yield from _missing(index, place / "at", pointer(event.get("at")), media)
    yield from _unknown_in_errors(index)
    yield from _unknown_in_signatures(index)


def _unknown_in_errors(index: Index) -> Faults:
    """Yield the faults of pointers into the bodies of failures, which differ.

    A pointer is good if one body has what it points to, since the first that resolves
    counts.
    """
    errors = index.named("errors")
    at = index.source.root / EXTENSION / "errors"
    succeeding = [
        media for operation in index.operations for media in index.replies(operation)
    ]
    failing = [
        media for operation in index.operations for media in index.failures(operation)
    ]
    if "failure" in errors:
        failing += succeeding
    for key in ("code", "message"):
        for position, text in enumerate(strings(errors.get(key))):
            place = at / key / position
            yield from _missing_in_all(index, place, text, failing, "no error body")
    failure = mapping(errors.get("failure")).get("at")
    if isinstance(failure, str):
        place = at / "failure" / "at"
        yield from _missing_in_all(index, place, failure, succeeding, "no response")


def _unknown_in_signatures(index: Index) -> Faults:
    bodies = [
        media
        for operation in index.operations
        for media in index.request_bodies(operation)
    ]
    for at, own in index.extensions("security-scheme"):
        template = mapping(own.get("signature")).get("template")
        for name in _PLACEHOLDER.findall(str(template or "")):
            kind, _, way = name.partition(":")
            if kind == "body" and way.startswith("/"):
                place = at / "signature" / "template"
                yield from _missing_in_all(index, place, way, bodies, "no request body")


@rule("undeclared-key", "An idempotency key is a declared part of the request.")
def undeclared_key(index: Index) -> Faults:
    for operation, place, key in _keys(index):
        for media in index.request_bodies(operation) if key.part is Part.BODY else ():
            found = _described(index, media, key.pointer)
            if not found.schemas and found.missing is None:
                message = f"the body describes nothing at {key.pointer}"
                yield Fault(
                    place, message, "describe the key in the schema of the body"
                )


@rule("unfit-key", "A key that the client generates fits its schema.")
def unfit_key(index: Index) -> Faults:
    for operation, place, key in _keys(index):
        if "generate" not in index.value(place.parent):
            continue
        if key.part is Part.PATH:
            yield Fault(
                place.parent / "generate", "a key in the path cannot be generated"
            )
        for schema in _key_schemas(index, operation, key):
            if index.schemas.violations(schema, _UUID):
                message = "a UUID does not fit the schema of the key"
                yield Fault(place.parent / "generate", message)


_UUID: Final = "9b2f7a3c-5d1e-4c8a-a6f0-2e4b8d7c1f35"


def _keys(index: Index) -> Iterator[tuple[IndexedOperation, Location, Expression]]:
    """Yield the idempotency key of each operation that has one, with its location."""
    for operation, at, own in _parts(index, "retry"):
        expression = _parsed(str(own["key"])) if "key" in own else None
        if expression is not None:
            yield operation, at / "key", expression


def _key_schemas(
    index: Index, operation: IndexedOperation, key: Expression
) -> Iterator[Location]:
    """Yield the schemas of a key."""
    if key.part is Part.BODY:
        for media in index.request_bodies(operation):
            yield from _described(index, media, key.pointer).schemas
        return
    for parameter in _read_by(key, operation):
        is_key = parameter.name.lower() == key.name.lower()
        if is_key and "schema" in index.value(parameter.at):
            yield parameter.at / "schema"


def _read_by(
    expression: Expression, operation: IndexedOperation
) -> Iterator[Parameter]:
    """Yield the parameters of an operation among which an expression names one."""
    for parameter in operation.parameters:
        if str(parameter.location) == str(expression.part):
            yield parameter


def _described(index: Index, media: Location, way: Pointer) -> Reach:
    """Return what a media type describes at a pointer."""
    if "schema" not in index.value(media):
        return Reach(())
    return reach(index, media / "schema", way.tokens)


def _missing(index: Index, at: Location, way: Pointer, media: Location) -> Faults:
    """Yield the fault of a pointer to something that a media type does not describe."""
    if "schema" not in index.value(media):
        return
    found = reach(index, media / "schema", way.tokens)
    if found.missing is not None:
        hint = did_you_mean(found.missing, found.known)
        yield Fault(at, f"the body has no {found.missing!r}", hint)


def _missing_in_all(
    index: Index, at: Location, text: str, bodies: Iterable[Location], whose: str
) -> Faults:
    """Yield the fault of a pointer to something that none of several bodies describes."""
    tokens = pointer(text).tokens
    described = [
        body for body in dict.fromkeys(bodies) if "schema" in index.value(body)
    ]
    found = [reach(index, body / "schema", tokens) for body in described]
    # Of the bodies that have a part of the way, the one that has the most of it tells.
    missing = [each.missing for each in found if each.missing is not None]
    if not missing or len(missing) < len(found):
        return
    name = max(missing, key=tokens.index)
    known = [other for each in found if each.missing == name for other in each.known]
    hint = did_you_mean(name, known)
    if hint is None and known:
        hint = f"they have {_listed(known)}"
    yield Fault(at, f"{whose} has {name!r}", hint)


def _listed(names: Iterable[str]) -> str:
    listed = [*map(repr, dict.fromkeys(names))]
    more = len(listed) - _MOST_NAMES
    return ", ".join(listed[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


_MOST_NAMES: Final = 8
"""Members that a hint lists."""


@rule("items-not-list", "The items of a page are a list.")
def items_not_list(index: Index) -> Faults:
    for operation, at, own in _parts(index, "pagination"):
        tokens = pointer(own.get("items")).tokens
        for media in index.replies(operation):
            if "schema" not in index.value(media):
                continue
            schemas = reach(index, media / "schema", tokens).schemas
            kinds = {
                kind
                for schema in schemas
                for kind in strings(index.value(schema).get("type"))
            }
            if kinds and "array" not in kinds:
                yield Fault(
                    at / "items",
                    f"points to type {', '.join(sorted(kinds))}; expected a list",
                )


@rule("unknown-expression", "An expression reads a part of the request.")
def unknown_expression(index: Index) -> Faults:
    for operation, at, own in (*_parts(index, "retry"), *_parts(index, "life")):
        for place, text in _expressions(at, own):
            expression = _parsed(text)
            is_of_request = expression is not None and (
                expression.message is Message.REQUEST
                or (expression.message is Message.UNIQUE and place.tokens[-1] != "key")
            )
            if expression is None or not is_of_request:
                forms = "write $request.body#/pointer, $request.path.name or $unique"
                yield Fault(place, "not an expression on the request", forms)
                continue
            part, name = expression.part, expression.name
            known = [parameter.name for parameter in _read_by(expression, operation)]
            if part in (Part.PATH, Part.QUERY) and name not in known:
                hint = did_you_mean(name, known)
                yield Fault(place, f"no {part} parameter {name!r}", hint)
            elif part is Part.HEADER and name.lower() not in map(str.lower, known):
                hint = did_you_mean(name, known)
                yield Fault(place, f"no header parameter {name!r}", hint)
            elif part is Part.BODY and operation.request_body is None:
                yield Fault(place, "the operation sends no body")


def _parsed(text: str) -> Expression | None:
    try:
        return Expression.parse(text)
    except ValueError:
        return None


def _parts(
    index: Index, key: str
) -> Iterator[tuple[IndexedOperation, Location, Mapping[str, Value]]]:
    """Yield a part of the `x-engross` of each operation that has it, such as `retry`."""
    for operation in index.operations:
        own = mapping(operation.value.get(EXTENSION)).get(key)
        if isinstance(own, dict):
            yield operation, operation.at / EXTENSION / key, own


def _expressions(at: Location, own: Mapping[str, Value]) -> Iterator[_Placed]:
    """Yield the runtime expressions of a `retry` or a `life`, each with its location."""
    for key in ("key", "item"):
        if isinstance(own.get(key), str):
            yield at / key, str(own[key])
    read = mapping(own.get("read"))
    yield from _within(at / "read" / "parameters", read.get("parameters"))
    yield from _within(at / "read" / "request_body", read.get("request_body"))


def _within(at: Location, value: Value) -> Iterator[_Placed]:
    if isinstance(value, str) and value.startswith("$"):
        yield at, value
    for key, inner in mapping(value).items():
        yield from _within(at / key, inner)
    for position, inner in enumerate(sequence(value)):
        yield from _within(at / position, inner)


@rule("unknown-placeholder", "A signature is made of parts of the request.")
def unknown_placeholder(index: Index) -> Faults:
    for at, own in index.extensions("security-scheme"):
        template = mapping(own.get("signature")).get("template")
        if not isinstance(template, str):
            continue
        place = at / "signature" / "template"
        known = [*_WHOLE, str(own.get("argument"))]
        for name in _PLACEHOLDER.findall(template):
            kind, colon, key = name.partition(":")
            is_key = key.startswith("/") if kind == "body" else bool(key)
            if (colon and kind in _KEYED and is_key) or name in known:
                continue
            hint = did_you_mean(name, known) or (
                f"use {{{known[-1]}}}, {{body:/pointer}}, {{header:Name}}, "
                "{query:name}, {path:name}, {body}, {method} or {path}"
            )
            yield Fault(place, f"{{{name}}} is not a known placeholder", hint)
        if "{" in _PLACEHOLDER.sub("", template):
            yield Fault(place, "a brace is never closed")


_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_WHOLE: Final = ("body", "method", "path")
_KEYED: Final = frozenset(("body", "header", "path", "query"))


@rule("misplaced-key", "A key is used where it applies.")
def misplaced_key(index: Index) -> Faults:
    for at, own in index.extensions("security-scheme"):
        scheme = index.value(at.parent)
        is_basic = str(scheme.get("scheme")).lower() == "basic"
        for key in ("as", "username", "password"):
            if key in own and not is_basic:
                yield Fault(at / key, "only for HTTP basic", key=True)
        if "signature" in own and scheme.get("type") != "apiKey":
            yield Fault(at / "signature", "only for an API key", key=True)
    messages = {
        media for webhook in index.webhooks for media in index.request_bodies(webhook)
    }
    for media in index.source.places("media-type"):
        own = mapping(index.value(media).get(EXTENSION))
        role = next((_ROLES[x] for x in reversed(media.tokens) if x in _ROLES), None)
        role = "reply" if media in messages else role
        if role == "request" and "unwrap" in own:
            yield _misplaced(media, "unwrap", "replies", "wrap")
        if role == "reply" and "wrap" in own:
            yield _misplaced(media, "wrap", "requests", "unwrap")


_ROLES: Final[Mapping[Token, str]] = {
    "requestBodies": "request",
    "requestBody": "request",
    "responses": "reply",
}


def _misplaced(media: Location, key: str, where: str, other: str) -> Fault:
    at = media / EXTENSION / key
    return Fault(at, f"only for {where}", f"did you mean {other!r}?", key=True)
