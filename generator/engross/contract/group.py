"""The grouping pass: which resource an operation belongs to and what its method is called."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.describe import Facts, extension, mapping, sequence
from engross.contract.naming import Names, snake, words
from engross.source import Location

_VERBS = {
    "get": "retrieve",
    "post": "create",
    "put": "update",
    "patch": "update",
    "delete": "delete",
    "head": "head",
    "options": "options",
    "trace": "trace",
    "query": "query",
}

_MEMBERS_OF_CLIENTS = frozenset(
    {
        "close",
        "paginate",
        "request",
        "send",
        "send_raw",
        "send_streaming",
        "with_options",
        "with_raw_response",
        "with_streaming_response",
    }
)
"""What a client has beside its resources."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation before it is built: where it stands and how it is called."""

    at: Location
    path_at: Location
    http_method: str
    path: str
    id: str
    resource: str
    verb: str


def calls(paths: Facts, root: Location, names: dict[str, Names]) -> list[Call]:
    """Every operation under `paths`, in the order of the document, with its method's name."""
    found: list[Call] = []
    for path, item in paths.items():
        for method, value in mapping(item).items():
            if method not in _VERBS:
                continue
            operation = mapping(value)
            at = root / "paths" / path
            identity = str(operation.get("operationId") or f"{method} {path}")
            resource, verb = _method(operation, path, method, identity)
            if resource in _MEMBERS_OF_CLIENTS:
                resource = f"{resource}_"
            taken = names.setdefault(resource, Names())
            found.append(
                Call(
                    at=at / method,
                    path_at=at,
                    http_method=method.upper(),
                    path=path,
                    id=identity,
                    resource=resource,
                    verb=taken.claim(verb, snake(identity), snake(f"{verb} {method}")),
                )
            )
    return found


def _method(operation: Facts, path: str, method: str, identity: str) -> tuple[str, str]:
    explicit = extension(operation).get("method")
    if isinstance(explicit, str):
        resource, _, verb = explicit.rpartition(".")
        return resource, verb
    tags = sequence(operation.get("tags"))
    segments = [part for part in path.split("/") if part and not part.startswith("{")]
    resource = snake(str(tags[0]) if tags else (segments[0] if segments else "root"))
    if "operationId" not in operation:
        return resource, _verb_of(path, method)
    own = {part.rstrip("s") for part in words(resource)}
    rest = [word for word in words(identity) if word.rstrip("s") not in own]
    return resource, snake(" ".join(rest)) if rest else _verb_of(path, method)


def _verb_of(path: str, method: str) -> str:
    """What a call is usually named: a GET of a collection lists it."""
    if method == "get" and not path.rstrip("/").endswith("}"):
        return "list"
    return _VERBS[method]
