"""What a walk over a document gathers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engross.source.document import Value
from engross.source.location import Path

if TYPE_CHECKING:
    from engross.source.grammar import Kind


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
