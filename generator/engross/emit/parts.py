"""The modules of a large package: one for each resource, and some for what several share.

A package with few definitions has one module for all models, one for all validators, and so
on. With many, each of these is a package whose modules are loaded when they are used, so that
a call loads what its resource needs. A module imports only from modules that at least the
same resources need: imports never form a cycle.

Models are divided further. Those that a union names are looked up when a value of the union
is read, so that an object of which a reply has only the id is not loaded, with all it leads to.
"""

from __future__ import annotations

import re
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Mapping,
    Set,
)
from dataclasses import field
from itertools import chain
from textwrap import wrap
from typing import Final, Generic, TypeVar

from engross.contract.ir import (
    Contract,
    Definition,
    Enum,
    Kind,
    ListOf,
    Literal,
    MapOf,
    Model,
    OperationId,
    Primitive,
    Ref,
    Type,
    UnionType,
)
from engross.contract.type_walk import (
    types_in,
    types_received,
    types_sent,
    within,
)
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.layout import WIDTH, string
from engross.schema.recursion import components
from engross.source import Location

LARGEST_SHARED: Final = 150
"""Members of a module for what is shared, unless more of them need one another."""

MOST_MODELS: Final = 40
"""Members of a module of models that are shared, unless more of them need one another."""

MOST_UNNEEDED: Final = 20
"""Models that may be loaded beside those that are needed, so that there are fewer modules."""

# What is loaded lazily is named with an underscore: type checkers take the names of public
# modules in a package for names of the package.
ERRORS: Final = "_errors"
WEBHOOKS: Final = "_webhooks"
SHARED: Final = "_shared"
OTHERS: Final = "_others"
PARAMETERS: Final = "_parameters"
_NOT_OF_RESOURCES = re.compile(
    rf"{ERRORS}|{WEBHOOKS}|{OTHERS}|{PARAMETERS}|{SHARED}(_\d+)?"
)

Node = TypeVar("Node", bound=Hashable)
View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Spread(Generic[View]):
    """The modules of one kind: a single one, or several.

    Attributes:
        whole: view of the only module; None where there are several.
        parts: views of several modules, by name.
        loading: statement that makes public names known by the module that has them.
    """

    whole: View | None
    parts: Mapping[str, View] = field(default_factory=dict)
    loading: str = ""


@dataclass(frozen=True, slots=True)
class Homes:
    """The module of each definition."""

    modules: Mapping[Location, str]

    def divided(self, definitions: Iterable[Definition]) -> dict[str, list[Definition]]:
        """Return definitions by their modules, in the order of these."""
        return by_module(definitions, lambda each: self.modules[each.at])

    def of_names(self, names: Mapping[Location, str], folder: str) -> dict[str, str]:
        """Return the module in a folder that defines each name."""
        return {name: f".{folder}.{self.modules[at]}" for at, name in names.items()}


@dataclass(frozen=True, slots=True)
class Parts:
    """The module of each model, of the dict in its place, and of each operation."""

    models: Homes
    dicts: Homes
    operations: Mapping[OperationId, str]
    passed: Collection[Location]
    """The definitions that callers pass, in arguments and within these."""


def by_module(
    members: Iterable[Node], module_of: Callable[[Node], str]
) -> dict[str, list[Node]]:
    """Return members by their modules, in the order of these."""
    found: dict[str, list[Node]] = {}
    for member in members:
        found.setdefault(module_of(member), []).append(member)
    return {name: found[name] for name in sorted(found)}


def parts_of(contract: Contract, names: PythonNames) -> Parts | None:
    """Return the modules of the definitions of a contract; None if it has few."""
    if not contract.is_large:
        return None
    resources = {
        id_: _part(each.module) for each in names.resources for id_ in each.operations
    }
    roots: dict[str, set[Location]] = {ERRORS: set(), WEBHOOKS: set()}
    for operation in contract.operations:
        types = chain(types_sent(operation), types_received(operation.successes))
        roots.setdefault(resources[operation.id], set()).update(_places(types))
        roots[ERRORS].update(_places(types_received(operation.failures)))
    for webhook in contract.webhooks.members if contract.webhooks else ():
        read = (each for each in (webhook.payload, webhook.result) if each is not None)
        roots[WEBHOOKS].update(_places(read))
    edges = _edges(contract)
    at_once = {each.at: _needed(each, names, edges) for each in contract.definitions}
    return Parts(
        models=Homes(divide(at_once, edges, roots)),
        dicts=Homes(partition(edges, roots)),
        operations=resources,
        passed=_passed(contract, edges),
    )


def _passed(
    contract: Contract, edges: Mapping[Location, Collection[Location]]
) -> Collection[Location]:
    types: list[Type] = []
    for operation in contract.operations:
        types += (argument.type for argument in operation.arguments)
        if operation.body is not None:
            types += (body.type for body in operation.body.others)
    return _reached(edges, _places(types))


def _part(resource: str) -> str:
    """Return the module for what belongs to a resource."""
    name = f"_{resource}"
    return f"{name}_" if _NOT_OF_RESOURCES.fullmatch(name) else name


def _places(types: Iterable[Type]) -> list[Location]:
    within_all = chain.from_iterable(map(within, types))
    return [each.at for each in within_all if isinstance(each, Ref)]


def _edges(contract: Contract) -> dict[Location, Collection[Location]]:
    return {each.at: dict.fromkeys(_uses(each)) for each in contract.definitions}


def _uses(definition: Definition) -> list[Location]:
    """Return the definitions that a definition names."""
    found = [each.at for each in types_in(definition) if isinstance(each, Ref)]
    if isinstance(definition, UnionType):
        found += (at for _, at in definition.mapping)
    return found


def single_and_composite(
    union: UnionType, names: PythonNames
) -> tuple[list[Type], list[Type]] | None:
    """Return the members of a union of single values, and those of objects and arrays.

    None if a member may be both, such as another union.
    """
    single: list[Type] = []
    composite: list[Type] = []
    for member in union.members:
        named = names.definition(member) if isinstance(member, Ref) else None
        match member:
            case Primitive(Kind.ANY):
                return None
            case Primitive() | Literal():
                single.append(member)
            case ListOf() | MapOf():
                composite.append(member)
            case Ref() if isinstance(named, Enum):
                single.append(member)
            case Ref() if isinstance(named, Model):
                composite.append(member)
            case _:
                return None
    return single, composite


def _needed(
    definition: Definition,
    names: PythonNames,
    edges: Mapping[Location, Collection[Location]],
) -> Collection[Location]:
    """Return the definitions without which a class cannot be defined, or a value read."""
    needed: list[Location] = []
    match definition:
        case Model():
            for field_ in definition.fields:
                places = _places([field_.type])
                has_value = field_.default is not None or field_.sent is not None
                # The value may be written as any of the classes behind its type.
                needed += _reached(edges, places) if has_value else places
        case UnionType():
            divided = single_and_composite(definition, names)
            needed += _places(divided[0]) if divided else ()
    return dict.fromkeys(needed)


def partition(
    edges: Mapping[Node, Collection[Node]], roots: Mapping[str, Collection[Node]]
) -> dict[Node, str]:
    """Return the module of each node, so that modules need no other in a circle.

    What only one root reaches is in the module of that root. What several reach is
    together with what just the same reach; small groups of that kind are put together in
    an order in which each follows those that it may need.

    Args:
        edges: the nodes that each node needs, in the order of the source.
        roots: the nodes from which each module starts.
    """
    found, shared = _users(edges, roots)
    runs: list[list[Node]] = []
    # What a node needs has all users of the node, and perhaps more.
    for _, group in sorted(shared.items(), key=lambda each: -len(each[0])):
        if not runs or len(runs[-1]) + len(group) > LARGEST_SHARED:
            runs.append([])
        runs[-1] += group
    return found | _numbered(runs)


def divide(
    at_once: Mapping[Node, Collection[Node]],
    edges: Mapping[Node, Collection[Node]],
    roots: Mapping[str, Collection[Node]],
) -> dict[Node, str]:
    """Return the module of each node, so that few others are loaded with it.

    What only one root reaches is in the module of that root. Of what several reach, a node
    that just one other needs at once is in the module of that one. Small groups of that kind
    are put together where each then loads little more than it needs.

    Args:
        at_once: the nodes that each node needs before it can be used.
        edges: these, and those that it needs later.
        roots: the nodes from which each module starts.
    """
    found, by_users = _users(edges, roots)
    shared = {*chain.from_iterable(by_users.values())}
    within_shared = {
        node: [other for other in others if other in shared]
        for node, others in at_once.items()
        if node in shared
    }
    starts = {*chain.from_iterable(roots.values())}
    for node, others in edges.items():
        beside = at_once[node] if node in shared else ()
        starts.update(other for other in others if other not in beside)
    modules: list[list[Node]] = []
    loaded: list[Set[int]] = []
    """The modules that each one loads, itself included."""
    homes: dict[Node, int] = {}
    for group in _groups(within_shared, starts):
        wanted = chain.from_iterable(within_shared[node] for node in group)
        used = {homes[node] for node in wanted if node in homes}
        needed: Set[int] = frozenset().union(*(loaded[number] for number in used))
        best, least = len(modules), MOST_UNNEEDED + 1
        for number, module in enumerate(modules):
            if len(module) + len(group) <= MOST_MODELS and needed <= loaded[number]:
                strange = sum(len(modules[each]) for each in loaded[number] - needed)
                unneeded = len(group) + strange
                if unneeded < least:
                    best, least = number, unneeded
        if best == len(modules):
            modules.append([])
            loaded.append(needed | {best})
        modules[best] += group
        homes |= dict.fromkeys(group, best)
    return found | _numbered(modules)


def _groups(
    edges: Mapping[Node, Collection[Node]], starts: Set[Node]
) -> Iterable[list[Node]]:
    """Return nodes with those that they alone need; each group follows those it needs.

    Args:
        edges: the nodes that each node needs.
        starts: nodes that something else needs, too.
    """
    circles = [*components({node: [*others] for node, others in edges.items()})]
    numbers = {node: index for index, nodes in enumerate(circles) for node in nodes}
    users: list[set[int]] = [set() for _ in circles]
    for node, others in edges.items():
        for other in others:
            users[numbers[other]].add(numbers[node])
    groups: dict[int, list[Node]] = {}
    heads: dict[int, int] = {}
    for index in reversed(range(len(circles))):
        used_by = {heads[user] for user in users[index] if user != index}
        is_inner = len(used_by) == 1 and starts.isdisjoint(circles[index])
        heads[index] = used_by.pop() if is_inner else index
        groups.setdefault(heads[index], []).extend(circles[index])
    return [groups[head] for head in sorted(groups)]


def _users(
    edges: Mapping[Node, Collection[Node]], roots: Mapping[str, Collection[Node]]
) -> tuple[dict[Node, str], dict[tuple[str, ...], list[Node]]]:
    """Return the modules of nodes that at most one root reaches, and others by their roots."""
    # Numbers are quicker to look up than nodes.
    numbers = {node: number for number, node in enumerate(edges)}
    needed = {
        numbers[node]: [numbers[other] for other in others]
        for node, others in edges.items()
    }
    users: list[list[str]] = [[] for _ in edges]
    for name in sorted(roots):
        for number in _reached(needed, [numbers[node] for node in roots[name]]):
            users[number].append(name)
    found: dict[Node, str] = {}
    shared: dict[tuple[str, ...], list[Node]] = {}
    for node, names in zip(edges, users, strict=True):
        if len(names) > 1:
            shared.setdefault(tuple(names), []).append(node)
        else:
            found[node] = names[0] if names else OTHERS
    return found, shared


def _numbered(modules: list[list[Node]]) -> dict[Node, str]:
    """Return the names of modules for what is shared."""
    found: dict[Node, str] = {}
    for number, module in enumerate(modules, 1):
        name = SHARED if len(modules) == 1 else f"{SHARED}_{number}"
        found |= dict.fromkeys(module, name)
    return found


def _reached(
    edges: Mapping[Node, Collection[Node]], starts: Iterable[Node]
) -> Collection[Node]:
    reached: dict[Node, None] = {}
    waiting = [*starts]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached[node] = None
            waiting += edges[node]
    return reached


def loading(modules: Mapping[str, Collection[str]], *, ending: str = "") -> str:
    """Return the statement that makes names known by the module that has them.

    Args:
        modules: the public names of each module.
        ending: how all of them end.
    """
    lines = []
    for module, names in sorted(modules.items()):
        if names:
            listed = (name.removesuffix(ending) for name in names)
            lines += wrap(
                f"{module}: {' '.join(listed)}",
                WIDTH,
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    table = "\n".join(['"""', *lines, '"""'])
    # As black lays out a call with such a text.
    ends = f"        ending={string(ending)},\n" if ending else ""
    return (
        "__all__, __getattr__, __dir__ = lazy(\n"
        f"        __name__,\n        {table},\n{ends}    )"
    )
