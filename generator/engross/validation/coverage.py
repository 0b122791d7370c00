"""What the keywords of a schema evaluate of an object or an array.

`unevaluatedProperties` and `unevaluatedItems` apply to the rest. Most of the answer is
known beforehand; what depends on the payload is kept as choices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.tree import Key, Schema


@dataclass(frozen=True, slots=True)
class Holds:
    """The subschema holds for the value."""

    key: Key


@dataclass(frozen=True, slots=True)
class Fails:
    """The subschema does not hold for the value."""

    key: Key


@dataclass(frozen=True, slots=True)
class Present:
    """The object has the member."""

    name: str


Condition: TypeAlias = Holds | Fails | Present


@dataclass(frozen=True, slots=True)
class Choice:
    """What is covered under which conditions."""

    cases: tuple[tuple[Condition, Coverage], ...]
    exhaustive: bool = False
    """Whether the payload is invalid when none of the conditions holds."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What has been evaluated: by name and pattern, or by position and kind."""

    everything: bool = False
    names: tuple[str, ...] = ()
    patterns: tuple[Regex, ...] = ()
    prefix: int = 0
    kinds: tuple[Key, ...] = ()
    """Schemas of `contains`: the items that fit are covered."""
    choices: tuple[Choice, ...] = ()

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.everything or other.everything,
            tuple(dict.fromkeys(self.names + other.names)),
            tuple(dict.fromkeys(self.patterns + other.patterns)),
            max(self.prefix, other.prefix),
            tuple(dict.fromkeys(self.kinds + other.kinds)),
            self.choices + other.choices,
        )

    def beyond(self, known: Coverage) -> Coverage:
        """Give what this covers in addition to what is known to be covered."""
        if known.everything:
            return Coverage()
        return Coverage(
            self.everything,
            tuple(name for name in self.names if name not in known.names),
            tuple(regex for regex in self.patterns if regex not in known.patterns),
            self.prefix if self.prefix > known.prefix else 0,
            tuple(kind for kind in self.kinds if kind not in known.kinds),
            _beyond(self.choices, known),
        )


def of_members(graph: Graph, schema: Schema, *, nested: bool = False) -> Coverage:
    """Give what the keywords beside `unevaluatedProperties` evaluate."""
    everything = schema.additional_properties is not None or (
        nested and schema.unevaluated_properties is not None
    )
    own = Coverage(
        everything,
        names=tuple(name for name, _ in schema.properties),
        patterns=tuple(regex for regex, _ in schema.pattern_properties),
    )
    return _settled(own + _in_place(graph, schema, of_members))


def of_items(graph: Graph, schema: Schema, *, nested: bool = False) -> Coverage:
    """Give what the keywords beside `unevaluatedItems` evaluate."""
    everything = schema.items is not None or (
        nested and schema.unevaluated_items is not None
    )
    own = Coverage(
        everything,
        prefix=len(schema.prefix_items),
        kinds=(schema.contains,) if schema.contains is not None else (),
    )
    return _settled(own + _in_place(graph, schema, of_items))


class _Of(Protocol):
    """One of the two functions above."""

    def __call__(self, graph: Graph, schema: Schema, *, nested: bool) -> Coverage: ...


def _in_place(graph: Graph, schema: Schema, of: _Of) -> Coverage:
    """Give what subschemas that apply to the same value evaluate."""

    def covered(key: Key | None) -> Coverage:
        return Coverage() if key is None else of(graph, graph[key], nested=True)

    total = Coverage()
    for applied in schema.every:
        total += covered(applied.key)
    for keys in (schema.any_of, schema.one_of):
        if keys:
            fits = tuple((Holds(key), covered(key)) for key in keys)
            total += Coverage(choices=(Choice(fits, exhaustive=True),))
    if schema.if_ is not None:
        condition = schema.if_
        then = covered(condition) + covered(schema.then)
        otherwise = covered(schema.else_)
        cases = ((Holds(condition), then), (Fails(condition), otherwise))
        total += Coverage(choices=(Choice(cases),))
    for name, key in schema.dependent_schemas:
        total += Coverage(choices=(Choice(((Present(name), covered(key)),)),))
    return total


def _settled(coverage: Coverage) -> Coverage:
    """Drop the choices that add nothing."""
    if coverage.everything:
        return Coverage(everything=True)
    known = replace(coverage, choices=())
    return replace(coverage, choices=_beyond(coverage.choices, known))


def _beyond(choices: tuple[Choice, ...], known: Coverage) -> tuple[Choice, ...]:
    kept = []
    for choice in choices:
        cases = tuple((when, more.beyond(known)) for when, more in choice.cases)
        if any(more != Coverage() for _, more in cases):
            kept.append(replace(choice, cases=cases))
    return tuple(kept)
