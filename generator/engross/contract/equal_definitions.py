"""Which definitions without a name of their own are equal, so that one class serves for all.

Two are equal if callers can tell no difference: the same fields or values with the same
documentation, in the same direction. What a definition is said to be as a whole may differ,
since each place keeps its own name for the class.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import field

from engross.contract.ir import (
    Definition,
    Enum,
    Field,
    ListOf,
    Literal,
    MapOf,
    Model,
    Nullable,
    Ref,
    Type,
    Union,
    is_component,
)
from engross.data import dataclass
from engross.source import Location


def first_equals(definitions: Iterable[Definition]) -> Mapping[Location, Location]:
    """Return the first of those that each definition is equal to, often itself.

    Components, and definitions that an author named, are only equal to themselves.
    """
    reader = _FormReader({each.at: each for each in definitions})
    return {at: reader.first(at) for at in reader.definitions}


@dataclass(slots=True)
class _FormReader:
    definitions: Mapping[Location, Definition]
    _firsts: dict[Location, Location] = field(default_factory=dict)
    _by_form: dict[Hashable, Location] = field(default_factory=dict)

    def first(self, at: Location) -> Location:
        known = self._firsts.get(at)
        if known is None:
            self._firsts[at] = at  # what contains itself is equal to nothing else
            known = self._by_form.setdefault(self._form(self.definitions[at]), at)
            self._firsts[at] = known
        return known

    def _form(self, definition: Definition) -> Hashable:
        directions = (definition.in_request, definition.in_reply)
        if definition.explicit is not None or is_component(definition.at):
            return definition.at
        match definition:
            case Enum(members=members):
                return ("enum", directions, members)
            case Model(fields=fields, closed=closed):
                return ("model", directions, closed, tuple(map(self._field, fields)))
            case _:
                mapping = tuple((v, self.first(at)) for v, at in definition.mapping)
                return (
                    "union",
                    directions,
                    tuple(map(self._type, definition.members)),
                    definition.discriminator,
                    mapping,
                    definition.implied,
                    definition.recursive,
                )

    def _field(self, found: Field) -> Hashable:
        return (
            found.wire,
            self._type(found.type),
            found.required,
            found.required_in_request,
            repr(found.default),  # which may be a list or an object
            found.constant,
            found.explicit,
            found.docs,
        )

    def _type(self, type_: Type) -> Hashable:
        match type_:
            case Ref(at):
                return self.first(at)
            case ListOf(inner) | MapOf(inner) | Nullable(inner):
                return (type(type_).__name__, self._type(inner))
            case Union(members):
                return ("Union", *map(self._type, members))
            case Literal():
                return repr(type_)  # True is not 1
            case _:
                return type_
