"""The places in a contract that users name, as in `createInvoice.paymentItems.quantity`."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from engross.audit.labels import Labels
from engross.contract.citations import citations
from engross.contract.index import (
    EXTENSION,
    Index,
    IndexedOperation,
    mapping,
)
from engross.schema.composition import Effective, Keys
from engross.source import Location


class FactLookup:
    """Finds places of one contract.

    A name is that of a component, an error code or a discrepancy, an operationId or the
    name of a method, followed by names of parameters and properties; or what a finding
    calls a place.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._labels = Labels(index.source)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names that a path may begin with."""
        return tuple(dict.fromkeys([*self._operations, *self._named, *self._labelled]))

    def find(self, path: str) -> tuple[Location, ...]:
        """Return the places that a path names, the most likely first."""
        labelled = self._labelled.get(path)
        if labelled is not None:
            return (labelled,)
        parts = path.split(".")
        for size in range(len(parts), 0, -1):
            name, rest = ".".join(parts[:size]), parts[size:]
            operation = self._operations.get(name)
            place = self._named.get(name)
            if operation is not None:
                return tuple(dict.fromkeys(self._in_operation(operation, rest)))
            if place is not None:
                return tuple(dict.fromkeys(self._in_component(place, rest)))
        return ()

    def label(self, at: Location) -> str:
        """Return what users call a place."""
        return self._labels.of(at)

    @cached_property
    def _operations(self) -> Mapping[str, IndexedOperation]:
        found: dict[str, IndexedOperation] = {}
        for operation in (*self._index.operations, *self._index.webhooks):
            own = mapping(operation.value.get(EXTENSION))
            for name in (operation.id, own.get("method"), str(operation)):
                if isinstance(name, str):
                    found.setdefault(name, operation)
        return found

    @cached_property
    def _named(self) -> Mapping[str, Location]:
        """Return the entries of all tables by their names, schemas first."""
        root = self._index.source.root
        components = mapping(self._index.root.get("components"))
        sections = ("schemas", *(name for name in components if name != "schemas"))
        tables = [
            *(root / "components" / section for section in sections),
            root / EXTENSION / "errors" / "codes",
            root / EXTENSION / "discrepancies",
        ]
        found: dict[str, Location] = {}
        for table in tables:
            try:
                entries = self._index.value(table)
            except LookupError:
                continue
            for name in entries:
                found.setdefault(name, table / name)
        return found

    @cached_property
    def _labelled(self) -> Mapping[str, Location]:
        return {
            self._labels.of(citation.element): citation.element
            for citation in citations(self._index)
        }

    def _in_operation(
        self, operation: IndexedOperation, rest: list[str]
    ) -> Iterator[Location]:
        if not rest:
            yield operation.at
            return
        for parameter in operation.parameters:
            if parameter.name == rest[0] and len(rest) == 1:
                yield parameter.at
        for body in (
            *self._index.request_bodies(operation),
            *self._index.replies(operation),
            *self._index.failures(operation),
        ):
            if "schema" in self._index.value(body):
                yield from self._in_schema(body / "schema", rest)

    def _in_component(self, at: Location, rest: list[str]) -> Iterator[Location]:
        if not rest:
            yield at
        elif at.tokens[:2] == ("components", "schemas"):
            yield from self._in_schema(at, rest)

    def _in_schema(self, at: Location, rest: list[str]) -> Iterator[Location]:
        schemas = self._index.schemas
        found = [schemas.effective(at)]
        places: tuple[Location, ...] = ()
        for name in rest:
            below = [keys for schema in found for keys in self._members(schema, name)]
            places = tuple(keys[0].place for keys in below)
            found = [self._of(keys) for keys in below]
        yield from places

    def _members(self, schema: Effective, name: str, depth: int = 0) -> Iterator[Keys]:
        """Yield what applies to a member of a value, or of its items or alternatives."""
        declared = schema.properties.get(name)
        if declared is not None:
            yield declared.schemas
            return
        inner = [self._of(schema.items)] if schema.items else []
        inner += [
            self._of((key,)) for choice in schema.choices for key in choice.members
        ]
        if depth < _DEEPEST:
            for each in inner:
                yield from self._members(each, name, depth + 1)

    def _of(self, keys: Keys) -> Effective:
        composer = self._index.schemas.composer
        return composer.of(keys[0]) if len(keys) == 1 else composer.conjunction(keys)


_DEEPEST = 8
"""Lists and unions within each other that are looked into."""
