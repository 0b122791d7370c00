"""Which members of path items are operations."""

from collections.abc import Iterator, Mapping
from typing import Final

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
