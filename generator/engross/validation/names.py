"""Names for what is emitted."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable

from engross.source.pointer import Token
from engross.validation.support import LINEAR, SUPPORT

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+")
_LONGEST = 30
_SHORTEST = 10

# Tokens of a schema's place that say nothing about what the schema describes.
_SILENT = frozenset({"components", "schemas", "$defs", "definitions", "properties"})
_SPOKEN = {
    "items": "item",
    "prefixItems": "item",
    "additionalProperties": "member",
    "patternProperties": "member",
    "propertyNames": "name",
    "else": "otherwise",
    "not": "excluded",
}

# What emitted functions name themselves, or import.
_TAKEN = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *SUPPORT,
        LINEAR,
        "at",
        "depth",
        "index",
        "item",
        "key",
        "known",
        "l",
        "left",
        "matches",
        "member",
        "memo",
        "payload",
        "re",
        "report",
        "right",
        "schema",
        "seen",
        "start",
        "this",
    }
)


def snake(text: str) -> str:
    """Give the words of a name in lower case, joined by underscores."""
    return "_".join(_WORDS.findall(text)).lower()


def local(text: str, indent: int = 0) -> str:
    """Name the local variable that holds a member; the further in, the shorter."""
    name = snake(text)
    longest = max(_LONGEST - 4 * max(indent - 2, 0), _SHORTEST)
    if len(name) > longest:
        name = name[:longest].rstrip("_")
    if not name or not name[0].isalpha():
        name = f"value_{name}" if name else "value"
    if name in _TAKEN or name.startswith("is_") or name.endswith("_violations"):
        name += "_"
    return name


def of_place(tokens: Iterable[Token]) -> str:
    """Return a name for the schema at the end of some tokens."""
    words = (
        f"{int(token) + 1}" if token.isdecimal() else spoken(token)
        for token in map(str, tokens)
        if token not in _SILENT
    )
    return "_".join(filter(None, words)) or "payload"


def spoken(token: str) -> str:
    """Give a token of a place as words."""
    return snake(_SPOKEN.get(token, token))


def shortened(name: str, longest: int) -> str:
    """Leave out the first words of a name that is too long."""
    if len(name) <= longest:
        return name
    return name[-longest:].partition("_")[2] or name[-longest:]


def unused(name: str, taken: Collection[str]) -> str:
    """Give the name, numbered if it is taken."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
