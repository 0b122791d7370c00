"""Where a JSON pointer into a value leads within the schema of that value."""

from collections.abc import Iterator
from typing import Final

from engross.contract.index import Index, mapping, sequence, strings
from engross.data import dataclass
from engross.source import Location

COMPOSING: Final = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Reach:
    """The schemas that a pointer leads to, or where it ends too early.

    Attributes:
        schemas: what the pointer leads to; empty where that is unknown.
        missing: the first token that leads nowhere, None if all lead somewhere.
        known: the names of members that could have stood in its place.
    """

    schemas: tuple[Location, ...]
    missing: str | None = None
    known: tuple[str, ...] = ()


def reach(index: Index, schema: Location, tokens: tuple[str, ...]) -> Reach:
    """Follow a pointer through a schema, with references and compositions."""
    schemas = tuple(parts(index, schema))
    for token in tokens:
        inner: list[Location] = []
        known: list[str] = []
        is_open = False
        for at in schemas:
            value = index.value(at)
            properties = mapping(value.get("properties"))
            known += properties
            if token in properties:
                inner += parts(index, at / "properties" / token)
            elif token.isdigit() and ("items" in value or "prefixItems" in value):
                inner += _item(index, at, int(token))
            elif isinstance(value.get("additionalProperties"), dict):
                inner += parts(index, at / "additionalProperties")
            is_open = is_open or value.get("additionalProperties") is True
        # A schema that names no members says nothing about them.
        is_scalar = _have_no_member(index, schemas, token)
        if not inner and ((known and not is_open) or is_scalar):
            return Reach((), token, tuple(known))
        schemas = tuple(inner)
        if not schemas:
            break
    return Reach(schemas)


def _have_no_member(index: Index, schemas: tuple[Location, ...], token: str) -> bool:
    """Return whether the types of schemas allow no member or item of a name."""
    values = [index.value(at) for at in schemas]
    stated = [strings(value["type"]) for value in values if "type" in value]
    others = [value for value in values if "type" not in value]
    holding = {"object", "array"} if token.isdigit() else {"object"}
    return (
        bool(stated)
        and all(holding.isdisjoint(types) for types in stated)
        and all(value.keys() & {"$ref", *COMPOSING} for value in others)
    )


def parts(index: Index, schema: Location) -> Iterator[Location]:
    """Yield a schema and those that it is composed of, each once."""
    waiting = [schema]
    seen: set[Location] = set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        waiting += components(index, at)
        yield at


def components(index: Index, schema: Location) -> Iterator[Location]:
    """Yield what a schema is composed of, in one step: its reference and its parts."""
    value = index.value(schema)
    if "$ref" in value:
        yield index.source.resolve(schema, str(value["$ref"]))
    for keyword in COMPOSING:
        for position in range(len(sequence(value.get(keyword)))):
            yield schema / keyword / position


def _item(index: Index, at: Location, position: int) -> Iterator[Location]:
    value = index.value(at)
    if position < len(sequence(value.get("prefixItems"))):
        yield from parts(index, at / "prefixItems" / position)
    elif "items" in value:
        yield from parts(index, at / "items")
