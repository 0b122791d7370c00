"""Requests that the contract does not describe."""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET

from .bodies import BytesEncoder
from .call import Call
from .client_core import ClientCore
from .errors import ConfigurationError
from .operation import Body, Operation, Reply, Safe, Unsafe
from .options import CallOptions, check_call_options
from .urls import quote_path

_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "QUERY", "TRACE"))
"""Methods that only read."""


def raw_request(
    core: ClientCore,
    method: str,
    path: str,
    *,
    query: Mapping[str, object] | None,
    json: object,
    content: bytes | None,
    options: CallOptions,
) -> Call[object]:
    """Return the call of a path below the base URL.

    Raises:
        ConfigurationError: the path is not below the base URL.
        TypeError: ``request`` has no such argument.
    """
    check_call_options(options, "request", lambda: ("query", "json", "content"))
    if "://" in path or path.startswith("//") or "\\" in path:
        raise ConfigurationError(
            f"request() takes a path below {core.base_url or 'the base URL'}, "
            f"got {path!r}"
        )
    path = path if path.startswith("/") else f"/{path}"
    steps = path.partition("?")[0].lower().replace("%2e", ".").split("/")
    if "." in steps or ".." in steps:
        raise ConfigurationError(f"request() takes a plain path, got {path!r}")
    body: object = UNSET
    descriptor = None
    if content is not None:
        body, descriptor = content, Body(
            "application/octet-stream", encoder=BytesEncoder
        )
    elif json is not UNSET:
        body, descriptor = json, Body("application/json")
    operation: Operation[object] = Operation(
        id="",
        name=f"{method.upper()} {quote_path(path)}",
        method=method.upper(),
        path=quote_path(path),
        body=descriptor,
        replies={"2XX": Reply(bytes)},
        accept="application/json",
        retry=Safe() if method.upper() in _SAFE else Unsafe(),
        security=core.contract.required,
    )
    if query:
        options = {
            **options,
            "extra_query": {**query, **options.get("extra_query", {})},
        }
    return Call(core, operation, {}, body, options)
