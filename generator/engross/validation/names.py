"""Names in emitted modules."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import count

from engross.schema.formats import FORMATS
from engross.source.pointer import Token

LINEAR = "LinearPattern"
"""Name of the class that matches a pattern which Python's `re` may be slow with."""

# In the order of an import statement.
SUPPORT: tuple[str, ...] = (
    "MAX_DEPTH",
    "Memo",
    "Report",
    "Violation",
    *sorted(
        {
            "among",
            "both",
            "deep_violations",
            "either",
            "escape",
            "exact",
            "for_all",
            "for_any",
            "holds",
            "holds_exactly",
            "instant",
            "integral",
            "item_at",
            "listing",
            "multiple",
            "now",
            "numeric",
            "quotient",
            "ratio",
            "remainder",
            "remembered",
            "same",
            "unique",
            "unix_instant",
            *FORMATS.values(),
        }
    ),
)
"""Names that emitted modules may import from the runtime."""

MEMBER_CHECKS: tuple[str, ...] = (
    "OPTIONAL",
    "OPTIONAL_OR_NULL",
    "REQUIRED",
    "REQUIRED_OR_NULL",
    "MemberChecks",
    "checks_of",
    "fits",
    "lists",
    "lists_at",
    "lists_members",
    "lists_members_at",
    "of_members",
    "of_members_at",
    "words",
)
"""Names that the modules of large packages import for plain members."""

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+")
_LONGEST = 30
_SHORTEST = 10

# Tokens of a schema's place that say nothing about the schema.
_SILENT = frozenset({"components", "schemas", "$defs", "definitions", "properties"})
_WORDS_OF_KEYWORDS = {
    "items": "item",
    "prefixItems": "item",
    "additionalProperties": "member",
    "patternProperties": "member",
    "propertyNames": "name",
    "else": "otherwise",
    "not": "excluded",
}

# Names that emitted functions use for something else.
_TAKEN = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *SUPPORT,
        *MEMBER_CHECKS,
        "at",
        "check",
        "depth",
        "index",
        "item",
        "key",
        "known",
        "l",
        "left",
        "partial",
        "contained",
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


_PREFIXES = ("is_", "in_")
"""Of names of predicates, and of checks of members."""


def snake(text: str) -> str:
    """Return the words of a name in lower case, joined by underscores."""
    return "_".join(_WORDS.findall(text)).lower()


@lru_cache(maxsize=1 << 12)
def local(text: str, indent: int = 0) -> str:
    """Name the local variable of a member; the further in, the shorter."""
    name = snake(text)
    longest = max(_LONGEST - 4 * max(indent - 2, 0), _SHORTEST)
    if len(name) > longest:
        name = name[:longest].rstrip("_")
    if not name or not name[0].isalpha():
        name = f"value_{name}" if name else "value"
    if name in _TAKEN or name.startswith(_PREFIXES) or name.endswith("_violations"):
        name += "_"
    return name


def of_member_checks(text: str, indent: int = 0) -> str:
    """Name the variable with the checks of a member's members, as no value is named."""
    return f"in_{local(text, indent)}".rstrip("_")


def of_place(tokens: Iterable[Token]) -> str:
    """Name a schema after its place."""
    words = (
        f"{int(token) + 1}" if token.isdecimal() else _words_of(token)
        for token in map(str, tokens)
        if token not in _SILENT
    )
    return "_".join(filter(None, words)) or "payload"


def _words_of(token: str) -> str:
    return snake(_WORDS_OF_KEYWORDS.get(token, token))


def shortened(name: str, longest: int) -> str:
    """Leave out the first words of a name that is too long."""
    if len(name) <= longest:
        return name
    return name[-longest:].partition("_")[2] or name[-longest:]


def unused(name: str, taken: Collection[str]) -> str:
    """Return the name, numbered if it is taken."""
    return next(candidate for candidate in numbered(name) if candidate not in taken)


def numbered(name: str) -> Iterator[str]:
    """Yield the name, then the name with numbers, from 2."""
    yield name
    for number in count(2):
        yield f"{name}_{number}"
