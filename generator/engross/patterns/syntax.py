"""The syntax tree of a regular expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engross.patterns.characters import Ranges


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Parts of which any may match; the first that does is preferred."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group; it captures if it has a number."""

    body: Node
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A look-ahead or look-behind assertion."""

    body: Node
    behind: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part repeated."""

    body: Node
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of the text."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the text."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The edge of a word, or any place that is not one."""

    negative: bool


@dataclass(frozen=True, slots=True)
class Backreference:
    """What a group captured."""

    number: int


Node: TypeAlias = (
    Chars
    | Sequence
    | Alternatives
    | Group
    | Look
    | Repeat
    | Start
    | End
    | Boundary
    | Backreference
)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes within it, outermost first."""
    yield node
    if isinstance(node, (Sequence, Alternatives)):
        for part in node.parts:
            yield from walk(part)
    elif isinstance(node, (Group, Look, Repeat)):
        yield from walk(node.body)
