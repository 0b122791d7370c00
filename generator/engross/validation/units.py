"""Which schemas get functions of their own in a module, and how these are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from enum import Enum, auto

from engross.data import dataclass
from engross.layout import Expression, string
from engross.schema.alike import FirstAlike
from engross.schema.reader import Graph
from engross.schema.recursion import Edges, cycles, reachable
from engross.schema.schema_error import raise_all
from engross.schema.tree import Direction, Key, Rule
from engross.source import Location
from engross.source.pointer import Tokens, write_tokens
from engross.validation import names
from engross.validation.cycles import branches, endless, leading_to
from engross.validation.distinct import distinct
from engross.validation.equal_schemas import Forms, plain_key
from engross.validation.value import f_string

MAX_UNIT_NAME = 36
_SHORT = 6
LONG = 40
"""Size from which a schema gets functions of its own wherever it applies."""

PREFIXES: Mapping[str, Tokens] = {
    "_SCHEMAS": ("components", "schemas"),
    "_PATHS": ("paths",),
}
"""Constants of compact modules, for what most places begin with."""

_REPEATED = 4
"""Size from which a schema has that, if it is written out often in equal words."""

_OFTEN = 4
"""How many equal schemas there are then."""


class Function(Enum):
    """The two functions of a unit."""

    PREDICATE = auto()
    """Tells whether a payload is valid."""

    CHECK = auto()
    """Reports violations."""


@dataclass(frozen=True, slots=True)
class Target:
    """A schema that the emitted module has public functions for."""

    name: str
    """Stem of the functions: `is_<name>` and `<name>_violations`."""

    schema: Location | str
    """Location of the schema, or its URI."""

    docs: str = ""
    """Text of a comment above the functions, such as `Invoice, lines 75-131`."""

    direction: Direction = Direction.EITHER
    """Which way the payloads travel."""

    has_predicate: bool = True
    """Whether `is_<name>` is written, beside `<name>_violations`."""


@dataclass(frozen=True, slots=True)
class RuleFunction:
    """The function that evaluates a rule."""

    name: str
    lines: tuple[str, ...]
    """Its body."""

    reads: tuple[str, ...]
    """Members of the payload that it reads; empty if it reads the whole."""

    is_exact: bool
    """Whether it does arithmetic, with exact operands."""


@dataclass(slots=True)
class Unit:
    """A schema with functions of its own."""

    key: Key
    name: str
    recursive: bool
    guarded: bool
    """Whether a payload can make the check recurse as deeply as it is nested."""
    branching: bool
    """Whether recursion can reach the same part of a payload in several ways."""
    target: Target | None
    is_public: bool
    """Whether `is_<name>` is part of what the module offers."""
    has_place: bool = False
    """Whether the check is told the place of the schema, as it serves several."""
    is_listed: bool = False
    """Whether the check belongs to a public validator, as in compact modules."""
    of_members: bool = False
    """Whether the check is written for the members of an object, and decorated."""
    constants: dict[Expression, str] = field(default_factory=dict)
    """Value of a module-level constant -> its name."""
    rules: dict[tuple[Key, Rule], RuleFunction] = field(default_factory=dict)
    wanted: set[Function] = field(default_factory=set)
    """Which of the two functions are called."""

    @property
    def predicate(self) -> str:
        """Name of the function that tells whether a payload is valid."""
        is_public = self.is_public and not self.guarded
        return f"is_{self.name}" if is_public else f"_is_{self.name}"

    @property
    def check(self) -> str:
        """Expression for the function that reports violations."""
        if self.is_listed:
            return f"{self.name}_violations.check"
        return f"_check_{self.name}"


class Units:
    """The units of one module.

    Raises:
        SchemaError: a schema cannot be resolved, or applies to one value without end.
        ValueError: two targets have the same name.
    """

    def __init__(
        self,
        graph: Graph,
        targets: Sequence[Target],
        comments: Callable[[Location], str | None],
        *,
        compact: bool = False,
        others: Iterable[Target] = (),
    ) -> None:
        """Find the units of targets.

        Args:
            graph: has the schemas.
            targets: what gets functions.
            comments: returns the comment above the checks of a schema, if there is one.
            compact: whether short modules matter more than the fastest checks.
            others: targets that are equal to one of these and use its functions.
        """
        self.graph = graph
        self.compact = compact
        """Whether short modules matter more than the fastest checks."""
        self.comments = comments
        self.document = _document(targets[0].schema) if targets else ""
        """The document that most places are in."""
        self.by_key: dict[Key, Unit] = {}
        self.aliases: list[tuple[Target, Key]] = []
        """Targets whose schemas have functions already, for another target."""
        self._names: set[str] = set()
        self._sizes: dict[Key, int] = {}
        self._plain: dict[Key, Key] = {}
        entries = [
            (target, graph.entry(target.schema, target.direction)) for target in targets
        ]
        of_others = [graph.entry(each.schema, each.direction) for each in others]
        self._alike = FirstAlike(graph)
        for key in (*(key for _, key in entries), *of_others):
            self._alike.of(key)  # of those that are written alike, targets come first
        written = distinct(graph, (key for _, key in entries), self._alike)
        if graph.errors:  # which are at all places
            reachable(graph, (key for _, key in entries))
        edges = written.edges
        self._referenced = frozenset(
            applied.key._replace(is_base=False)
            for key in edges
            for applied in graph[key].every
            if applied.is_reference
        )
        # What has no subschemas is on no cycle.
        groups = cycles({key: children for key, children in edges.items() if children})
        refused = endless(graph, groups)
        if refused:
            graph.errors += [loop.error() for loop in refused]
            raise_all(graph.errors)
        self._recursive = frozenset(key for group in groups for key in group)
        self._branching = frozenset(
            key for group in groups if branches(graph, group) for key in group
        )
        deep = {key for key in edges if graph[key].unique_items}
        self._guarded = leading_to(edges, self._recursive | deep)
        plain_entries = [(target, self.plain(entry)) for target, entry in entries]
        of_targets = [
            *(key for _, key in plain_entries),
            *map(self.plain, of_others),
        ]
        forms = Forms(graph, self.plain, comments, self._alike)
        candidates = [
            key
            # Targets come first, so that what equals one shares its functions.
            for key in dict.fromkeys((*of_targets, *map(self.plain, edges)))
            if self._size(key, forms, edges) >= _REPEATED
        ]
        self._first_equals = forms.first_equals(
            key for key in candidates if key not in self._recursive
        )
        repeated = {
            key: written.copies(key, but=self._first_equals.keys())
            for key in self._first_equals
        }
        copies = Counter(self._first_equals.values())
        for key, first in self._first_equals.items():
            copies[first] += repeated[key]
        self._common = frozenset(key for key in copies if copies[key] >= _OFTEN)
        self._homes = {
            first.place
            for key, first in self._first_equals.items()
            if key != first or repeated[key]
        }
        self._first_equals |= forms.first_equals(
            # Targets have functions however short they are.
            key
            for key in of_targets
            if self.size(key) < _REPEATED
        )
        self._homes |= {
            first.place for key, first in self._first_equals.items() if key != first
        }
        for target, key in plain_entries:
            if not self._names.isdisjoint(_public_functions_of(target.name)):
                raise ValueError(f"two targets are named {target.name!r}")
            self._names.update(_public_functions_of(target.name))
            if self._first_equals.get(key, key) in self.by_key:
                self.aliases.append((target, key))
                self.unit(key).is_public |= self.has_predicate(target)
            else:
                self._names.update(_private_functions_of(target.name))
                self._add(key, target.name, target)

    def has_predicate(self, target: Target) -> bool:
        """Tell whether a target has `is_<name>`; compact modules have one function each."""
        return target.has_predicate and not self.compact

    def plain(self, key: Key) -> Key:
        """Follow references that have no keywords beside them."""
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = plain_key(self.graph, key)
        return known

    def recursive(self, key: Key) -> bool:
        """Tell whether a schema can apply within itself."""
        return key in self._recursive

    def shared(self, key: Key) -> bool:
        """Tell whether a schema is checked by functions of its own wherever it applies.

        These are schemas with members that references lead to, all that lead back to
        themselves, and those that are written out often in equal words. Another short
        schema is written out where it applies.
        """
        first = self._first(key)
        if first in self._common:
            return True
        unit = self.by_key.get(first)
        is_target = unit is not None and unit.target is not None
        if not is_target and key not in self._referenced:
            return False
        return key in self._recursive or self.size(key) > _SHORT

    def function_of(self, key: Key) -> Key | None:
        """Return the schema whose function checks a schema wherever it applies.

        None if its checks are written out where it applies, as those of short schemas are.
        Equal schemas share a function, so what this one says of a payload is said of each.
        """
        key = self.plain(key)
        is_apart = self.shared(key) or self.size(key) > LONG
        return self._first(key) if is_apart else None

    def _first(self, key: Key) -> Key:
        """Return the first of the schemas that one is equal to, often itself."""
        found = self._first_equals.get(key)
        if found is None:
            alike = self._alike.of(key)
            is_long = alike != key and self.size(alike) >= _REPEATED
            found = self._first_equals.get(alike, key) if is_long else key
        return found

    def size(self, key: Key) -> int:
        """Return a measure of the code that a schema takes when it is written out."""
        key = self._alike.of(self.plain(key))
        known = self._sizes.get(key)
        if known is None:
            forms = Forms(self.graph, self.plain, self.comments, self._alike)
            known = self._size(key, forms, {})
        return known

    def _size(self, key: Key, forms: Forms, edges: Edges) -> int:
        """Return the same for a schema that is no plain reference.

        Args:
            key: the schema.
            forms: counts keywords.
            edges: the subschemas of schemas, as far as they are known.
        """
        key = self._alike.of(key)
        size = self._sizes.get(key)
        if size is None:
            self._sizes[key] = 1
            children = edges.get(key)
            size = forms.own_size(key)
            for child in self.graph[key].children() if children is None else children:
                if child in self._recursive:
                    size += 1
                else:
                    size += self._size(self.plain(child), forms, edges)
            self._sizes[key] = size
        return size

    def unit(self, key: Key) -> Unit:
        """Return the unit of a schema; add one when it is first asked for.

        Targets whose schemas are equal share a unit.
        """
        key = self._first(key)
        return self.by_key.get(key) or self._add(key, self._claim_stem(key), None)

    def _add(self, key: Key, name: str, target: Target | None) -> Unit:
        unit = Unit(
            key,
            name,
            recursive=key in self._recursive,
            guarded=self._alike.of(key) in self._guarded,
            branching=key in self._branching,
            target=target,
            is_public=target is not None and self.has_predicate(target),
            has_place=self._is_in_home(key.place)
            # Only what lists its violations calls it, which names the place anyway.
            or (self.compact and key not in self._referenced and target is not None),
            is_listed=self.compact and target is not None,
        )
        self.by_key[key] = unit
        return unit

    def _is_in_home(self, place: Location) -> bool:
        """Tell whether a place is in the first of several equal schemas."""
        tokens = place.tokens
        return bool(self._homes) and any(
            Location(place.document, tokens[:length]) in self._homes
            for length in range(len(tokens) + 1)
        )

    def _claim_stem(self, key: Key) -> str:
        """Name a unit after its place, numbered if its functions' names are taken."""
        words = self._words_for(key)
        if key.is_base:
            words.append("base")
        name = names.shortened("_".join(words), MAX_UNIT_NAME).strip("_")
        if not name[0].isalpha():
            name = f"part_{name}"
        stem = next(
            stem
            for stem in names.numbered(name)
            if self._names.isdisjoint(_private_functions_of(stem))
        )
        self._names.update(_private_functions_of(stem))
        return stem

    def _words_for(self, key: Key) -> list[str]:
        """Return words for the unit of a schema, from its outer unit if there is one."""
        document, tokens = key.place.document, key.place.tokens
        for length in range(len(tokens) - 1, -1, -1):
            outer_key = key._replace(place=Location(document, tokens[:length]))
            outer = self.by_key.get(outer_key)
            if outer is not None:
                return [outer.name, names.of_place(tokens[length:])]
        words = [names.of_place(tokens)]
        if key.direction is not Direction.EITHER:
            words.append(key.direction.value)
        return words

    def place(self, place: Location) -> str:
        """Return the expression for a place in the contract."""
        if self.compact:
            for name, prefix in PREFIXES.items():
                size = len(prefix)
                if place.tokens[:size] == prefix and place.document == self.document:
                    rest = f_string(write_tokens(place.tokens[size:]))
                    return f'f"{{{name}}}{rest}"'
        return string(str(place))

    @property
    def prefixes(self) -> dict[str, str]:
        """Return the constants that places begin with, in compact modules."""
        return {
            name: string(str(Location(self.document, prefix)))
            for name, prefix in PREFIXES.items()
        }

    def claim(self, name: str) -> str:
        """Claim a name in the module, numbered if it is taken."""
        free = names.unused(name, self._names)
        self._names.add(free)
        return free


def _document(schema: Location | str) -> str:
    return schema.document if isinstance(schema, Location) else ""


def _private_functions_of(stem: str) -> tuple[str, ...]:
    return f"_is_{stem}", f"_check_{stem}"


def _public_functions_of(stem: str) -> tuple[str, ...]:
    return f"is_{stem}", f"{stem}_violations"
