"""What is shared by all functions of one emitted module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from engross.schema.errors import SchemaError, raise_all
from engross.schema.reader import Graph
from engross.schema.tree import Key, Rule, Schema
from engross.source import Location
from engross.validation import names
from engross.validation.code import Definition

if TYPE_CHECKING:
    from engross.validation.cel import CompiledRule

MAX_UNIT_NAME = 36
_SHORT = 6
ENDLESS = "applies to the same value without end"

# The two functions of a unit.
PREDICATE = "predicate"
CHECK = "check"


@dataclass(frozen=True, slots=True)
class Target:
    """A schema that the emitted module has public functions for."""

    name: str
    """Stem of the functions: `is_<name>` and `<name>_violations`."""

    schema: Location | str
    """Location of the schema, or its URI."""

    docs: str = ""
    """Words for a comment above the functions, as `Invoice, lines 75-131`."""


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
    constants: dict[str, Definition] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    """Name of a rule's function -> its lines."""
    wanted: set[str] = field(default_factory=set)
    """Which of the two functions some code calls."""

    @property
    def predicate(self) -> str:
        """Name of the function that tells whether a payload is valid."""
        public = self.target is not None and not self.guarded
        return f"is_{self.name}" if public else f"_is_{self.name}"

    @property
    def check(self) -> str:
        """Name of the function that reports violations."""
        return f"_check_{self.name}"


class Session:
    """Decides which schemas get functions of their own, and names them."""

    def __init__(
        self,
        graph: Graph,
        targets: Sequence[Target],
        comments: Callable[[Location], str | None],
    ) -> None:
        self.graph = graph
        self.comments = comments
        self.units: dict[Key, Unit] = {}
        self.rules: dict[tuple[Key, Rule], CompiledRule] = {}
        """The rules compiled so far, by the schemas that they stand in."""
        self.aliases: list[tuple[Target, Unit]] = []
        self._names: set[str] = set()
        self._sizes: dict[Key, int] = {}
        self._plain: dict[Key, Key] = {}
        entries = [(target, graph.entry(target.schema)) for target in targets]
        children, groups = check_graph(graph, [key for _, key in entries])
        self._recursive = frozenset(key for group in groups for key in group)
        self._branching = frozenset(
            key for group in groups if _branches(graph, group) for key in group
        )
        deep = {key for key in children if graph[key].unique_items}
        self._guarded = _leading_to(children, self._recursive | deep)
        for target, entry in entries:
            key = self.plain(entry)
            if key in self.units:
                self.aliases.append((target, self.units[key]))
            else:
                self._add(key, target.name, target)
                self._names.add(target.name)

    def plain(self, key: Key) -> Key:
        """Follow references that stand alone."""
        start = key
        known = self._plain.get(start)
        while known is None:
            schema = self.graph[key]
            alone = Schema(key=key, every=schema.every, instant=schema.instant)
            if len(schema.every) != 1 or schema != alone:
                known = self._plain[start] = key
            else:
                key = schema.every[0].key
        return known

    def recursive(self, key: Key) -> bool:
        """Tell whether a schema can apply within itself."""
        return key in self._recursive

    def shared(self, key: Key) -> bool:
        """Tell whether a schema is checked by functions of its own wherever it is met.

        Schemas with members that references lead to are, and all that recursion
        passes; what is short is written out where it applies.
        """
        is_target = key in self.units and self.units[key].target is not None
        if not is_target and key not in self.graph.referenced:
            return False
        return key in self._recursive or self.size(key) > _SHORT

    def size(self, key: Key) -> int:
        """Give a measure of the code that a schema takes when it is written out."""
        key = self.plain(key)
        known = self._sizes.get(key)
        if known is None:
            self._sizes[key] = 1
            schema = self.graph[key]
            known = self._sizes[key] = _own_size(schema) + sum(
                1 if child in self._recursive else self.size(child)
                for child in schema.children()
            )
        return known

    def unit(self, key: Key) -> Unit:
        """Give the unit of a schema; one is made when it is first asked for."""
        return self.units.get(key) or self._add(key, self._name(key), None)

    def _add(self, key: Key, name: str, target: Target | None) -> Unit:
        unit = Unit(
            key,
            name,
            recursive=key in self._recursive,
            guarded=key in self._guarded,
            branching=key in self._branching,
            target=target,
        )
        self.units[key] = unit
        return unit

    def _name(self, key: Key) -> str:
        document, tokens = key.place.document, key.place.tokens
        words = [names.of_place(tokens)]
        for length in range(len(tokens) - 1, -1, -1):
            outer = self.units.get(Key(Location(document, tokens[:length]), key.scope))
            if outer is not None:
                words = [outer.name, names.of_place(tokens[length:])]
                break
        name = "_".join(words)
        name = names.shortened(name, MAX_UNIT_NAME).strip("_")
        if not name[0].isalpha():
            name = f"part_{name}"
        return self.claim(name)

    def claim(self, name: str) -> str:
        """Give the name, numbered if the module has it already."""
        free = names.unused(name, self._names)
        self._names.add(free)
        return free


def _own_size(schema: Schema) -> int:
    blank = Schema(key=schema.key)
    size = sum(
        1
        for attribute in Schema.__slots__
        if getattr(schema, attribute) != getattr(blank, attribute)
    )
    return size + len(schema.required) + len(schema.properties)


_Edges: TypeAlias = Mapping[Key, Sequence[Key]]


def check_graph(graph: Graph, entries: Sequence[Key]) -> tuple[_Edges, list[list[Key]]]:
    """Read all that is reachable; give its edges, and the groups that lie on cycles.

    Raises:
        SchemaError: a schema applies to the very value that it is applied to already.
    """
    children: dict[Key, Sequence[Key]] = {}
    pending = list(entries)
    while pending:
        key = pending.pop()
        if key not in children:
            children[key] = graph[key].children()
            pending += children[key]
    groups = _cycles(children)
    is_endless = False
    for group in groups:
        members = set(group)
        in_place = {
            key: tuple(c for c in graph[key].in_place() if c in members)
            for key in group
        }
        for loop in _cycles(in_place):
            first = min(loop, key=lambda key: str(key.place))
            graph.errors.append(SchemaError(first.place, ENDLESS))
            is_endless = True
    if is_endless:
        raise_all(graph.errors)
    return children, groups


def _leading_to(edges: _Edges, goals: Set[Key]) -> Set[Key]:
    """Give the goals, and the schemas from which one of them can be reached."""
    parents: dict[Key, list[Key]] = {}
    for key, children in edges.items():
        for child in children:
            parents.setdefault(child, []).append(key)
    found, pending = set(goals), list(goals)
    while pending:
        new = [key for key in parents.get(pending.pop(), ()) if key not in found]
        found.update(new)
        pending += new
    return found


def _branches(graph: Graph, group: Sequence[Key]) -> bool:
    """Tell whether schemas on a cycle can apply to one part in more than one way."""
    members = frozenset(group)
    for key in group:
        schema = graph[key]
        ways = len(members.intersection(schema.in_place()))
        if ways and ways + len(members.intersection(schema.of_children())) > 1:
            return True
        if ways and (schema.unevaluated_items or schema.unevaluated_properties):
            return True
        patterns = members.intersection(k for _, k in schema.pattern_properties)
        named = members.intersection(k for _, k in schema.properties)
        if patterns and len(patterns | named) > 1:
            return True
        if schema.contains in members and schema.of_children() != (schema.contains,):
            return True
    return False


def _cycles(edges: _Edges) -> list[list[Key]]:
    """Give the strongly connected groups that hold a cycle (Tarjan, iterative)."""
    order: dict[Key, int] = {}
    low: dict[Key, int] = {}
    stack: list[Key] = []
    on_stack: set[Key] = set()
    groups = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            key, successors = work[-1]
            for successor in successors:
                if successor not in order:
                    order[successor] = low[successor] = len(order)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(edges[successor])))
                    break
                if successor in on_stack:
                    low[key] = min(low[key], order[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[key])
                if low[key] == order[key]:
                    group = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.append(member)
                        if member == key:
                            break
                    if len(group) > 1 or key in edges[key]:
                        groups.append(group)
    return groups
