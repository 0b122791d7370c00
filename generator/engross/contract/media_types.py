"""Media types: which rule reads or writes a body, and which one the client prefers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Media types of bodies that are made of members."""

_STREAMS: Final = (
    "text/event-stream",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/json-seq",
)
_TEXTS: Final = ("xml", "yaml", "csv", "javascript", "graphql", *_STREAMS, FORMS[0])


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON or built on it, or may be anything."""
    return is_named_json(media_type) or essence(media_type) == "*/*"


def is_named_json(media_type: str) -> bool:
    """Return whether a media type is JSON or built on it."""
    kind = essence(media_type)
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def shows_values(media_type: str) -> bool:
    """Return whether examples are values of the schema rather than the text that is sent."""
    kind = essence(media_type)
    return is_json(kind) or kind in FORMS or kind.startswith("multipart/")


def is_text(media_type: str) -> bool:
    """Return whether a media type, one that is not JSON, is text."""
    kind = essence(media_type)
    return kind.startswith("text/") or any(word in kind for word in _TEXTS)


def is_stream(media_type: str) -> bool:
    """Return whether a body is meant to be read piece by piece."""
    return essence(media_type) in _STREAMS


def preferred(media_types: Iterable[str]) -> list[str]:
    """Return media types in the order in which the client prefers them.

    JSON comes first, then what may be anything, then forms, then the others; streams come last.
    """

    def order(media_type: str) -> int:
        if is_json(media_type):
            return 0 if is_named_json(media_type) else 1
        if essence(media_type) in FORMS:
            return 2
        return 4 if is_stream(media_type) else 3

    return sorted(media_types, key=order)
