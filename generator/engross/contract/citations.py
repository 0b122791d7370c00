"""Which lines of the provider's documents a contract cites, and which it only considered."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engross.contract.index import EXTENSION, Index, mapping, sequence
from engross.data import dataclass
from engross.source import Location, Value

_RANGE: Final = re.compile(r"(\d+)(?:-(\d+))?")

_KINDS: Final = (
    "document",
    "errors",
    "error-code",
    "example",
    "header",
    "life",
    "media-type",
    "operation",
    "pagination",
    "parameter",
    "response",
    "retry",
    "schema",
    "security-scheme",
    "server",
    "server-variable",
    "shared/rule",
    "webhook/event",
    "webhook/secret",
    "webhook/signature",
    "document/discrepancy",
)


@dataclass(frozen=True, slots=True, order=True)
class LineRange:
    """Lines of a document, both ends included; the first line is 1."""

    first: int
    last: int

    def __str__(self) -> str:
        is_one = self.first == self.last
        return str(self.first) if is_one else f"{self.first}-{self.last}"

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last

    @property
    def lines(self) -> range:
        """The numbers of the lines."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Citation:
    """Lines that an object of a contract cites.

    Attributes:
        at: The object: an `x-engross`, or a part of one, such as a discrepancy.
        document: Id of the document; empty if none is listed.
        ranges: What it cites, as it is written.
    """

    at: Location
    document: str
    ranges: tuple[LineRange, ...]

    @property
    def written(self) -> Location:
        """Where the lines are written."""
        return self.at / "lines"

    @property
    def element(self) -> Location:
        """What the lines are of: the place that has the `x-engross`, or the part of one."""
        return self.at.parent if self.at.tokens[-1] == EXTENSION else self.at


def line_ranges(lines: Value) -> tuple[LineRange, ...]:
    """Return what `lines` names: `23`, `"23-26"` or `"23-26, 41"`."""
    return tuple(
        LineRange(int(found[1]), int(found[2] or found[1]))
        for found in _RANGE.finditer(str(lines))
    )


def written_ranges(ranges: tuple[LineRange, ...]) -> str:
    """Return ranges as `lines` has them."""
    return ", ".join(map(str, ranges))


def ranges_of(lines: Iterable[int]) -> tuple[LineRange, ...]:
    """Return the ranges that lines form."""
    found: list[LineRange] = []
    for line in sorted(set(lines)):
        if found and found[-1].last == line - 1:
            found[-1] = LineRange(found[-1].first, line)
        else:
            found.append(LineRange(line, line))
    return tuple(found)


def stated(index: Index) -> Iterator[tuple[Location, Mapping[str, Value]]]:
    """Yield every object that may have provenance."""
    for kind in _KINDS:
        yield from index.extensions(kind)


def citations(index: Index) -> tuple[Citation, ...]:
    """Return everything that cites lines."""
    documents = index.named("documents")
    default = next(iter(documents), "")
    return tuple(
        Citation(at, str(own.get("document", default)), line_ranges(own["lines"]))
        for at, own in stated(index)
        if "lines" in own
    )


def considered(index: Index) -> tuple[Citation, ...]:
    """Return the lines that were read and hold no fact, as each document lists them."""
    documents = index.source.root / EXTENSION / "documents"
    return tuple(
        Citation(
            documents / name / "considered" / position,
            name,
            line_ranges(mapping(entry).get("lines")),
        )
        for name, listed in index.named("documents").items()
        for position, entry in enumerate(sequence(mapping(listed).get("considered")))
    )
