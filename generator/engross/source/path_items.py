"""Which members of path items are operations, and what of a document a slice leaves out."""

from collections.abc import Iterator, Mapping
from typing import Final

from engross.data import dataclass
from engross.source.document import Value
from engross.source.location import Location

METHODS: Final = (
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",
)
"""HTTP methods, as path items name them."""


def methods_of(
    at: Location, item: Mapping[str, Value]
) -> Iterator[tuple[str, Location]]:
    """Yield the HTTP methods that a path item itself describes, as they are sent."""
    for key, member in item.items():
        if key in METHODS and isinstance(member, dict):
            yield key.upper(), at / key
        elif key == "additionalOperations" and isinstance(member, dict):
            yield from ((method, at / key / method) for method in member)


@dataclass(frozen=True, slots=True)
class OperationLeftOut:
    """What names depend on of an operation that a slice leaves out.

    Attributes:
        at: where that is what references need of it.
        statuses: of its responses.
    """

    at: Location
    path: str
    http_method: str
    operation_id: str | None
    tags: tuple[str, ...]
    statuses: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return its name for people: its `operationId`, or else its method and path."""
        return self.operation_id or f"{self.http_method} {self.path}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What names depend on of all that a slice leaves out.

    Attributes:
        operations: those on paths.
        titles: of schemas without another name.
    """

    operations: tuple[OperationLeftOut, ...] = ()
    titles: frozenset[str] = frozenset()
