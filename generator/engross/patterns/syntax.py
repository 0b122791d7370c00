"""The syntax tree of a regular expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from engross.data import dataclass
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


ENDLESS: Final = 1_000_000_000
"""No text is as long as a count from here on."""

_NOTHING: Final = Sequence(())


def simplified(node: Node, references: frozenset[int] = frozenset()) -> Node:
    """Return a node that matches the same texts, without repetitions of nothing.

    Args:
        node: the pattern.
        references: the groups that are referred to, which stay as they are.
    """
    if isinstance(node, (Sequence, Alternatives)):
        parts = tuple([simplified(part, references) for part in node.parts])
        return replace(node, parts=parts)
    if isinstance(node, (Group, Look)):
        return replace(node, body=simplified(node.body, references))
    if not isinstance(node, Repeat):
        return node
    body = simplified(node.body, references)
    groups = {part.number for part in walk(body) if isinstance(part, Group)}
    if groups & references:
        return replace(node, body=body)
    least, most = min(node.least, ENDLESS), node.most
    if most is not None and most >= ENDLESS:
        most = None
    if most == 0 or not _reads(body):
        # Assertions that hold once hold as often as they are asked.
        return body if least and most != 0 else _NOTHING
    if _is_nullable(body):
        least, body = 0, _without_nothing(body)
        if most == 1 and _is_nullable(body):
            return body
    inner = body
    while isinstance(inner, Group):
        inner = inner.body
    if isinstance(inner, Repeat) and inner.most is None and inner.least <= 1:
        return Repeat(inner.body, least if inner.least else 0, None, node.lazy)
    return Repeat(body, least, most, node.lazy)


def _reads(node: Node) -> bool:
    """Return whether a node can read a character."""
    if isinstance(node, (Sequence, Alternatives)):
        return any(map(_reads, node.parts))
    if isinstance(node, (Group, Repeat)):
        return _reads(node.body)
    return isinstance(node, (Chars, Backreference))


def _is_nullable(node: Node) -> bool:
    """Return whether a node matches the empty text, whatever is around it."""
    if isinstance(node, Sequence):
        return all(map(_is_nullable, node.parts))
    if isinstance(node, Alternatives):
        return any(map(_is_nullable, node.parts))
    if isinstance(node, Group):
        return _is_nullable(node.body)
    return isinstance(node, Repeat) and (node.least == 0 or _is_nullable(node.body))


def _without_nothing(node: Node) -> Node:
    """Return a node that need not match the empty text, where that is simple."""
    if isinstance(node, Group):
        return Group(_without_nothing(node.body))
    if isinstance(node, Repeat) and (node.least, node.most) == (0, 1):
        return node.body
    if isinstance(node, Alternatives):
        parts = tuple(part for part in node.parts if part != _NOTHING)
        return parts[0] if len(parts) == 1 else Alternatives(parts)
    return node
