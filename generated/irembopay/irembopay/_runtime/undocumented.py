"""Calls that the contract lacks."""

from collections.abc import Mapping

from msgspec import UNSET

from .call import Call
from .core import Core
from .errors import ConfigurationError
from .operation import Body, Operation, Reply
from .options import CallOptions
from .percent import quote


def undocumented(
    core: Core,
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
        ConfigurationError: the path leads elsewhere.
    """
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
        body, descriptor = content, Body("application/octet-stream")
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
        security=core.contract.required,
    )
    if query:
        options = {
            **options,
            "extra_query": {**query, **options.get("extra_query", {})},
        }
    return Call(core, operation, {}, body, options)


def quote_path(path: str) -> str:
    """Return a path as it is, with what an address cannot hold encoded."""
    kept = "/?&=%:@!$'()*+,;~-._"
    return "".join([one if one in kept else quote(one) for one in path])
