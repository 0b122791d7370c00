"""Which resource an operation belongs to, and what its method is called.

An author's own name comes first, then what a person wrote in the operationId and the tags. Where
nobody wrote anything, the path says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from engross.contract.ir import (
    Contract,
    Definition,
    ListOf,
    Model,
    Nullable,
    Operation,
    OperationId,
    Ref,
    Type,
)
from engross.data import dataclass
from engross.emit.naming.english import is_plural, is_verb, stem
from engross.emit.naming.namespace import Namespace
from engross.emit.naming.operation_ids import (
    begins_with_http_method,
    is_usual,
    numbered,
    service_of,
    within,
    written,
)
from engross.emit.naming.path_names import (
    NEARLY_ALL,
    PathName,
    Segment,
    Words,
    common_prefix,
    path_name,
    segments,
    without_prefix,
)
from engross.emit.naming.words import pascal, snake, words
from engross.findings import Finding
from engross.source import Location
from engross.source.path_items import OperationLeftOut

_MEMBERS_OF_CLIENTS = (
    "close",
    "request",
    "with_options",
    "with_raw_response",
    "with_streaming_response",
)
"""What a client has beside its resources."""

_IN_RESOURCES = (
    "FormT",
    "Mapping",
    "RawForm",
    "Secret",
    "StreamedForm",
    "SyncClient",
    "SyncHttpClient",
    "SyncResource",
    "SyncVariantBase",
    "TimeoutTypes",
)
"""Classes that clients and resources are written with; most have an asynchronous twin."""

_IN_ANNOTATIONS = ("bool", "float", "int", "object", "str")
"""Builtins that the arguments of a client are annotated with."""

_ENVELOPES = frozenset(
    (
        *(
            "content",
            "contents",
            "data",
            "documents",
            "edges",
            "elements",
            "embedded",
            "entities",
            "entries",
            "hits",
            "meta",
            "items",
            "list",
        ),
        *(
            "members",
            "nodes",
            "objects",
            "records",
            "resources",
            "result",
            "results",
            "rows",
            "values",
        ),
    )
)
"""Members of a response that hold what it lists."""

_OF_TAGS = frozenset(
    ("api", "apis", "controller", "endpoint", "endpoints", "operations", "resource")
)
"""Words at the end of a tag that say nothing about what it groups."""

_FEWEST_ALIKE = 10
"""Operations from which on one tag can be a tag of nearly all."""

_FEWEST_TAGS = 3
"""Tags from which on all can begin with a word that groups nothing."""

_ROOT = ("root",)
"""Resource of operations whose paths name none."""

ResourcePath = tuple[str, ...]
"""Names of a resource and of those that hold it, the outermost first."""


@dataclass(frozen=True, slots=True)
class MethodName:
    """How a method is reached from a client."""

    resource: str
    """Names of its resource and of those that hold it, joined with dots."""
    method: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Operations that are methods of one object, and the resources within it."""

    name: str
    """How it is reached from a client, as `accounts.persons`."""
    attribute: str
    module: str
    class_name: str
    description: str
    operations: tuple[OperationId, ...]
    resources: tuple[Resource, ...]

    @property
    def is_of_client(self) -> bool:
        """Return whether it is an attribute of clients, not of another resource."""
        return "." not in self.name

    def tree(self) -> Iterator[Resource]:
        """Yield the resource and all within it."""
        yield self
        for resource in self.resources:
            yield from resource.tree()


@dataclass(frozen=True, slots=True)
class MethodNames:
    """The names of all methods, and of the property that reads webhooks, if there is one."""

    methods: dict[OperationId, MethodName]
    resources: tuple[Resource, ...]
    """All resources, each followed by those within it."""
    webhooks: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a method would be called if it were the only one."""

    operation: Operation
    resource: ResourcePath
    candidates: tuple[str, ...]
    said: Words = ()
    """Words of the operationId; none if the path names the method."""
    is_exact: bool = False
    """Whether its first candidate is all that the operationId says."""
    in_subresource: str = ""
    """Its name within a resource that has the name of the method, if there is one."""


def method_names(contract: Contract, client_class: str) -> MethodNames:
    """Name every method, with the resource that it belongs to."""
    reading = _Reading.of(contract)
    wanted = [_wanted(operation, reading) for operation in contract.operations]
    wanted = _told_apart(wanted, reading)
    paths = {each.resource[:end] for each in wanted for end in _ends(each.resource)}
    wanted = [_moved(each, paths) for each in wanted]
    scopes = _Scopes()
    for each in wanted:
        scopes.choose(each, contract)
    for each in wanted:
        scopes.claim_resource(each.resource)
    methods = {each.operation.id: scopes.claim(each) for each in _plain_first(wanted)}
    ordered = {each.id: methods[each.id] for each in contract.operations}
    return MethodNames(
        methods=ordered,
        resources=tuple(_resources(ordered, reading, client_class)),
        webhooks=scopes.claim_webhooks() if contract.webhooks else "webhooks",
        findings=scopes.findings,
    )


def _ends(path: ResourcePath) -> range:
    return range(1, len(path) + 1)


def _told_apart(wanted: Sequence[_Wanted], reading: _Reading) -> list[_Wanted]:
    """Tell operations apart whose operationIds say the same.

    That does their HTTP method, or what they take, where they have the same.
    """
    alike: dict[tuple[ResourcePath, Words], list[_Wanted]] = {}
    for each in wanted:
        alike.setdefault((each.resource, each.said), []).append(each)
    return [
        _told_apart_from(each, alike[each.resource, each.said], reading)
        for each in wanted
    ]


def _told_apart_from(
    wanted: _Wanted, alike: Sequence[_Wanted], reading: _Reading
) -> _Wanted:
    if not wanted.said or len(alike) < 2:
        return wanted
    name = wanted.candidates[0]
    verbs = Counter(each.operation.http_method for each in alike)
    operation = wanted.operation
    others = (
        _by_parameter(name, reading.path(operation))
        if verbs[operation.http_method] > 1
        else []
    )
    return replace(wanted, candidates=(name, *others, *_fallbacks(operation, name)))


def _moved(wanted: _Wanted, paths: set[ResourcePath]) -> _Wanted:
    """Return a method within the resource that has its name, if there is one."""
    below = (*wanted.resource, wanted.candidates[0])
    if not wanted.in_subresource or below not in paths:
        return wanted
    candidates = (wanted.in_subresource, *wanted.candidates[1:])
    return replace(wanted, resource=below, candidates=candidates)


def _plain_first(wanted: Iterable[_Wanted]) -> list[_Wanted]:
    """Sort the methods that the operationId names before those that leave something out.

    Of these, the one that leaves out the least comes first: `createWallet` is the method `create`
    of wallets, even where `createCustomerWallet` is another one.
    """
    return sorted(wanted, key=lambda each: (not each.is_exact, len(each.said)))


class _Scopes:
    """The members of clients and of each resource, claimed once."""

    def __init__(self) -> None:
        taken = (*_MEMBERS_OF_CLIENTS, *_IN_ANNOTATIONS)
        self._scopes: dict[ResourcePath, Namespace] = {(): Namespace("a member", taken)}

    def of(self, path: ResourcePath) -> Namespace:
        """Return the members of a resource, or of clients."""
        return self._scopes.setdefault(path, Namespace("a method"))

    def choose(self, wanted: _Wanted, contract: Contract) -> None:
        """Claim the names of a method and its resources that the author chose."""
        operation, path = wanted.operation, wanted.resource
        if operation.explicit is not None:
            span = contract.locate(operation.at / "x-engross" / "method")
            for end in _ends(path):
                self.of(path[: end - 1]).choose(path[:end], path[end - 1], span)
            self.of(path).choose(operation.id, wanted.candidates[0], span)

    def claim_resource(self, path: ResourcePath) -> ResourcePath:
        """Claim the names of a resource and of those that hold it; return them."""
        return tuple(
            self.of(path[: end - 1]).claim(path[:end], path[end - 1])
            for end in _ends(path)
        )

    def claim_webhooks(self) -> str:
        """Claim the name of the property that reads webhooks."""
        names = "webhooks", "incoming_webhooks"
        return self.of(()).claim(OperationId, *names, gives_way=True)

    def claim(self, wanted: _Wanted) -> MethodName:
        """Claim the name of a method."""
        return MethodName(
            ".".join(self.claim_resource(wanted.resource)),
            self.of(wanted.resource).claim(wanted.operation.id, *wanted.candidates),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the clashes of names that the author chose."""
        return tuple(each for scope in self._scopes.values() for each in scope.findings)


# Resources


def _resources(
    methods: Mapping[OperationId, MethodName], reading: _Reading, client_class: str
) -> Iterator[Resource]:
    """Yield the resources; a tag of the same name describes one."""
    members: dict[str, list[OperationId]] = {}
    for identity, method in methods.items():
        holders = method.resource.split(".")
        for end in range(1, len(holders) + 1):
            members.setdefault(".".join(holders[:end]), [])
        members[method.resource].append(identity)
    taken = {*_IN_RESOURCES, *(each.removeprefix("Sync") for each in _IN_RESOURCES)}
    classes = Namespace("a resource", {*taken, client_class})
    modules = Namespace("a module")

    def made(name: str) -> Resource:
        joined = name.replace(".", "_")
        below = [each for each in members if each.rpartition(".")[0] == name]
        return Resource(
            name=name,
            attribute=name.rpartition(".")[2],
            module=modules.claim(name, joined),
            class_name=classes.claim(name, pascal(joined), f"{pascal(joined)}Resource"),
            description=reading.descriptions.get(name, ""),
            operations=tuple(members[name]),
            resources=tuple(map(made, below)),
        )

    for name in members:
        if "." not in name:
            yield from made(name).tree()


# What documents say


@dataclass(frozen=True, slots=True)
class _Reading:
    """What all operations of a document say together.

    Attributes:
        prefix: what nearly all paths begin with.
        tags: words of each tag that groups operations.
        id_prefix: what nearly all dotted operationIds begin with.
        service: the service that nearly all operationIds begin with, if there is one.
        descriptions: descriptions of tags, by the resources of their names.
        patched: paths with a method that updates a part of what they lead to.
        shared: paths with several methods.
        numbered: operationIds that only a number tells apart.
        spelled: whether the operationIds about a resource begin with the HTTP method, by the
            words of the resource; by no words for all operations.
    """

    prefix: tuple[Segment, ...]
    tags: Mapping[str, Words]
    id_prefix: tuple[Words, ...]
    service: Words
    descriptions: Mapping[str, str]
    patched: frozenset[str]
    shared: frozenset[str]
    numbered: frozenset[str]
    spelled: Mapping[Words, bool]
    definitions: Mapping[Location, Definition]

    @classmethod
    def of(cls, contract: Contract) -> _Reading:
        """Read the operations of a contract, and those that a slice leaves out."""
        operations: tuple[Operation | OperationLeftOut, ...] = (
            *contract.operations,
            *contract.left_out.operations,
        )
        paths = [segments(operation.path) for operation in operations]
        prefix = common_prefix(paths)
        tags = _tags(operations, contract.title)
        return cls(
            prefix=prefix,
            tags=tags,
            id_prefix=_id_prefix(operations),
            service=_only_service(operations),
            descriptions={
                snake(" ".join(tags.get(tag.name) or words(tag.name))): tag.description
                for tag in contract.tags
            },
            patched=frozenset(
                operation.path
                for operation in operations
                if operation.http_method in ("PATCH", "POST")
            ),
            shared=frozenset(
                path
                for path, count in Counter(each.path for each in operations).items()
                if count > 1
            ),
            numbered=numbered(each.operation_id or "" for each in operations),
            spelled=_spelled(operations, prefix),
            definitions={each.at: each for each in contract.definitions},
        )

    def path(self, operation: Operation) -> PathName:
        """Return what the path of an operation says about its name."""
        path = segments(operation.path)
        last = next((each.words for each in path[::-1] if not each.is_parameter), ())
        return path_name(
            path,
            self.prefix,
            operation.http_method,
            returns_many=self.returns_many(operation, last),
            is_patched=operation.path in self.patched,
        )

    def is_spelled(self, path: PathName) -> bool:
        """Return whether the operationIds about a resource begin with the HTTP method."""
        group = path.resource[0] if path.resource else ()
        return self.spelled.get(group, self.spelled[()])

    def tag(self, operation: Operation) -> Words:
        """Return the words of the tag that groups an operation; none if there is no such tag."""
        first = next(iter(operation.tags), None)
        return () if first is None else self.tags.get(first, ())

    def returns_many(self, operation: Operation, last: Words) -> bool | None:
        """Return whether an operation returns several things; None if that is not known.

        Args:
            last: words of what the path ends in.
        """
        if operation.pagination is not None:
            return True
        return self._is_many(
            operation.result, {stem("".join(last)), stem("_".join(last))}
        )

    def _is_many(
        self, type_: Type | None, things: set[str], depth: int = 2
    ) -> bool | None:
        match type_:
            case Nullable(inner):
                return self._is_many(inner, things, depth)
            case ListOf():
                return True
            case Ref(at):
                model = self.definitions.get(at)
                if not isinstance(model, Model):
                    return None
                return self._lists(model, things, depth)
        return None

    def _lists(self, model: Model, things: set[str], depth: int) -> bool | None:
        """Return whether an object is the envelope of a list."""
        found: bool | None = False if model.fields else None
        for field in model.fields:
            name = words(field.wire)
            is_thing = stem("".join(name)) in things or stem("_".join(name)) in things
            if not is_thing and "_".join(name) not in _ENVELOPES:
                continue
            inner = field.type.inner if isinstance(field.type, Nullable) else field.type
            many = self._is_many(inner, things, depth - 1) if depth else False
            if many:
                return True
            found = None if many is None else found
        return found


def _spelled(
    operations: Sequence[Operation | OperationLeftOut], prefix: tuple[Segment, ...]
) -> dict[Words, bool]:
    """Return whether the operationIds of what changes something begin with the HTTP method."""
    counts: dict[Words, list[int]] = {(): [0, 0]}
    for operation in operations:
        if operation.http_method in ("POST", "PUT", "PATCH") and operation.operation_id:
            path = without_prefix(segments(operation.path), prefix)
            group = next((each.words for each in path if not each.is_parameter), ())
            is_spelled = begins_with_http_method(
                operation.operation_id, operation.http_method
            )
            for key in {(), group}:
                counts.setdefault(key, [0, 0])[is_spelled] += 1
    return {key: spelled > others for key, (others, spelled) in counts.items()}


def _tags(
    operations: Sequence[Operation | OperationLeftOut], title: str
) -> dict[str, Words]:
    """Return the words of the tags that group operations."""
    counted = Counter(operation.tags[0] for operation in operations if operation.tags)
    if len(operations) >= _FEWEST_ALIKE and counted:
        most, count = counted.most_common(1)[0]
        if count >= NEARLY_ALL * len(operations):
            del counted[most]
    plain = {tag: words(re.sub(r"\(.*?\)", " ", tag)) or words(tag) for tag in counted}
    short = {tag: _without_general(found) for tag, found in plain.items()}
    shared = Counter(short.values())
    found = {
        tag: each if shared[each] == 1 else _without_general(words(tag))
        for tag, each in short.items()
    }
    return _without_common(found, words(title))


def _without_general(found: Words) -> Words:
    rest = found
    while len(rest) > 1 and (rest[-1] in _OF_TAGS or re.fullmatch(r"v\d+", rest[-1])):
        rest = rest[:-1]
    while len(rest) > 1 and (rest[0].isdigit() or rest[0] == "todo"):
        rest = rest[1:]
    return rest


def _without_common(tags: dict[str, Words], title: Words) -> dict[str, Words]:
    """Leave out the words that nearly all tags begin with, and those of the title."""
    found = tags
    while len(found) >= _FEWEST_TAGS:
        first = Counter(each[0] for each in found.values() if len(each) > 1)
        if not first:
            break
        word, count = first.most_common(1)[0]
        is_of_title = count > 1 and title[:1] == (word,)
        if count < NEARLY_ALL * len(found) and not is_of_title:
            break
        title = title[1:] if is_of_title else ()
        found = {
            tag: each[1:] if len(each) > 1 and each[0] == word else each
            for tag, each in found.items()
        }
    return found


def _id_prefix(operations: Sequence[Operation | OperationLeftOut]) -> tuple[Words, ...]:
    """Return what nearly all operationIds with dots begin with."""
    named = [
        tuple(map(words, operation.operation_id.split(".")))
        for operation in operations
        if operation.operation_id is not None and operation.operation_id.count(".") > 1
    ]
    prefix: tuple[Words, ...] = ()
    while named and len(named) >= NEARLY_ALL * len(operations):
        size = len(prefix) + 1
        following = Counter(each[:size] for each in named if len(each) > size + 1)
        if not following:
            break
        most, count = following.most_common(1)[0]
        if count < NEARLY_ALL * len(named):
            break
        prefix = most
    return prefix


def _only_service(operations: Sequence[Operation | OperationLeftOut]) -> Words:
    """Return the service that nearly all operationIds begin with, if there is one."""
    named = Counter(service_of(each.operation_id or "") for each in operations)
    most, count = named.most_common(1)[0] if named else ((), 0)
    return most if count >= NEARLY_ALL * len(operations) else ()


def _wanted(operation: Operation, reading: _Reading) -> _Wanted:
    """Return the resource and the method that an operation would have on its own."""
    if operation.explicit is not None:
        *holders, name = operation.explicit.split(".")
        return _Wanted(operation, tuple(holders), (name, *_fallbacks(operation, name)))
    path = reading.path(operation)
    is_spelled = reading.is_spelled(path)
    said = written(
        operation,
        path,
        is_spelled=is_spelled,
        service=reading.service,
        is_numbered=operation.operation_id in reading.numbered,
    )
    tag = reading.tag(operation)
    resource = (tag,) if tag else path.resource[:1]
    is_alone = operation.path not in reading.shared
    if not said.method:
        return _by_path(operation, path, path.resource, is_alone=is_alone)
    if said.of_framework:
        own = {stem(word) for word in tag}
        of_path = {stem(word) for each in path.resource for word in each}
        is_own = bool(path.resource) and stem(path.resource[-1][-1]) in own
        is_about = own if tag else of_path
        if (
            is_usual(said.method, operation.http_method, is_about)
            and not path.is_action
        ):
            owner = (tag,) if is_own else path.resource
            return _by_path(operation, path, owner, is_alone=is_alone)
        return _by_id(operation, path, (tag,) if tag else path.resource, said.method)
    if said.resource:
        return _by_id(
            operation, path, *_dotted(said.resource, said.method, reading.id_prefix)
        )
    return _by_id(operation, path, resource, said.method)


def _dotted(
    resource: tuple[Words, ...], method: Words, prefix: tuple[Words, ...]
) -> tuple[tuple[Words, ...], Words]:
    """Return resource and method of an operationId with dots; a verb belongs to the method."""
    rest = resource[len(prefix) :] if resource[: len(prefix)] == prefix else resource
    named = tuple(map(_without_general, rest or resource[-1:]))
    if len(named) > 1 and len(named[-1]) == 1 and is_verb(named[-1][0]):
        return named[:-1], (*named[-1], *method)
    return named, method


def _by_path(
    operation: Operation,
    path: PathName,
    resource: tuple[Words, ...],
    *,
    is_alone: bool,
) -> _Wanted:
    """Name a method by its path; it is alone if the path has no other method."""
    name = _snake(path.method)
    verb = operation.http_method.lower()
    others = _by_parameter(name, path)
    if path.is_action:
        otherwise = others or [f"{name}_all"] * is_alone
    elif verb == "get" and not others:
        otherwise = ["list"]
    else:
        otherwise = [*_OTHERWISE.get(verb, others)]
    return _Wanted(
        operation,
        _resource_path(resource),
        (name, *otherwise, *_fallbacks(operation, name)),
        in_subresource=_IN_SUBRESOURCES.get(verb, "update") if path.is_action else "",
    )


def _by_parameter(name: str, path: PathName) -> list[str]:
    """Return a name that says which parameter a method takes, if it takes one."""
    return [f"{name}_by_{_snake(each)}" for each in path.parameters[-1:]]


_OTHERWISE = {"put": ("replace",), "patch": ("patch",), "post": ()}
"""What else a call with an HTTP method is called."""

_IN_SUBRESOURCES = {"post": "create", "get": "retrieve", "delete": "delete"}
"""What an action is called within a resource that has its name."""


def _by_id(
    operation: Operation, path: PathName, resource: tuple[Words, ...], said: Words
) -> _Wanted:
    """Name a method by its operationId."""
    candidates = [*within(said, resource or (_ROOT,), path, operation.http_method)]
    first = candidates[0] if candidates else ()
    is_read = first == ("get",) and is_plural(said[-1])
    if path.method == ("list",) and (
        is_read or (first[:1] in _READ and "all" in first)
    ):
        # Of two lists, the second is not called `get`, which returns one thing.
        candidates = [("list",), *(each for each in candidates if each != ("get",))]
    found = [_snake(each) for each in (*(candidates or [path.method]), said)]
    return _Wanted(
        operation,
        _resource_path(resource),
        (*found, *_fallbacks(operation, found[-1])),
        said=said,
        is_exact=candidates[:1] == [said],
    )


_READ = (("find",), ("fetch",), ("get",), ("read",), ("retrieve",), ("list",))


def _snake(name: Words) -> str:
    return snake(" ".join(name))


def _resource_path(resource: tuple[Words, ...]) -> ResourcePath:
    return tuple(map(_snake, resource or (_ROOT,)))


def _fallbacks(operation: Operation, method: str) -> tuple[str, str]:
    """Return names of a method whose own name another one has."""
    return f"{method.rstrip('_')}_{snake(operation.http_method)}", snake(
        operation.label
    )
