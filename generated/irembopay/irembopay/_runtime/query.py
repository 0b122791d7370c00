"""The query of an address."""

from collections.abc import Mapping

from msgspec import UNSET

from .percent import quote
from .styles import pairs
from .wire import to_wire


def with_query(url: str, query: str) -> str:
    """Return an address with more in its query."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


def query_text(given: Mapping[str, object]) -> str:
    """Return a query of values that no contract describes."""
    written: list[str] = []
    for name, value in given.items():
        if value is UNSET:
            continue
        wire = to_wire(None, value)
        style = "deepObject" if isinstance(wire, dict) else "form"
        written += [f"{key}={part}" for key, part in pairs(name, wire, style, True)]
    return "&".join(written)


def with_extra(query: str, extra: Mapping[str, object]) -> str:
    """Return a query in which values of the caller's take the place of their like."""
    replaced = {quote(name) for name in extra}
    kept = [
        pair
        for pair in query.split("&")
        if pair and pair.partition("=")[0] not in replaced
    ]
    added = query_text(extra)
    return "&".join([*kept, added] if added else kept)
