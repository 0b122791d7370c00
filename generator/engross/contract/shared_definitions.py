"""One definition for all places that say the same, in contracts that define many types.

Names of places are worth having where there are few. Documents with hundreds of operations
repeat schemas inline, and half of their names would stand for the same as others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from engross.contract.index import Index
from engross.contract.ir import (
    Argument,
    Body,
    Definition,
    Field,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Pagination,
    Parameter,
    Ref,
    Reply,
    Type,
    Union,
    UnionType,
    Webhook,
    Webhooks,
)
from engross.data import dataclass
from engross.source import Location

_Typed = TypeVar("_Typed", Parameter, Argument, Field)

MOST_WITH_OWN_NAMES: Final = 300
"""Different definitions up to which each place has a name of its own."""


def is_large(firsts: Mapping[Location, Location]) -> bool:
    """Return whether a contract has too many types for a name at each place.

    Args:
        firsts: definition -> the first one that is equal to it.
    """
    return len(set(firsts.values())) > MOST_WITH_OWN_NAMES


def names_many_types(index: Index, components: Iterable[Location]) -> bool:
    """Return whether the components of a contract alone make it as large.

    Args:
        index: the contract.
        components: its schemas with names, each of which gets a definition of its own.
    """
    defined = sum(
        "properties" in (value := index.value(at)) or "enum" in value
        for at in components
    )
    return defined > MOST_WITH_OWN_NAMES


@dataclass(frozen=True, slots=True)
class Sharing:
    """Puts the first definition in place of those that are equal to it.

    Attributes:
        firsts: definition -> the first one that is equal to it, often itself.
    """

    firsts: Mapping[Location, Location]

    def definitions(self, found: Iterable[Definition]) -> tuple[Definition, ...]:
        """Return the first ones of definitions."""
        return tuple(
            self._definition(each) for each in found if self.firsts[each.at] == each.at
        )

    def operation(self, found: Operation) -> Operation:
        """Return an operation whose types are the first ones."""
        return replace(
            found,
            parameters=tuple(map(self._typed, found.parameters)),
            body=found.body and self._body(found.body),
            arguments=tuple(map(self._typed, found.arguments)),
            replies=tuple(map(self._reply, found.replies)),
            result=self._if_any(found.result),
            pagination=found.pagination and self._pagination(found.pagination),
        )

    def webhooks(self, found: Webhooks) -> Webhooks:
        """Return webhooks whose types are the first ones."""
        return replace(found, members=tuple(map(self._webhook, found.members)))

    def _webhook(self, found: Webhook) -> Webhook:
        payload, result = self._if_any(found.payload), self._if_any(found.result)
        return replace(found, payload=payload, result=result)

    def _definition(self, found: Definition) -> Definition:
        match found:
            case Model(fields=fields):
                return replace(found, fields=tuple(map(self._typed, fields)))
            case UnionType(members=members, mapping=mapping):
                return replace(
                    found,
                    members=self._types(members),
                    mapping=tuple((value, self.firsts[at]) for value, at in mapping),
                )
            case _:
                return found

    def _typed(self, found: _Typed) -> _Typed:
        type_ = self._type(found.type)
        return found if type_ is found.type else replace(found, type=type_)

    def _body(self, found: Body) -> Body:
        others = tuple(map(self._body, found.others))
        return replace(found, type=self._type(found.type), others=others)

    def _reply(self, found: Reply) -> Reply:
        return replace(
            found,
            type=self._if_any(found.type),
            result=self._if_any(found.result),
            others=tuple(map(self._reply, found.others)),
        )

    def _pagination(self, found: Pagination) -> Pagination:
        return replace(found, item_type=self._type(found.item_type))

    def _if_any(self, found: Type | None) -> Type | None:
        return None if found is None else self._type(found)

    def _types(self, found: Iterable[Type]) -> tuple[Type, ...]:
        """Return types, each once."""
        return tuple(dict.fromkeys(map(self._type, found)))

    def _type(self, found: Type) -> Type:
        match found:
            case Ref(at):
                first = self.firsts[at]
                return found if first == at else Ref(first)
            case ListOf(inner) | MapOf(inner) | Nullable(inner):
                own = self._type(inner)
                return found if own is inner else type(found)(own)
            case Union(members):
                types = self._types(members)
                return types[0] if len(types) == 1 else Union(types)
            case _:
                return found
