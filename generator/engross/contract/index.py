"""The index of a contract: its operations, walked once, with references followed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from functools import cached_property
from typing import Final

from engross.contract.ir import OperationId
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.schema.schemas import Schemas
from engross.source import Location, Source, Value
from engross.source.path_items import methods_of
from engross.source.wordings import Wording

EXTENSION: Final = "x-engross"


def mapping(value: Value) -> Mapping[str, Value]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Value) -> list[Value]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def strings(value: Value) -> list[str]:
    """Return the strings of a list, or a lone string as a list of one."""
    listed = [value] if isinstance(value, str) else sequence(value)
    return [item for item in listed if isinstance(item, str)]


class OperationKind(Enum):
    """Who sends an operation's requests."""

    CALL = auto()
    """Callers of the package."""
    WEBHOOK = auto()
    """The provider, by a webhook."""
    CALLBACK = auto()
    """The provider, to a URL in an earlier request."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: where it is listed, and where it is described."""

    listed: Location
    at: Location
    name: str
    location: ParameterLocation


@dataclass(frozen=True, slots=True)
class IndexedOperation:
    """An operation; two of them may share one description through a `$ref`.

    Attributes:
        path: path, name of a webhook or expression of a callback, as written.
        method: HTTP method, as it is sent.
        listed: the entry of the path in `paths`, `webhooks` or a callback.
        at: the description of the operation, references followed.
        value: the description.
        parameters: those of the path item, then its own; a later one replaces an
            earlier one of the same name and location.
        request_body: the description of its request body, references followed.
        responses: the description of each response, references followed, by status.
        servers: the list of servers that it or its path item has for itself.
    """

    kind: OperationKind
    path: str
    method: str
    listed: Location
    at: Location
    value: Mapping[str, Value]
    parameters: tuple[Parameter, ...]
    request_body: Location | None
    responses: Mapping[str, Location]
    servers: Location | None

    @property
    def identity(self) -> OperationId:
        """Return what identifies the operation among those of its kind."""
        return OperationId(self.path, self.method)

    @property
    def id(self) -> str | None:
        """Return the operationId."""
        own = self.value.get("operationId")
        return own if isinstance(own, str) else None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Index:
    """A contract's operations and sections; each part is read once, on demand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._values: dict[Location, Mapping[str, Value]] = {}
        self._contents: dict[Location, Mapping[str, Location]] = {}

    @cached_property
    def schemas(self) -> Schemas:
        """Return the schemas of all documents."""
        return Schemas.of(self.source.resolver)

    def value(self, at: Location) -> Mapping[str, Value]:
        """Return the object at a location; an empty one if there is none."""
        value = self._values.get(at)
        if value is None:
            value = self._values[at] = mapping(self.source.value(at))
        return value

    def schemas_where(
        self, test: Callable[[Mapping[str, Value]], bool]
    ) -> Iterator[Location]:
        """Yield the schemas that pass a test, in the order of the document.

        It is asked once of those that are written alike, as most in large documents are.
        """
        firsts, numbers = self._alike
        passed = {number for number, at in enumerate(firsts) if test(self.value(at))}
        if passed:
            for at, number in zip(self.source.places("schema"), numbers, strict=True):
                if number in passed:
                    yield at

    @cached_property
    def _alike(self) -> tuple[list[Location], list[int]]:
        """The first of the schemas that are written alike, and the number of each schema's."""
        by_wording: dict[Wording, int] = {}
        firsts: list[Location] = []
        numbers: list[int] = []
        for at in self.source.places("schema"):
            wording = self.source.resolver.wording(at)
            number = len(firsts)
            if wording is not None:
                number = by_wording.setdefault(wording, number)
            if number == len(firsts):
                firsts.append(at)
            numbers.append(number)
        return firsts, numbers

    @cached_property
    def root(self) -> Mapping[str, Value]:
        """Return the entry document."""
        return self.value(self.source.root)

    @cached_property
    def extension(self) -> Mapping[str, Value]:
        """Return the `x-engross` of the document."""
        return mapping(self.root.get(EXTENSION))

    @cached_property
    def is_curated(self) -> bool:
        """Return whether the contract has `x-engross`, so is not a foreign document."""
        return self.source.is_of_ours

    def named(self, section: str) -> Mapping[str, Value]:
        """Return a section of the document's own `x-engross`, such as `references`."""
        return mapping(self.extension.get(section))

    @cached_property
    def error_codes(self) -> Mapping[str, Value]:
        """Return the provider's error codes with their meanings."""
        return mapping(self.named("errors").get("codes"))

    def extensions(self, place: str) -> Iterator[tuple[Location, Mapping[str, Value]]]:
        """Yield each `x-engross` of a place such as `operation` or `shared/rule`."""
        for at in self.source.places(f"{EXTENSION}/{place}"):
            yield at, self.value(at)

    # Operations

    @cached_property
    def operations(self) -> tuple[IndexedOperation, ...]:
        """Return the operations on paths, in the order of the document."""
        return tuple(self._section("paths", OperationKind.CALL))

    @cached_property
    def webhooks(self) -> tuple[IndexedOperation, ...]:
        """Return the webhooks, in the order of the document."""
        return tuple(self._section("webhooks", OperationKind.WEBHOOK))

    @cached_property
    def callbacks(self) -> tuple[IndexedOperation, ...]:
        """Return the operations of all callbacks, each callback once."""
        found: list[IndexedOperation] = []
        seen: set[Location] = set()
        waiting = [*self.operations, *self.webhooks]
        while waiting:
            operation = waiting.pop(0)
            for name in mapping(operation.value.get("callbacks")):
                at = self.source.follow(operation.at / "callbacks" / name)
                if at not in seen:
                    seen.add(at)
                    below = list(self._below(at, OperationKind.CALLBACK))
                    found += below
                    waiting += below
        return tuple(found)

    @cached_property
    def path_items(self) -> tuple[tuple[Location, ...], ...]:
        """Return each entry of `paths`, followed by the path items that it references."""
        paths = self.source.root / "paths"
        return tuple(
            tuple(self._path_items(paths / path))
            for path, item in mapping(self.root.get("paths")).items()
            if isinstance(item, dict) and not path.startswith("x-")
        )

    @cached_property
    def operations_by_id(self) -> Mapping[str, IndexedOperation]:
        """Return the operations on paths by operationId, the first of each."""
        found: dict[str, IndexedOperation] = {}
        for operation in self.operations:
            if operation.id is not None:
                found.setdefault(operation.id, operation)
        return found

    def linked(self, link: Location) -> IndexedOperation | None:
        """Return the operation on a path that a link names; None if there is none."""
        value = self.value(link)
        reference = value.get("operationRef")
        if isinstance(reference, str):
            with suppress(LookupError):
                return self._operations_by_place.get(
                    self.source.resolve(link, reference)
                )
        return self.operations_by_id.get(str(value.get("operationId")))

    @cached_property
    def _operations_by_place(self) -> Mapping[Location, IndexedOperation]:
        return {operation.at: operation for operation in self.operations}

    def parameters(self, holder: Location) -> tuple[Parameter, ...]:
        """Return the parameters that a path item or an operation lists itself."""
        found = []
        listed = holder / "parameters"
        for position in range(len(sequence(self.value(holder).get("parameters")))):
            at = self.source.follow(listed / position)
            value = self.value(at)
            name, location = str(value.get("name")), ParameterLocation(str(value["in"]))
            found.append(Parameter(listed / position, at, name, location))
        return tuple(found)

    def content(self, holder: Location) -> Mapping[str, Location]:
        """Return the description of each media type of a body, references followed."""
        found = self._contents.get(holder)
        if found is None:
            found = self._contents[holder] = {
                media_type: self.source.follow(holder / "content" / media_type)
                for media_type in mapping(self.value(holder).get("content"))
            }
        return found

    @cached_property
    def media_types(self) -> Mapping[Location, Sequence[str]]:
        """Names of the media types that are described at a location."""
        found: dict[Location, list[str]] = {}
        for kind in ("request-body", "response", "parameter", "header"):
            for holder in self.source.places(kind):
                for name, at in self.content(holder).items():
                    found.setdefault(at, []).append(name)
        return found

    def request_bodies(self, operation: IndexedOperation) -> Iterator[Location]:
        """Yield the media types that an operation sends."""
        if operation.request_body is not None:
            yield from self.content(operation.request_body).values()

    def replies(self, operation: IndexedOperation) -> Iterator[Location]:
        """Yield the media types of responses that mean success."""
        for status, response in operation.responses.items():
            if status.startswith("2"):
                yield from self.content(response).values()

    def failures(self, operation: IndexedOperation) -> Iterator[Location]:
        """Yield the media types of all other responses."""
        for status, response in operation.responses.items():
            if not status.startswith("2"):
                yield from self.content(response).values()

    def _section(self, section: str, kind: OperationKind) -> Iterator[IndexedOperation]:
        if section in self.root:
            yield from self._below(self.source.root / section, kind)

    def _below(
        self, holder: Location, kind: OperationKind
    ) -> Iterator[IndexedOperation]:
        """Yield the operations of all path items of `paths` and its like."""
        for path, item in self.value(holder).items():
            is_extension = kind is not OperationKind.WEBHOOK and path.startswith("x-")
            if isinstance(item, dict) and not is_extension:
                yield from self._of_path(holder / path, path, kind)

    def _of_path(
        self, listed: Location, path: str, kind: OperationKind
    ) -> Iterator[IndexedOperation]:
        items = tuple(self._path_items(listed))
        shared = {
            (parameter.name, parameter.location): parameter
            for item in reversed(items)
            for parameter in self.parameters(item)
        }
        servers = next((at for item in items if (at := self._servers(item))), None)
        seen: set[str] = set()
        for item in items:
            for method, at in self.methods(item):
                if method not in seen:
                    seen.add(method)
                    place = OperationId(path, method)
                    yield self._operation(kind, place, listed, at, shared, servers)

    def _servers(self, holder: Location) -> Location | None:
        """Return the list of servers of a path item or an operation; None if it has none."""
        has_own = sequence(self.value(holder).get("servers"))
        return holder / "servers" if has_own else None

    def _path_items(self, listed: Location) -> Iterator[Location]:
        """Yield a path item, and those that it refers to: their members count too."""
        at = listed
        yield at
        while isinstance(reference := self.value(at).get("$ref"), str):
            at = self.source.resolve(at, reference)
            yield at

    def methods(self, item: Location) -> Iterator[tuple[str, Location]]:
        """Yield the HTTP methods that a path item itself describes."""
        yield from methods_of(item, self.value(item))

    def _operation(
        self,
        kind: OperationKind,
        identity: OperationId,
        listed: Location,
        at: Location,
        shared: Mapping[tuple[str, ParameterLocation], Parameter],
        servers: Location | None,
    ) -> IndexedOperation:
        value = self.value(at)
        own = {(each.name, each.location): each for each in self.parameters(at)}
        body = at / "requestBody" if "requestBody" in value else None
        return IndexedOperation(
            kind=kind,
            path=identity.path,
            method=identity.method,
            listed=listed,
            at=at,
            value=value,
            parameters=tuple({**shared, **own}.values()),
            request_body=None if body is None else self.source.follow(body),
            responses={
                status: self.source.follow(at / "responses" / status)
                for status, response in mapping(value.get("responses")).items()
                if isinstance(response, dict) and not status.startswith("x-")
            },
            servers=self._servers(at) or servers,
        )
