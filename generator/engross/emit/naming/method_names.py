"""Which resource an operation belongs to, and what its method is called."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.ir import Contract, Operation, OperationId
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.words import pascal, snake, words
from engross.findings import Finding

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

_MEMBERS_OF_CLIENTS = (
    "close",
    "request",
    "with_options",
    "with_raw_response",
    "with_streaming_response",
)
"""What a client has beside its resources."""

_IN_RESOURCES = (
    "Mapping",
    "Secret",
    "SyncClient",
    "SyncHttpClient",
    "SyncResource",
    "TimeoutTypes",
)
"""Classes that clients and resources are written with; most have an asynchronous twin."""

_IN_ANNOTATIONS = ("bool", "float", "int", "object", "str")
"""Builtins that the arguments of a client are annotated with."""


@dataclass(frozen=True, slots=True)
class MethodName:
    """How a method is reached from a client."""

    resource: str
    method: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Operations that are methods of one object."""

    name: str
    class_name: str
    description: str
    operations: tuple[OperationId, ...]


@dataclass(frozen=True, slots=True)
class MethodNames:
    """The names of all methods, and of the property that reads webhooks, if there is one."""

    methods: dict[OperationId, MethodName]
    resources: tuple[Resource, ...]
    webhooks: str
    findings: tuple[Finding, ...]


def method_names(contract: Contract, client_class: str) -> MethodNames:
    """Name every method, with the resource that it belongs to."""
    wanted = [(operation, *_wanted(operation)) for operation in contract.operations]
    client = Namespace("a member", (*_MEMBERS_OF_CLIENTS, *_IN_ANNOTATIONS))
    scopes: dict[str, Namespace] = {}
    for operation, resource, method in wanted:
        scope = scopes.setdefault(resource, Namespace("a method"))
        if operation.explicit is not None:
            scope.choose(operation.id, method, operation.span)
    methods: dict[OperationId, MethodName] = {}
    for operation, resource, method in wanted:
        verb = operation.http_method.lower()
        methods[operation.id] = MethodName(
            client.claim(resource, resource),
            scopes[resource].claim(
                operation.id,
                method,
                snake(operation.label),
                snake(f"{method} {verb}"),
            ),
        )
    return MethodNames(
        methods=methods,
        resources=_resources(contract, methods, client_class),
        webhooks=client.claim(OperationId, "webhooks", "incoming_webhooks"),
        findings=tuple(each for scope in scopes.values() for each in scope.findings),
    )


def _resources(
    contract: Contract, methods: dict[OperationId, MethodName], client_class: str
) -> tuple[Resource, ...]:
    """Group the operations; a tag of the same name describes the group."""
    groups: dict[str, list[OperationId]] = {}
    for identity, name in methods.items():
        groups.setdefault(name.resource, []).append(identity)
    descriptions = {snake(tag.name): tag.description for tag in contract.tags}
    taken = {*_IN_RESOURCES, *(each.removeprefix("Sync") for each in _IN_RESOURCES)}
    classes = Namespace("a resource", {*taken, client_class})
    return tuple(
        Resource(
            name=name,
            class_name=classes.claim(name, pascal(name), f"{pascal(name)}Resource"),
            description=descriptions.get(name, ""),
            operations=tuple(members),
        )
        for name, members in groups.items()
    )


def _wanted(operation: Operation) -> tuple[str, str]:
    """Return the resource and the method that an operation would have on its own."""
    if operation.explicit is not None:
        resource, _, method = operation.explicit.rpartition(".")
        return resource, method
    path, verb = operation.path, operation.id.method.lower()
    segments = [part for part in path.split("/") if part and not part.startswith("{")]
    named = (*operation.tags, *segments, "root")[0]
    resource = snake(named)
    if operation.operation_id is None:
        return resource, _verb(path, verb)
    own = {part.rstrip("s") for part in words(resource)}
    rest = [
        word for word in words(operation.operation_id) if word.rstrip("s") not in own
    ]
    return resource, snake(" ".join(rest)) if rest else _verb(path, verb)


def _verb(path: str, method: str) -> str:
    """Return what a call is usually named: a GET of a collection lists it."""
    if method == "get" and not path.rstrip("/").endswith("}"):
        return "list"
    return _VERBS.get(method) or snake(method)
