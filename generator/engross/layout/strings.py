"""Literals on one line, and how wide a line is."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

WIDTH = 88
INDENT = "    "

_ESCAPED = re.compile(r"\\(.)")
_VISIBLE = re.compile(r"[!-~]+")


def width(line: str) -> int:
    """Return the columns that a line takes; wide characters take two, as in black."""
    if line.isascii():
        return len(line)
    return sum(map(_columns, line))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fits(line: str) -> bool:
    """Tell whether a line is short enough."""
    return width(line) <= WIDTH


def is_word(text: str) -> bool:
    """Tell whether a text can stand in a list of words with spaces between them."""
    return _VISIBLE.fullmatch(text) is not None


def string(value: str) -> str:
    """Return the literal of a string, in the quotes that black prefers.

    These are double quotes, unless single quotes need fewer escapes.
    """
    plain = repr(str(value))
    if '"' not in plain:  # neither are single quotes inside
        return f'"{plain[1:-1]}"'
    if plain[0] == '"' or value.count('"') > value.count("'"):
        return plain
    bare = plain[1:-1]
    if "'" in bare:
        bare = _ESCAPED.sub(
            lambda pair: pair[0].removeprefix("\\") if pair[1] == "'" else pair[0],
            bare,
        )
    return '"' + bare.replace('"', '\\"') + '"'


def scalar(value: object) -> str:
    """Return the literal of a JSON value that is neither an array nor an object."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Decimal):
        return f'Decimal("{value}")'
    if isinstance(value, float):
        return repr(value).replace("e+", "e")
    return repr(value)


def json_literal(value: object) -> str:
    """Return the literal of a JSON value on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(json_literal, value))}]"
    if isinstance(value, dict):
        members = (
            f"{string(name)}: {json_literal(member)}" for name, member in value.items()
        )
        return f"{{{', '.join(members)}}}"
    return scalar(value)
