"""Python expressions for JSON pointers."""

from __future__ import annotations

from engross.source.pointer import Pointer


def pointer(at: str) -> str:
    """Give the expression for a JSON pointer."""
    return at[1:-1] if at in ("{at}", "{schema}") else f'f"{at}"'


def token(name: str) -> str:
    """Give a member's name as it stands in the f-string of a pointer."""
    return f_string(str(Pointer.of(name)))


def f_string(text: str) -> str:
    """Give a text as it stands in an f-string with double quotes."""
    return "".join(map(_f_string_char, text))


def _f_string_char(char: str) -> str:
    if char in "{}":
        return char * 2
    if char in "\"'":
        return f"\\x{ord(char):02x}"
    return repr(char)[1:-1]
