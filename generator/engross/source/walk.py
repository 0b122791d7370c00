"""What a walk over a document gathers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from engross.source.document import Value
from engross.source.location import Token, Tokens

if TYPE_CHECKING:
    from engross.source.grammar import Kind

Path: TypeAlias = "tuple[Path, Token] | None"
"""Tokens as a linked list, which a walk extends at no cost; None for the root."""


def path_of(tokens: Tokens) -> Path:
    """Tokens as a path."""
    path: Path = None
    for token in tokens:
        path = (path, token)
    return path


def tokens_of(path: Path) -> Tokens:
    """A path as tokens."""
    reverse: list[Token] = []
    while path is not None:
        path, token = path
        reverse.append(token)
    return tuple(reversed(reverse))


@dataclass(slots=True)
class Walk:
    """Places, references and faults found by `Kind.visit`."""

    places: dict[str, list[Path]] = field(default_factory=dict)
    """Where the objects of each kind stand, in the order of the document."""

    kinds: dict[int, str] = field(default_factory=dict)
    """Kind of each object visited, by `id`."""

    references: list[tuple[Path, str, str]] = field(default_factory=list)
    """Each reference: its place, its text, and the kind that it must lead to."""

    broken: list[tuple["Kind", Value, Path]] = field(default_factory=list)
    """Objects that break their schema."""

    foreign: set[str] = field(default_factory=set)
    """Keys met that no kind knows by name."""

    misspelt: list[tuple["Kind", Path, str, str]] = field(default_factory=list)
    """Objects with a key that is allowed but looks like a slip, and what it meant."""
