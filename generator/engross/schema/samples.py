"""Samples: values that satisfy a schema, made from the schema alone.

Candidates are made from what the effective schema says, the most natural first, and held
against the schema; the first one that satisfies it is the sample. So what is not
understood (`not`, `if`, a rule) can make the search fail, but never yield a wrong value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, filterfalse, islice
from typing import Final, NamedTuple, TypeAlias

from engross.schema.alike import FirstAlike
from engross.schema.annotations import Discriminator
from engross.schema.composition import Composer, Effective, Keys
from engross.schema.evaluation import Evaluator
from engross.schema.json_values import JSON, exact, identity
from engross.schema.recursion import Cycles
from engross.schema.sample_scalars import numbers, text_matching, texts
from engross.schema.schema_error import SchemaError
from engross.schema.tree import Direction, Key, Schema

NECESSARY: Final = 0
EVERYTHING: Final = 5
"""Levels of a sample down to which it has all that it may have: none, or enough."""

MOST_PARTS: Final = 64
"""Members or items that are made because there have to be so many."""

_MOST_CANDIDATES: Final = 200
"""Candidates that are tried for one value."""

_MOST_BRANCHES: Final = 64
"""Ways through the unions of one schema that are tried."""

_MOST_UNIONS: Final = 24
"""Unions that are decided for one value; the others are left to chance."""

_MOST_STEPS: Final = 2_000
"""Schemas that are looked at for one sample."""

_DEEPEST: Final = 32

Choices: TypeAlias = frozenset[tuple[Key, str]]
"""Unions that are decided: the schema with the union, and its keyword."""


class Sample(NamedTuple):
    """A value that satisfies a schema.

    Attributes:
        value: the value; not to be changed, as other samples hold it as well.
        size: about as many characters as the value has in JSON.
    """

    value: JSON
    size: int


class Sampler:
    """Makes samples for one direction; each is made once."""

    def __init__(
        self,
        composer: Composer,
        evaluator: Evaluator,
        direction: Direction = Direction.EITHER,
        cycles: Cycles | None = None,
    ) -> None:
        self._composer = composer
        self._alike = FirstAlike(composer.graph)
        self._evaluation = evaluator.remembering()
        self._direction = direction
        self._cycles = cycles or Cycles(composer.graph)
        self._sizes: dict[int, int] = {}
        """Sizes of the objects and arrays that are kept, by their identity."""
        self._found: dict[tuple[Keys, int], Sample | None] = {}
        self._open: set[tuple[Keys, int]] = set()
        self._is_cut = False
        """Whether the search was cut off, so that nothing found means nothing."""
        self._steps = 0

    def sample(self, keys: Keys, levels: int = NECESSARY) -> Sample | None:
        """Return a value that satisfies schemas together; None if none was found.

        Args:
            keys: the schemas.
            levels: down to which level objects have every property that they may have,
                and arrays at least one item. A schema within itself has only what is
                necessary.
        """
        self._steps = 0
        return self._sample(tuple(map(self._composer.plain, keys)), levels)

    def several(self, keys: Keys, count: int) -> tuple[JSON, ...]:
        """Return different values that satisfy schemas, at most as many as asked for."""
        self._steps = 0
        values = self._values(tuple(map(self._composer.plain, keys)), NECESSARY)
        return tuple(islice(_distinct(values), count))

    def _sample(self, keys: Keys, levels: int) -> Sample | None:
        keys = tuple(map(self._alike.of, keys))
        task = keys, levels
        if task in self._found:
            return self._found[task]
        self._steps += 1
        is_endless = task in self._open or len(self._open) > _DEEPEST
        if is_endless or self._steps > _MOST_STEPS:
            self._is_cut = True
            return None
        was_cut, self._is_cut = self._is_cut, False
        self._open.add(task)
        try:
            found = next(map(self._kept, self._values(keys, levels)), None)
        finally:
            self._open.remove(task)
        if found is not None or not self._is_cut:
            self._found[task] = found
        self._is_cut = was_cut or (self._is_cut and found is None)
        return found

    def _kept(self, value: JSON) -> Sample:
        """Return a value as a sample, whose size is remembered."""
        size = self._size(value)
        if isinstance(value, dict | list):
            self._sizes[id(value)] = size
        return Sample(value, size)

    def _values(self, keys: Keys, levels: int) -> Iterator[JSON]:
        """Yield the candidates that satisfy all of the schemas."""
        for candidate in islice(self._candidates(keys, levels), _MOST_CANDIDATES):
            for key in keys:
                if not self._evaluation.is_valid(key, candidate):
                    break
            else:
                yield candidate

    # Candidates

    def _candidates(self, keys: Keys, levels: int) -> Iterator[JSON]:
        if not keys:
            yield from ("text", 1, True, None, [], {})
            return
        stated = _stated(self._composer.conjunction(keys))
        yield from filter(_says_something, stated)
        for branch in islice(self._branches(keys, frozenset()), _MOST_BRANCHES):
            yield from self._of_branch(branch, levels)
        yield from stated

    def _branches(self, keys: Keys, decided: Choices) -> Iterator[Keys]:
        """Yield the schemas together with one member of each of their unions."""
        nodes = (
            self._composer.conjunction(keys).nodes
            if len(decided) < _MOST_UNIONS
            else ()
        )
        for node in nodes:
            for keyword, members in self._unions(node):
                if (node.key, keyword) not in decided:
                    more = decided | {(node.key, keyword)}
                    for member in members:
                        yield from self._branches((*keys, *member), more)
                    return
        yield keys

    def _unions(self, node: Schema) -> Iterator[tuple[str, list[Keys]]]:
        """Yield what a value can choose from: keyword, and the schemas of each choice."""
        for keyword, members in (("oneOf", node.one_of), ("anyOf", node.any_of)):
            if len(members) > 1:
                graph = self._composer.graph
                possible = [key for key in members if graph[key].always is not False]
                if len(possible) > 1:
                    yield keyword, [(member,) for member in possible]
        if node.if_ is not None:
            then = () if node.then is None else (node.then,)
            yield "if", [(node.if_, *then), () if node.else_ is None else (node.else_,)]
        for name, key in node.dependent_schemas:
            yield f"dependentSchemas/{name}", [(), (key,)]

    def _of_branch(self, keys: Keys, levels: int) -> Iterator[JSON]:
        effective = self._composer.conjunction(keys)
        if effective.constants is not None:
            yield from effective.constants
            return
        yield from filter(_says_something, _stated(effective))
        # What has members, items or patterns is nothing else for models, typed or not.
        kinds = effective.kinds
        if "object" in kinds and (effective.properties or kinds == {"object"}):
            yield from self._objects(effective, keys, levels)
        if "array" in kinds and (effective.items or kinds == {"array"}):
            yield from self._arrays(effective, levels)
        if "string" in kinds:
            yield from texts(effective)
        if "integer" in kinds or "number" in kinds:
            yield from numbers(effective)
        yield from (True, False) if "boolean" in kinds else ()
        yield from (None,) if "null" in kinds else ()
        if "array" in kinds:
            yield from self._arrays(effective, levels)
        if "object" in kinds:
            yield from self._objects(effective, keys, levels)

    # Objects

    def _objects(
        self, effective: Effective, keys: Keys, levels: int
    ) -> Iterator[dict[str, JSON]]:
        if effective.fewest("min_properties") > MOST_PARTS:
            return
        tags = dict(self._tags(effective, keys))
        full = self._members(effective, tags, levels) if levels else None
        if full is not None:
            yield full
        least = self._members(effective, tags, NECESSARY)
        if full is not None and least is not None:
            yield self._as_full_as_possible(keys, least, full)
        if least is None:
            return
        yield least
        for name, member in least.items():
            schemas = effective.schemas_of(name)
            if schemas and name not in tags:
                for other in islice(self._values(schemas, NECESSARY), MOST_PARTS):
                    if identity(other) != identity(member):
                        yield {**least, name: other}

    def _members(
        self, effective: Effective, tags: Mapping[str, str], levels: int
    ) -> dict[str, JSON] | None:
        """Return members for an object; None where a necessary one is impossible."""
        necessary = self._necessary(effective)
        most = effective.most("max_properties")
        if most is not None and len(necessary) > most:
            return None
        found: dict[str, JSON] = {}
        declared = effective.properties
        for name in (*declared, *(name for name in necessary if name not in declared)):
            is_necessary = name in necessary or (name in tags and name in declared)
            is_wanted = levels > NECESSARY and not self._is_hidden(effective, name)
            if not is_necessary and not is_wanted:
                continue
            member = self._member(effective, name, tags, levels)
            if member is not None:
                found[name] = member.value
            elif name in necessary:
                return None
        optional = [name for name in found if name not in necessary]
        for name in reversed(optional):
            if most is not None and len(found) > most:
                del found[name]
        return self._enough(effective, found, levels)

    def _necessary(self, effective: Effective) -> dict[str, None]:
        """Return the names of the members that an object cannot do without."""
        found = dict.fromkeys(effective.required)
        needs = [need for node in effective.nodes for need in node.dependent_required]
        size = -1
        while size != len(found):
            size = len(found)
            for name, others in needs:
                if name in found:
                    found |= dict.fromkeys(others)
        return found

    def _member(
        self, effective: Effective, name: str, tags: Mapping[str, str], levels: int
    ) -> Sample | None:
        schemas = effective.schemas_of(name)
        if schemas is None:
            return None
        tag = tags.get(name)
        if tag is not None and all(self._evaluation.is_valid(k, tag) for k in schemas):
            return Sample(tag, len(tag))
        return self._sample(schemas, self._below(effective, schemas, levels))

    def _below(self, effective: Effective, keys: Keys, levels: int) -> int:
        """Return the levels that a part of a value has."""
        if levels <= NECESSARY + 1:
            return NECESSARY
        for key in keys:
            for node in effective.nodes:
                if self._cycles.are_joined(key, node.key):
                    return NECESSARY
        return levels - 1

    def _is_hidden(self, effective: Effective, name: str) -> bool:
        """Return whether only values of the other direction have a member."""
        schemas = effective.schemas_of(name)
        if not schemas:
            return False
        member = self._composer.conjunction(schemas)
        return (self._direction is not Direction.RESPONSE and member.is_read_only) or (
            self._direction is not Direction.REQUEST and member.is_write_only
        )

    def _enough(
        self, effective: Effective, members: dict[str, JSON], levels: int
    ) -> dict[str, JSON] | None:
        """Return members with as many more as there have to be, or are worth having."""
        fewest = effective.fewest("min_properties")
        is_map = not effective.properties and bool(
            effective.additional or effective.patterns
        )
        wanted = max(fewest, 1 if is_map and levels > NECESSARY else 0)
        found = dict(members)
        for name in self._further_names(effective) if len(found) < wanted else ():
            if name in found or self._is_hidden(effective, name):
                continue
            member = self._member(effective, name, {}, levels)
            if member is not None and self._is_name(effective, name):
                found[name] = member.value
            if len(found) == wanted:
                break
        return found if len(found) >= fewest else None

    def _further_names(self, effective: Effective) -> Iterator[str]:
        """Yield names of members that an object may have, and that a caller can give."""
        yield from effective.properties
        for regex, _ in effective.patterns:
            name = text_matching([regex])
            if name is not None:
                yield name
        for node in effective.nodes:
            if node.property_names is not None:
                names = self._values((node.property_names,), NECESSARY)
                yield from (name for name in names if isinstance(name, str))
        has_fields = bool(effective.properties or effective.required)
        is_closed = has_fields and not (effective.additional or effective.patterns)
        if not (is_closed and self._direction is Direction.REQUEST):
            yield from (f"member_{number}" for number in range(1, MOST_PARTS + 1))

    def _is_name(self, effective: Effective, name: str) -> bool:
        return all(
            self._evaluation.is_valid(node.property_names, name)
            for node in effective.nodes
            if node.property_names is not None
        )

    def _as_full_as_possible(
        self, keys: Keys, least: dict[str, JSON], full: dict[str, JSON]
    ) -> dict[str, JSON]:
        """Return the necessary members with every other one that is allowed beside them."""
        found = dict(least)
        for name in islice((name for name in full if name not in least), MOST_PARTS):
            more = {**found, name: full[name]}
            if all(self._evaluation.is_valid(key, more) for key in keys):
                found = more
        return found

    # Discriminators

    def _tags(self, effective: Effective, keys: Keys) -> Iterator[tuple[str, str]]:
        """Yield the discriminating properties, each with the value that selects a schema."""
        for node, said in zip(effective.nodes, effective.annotations, strict=True):
            if said.discriminator is not None:
                tag = self._tag(node.key, said.discriminator, keys)
                if tag is not None:
                    yield said.discriminator.property_name, tag

    def _tag(self, holder: Key, discriminator: Discriminator, keys: Keys) -> str | None:
        selected = [place for key in reversed(keys) for place in self._referred(key)]
        places = [key.place for key in selected]
        for value, target in discriminator.mapping:
            reference = target
            if "/" not in target and "#" not in target:
                reference = f"#/components/schemas/{target}"
            try:
                if self._composer.graph.resolve(holder, reference).place in places:
                    return value
            except SchemaError:
                continue
        for key in selected:
            called = self._composer.graph.annotations(key).tag
            if called is not None:
                return called
        for place in places:
            if place.tokens[:-1] == ("components", "schemas"):
                return str(place.tokens[-1])
        return None

    def _referred(self, key: Key) -> Iterator[Key]:
        """Yield a schema, and those that it refers to."""
        seen: set[Key] = set()
        while key not in seen:
            seen.add(key)
            yield key
            for applied in self._composer.graph[key].every[:1]:
                if applied.keyword == "$ref":
                    key = applied.key

    # Arrays

    def _arrays(self, effective: Effective, levels: int) -> Iterator[list[JSON]]:
        fewest, most = effective.fewest("min_items"), effective.most("max_items")
        if fewest > MOST_PARTS:
            return
        wanted = max(fewest, 1 if levels > NECESSARY else 0)
        if levels > NECESSARY:
            wanted = max(wanted, len(effective.prefix_items))
        if most is not None:
            wanted = min(wanted, most)
        for count in dict.fromkeys((wanted, fewest)):
            made = self._items(effective, count, levels)
            if made is not None:
                yield made
        if most != 0:
            for item in islice(self._others(effective.items), MOST_PARTS):
                yield [item] * max(fewest, 1)

    def _others(self, keys: Keys) -> Iterator[JSON]:
        """Yield values that satisfy schemas, unless such are being looked for already."""
        task = keys, NECESSARY
        if task in self._open or len(self._open) > _DEEPEST:
            self._is_cut = True
            return
        self._open.add(task)
        try:
            yield from self._values(keys, NECESSARY)
        finally:
            self._open.remove(task)

    def _items(
        self, effective: Effective, count: int, levels: int
    ) -> list[JSON] | None:
        """Return a list of as many items as asked for; None if they were not found."""
        is_unique = any(node.unique_items for node in effective.nodes)
        found: list[JSON] = []
        for keys in self._contained(effective):
            position = len(found)
            both = (*_at(effective, position), *keys)
            item = self._another(effective, both, levels, found if is_unique else [])
            if item is None:
                return None
            found.append(item.value)
        while len(found) < count:
            keys = _at(effective, len(found))
            item = self._another(effective, keys, levels, found if is_unique else [])
            if item is None:
                return None
            found.append(item.value)
        return found

    def _contained(self, effective: Effective) -> Iterator[Keys]:
        """Yield the schemas of the items that an array has to contain."""
        for node in effective.nodes:
            if node.contains is not None:
                for _ in range(min(node.min_contains, MOST_PARTS)):
                    yield (node.contains,)

    def _another(
        self, effective: Effective, keys: Keys, levels: int, others: list[JSON]
    ) -> Sample | None:
        """Return an item that is none of the others."""
        levels = self._below(effective, keys, levels)
        first = self._sample(keys, levels)
        if first is None or not others:
            return first
        taken = set(map(identity, others))
        if identity(first.value) not in taken:
            return first
        for value in chain(self._values(keys, levels), self._values(keys, NECESSARY)):
            if identity(value) not in taken:
                return Sample(value, self._size(value))
        return None

    def _size(self, value: JSON) -> int:
        """Return about as many characters as a value has in JSON."""
        if isinstance(value, dict | list):
            known = self._sizes.get(id(value))
            if known is not None:
                return known
        match value:
            case None | bool():
                return 4
            case str():
                return len(value) + 2
            case list():
                return 2 + sum(self._size(item) + 2 for item in value)
            case dict():
                return 2 + sum(
                    len(name) + 6 + self._size(member) for name, member in value.items()
                )
            case _:
                return max(len(exact(value).as_tuple().digits), 1)


def _at(effective: Effective, position: int) -> Keys:
    """Return what applies to the item at a position."""
    if position < len(effective.prefix_items):
        return effective.prefix_items[position]
    return effective.items


def _stated(effective: Effective) -> list[JSON]:
    """Return the values that the schema itself names."""
    found: list[JSON] = []
    for said in effective.annotations:
        found += filterfalse(effective.misread, said.examples)
    for said in effective.annotations:
        if said.default is not None and not effective.misread(said.default.value):
            found.append(said.default.value)
    found += effective.constants or ()
    found += effective.known_values
    return found


def _says_something(value: JSON) -> bool:
    return value not in (None, "", [], {})


def _distinct(values: Iterator[JSON]) -> Iterator[JSON]:
    seen = set()
    for value in values:
        marked = identity(value)
        if marked not in seen:
            seen.add(marked)
            yield value
