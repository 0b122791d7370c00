"""The schemas of one contract, and the questions that are asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import Final

from engross.data import dataclass
from engross.schema.composition import Composer, Effective, Keys
from engross.schema.evaluation import Evaluator, Judge, Violations
from engross.schema.json_values import JSON
from engross.schema.reader import Graph
from engross.schema.recursion import Cycles
from engross.schema.samples import EVERYTHING, NECESSARY, Sample, Sampler
from engross.schema.tree import Constant, Direction, Key
from engross.source import Location
from engross.source.pointer import Tokens
from engross.source.resolver import Resolver

_SOME: Final = 2
"""Levels of a sample that is too long with all of them."""


@dataclass(frozen=True, slots=True)
class Unmeant:
    """A part of a value that is no value of what its schema means."""

    pointer: Tokens
    keyword: str = ""
    """What means something else: `type`, `contentEncoding`, `format`, or nothing if violations
    say it."""
    limit: JSON = None
    """What the keyword means."""
    violations: Violations = ()
    """How it breaks the schema that its tag names."""


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of one contract; whatever was found out about one is kept."""

    composer: Composer
    evaluator: Evaluator
    _cycles: Cycles = field(repr=False)
    _samplers: dict[Direction, Sampler] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, resolver: Resolver) -> Schemas:
        """Return the schemas of the documents of a resolver."""
        graph = Graph(resolver, assert_formats=True)
        return cls(Composer(graph), Evaluator(graph), Cycles(graph))

    def with_rules(self, keeps: Judge) -> Schemas:
        """Return the same schemas, to whose rules values are held as well."""
        evaluator = Evaluator(self.graph, keeps)
        return replace(self, evaluator=evaluator, _samplers={})

    @property
    def graph(self) -> Graph:
        """The schemas by their keys."""
        return self.composer.graph

    def key(self, at: Location, direction: Direction = Direction.EITHER) -> Key:
        """Return the key of the schema at a location."""
        return self.composer.plain(self.graph.entry(at, direction))

    def effective(self, at: Location) -> Effective:
        """Return what the schema at a location says, with all that it refers to."""
        return self.composer.of(self.key(at))

    def violations(
        self, at: Location, value: JSON, direction: Direction = Direction.EITHER
    ) -> Violations:
        """Return how a value that travels in a direction breaks the schema at a location."""
        return self.evaluator.violations(self.key(at, direction), value)

    def is_valid(
        self, at: Location, value: JSON, direction: Direction = Direction.EITHER
    ) -> bool:
        """Return whether a value that travels in a direction satisfies the schema at a location."""
        return self.evaluator.is_valid(self.key(at, direction), value)

    def default(self, schema: Effective) -> Constant | None:
        """Return the default that a schema states; one that is no value of it counts as none."""
        stated = next(
            (said.default for said in schema.annotations if said.default), None
        )
        fits = stated is not None and self.fits(schema.schemas, stated.value)
        return stated if fits else None

    def fits(
        self, keys: Keys, value: JSON, direction: Direction = Direction.EITHER
    ) -> bool:
        """Return whether a value satisfies schemas, and is what they mean."""
        is_valid = all(self.evaluator.is_valid(key, value) for key in keys)
        return is_valid and not any(self._unmeant(keys, value, (), direction))

    def fits_at(self, at: Location, value: JSON, direction: Direction) -> bool:
        """Return whether a value that travels in a direction fits the schema at a location."""
        return self.fits((self.key(at, direction),), value, direction)

    def unmeant(
        self, at: Location, value: JSON, direction: Direction = Direction.EITHER
    ) -> Iterator[Unmeant]:
        """Yield the parts of a value whose schemas allow them, but mean something else.

        A schema that has properties and no `type` allows texts, and means objects. One with
        a discriminator means what the tag names, and texts that stand for bytes or decimals
        can be read as such.
        """
        yield from self._unmeant((self.key(at, direction),), value, (), direction)

    def _unmeant(
        self, keys: Keys, value: JSON, pointer: Tokens, direction: Direction
    ) -> Iterator[Unmeant]:
        if not keys:
            return
        schema = self.composer.conjunction(keys)
        tagged = self._tagged(schema, value)
        broken = tagged and self.violations(tagged, value, direction)
        misread = schema.misread(value)
        if misread is not None:
            yield Unmeant(pointer, *misread)
        elif broken:
            yield Unmeant(pointer, violations=broken)
        elif isinstance(value, dict):
            for name, member in value.items():
                inner = schema.schemas_of(name) or ()
                yield from self._unmeant(inner, member, (*pointer, name), direction)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                part = *pointer, index
                yield from self._unmeant(schema.items, item, part, direction)

    def _tagged(self, schema: Effective, value: JSON) -> Location | None:
        """Return the place of the schema that the tag of an object names by a mapping."""
        if not isinstance(value, dict) or schema.discriminator is None:
            return None
        holder, discriminator = schema.discriminator
        tag = value.get(discriminator.property_name)
        reference = dict(discriminator.mapping).get(str(tag))
        found = reference and self.composer.mapped(holder, reference)
        return found.place if found else None

    def sampler(self, direction: Direction) -> Sampler:
        """Return what makes samples for a direction."""
        found = self._samplers.get(direction)
        if found is None:
            found = Sampler(self.composer, self.evaluator, direction, self._cycles)
            self._samplers[direction] = found
        return found

    def smallest(self, at: Location, direction: Direction) -> Sample | None:
        """Return a sample that has only what is necessary; None if none was found."""
        return self.sampler(direction).sample((self.key(at, direction),), NECESSARY)

    def fullest(
        self, at: Location, direction: Direction, longest: int
    ) -> Sample | None:
        """Return a sample that has as much as it may have and is not too long.

        Args:
            at: the location of the schema.
            direction: which way the sample travels.
            longest: about how many characters of JSON it may have.
        """
        sampler, keys = self.sampler(direction), (self.key(at, direction),)
        for levels in (EVERYTHING, _SOME, NECESSARY):
            found = sampler.sample(keys, levels)
            if found is not None and found.size < longest:
                return found
        return None
