"""Which way the values of a schema travel, as far as its place tells."""

from typing import Final

from engross.schema.tree import Direction
from engross.source import Location

_WAYS: Final = {
    "parameters": Direction.REQUEST,
    "requestBody": Direction.REQUEST,
    "requestBodies": Direction.REQUEST,
    "responses": Direction.RESPONSE,
}
_TURNED: Final = {
    Direction.REQUEST: Direction.RESPONSE,
    Direction.RESPONSE: Direction.REQUEST,
}
_BY_PROVIDER: Final = frozenset(("webhooks", "callbacks"))
"""Have requests that the provider sends."""

_NAMED: Final = _BY_PROVIDER | {"paths", "pathItems", "headers", "mediaTypes"}
"""Their members have any name."""

_SCHEMAS: Final = frozenset(("schema", "itemSchema", "schemas", "properties", "$defs"))
"""What is further in is a part of a schema, whatever it is called."""


def direction_of(place: Location) -> Direction:
    """Return which way the values of a schema travel, seen from the caller."""
    is_turned = False
    tokens = iter(place.tokens)
    for token in tokens:
        if token in _SCHEMAS:
            break
        if way := _WAYS.get(str(token)):
            return _TURNED[way] if is_turned else way
        is_turned |= token in _BY_PROVIDER
        if token in _NAMED:
            next(tokens, None)
    return Direction.EITHER
