"""Names of the wire as names of Python.

`words` splits a name where a reader would (`paymentLinkURL` -> payment, link, url). The other
functions join the words again in the style of what they name. Letters of any script are kept.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from functools import lru_cache
from sys import intern
from typing import Final

_BOUNDARY: Final = re.compile(
    r"(?<=[a0])(?=A)"  # paymentLink
    r"|(?<=A)(?=Aa)"  # HTTPServer
)
"""Where a word ends, in a text of which each letter is written as its kind."""

_ASCII_PARTS: Final = re.compile(r"[0-9A-Za-z]+")

_PLURAL: Final = re.compile(r"(?<=[A-Z])s(?![a-z])")
"""The end of `IDs`, which belongs to the capitals before it."""

_TWO_SIDES: Final = re.compile(r"(?<![A-Z0-9])([A-Z])[24]([A-Z])(?=[A-Z][a-z]|\b|_)")
"""`B2B`, `P2P`, `A4A`: one word, though it has a digit between its letters."""

_BRANDS: Final = re.compile(r"OAuth(?=[A-Z0-9]|\b|_)")
"""Words with a capital inside."""

_SYMBOLS: Final = {
    "<=>": "compared to",
    "===": "identical",
    "!==": "not identical",
    ">=": "greater than or equal",
    "<=": "less than or equal",
    "!=": "not equal",
    "<>": "not equal",
    "==": "equal",
    "=~": "matches",
    "!~": "matches not",
    "&&": "and",
    "||": "or",
    ">": "greater than",
    "<": "less than",
    "=": "equal",
    "+": "plus",
    "-": "minus",
    "*": "asterisk",
    "/": "slash",
    "\\": "backslash",
    "%": "percent",
    "&": "and",
    "|": "or",
    "!": "not",
    "~": "tilde",
    "^": "caret",
    "#": "sharp",
    "@": "at",
    "$": "dollar",
    "?": "question mark",
    ".": "dot",
    ",": "comma",
    ":": "colon",
    ";": "semicolon",
}
_SYMBOL: Final = re.compile(
    "|".join(re.escape(each) for each in sorted(_SYMBOLS, key=len, reverse=True))
)
_SIGN: Final = re.compile(r"[+-](?=\w)")
"""The sign at the beginning of `-1` and of `-created`, an order of sorting."""

_LANGUAGE: Final = re.compile(r"(?<=\w)(\+\+|#)(?!\w)")
"""The end of `C++` and `C#`."""

_FEW_CHARACTERS: Final = 3


@lru_cache(maxsize=1 << 16)
def words(text: str) -> tuple[str, ...]:
    """Split the name of something on the wire into words, in lower case.

    >>> words("paymentLinkURL")
    ('payment', 'link', 'url')
    """
    normal = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if not any(map(_is_of_a_name, normal)):
        normal = _spelled(normal)
    if "+" in normal or "#" in normal:
        normal = _LANGUAGE.sub(lambda found: f" {_spelled(found[0])} ", normal)
    if _SIGN.match(normal):
        normal = f"{_SYMBOLS[normal[0]]} {normal[1:]}"
    if normal.isascii():
        parts = _ASCII_PARTS.findall(normal)
    else:
        named = (each if _is_of_a_name(each) else " " for each in normal)
        parts = "".join(named).split()
    found: list[str] = []
    for part in parts:
        found += _split(part)
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _split(text: str) -> tuple[str, ...]:
    """Split letters and digits where the case of letters says so."""
    if text.islower() or text.isdigit():
        return (intern(unicodedata.normalize("NFKC", text)),)
    plain = _BRANDS.sub("Oauth", text)
    joined = _TWO_SIDES.sub(r"\1A\2", _PLURAL.sub("S", plain))
    kinds = "".join(
        "A" if each.isupper() else "0" if each.isdigit() else "a" for each in joined
    )
    ends = [found.start() for found in _BOUNDARY.finditer(kinds)]
    return tuple(
        intern(unicodedata.normalize("NFKC", plain[start:end].lower()))
        for start, end in zip([0, *ends], [*ends, len(plain)], strict=True)
    )


def _is_of_a_name(character: str) -> bool:
    """Return whether a character may be part of a Python name."""
    return character != "_" and f"a{character}".isidentifier()


def _spelled(text: str) -> str:
    """Write the symbols of a text as words."""
    return _SYMBOL.sub(lambda found: f" {_SYMBOLS[found[0]]} ", text)


def spelled(text: str) -> str:
    """Return a text with each symbol in words, to tell it from one that differs in these."""
    if text.replace("_", "").isalnum():
        return text
    return _spelled(re.sub(r"(?<=\w)-(?=\w)", " dash ", text))


def snake(text: str) -> str:
    """Return a name for a variable, argument, field or module."""
    name = "_".join(words(text)) or "value"
    if not name.isidentifier():
        name = f"value_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def pascal(text: str) -> str:
    """Return a name for a class; a text that is one already is kept."""
    name = text if _is_class_name(text) else camel(text) or "Value"
    if not name.isidentifier():
        name = f"Value{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def camel(text: str) -> str:
    """Return the words of a text, each with a capital, to stand within a class name."""
    return "".join(word[0].upper() + word[1:] for word in words(text))


def constant(text: str) -> str:
    """Return a name for a constant or for a member of an enum."""
    name = "_".join(words(text) or words(_described(text))).upper() or "EMPTY"
    return name if name.isidentifier() else f"VALUE_{name}"


def _described(text: str) -> str:
    """Return what Unicode calls the characters of a text, if these are few."""
    if len(text) > _FEW_CHARACTERS:
        return ""
    return " ".join(
        "underscore" if each == "_" else unicodedata.name(each, "").lower()
        for each in text
    )


def _is_class_name(text: str) -> bool:
    return (
        text.isidentifier()
        and text[0].isupper()
        and "_" not in text
        and unicodedata.is_normalized("NFKC", text)
    )
