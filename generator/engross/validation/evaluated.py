"""Which members or items the keywords of a schema evaluate.

`unevaluatedProperties` and `unevaluatedItems` apply to the rest. Most of the answer is
known in advance; what depends on the payload is kept as choices.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, TypeAlias

from engross.data import dataclass
from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.tree import Key, Schema


@dataclass(frozen=True, slots=True)
class Valid:
    """The value is valid against the subschema."""

    key: Key


@dataclass(frozen=True, slots=True)
class Invalid:
    """The value is not valid against the subschema."""

    key: Key


@dataclass(frozen=True, slots=True)
class Present:
    """The object has the member."""

    name: str


Condition: TypeAlias = Valid | Invalid | Present


@dataclass(frozen=True, slots=True)
class Choice:
    """What is evaluated under which conditions."""

    cases: tuple[tuple[Condition, Evaluated], ...]
    exhaustive: bool = False
    """Whether the payload is invalid when none of the conditions is true."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Members by name and pattern, or items by position and schema."""

    everything: bool = False
    names: tuple[str, ...] = ()
    patterns: tuple[Regex, ...] = ()
    prefix: int = 0
    kinds: tuple[Key, ...] = ()
    """Schemas of `contains`: the items that match one are evaluated."""
    choices: tuple[Choice, ...] = ()

    def __add__(self, other: Evaluated) -> Evaluated:
        return Evaluated(
            self.everything or other.everything,
            tuple(dict.fromkeys(self.names + other.names)),
            tuple(dict.fromkeys(self.patterns + other.patterns)),
            max(self.prefix, other.prefix),
            tuple(dict.fromkeys(self.kinds + other.kinds)),
            self.choices + other.choices,
        )

    def beyond(self, known: Evaluated) -> Evaluated:
        """Return what is evaluated here, but not in `known`."""
        if known.everything:
            return Evaluated()
        return Evaluated(
            self.everything,
            tuple(name for name in self.names if name not in known.names),
            tuple(regex for regex in self.patterns if regex not in known.patterns),
            self.prefix if self.prefix > known.prefix else 0,
            tuple(kind for kind in self.kinds if kind not in known.kinds),
            _beyond(self.choices, known),
        )


def of_members(graph: Graph, schema: Schema, *, nested: bool = False) -> Evaluated:
    """Return what the keywords beside `unevaluatedProperties` evaluate."""
    everything = schema.additional_properties is not None or (
        nested and schema.unevaluated_properties is not None
    )
    own = Evaluated(
        everything,
        names=tuple(name for name, _ in schema.properties),
        patterns=tuple(regex for regex, _ in schema.pattern_properties),
    )
    return _settled(own + _in_place(graph, schema, of_members))


def of_items(graph: Graph, schema: Schema, *, nested: bool = False) -> Evaluated:
    """Return what the keywords beside `unevaluatedItems` evaluate."""
    everything = schema.items is not None or (
        nested and schema.unevaluated_items is not None
    )
    own = Evaluated(
        everything,
        prefix=len(schema.prefix_items),
        kinds=(schema.contains,) if schema.contains is not None else (),
    )
    return _settled(own + _in_place(graph, schema, of_items))


class _Of(Protocol):
    """One of the two functions above."""

    def __call__(self, graph: Graph, schema: Schema, *, nested: bool) -> Evaluated: ...


def _in_place(graph: Graph, schema: Schema, of: _Of) -> Evaluated:
    """Return what subschemas that apply to the same value evaluate."""

    def of_key(key: Key | None) -> Evaluated:
        return Evaluated() if key is None else of(graph, graph[key], nested=True)

    total = Evaluated()
    for applied in schema.every:
        total += of_key(applied.key)
    for keys in (schema.any_of, schema.one_of):
        if keys:
            fits = tuple((Valid(key), of_key(key)) for key in keys)
            total += Evaluated(choices=(Choice(fits, exhaustive=True),))
    if schema.if_ is not None:
        condition = schema.if_
        then = of_key(condition) + of_key(schema.then)
        otherwise = of_key(schema.else_)
        cases = ((Valid(condition), then), (Invalid(condition), otherwise))
        total += Evaluated(choices=(Choice(cases),))
    for name, key in schema.dependent_schemas:
        total += Evaluated(choices=(Choice(((Present(name), of_key(key)),)),))
    return total


def _settled(evaluated: Evaluated) -> Evaluated:
    """Drop the choices that add nothing."""
    if evaluated.everything:
        return Evaluated(everything=True)
    known = replace(evaluated, choices=())
    return replace(evaluated, choices=_beyond(evaluated.choices, known))


def _beyond(choices: tuple[Choice, ...], known: Evaluated) -> tuple[Choice, ...]:
    kept = []
    for choice in choices:
        cases = tuple((when, more.beyond(known)) for when, more in choice.cases)
        if any(more != Evaluated() for _, more in cases):
            kept.append(replace(choice, cases=cases))
    return tuple(kept)
