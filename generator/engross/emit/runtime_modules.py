"""Which parts of the runtime a contract needs: the only place that selects them.

A module of `_runtime/`, `testing/` or the tests that is not listed is part of every package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engross.contract.ir import (
    Contract,
    Kind,
    Model,
    Primitive,
    SchemeKind,
    Union,
    UnionType,
)
from engross.contract.type_walk import types_of, within
from engross.emit.operations import body_encoder, enums_of, parameter_writer
from engross.emit.type_annotations import is_ambiguous

Needed = Callable[[Contract], bool]


def needs(contract: Contract, module: str) -> bool:
    """Return whether the package of a contract holds a module of the runtime.

    Modules of `testing/`, and tests, are named with their folder.
    """
    return module not in OPTIONAL or OPTIONAL[module](contract)


def pages(contract: Contract) -> bool:
    """Return whether a method returns a list page by page."""
    return any(operation.pagination is not None for operation in contract.operations)


def fetches_tokens(contract: Contract) -> bool:
    """Return whether the client fetches its tokens itself."""
    return any(scheme.kind is SchemeKind.OAUTH2 for scheme in contract.security)


def receives_instants(contract: Contract) -> bool:
    """Return whether a response or a message may have a date with a time, as text."""
    received = [
        field.type
        for definition in contract.definitions
        if isinstance(definition, Model) and definition.in_reply
        for field in definition.fields
    ]
    for operation in contract.operations:
        for reply in operation.replies:
            media = (reply, *reply.others)
            received += [each.type for each in media if each.type is not None]
    if contract.webhooks is not None:
        messages = contract.webhooks.members
        received += [each.payload for each in messages if each.payload is not None]
    instant = Primitive(Kind.DATE_TIME)
    return any(instant in within(type_) for type_ in received)


def _streams(contract: Contract) -> bool:
    return contract.streams


def _signs(contract: Contract) -> bool:
    return any(scheme.kind is SchemeKind.SIGNATURE for scheme in contract.security)


def _receives_webhooks(contract: Contract) -> bool:
    return contract.webhooks is not None


def _traces(contract: Contract) -> bool:
    return contract.tracing


def _has_unions(contract: Contract) -> bool:
    definitions = {each.at: each for each in contract.definitions}
    return any(isinstance(each, UnionType) for each in contract.definitions) or any(
        isinstance(type_, Union) and is_ambiguous(type_, definitions)
        for type_ in types_of(contract)
    )


def _has_unix_time(contract: Contract) -> bool:
    kinds = (Kind.UNIX_MILLISECONDS, Kind.UNIX_SECONDS)
    return any(
        isinstance(type_, Primitive) and type_.kind in kinds
        for type_ in types_of(contract)
    )


def _writes_forms(contract: Contract) -> bool:
    return fetches_tokens(contract) or "forms" in _plugged(contract)


def _writes_parts(contract: Contract) -> bool:
    return "multipart" in _plugged(contract)


def _writes_styles(contract: Contract) -> bool:
    return (
        _writes_forms(contract)
        or _writes_parts(contract)
        or "styles" in _plugged(contract)
    )


def _sends_files(contract: Contract) -> bool:
    return _writes_parts(contract) or "files" in _plugged(contract)


def _plugged(contract: Contract) -> set[str]:
    """Return the modules that descriptors of operations name."""
    found: set[str] = set()
    enums = enums_of(contract)
    for operation in contract.operations:
        for parameter in operation.parameters:
            found.add(parameter_writer(parameter, enums)[0])
        if operation.body is not None:
            bodies = (operation.body, *operation.body.others)
            found |= {body_encoder(body)[0] for body in bodies}
    return found


def _keeps_items(contract: Contract) -> bool:
    """Return whether its fake remembers anything: only then has it a life to test."""
    return bool(contract.resources)


def _is_large(contract: Contract) -> bool:
    return contract.is_large


OPTIONAL: Final[Mapping[str, Needed]] = {
    "async_oauth": fetches_tokens,
    "async_pager": pages,
    "async_responses": _streams,
    "async_stream": _streams,
    "files": _sends_files,
    "forms": _writes_forms,
    "lazy": _is_large,
    "member_checks": _is_large,
    "multipart": _writes_parts,
    "oauth": fetches_tokens,
    "paging": pages,
    "signatures": _signs,
    "stream_decoders": _streams,
    "styles": _writes_styles,
    "sync_oauth": fetches_tokens,
    "sync_pager": pages,
    "sync_responses": _streams,
    "sync_stream": _streams,
    "testing/pages": pages,
    "testing/webhooks": _receives_webhooks,
    "tests/exchanges": _is_large,
    "tests/test_fake": _keeps_items,
    "tracing": _traces,
    "unions": _has_unions,
    "unix_time": _has_unix_time,
    "webhooks": _receives_webhooks,
}
"""Module of the runtime -> whether a contract needs it."""
