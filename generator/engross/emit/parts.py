"""The modules of a large package: one for each resource, and some for what several share.

A package with few definitions has one module for all models, one for all validators, and so
on. With many, each of these is a package whose modules are loaded when they are used, so that
a call loads what its resource needs. A module imports only from modules that at least the
same resources need: imports never form a cycle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from textwrap import wrap
from typing import Final, Generic, TypeVar

from engross.contract.ir import (
    Contract,
    Definition,
    OperationId,
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
from engross.emit.naming import PythonNames
from engross.layout import WIDTH, string
from engross.source import Location

LARGEST_SHARED: Final = 150
"""Members of a module for what is shared, unless more of them need one another."""

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
class Parts:
    """The module of each definition of types and of each operation."""

    definitions: Mapping[Location, str]
    operations: Mapping[OperationId, str]

    def of_definitions(
        self, definitions: Iterable[Definition]
    ) -> dict[str, list[Definition]]:
        """Return definitions by their modules, in the order of these."""
        return by_module(definitions, lambda each: self.definitions[each.at])

    def modules(self, names: Mapping[Location, str], folder: str) -> dict[str, str]:
        """Return the module in a folder that defines each name."""
        return {name: f".{folder}.{self.definitions[at]}" for at, name in names.items()}


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
    edges = {each.at: set(_uses(each)) for each in contract.definitions}
    found = partition(edges, roots)
    return Parts(found, resources)


def passed(contract: Contract) -> Collection[Location]:
    """Return the definitions that callers pass, in arguments and within these."""
    edges = {each.at: set(_uses(each)) for each in contract.definitions}
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


def _places(types: Iterable[Type]) -> Iterator[Location]:
    for type_ in types:
        yield from (each.at for each in within(type_) if isinstance(each, Ref))


def _uses(definition: Definition) -> Iterator[Location]:
    """Yield the definitions that a definition names."""
    yield from _places(types_in(definition))
    if isinstance(definition, UnionType):
        yield from (at for _, at in definition.mapping)


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
    users: dict[Node, list[str]] = {node: [] for node in edges}
    for name in sorted(roots):
        for node in _reached(edges, roots[name]):
            users[node].append(name)
    found: dict[Node, str] = {}
    shared: dict[tuple[str, ...], list[Node]] = {}
    for node, names in users.items():
        if len(names) > 1:
            shared.setdefault(tuple(names), []).append(node)
        else:
            found[node] = names[0] if names else OTHERS
    runs: list[list[Node]] = []
    # What a node needs has all users of the node, and perhaps more.
    for _, group in sorted(shared.items(), key=lambda each: -len(each[0])):
        if not runs or len(runs[-1]) + len(group) > LARGEST_SHARED:
            runs.append([])
        runs[-1] += group
    for number, run in enumerate(runs, 1):
        name = SHARED if len(runs) == 1 else f"{SHARED}_{number}"
        found |= dict.fromkeys(run, name)
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
