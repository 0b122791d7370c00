"""The effective schema: what all schema objects that apply to one value say together.

A schema rarely says everything about a value by itself: `$ref` and its siblings, `allOf`,
and the members beside `oneOf` and `anyOf` apply as well. Here they are put together once,
for all who ask what a value may be: types, samples and test cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Final, TypeAlias

from engross.data import dataclass
from engross.patterns import Regex
from engross.schema.annotations import Annotations, Discriminator
from engross.schema.json_values import JSON, Number, bytes_of, exact, identity, type_of
from engross.schema.reader import Graph
from engross.schema.schema_error import SchemaError
from engross.schema.tree import ALL_TYPES, Key, Schema
from engross.source import Location

MOST_COMBINATIONS: Final = 256
"""Variants of several unions together; those of a further union are not told apart."""

MOST_VARIANTS: Final = 64
"""Members of a union beyond which it is not told apart by its members."""

Keys: TypeAlias = tuple[Key, ...]
"""Schemas that apply to one value."""

_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_OBJECT: Final = frozenset({"object"})
_ARRAY: Final = frozenset({"array"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A `oneOf` or `anyOf` of several members."""

    holder: Key
    keyword: str
    members: Keys


@dataclass(frozen=True, slots=True)
class Property:
    """A declared property of an object."""

    name: str
    schemas: Keys
    required: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """What decides the type of a value; two schemas of one structure are of one type."""

    types: frozenset[str]
    constants: tuple[Hashable, ...] | None
    properties: frozenset[Property]
    is_closed: bool
    additional: Keys
    patterns: tuple[tuple[str, Keys], ...]
    items: Keys
    prefix_items: tuple[Keys, ...]
    formats: frozenset[str]
    known_values: tuple[Hashable, ...]
    meanings: tuple[str, ...]
    choices: tuple[tuple[str, Keys], ...]


class _Remembering:
    """Has a dict for what cached properties find out; without fields it stays small."""


@dataclass(frozen=True, eq=False, slots=True)
class Effective(_Remembering):
    """Everything that holds for the values of one place.

    Attributes:
        at: where it is written; what is composed of several schemas is written where they
            are brought together.
        nodes: the schema objects that apply, the outermost first, each once.
        innermost_first: the same, those that a schema extends before the schema itself.
        choices: the unions among them that are still open.
        schemas: what was put together.
    """

    at: Location
    schemas: Keys
    nodes: tuple[Schema, ...]
    innermost_first: tuple[Schema, ...]
    choices: tuple[Choice, ...]
    composer: Composer = field(repr=False)

    # What a value may be

    @property
    def types(self) -> frozenset[str]:
        """Types of JSON that a value may have; `number` comes with `integer`."""
        return self._types_of_choices if self.choices else self.base_types

    @cached_property
    def _types_of_choices(self) -> frozenset[str]:
        types = self.base_types
        for choice in self.choices:
            types &= self.composer.types_of_members(choice)
        return types

    @cached_property
    def base_types(self) -> frozenset[str]:
        """The same, before the open unions are considered."""
        types = ALL_TYPES
        for node in self.nodes:
            if node.always is False:
                return frozenset()
            if node.types is not None:
                stated = _with_integers(node.types)
                types = stated if types is ALL_TYPES else types & stated
        if self._lists_values:
            types &= _with_integers(frozenset(map(type_of, self._stated_constants)))
        return types

    @property
    def kinds(self) -> frozenset[str]:
        """The types that the author means; what has members and no `type` is an object."""
        if self.types != ALL_TYPES:
            return self.types
        for node in self.nodes:
            if node.properties or node.additional_properties or node.required:
                return _OBJECT
            if node.pattern_properties or node.min_properties or node.max_properties:
                return _OBJECT
            if node.items or node.prefix_items or node.contains:
                return _ARRAY
        if self.known_values or self.pattern_texts:
            return frozenset({"string"})
        return self.types

    @property
    def is_base64(self) -> bool:
        """Whether a text stands for bytes in base64."""
        encodings = {said.content_encoding for said in self.annotations} - {None}
        return "byte" in self.formats or encodings == {"base64"}

    def misread(self, value: JSON) -> tuple[str, JSON] | None:
        """Return by which keyword a value that is allowed here is none that is meant, if so.

        A schema that has properties and no `type` allows texts, and means objects. Texts that
        stand for bytes or decimals can be read as such; examples are often cut short.
        """
        if self.types == ALL_TYPES and type_of(value) not in self.kinds:
            return "type", [*sorted(self.kinds)]
        if isinstance(value, str):
            if self.is_base64 and bytes_of(value) is None:
                return "contentEncoding", "base64"
            is_decimal = (
                "decimal" in self.formats or self.extension("money") is not None
            )
            if is_decimal and not _DECIMAL.fullmatch(value):
                return "format", "decimal"
        return None

    @property
    def _lists_values(self) -> bool:
        """Whether an `enum` or a `const` lists the values that there are."""
        return any(
            node.enum is not None or node.const is not None for node in self.nodes
        )

    @cached_property
    def _stated_constants(self) -> tuple[JSON, ...]:
        """What each `enum` and `const` lists, each value once."""
        found: dict[Hashable, JSON] | None = None
        for node in self.nodes:
            for stated in (node.enum, (node.const.value,) if node.const else None):
                if stated is not None:
                    values = {identity(value): value for value in stated}
                    known = values if found is None else found
                    found = {key: v for key, v in known.items() if key in values}
        return tuple((found or {}).values())

    @property
    def constants(self) -> tuple[JSON, ...] | None:
        """The only values that there are, each once; None if they are not listed."""
        return self._constants if self._lists_values else None

    @cached_property
    def _constants(self) -> tuple[JSON, ...]:
        types = self.base_types
        return tuple(v for v in self._stated_constants if type_of(v) in types)

    @property
    def is_const(self) -> bool:
        """Whether a `const` says what the value is."""
        return any(node.const is not None for node in self.nodes)

    # Objects

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the members that an object must have, declared or not."""
        names = (name for node in self.nodes for name in node.required)
        return tuple(dict.fromkeys(names))

    @cached_property
    def undeclared(self) -> tuple[Property, ...]:
        """The members that are named without being declared.

        An object must have them, or must have them on a condition, or a condition depends
        on them.
        """
        names = dict.fromkeys(self.required)
        for node in self.nodes:
            for given, needed in node.dependent_required:
                names |= dict.fromkeys((given, *needed))
            for given, _ in node.dependent_schemas:
                names[given] = None
            conditional = (
                *(key for _, key in node.dependent_schemas),
                *(key for key in (node.if_, node.then, node.else_) if key is not None),
            )
            for key in conditional:
                branch = self.composer.of(key)
                names |= dict.fromkeys((*branch.properties, *branch.required))
        required = frozenset(self.required)
        found = (
            (name, self.schemas_of(name))
            for name in names
            if name not in self.properties
        )
        return tuple(
            Property(name, keys, name in required)
            for name, keys in found
            if keys is not None
        )

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """The declared properties by name, those of the schema itself last."""
        declared: dict[str, None] = {}
        for members in self._declared.values():
            declared |= dict.fromkeys(members)
        required = frozenset(self.required)
        found: dict[str, Property] = {}
        for name in declared:
            schemas = self._applied_to(name)
            if schemas is not None:
                found[name] = Property(name, schemas, name in required)
        return found

    @cached_property
    def _declared(self) -> Mapping[Key, Mapping[str, Key]]:
        """The properties that each node declares itself."""
        return {node.key: dict(node.properties) for node in self.innermost_first}

    def schemas_of(self, name: str) -> Keys | None:
        """Return what applies to a member; None if there can be no such member."""
        declared = self.properties.get(name)
        return self._applied_to(name) if declared is None else declared.schemas

    def _applied_to(self, name: str) -> Keys | None:
        found: dict[Key, None] = {}
        for node in self.nodes:
            declared = self._declared[node.key].get(name)
            if declared is not None:
                found[declared] = None
            matched = [key for p, key in node.pattern_properties if p.fits(name)]
            found |= dict.fromkeys(matched)
            extra = node.additional_properties
            if declared is None and not matched and extra is not None:
                found[extra] = None
        if len(found) == 1:
            (only,) = found
            return None if self.composer.graph[only].always is False else (only,)
        verdicts = {key: self.composer.graph[key].always for key in found}
        if False in verdicts.values():
            return None
        telling = tuple(key for key in found if verdicts[key] is None)
        return telling or tuple(found)[:1]

    @cached_property
    def is_closed(self) -> bool:
        """Whether an object has no members but those that are declared."""
        return any(
            extra is not None and self.composer.graph[extra].always is False
            for node in self.nodes
            for extra in (node.additional_properties, node.unevaluated_properties)
        )

    @cached_property
    def additional(self) -> Keys:
        """What applies to members that are not declared; nothing if that is open."""
        keys = (
            extra
            for node in self.nodes
            for extra in (node.additional_properties, node.unevaluated_properties)
            if extra is not None and self.composer.graph[extra].always is None
        )
        return tuple(dict.fromkeys(map(self.composer.plain, keys)))

    @cached_property
    def patterns(self) -> tuple[tuple[Regex, Keys], ...]:
        """What applies to members whose names match a pattern."""
        found: dict[str, tuple[Regex, Keys]] = {}
        for node in self.nodes:
            for regex, key in node.pattern_properties:
                _, known = found.get(regex.original, (regex, ()))
                keys = (*known, self.composer.plain(key))
                found[regex.original] = (regex, tuple(dict.fromkeys(keys)))
        return tuple(found.values())

    # Arrays

    @cached_property
    def items(self) -> Keys:
        """What applies to the items behind those of a fixed position."""
        keys = (
            extra
            for node in self.nodes
            for extra in (node.items, node.unevaluated_items)
            if extra is not None and self.composer.graph[extra].always is not True
        )
        return tuple(dict.fromkeys(map(self.composer.plain, keys)))

    @cached_property
    def prefix_items(self) -> tuple[Keys, ...]:
        """What applies to the items of each fixed position."""
        count = max((len(node.prefix_items) for node in self.nodes), default=0)
        return tuple(self._item(index) for index in range(count))

    def _item(self, index: int) -> Keys:
        found: dict[Key, None] = {}
        for node in self.nodes:
            if index < len(node.prefix_items):
                found[self.composer.plain(node.prefix_items[index])] = None
            elif node.items is not None:
                found[self.composer.plain(node.items)] = None
        return tuple(found)

    # Single values

    @cached_property
    def pattern_texts(self) -> tuple[Regex, ...]:
        """The patterns that a text matches, all of them."""
        return tuple(node.pattern for node in self.nodes if node.pattern is not None)

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """The formats that are named, each once."""
        named = (said.format for said in self.annotations)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def minimum(self) -> Number | None:
        """The highest of the inclusive lower limits."""
        return _highest(node.minimum for node in self.nodes)

    @property
    def exclusive_minimum(self) -> Number | None:
        """The highest of the exclusive lower limits."""
        return _highest(node.exclusive_minimum for node in self.nodes)

    @property
    def maximum(self) -> Number | None:
        """The lowest of the inclusive upper limits."""
        return _lowest(node.maximum for node in self.nodes)

    @property
    def exclusive_maximum(self) -> Number | None:
        """The lowest of the exclusive upper limits."""
        return _lowest(node.exclusive_maximum for node in self.nodes)

    @property
    def multiples(self) -> tuple[Number, ...]:
        """What a number is a multiple of, each once."""
        stated = (node.multiple_of for node in self.nodes)
        return tuple(dict.fromkeys(step for step in stated if step is not None))

    def most(self, limit: str) -> int | None:
        """Return the lowest of the upper limits named `max_length`, `max_items`, ..."""
        limits = (getattr(node, limit) for node in self.nodes)
        return min([found for found in limits if found is not None], default=None)

    def fewest(self, limit: str) -> int:
        """Return the highest of the lower limits named `min_length`, `min_items`, ..."""
        limits = (getattr(node, limit) for node in self.nodes)
        return max([found for found in limits if found is not None], default=0)

    # Annotations

    @cached_property
    def annotations(self) -> tuple[Annotations, ...]:
        """The annotations of each node, the outermost first."""
        return tuple(self.composer.graph.annotations(node.key) for node in self.nodes)

    @cached_property
    def nearest(self) -> tuple[Annotations, ...]:
        """The annotations of the schema itself and of what it merely refers to."""
        graph = self.composer.graph
        found: dict[Key, None] = {}
        for start in self.schemas:
            key: Key | None = start
            while key is not None and key not in found:
                found[key] = None
                applied = graph[key].every
                key = applied[0].key if len(applied) == 1 else None
        return tuple(graph.annotations(key) for key in found)

    def _contents(self) -> Iterator[str]:
        """Yield what is said of the content of a text."""
        for said in self.annotations:
            yield from filter(None, (said.content_encoding, said.content_media_type))

    @property
    def is_read_only(self) -> bool:
        """Whether only responses have the value."""
        return any(said.read_only for said in self.annotations)

    @property
    def is_write_only(self) -> bool:
        """Whether only requests have the value."""
        return any(said.write_only for said in self.annotations)

    @property
    def known_values(self) -> tuple[JSON, ...]:
        """Values that are known, of a set that may grow."""
        return next((a.known_values for a in self.annotations if a.known_values), ())

    @property
    def named_values(self) -> tuple[tuple[JSON, str], ...]:
        """The values with the author's names, where there is one for each but null."""
        return self._by_value(lambda said: said.value_names)

    @property
    def described_values(self) -> tuple[tuple[JSON, str], ...]:
        """The values with what they mean, where that is said of each but null."""
        return self._by_value(lambda said: said.value_descriptions)

    def _by_value(
        self, texts_of: Callable[[Annotations], tuple[str, ...]]
    ) -> tuple[tuple[JSON, str], ...]:
        for node, said in zip(self.nodes, self.annotations, strict=True):
            texts = texts_of(said)
            if not texts:
                continue
            listed = node.enum or said.known_values
            if len(listed) != len(texts):
                listed = tuple(value for value in listed if value is not None)
            if len(listed) == len(texts):
                return tuple(zip(listed, texts, strict=True))
        return ()

    @property
    def discriminator(self) -> tuple[Key, Discriminator] | None:
        """What tells the members of the union apart, and the schema that says so."""
        for node, said in zip(self.nodes, self.annotations, strict=True):
            if said.discriminator is not None:
                return node.key, said.discriminator
        return None

    def extension(self, key: str) -> JSON:
        """Return the nearest value of a key of `x-engross`; None if there is none."""
        for said in self.annotations:
            if key in said.extension:
                return said.extension[key]
        return None

    # Unions

    @cached_property
    def variants(self) -> tuple[Effective, ...]:
        """One effective schema for each member of the first union that is open.

        What stands beside the union applies to each. Members that no value fits are left
        out.
        """
        if not self.choices:
            return ()
        choice, *rest = self.choices
        found = []
        for index, key in enumerate(choice.members):
            at = choice.holder.place / choice.keyword / index
            if choice.holder.place != self.at and self.nodes[0].key != choice.holder:
                at = self.at / choice.keyword / index
            variant = self.composer.variant(self, choice, key, at, tuple(rest))
            if variant.types:
                found.append(variant)
        return tuple(found)

    @cached_property
    def structure(self) -> Structure:
        """What decides the type."""
        members = [*self.properties.values()]
        if "object" in self.base_types:
            members += self.undeclared
        return Structure(
            types=self.base_types,
            constants=_identities(self.constants),
            properties=frozenset(map(self.composer.plainly, members)),
            is_closed=self.is_closed,
            additional=self.additional,
            patterns=tuple((regex.original, keys) for regex, keys in self.patterns),
            items=self.items,
            prefix_items=self.prefix_items,
            formats=frozenset(self.formats),
            known_values=_identities(self.known_values) or (),
            meanings=(
                *(repr(self.extension(key)) for key in ("money", "time", "name")),
                *dict.fromkeys(self._contents()),
            ),
            choices=tuple((c.keyword, c.members) for c in self.choices),
        )


class Composer:
    """Puts schemas together; remembers what it has put together."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._effective: dict[Key, Effective] = {}
        self._together: dict[tuple[Location, Keys], Effective] = {}
        self._taken: set[Location] = set()
        """Places that stand for several schemas together."""
        self._conjunctions: dict[Keys, Effective] = {}
        self._plain: dict[Key, Key] = {}
        self._asked: set[Key] = set()

    def of(self, key: Key) -> Effective:
        """Return the effective schema of a place."""
        found = self._effective.get(key)
        if found is None:
            found = self._effective[key] = self._compose(key.place, (key,))
        return found

    def together(self, at: Location, keys: Keys) -> Effective:
        """Return what several schemas say together of a value at a place."""
        if len(keys) == 1:
            return self.of(keys[0])
        found = self._together.get((at, keys))
        if found is None:
            self._taken.add(at)
            found = self._together[at, keys] = self._compose(at, keys)
        return found

    def conjunction(self, keys: Keys) -> Effective:
        """Return what several schemas say together, without any of their unions."""
        found = self._conjunctions.get(keys)
        if found is None:
            all_of = self._expanded(keys)
            if len(keys) == 1 and not all_of.choices:
                found = self.of(keys[0])
            else:
                found = Effective(
                    keys[0].place, keys, all_of.nodes, all_of.innermost_first, (), self
                )
            self._conjunctions[keys] = found
        return found

    def variant(
        self,
        whole: Effective,
        choice: Choice,
        member: Key,
        at: Location,
        rest: tuple[Choice, ...],
    ) -> Effective:
        """Return a member of a union together with all that stands beside the union."""
        inner = self._expanded((member,))
        known = {node.key for node in inner.nodes}
        beside = tuple(node for node in whole.nodes if node.key not in known)
        if not rest and all(map(self._is_silent, beside)):
            return self.of(member)
        variant = self._settled(
            at,
            (member, *whole.schemas),
            _Expansion(
                (*inner.nodes, *beside),
                (
                    *(n for n in whole.innermost_first if n.key not in known),
                    *inner.innermost_first,
                ),
                (*inner.choices, *rest),
            ),
        )
        alone = self.of(member)
        if variant.structure == alone.structure:
            return alone
        return variant

    def _is_silent(self, node: Schema) -> bool:
        """Return whether a schema says nothing of a value's type but by other schemas."""
        if not node.is_silent:
            return False
        said = self.graph.annotations(node.key)
        is_annotated = said.format or said.content_encoding or said.content_media_type
        return not (is_annotated or said.known_values or said.extension)

    def origin(self, effective: Effective) -> Effective:
        """Return the schema that another one only refers to, or restricts without effect
        on its type; the schema itself if it is one of its own.
        """
        parts = list(effective.schemas)
        if len(parts) == 1 and effective.at == parts[0].place:
            node = self.graph[parts[0]]
            parts = [applied.key for applied in node.every]
            parts += node.any_of if len(node.any_of) == 1 else ()
            parts += node.one_of if len(node.one_of) == 1 else ()
        for key in parts:
            inner = None if key.is_base else self.of(self.plain(key))
            if inner is None or inner.at in self._taken:
                continue
            if self._says_no_more(effective, inner) or (
                inner.structure == effective.structure
            ):
                return self.origin(inner)
        return effective

    def _says_no_more(self, effective: Effective, inner: Effective) -> bool:
        """Return whether all that a schema says of a value's type is said by one in it.

        That is quick to see, and so of most references.
        """
        count = len(effective.nodes) - len(inner.nodes)
        return (
            effective.nodes[count:] == inner.nodes
            and all(map(self._is_silent, effective.nodes[:count]))
            and [(c.keyword, c.members) for c in effective.choices]
            == [(c.keyword, c.members) for c in inner.choices]
        )

    def plain(self, key: Key) -> Key:
        """Follow references that stand alone."""
        found = self._plain.get(key)
        if found is None:
            found = key
            seen = {key}
            while (target := self._only_reference(found)) is not None:
                if target in seen or target.is_base:
                    break
                seen.add(target)
                found = target
            self._plain[key] = found
        return found

    def mapped(self, holder: Key, reference: str) -> Key | None:
        """Return the schema that a mapping of a discriminator names; None if there is none."""
        graph = self.graph
        is_name = "#" not in reference and "/" not in reference
        for text in (f"#/components/schemas/{reference}", reference)[not is_name :]:
            try:
                return self.plain(graph.resolve(holder, text))
            except SchemaError:
                continue
        return None

    def plainly(self, found: Property) -> Property:
        """Return a property as what its schemas refer to."""
        plain = tuple(dict.fromkeys(map(self.plain, found.schemas)))
        return found if plain == found.schemas else replace(found, schemas=plain)

    def _only_reference(self, key: Key) -> Key | None:
        node = self.graph[key]
        if len(node.every) != 1 or node.every[0].keyword != "$ref":
            return None
        said = self.graph.annotations(key)
        has_union = node.any_of or node.one_of or node.tag is not None
        is_alone = node.is_silent and not has_union
        meaning = said.extension.keys() & {"money", "time", "name"}
        one_way = said.read_only or said.write_only
        is_plain = said.default is None and said.format is None
        if is_alone and is_plain and not meaning and not one_way:
            return node.every[0].key
        return None

    def types_of_members(self, choice: Choice) -> frozenset[str]:
        """Return the types that the members of a union allow together."""
        found: frozenset[str] = frozenset()
        for member in choice.members:
            if member in self._asked:
                return ALL_TYPES
            self._asked.add(member)
            try:
                found |= self.of(member).types
            finally:
                self._asked.remove(member)
        return found

    def _compose(self, at: Location, keys: Keys) -> Effective:
        return self._settled(at, keys, self._expanded(keys))

    def _settled(self, at: Location, keys: Keys, all_of: _Expansion) -> Effective:
        """Return the effective schema without the unions that no type depends on."""
        base = Effective(at, keys, all_of.nodes, all_of.innermost_first, (), self)
        if not all_of.choices:
            return base
        kept: list[Choice] = []
        count = 1
        for choice in all_of.choices:
            count *= len(choice.members)
            most = MOST_COMBINATIONS if kept else MOST_VARIANTS * MOST_VARIANTS
            if count <= most and self._decides(base, choice):
                kept.append(choice)
        return replace(base, choices=tuple(kept))

    def _decides(self, base: Effective, choice: Choice) -> bool:
        """Return whether the type of a value depends on which member it fits."""
        for member in choice.members:
            inner = self._expanded((member,))
            if inner.choices:
                return True
            known = {node.key for node in base.nodes}
            own = tuple(node for node in inner.nodes if node.key not in known)
            nodes = (*base.nodes, *own)
            both = Effective(base.at, base.schemas, nodes, nodes, (), self)
            if both.base_types != base.base_types:
                return True
            if _optional(both.structure) != _optional(base.structure):
                return True
        return False

    def _expanded(self, keys: Keys) -> _Expansion:
        """Return all schema objects that apply, and the unions among them."""
        if len(keys) == 1:
            only = self.graph[keys[0]]
            if not (only.every or only.any_of or only.one_of):
                return _Expansion((only,), (only,), ())
        nodes: dict[Key, Schema] = {}
        innermost_first: list[Schema] = []
        choices: list[Choice] = []

        # Without recursion, since a schema may be composed of a thousand others.
        waiting = [(key, "") for key in reversed(keys)]
        while waiting:
            key, step = waiting.pop()
            if step == "leave":
                innermost_first.append(nodes[key])
            elif step:
                node = nodes[key]
                members = tuple(
                    member
                    for member in (node.one_of if step == "oneOf" else node.any_of)
                    if self.graph[member].always is not False
                )
                if len(members) == 1:
                    waiting.append((members[0], ""))
                elif members:
                    choices.append(Choice(key, step, members))
            elif key not in nodes:
                node = nodes[key] = self.graph[key]
                waiting += [(key, "leave"), (key, "anyOf"), (key, "oneOf")]
                waiting += [(applied.key, "") for applied in reversed(node.every)]
        return _Expansion(tuple(nodes.values()), tuple(innermost_first), tuple(choices))


@dataclass(frozen=True, slots=True)
class _Expansion:
    """All that applies to one value, before it is decided which unions matter."""

    nodes: tuple[Schema, ...]
    innermost_first: tuple[Schema, ...]
    choices: tuple[Choice, ...]


def _optional(structure: Structure) -> Structure:
    """Return a structure in which no property is required."""
    properties = (replace(found, required=False) for found in structure.properties)
    return replace(structure, properties=frozenset(properties))


def _with_integers(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _identities(values: tuple[JSON, ...] | None) -> tuple[Hashable, ...] | None:
    return None if values is None else tuple(map(identity, values))


def _highest(limits: Iterable[Number | None]) -> Number | None:
    stated = [limit for limit in limits if limit is not None]
    return max(stated, default=None, key=exact)


def _lowest(limits: Iterable[Number | None]) -> Number | None:
    stated = [limit for limit in limits if limit is not None]
    return min(stated, default=None, key=exact)
