"""What a regular expression consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engross.source.unicode_classes import Ranges


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
    """Parts of which the first that fits is taken."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group; it captures if it has a number."""

    body: Node
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """An assertion about what follows or precedes."""

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
    """A place between a word and what is none, or any other place."""

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
