"""What the rules look at: operations, parameters and schemas, with references followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from engross.contract.openapi import METHODS
from engross.schema.schemas import Schemas
from engross.source import Location, Source, Value

EXTENSION: Final = "x-engross"


def mapping(value: Value) -> Mapping[str, Value]:
    """The value as an object; an empty one if it is something else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Value) -> list[Value]:
    """The value as a list; an empty one if it is something else."""
    return value if isinstance(value, list) else []


def strings(value: Value) -> list[str]:
    """The strings of a list, or a lone string as a list of one."""
    listed = [value] if isinstance(value, str) else sequence(value)
    return [item for item in listed if isinstance(item, str)]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: where it is listed, and where it is described."""

    listed: Location
    at: Location
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on a path; `path` is None for webhooks and callbacks."""

    at: Location
    path: str | None
    path_item: Location
    value: Mapping[str, Value]
    parameters: tuple[Parameter, ...]

    @property
    def id(self) -> str | None:
        """The operationId."""
        own = self.value.get("operationId")
        return own if isinstance(own, str) else None


class Outline:
    """A contract as the rules see it; each part is worked out once, on demand."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def schemas(self) -> Schemas:
        """The schemas of all documents."""
        return Schemas.of(self.source.resolver)

    def value(self, at: Location) -> Mapping[str, Value]:
        """The object at a location; an empty one if there is none."""
        return mapping(self.source.value(at))

    @cached_property
    def root(self) -> Mapping[str, Value]:
        """The entry document."""
        return self.value(self.source.root)

    @cached_property
    def extension(self) -> Mapping[str, Value]:
        """The document's own `x-engross`."""
        return mapping(self.root.get(EXTENSION))

    @cached_property
    def is_curated(self) -> bool:
        """Whether the contract is one of ours, rather than a document taken as it is."""
        return any(kind.startswith(EXTENSION) for kind in self.source.kinds)

    def named(self, section: str) -> Mapping[str, Value]:
        """A section of the document's own `x-engross`, such as `references`."""
        return mapping(self.extension.get(section))

    @cached_property
    def error_codes(self) -> Mapping[str, Value]:
        """What the provider's error codes mean."""
        return mapping(self.named("errors").get("codes"))

    def extensions(self, place: str) -> Iterator[tuple[Location, Mapping[str, Value]]]:
        """Each `x-engross` of a place such as `operation` or `shared/rule`."""
        for at in self.source.places(f"{EXTENSION}/{place}"):
            yield at, self.value(at)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations on paths, in order."""
        return tuple(self._operations())

    def _operations(self) -> Iterator[Operation]:
        paths = self.source.root / "paths"
        for path in mapping(self.root.get("paths")):
            item = self.source.follow(paths / path)
            for method in METHODS:
                if isinstance(self.value(item).get(method), dict):
                    yield self._operation(item / method, path, item, paths / path)
            for method in mapping(self.value(item).get("additionalOperations")):
                at = item / "additionalOperations" / method
                yield self._operation(at, path, item, paths / path)

    def _operation(
        self, at: Location, path: str, item: Location, listed: Location
    ) -> Operation:
        own = self.parameters(at)
        overridden = {(parameter.name, parameter.place) for parameter in own}
        shared = [
            parameter
            for parameter in self.parameters(item)
            if (parameter.name, parameter.place) not in overridden
        ]
        return Operation(at, path, listed, self.value(at), (*shared, *own))

    def parameters(self, holder: Location) -> tuple[Parameter, ...]:
        """The parameters that a path item or an operation lists itself."""
        found = []
        listed = holder / "parameters"
        for index in range(len(sequence(self.value(holder).get("parameters")))):
            at = self.source.follow(listed / index)
            value = self.value(at)
            name, place = str(value.get("name")), str(value.get("in"))
            found.append(Parameter(listed / index, at, name, place))
        return tuple(found)

    @cached_property
    def webhooks(self) -> tuple[Operation, ...]:
        """The messages that the provider sends unasked, in order."""
        root = self.source.root / "webhooks"
        items = [
            (root / name, self.source.follow(root / name))
            for name in mapping(self.root.get("webhooks"))
        ]
        return tuple(
            Operation(item / method, None, listed, self.value(item / method), ())
            for listed, item in items
            for method in METHODS
            if isinstance(self.value(item).get(method), dict)
        )

    @cached_property
    def operations_by_id(self) -> Mapping[str, Operation]:
        """The operations on paths by operationId."""
        return {each.id: each for each in self.operations if each.id is not None}

    def media_types(self, holder: Location) -> Iterator[Location]:
        """The media types of a request body or response, given or referred to."""
        at = self.source.follow(holder)
        for name in mapping(self.value(at).get("content")):
            yield self.source.follow(at / "content" / name)

    def request_bodies(self, operation: Operation) -> Iterator[Location]:
        """The media types that an operation sends."""
        if "requestBody" in operation.value:
            yield from self.media_types(operation.at / "requestBody")

    def replies(self, operation: Operation) -> Iterator[Location]:
        """The media types of replies that mean success."""
        for status in mapping(operation.value.get("responses")):
            if status.startswith("2"):
                yield from self.media_types(operation.at / "responses" / status)
