"""What an error response says, in one line that is safe to print and to log."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import json as _json

_LONGEST: Final = 500
_EXCERPT: Final = 200
_MOST: Final = 3
"""Errors of a list that are shown; of the others, the number is."""

_TEXTS: Final = ("message", "detail", "error_description", "title", "msg", "reason")
"""Members that hold a text about what is wrong, the best first."""

_encode: Final = _json.Encoder(decimal_format="number").encode


def message_of(body: object) -> str:
    """Return what a decoded error body says; empty if nothing is found.

    Known are ``message``, ``detail``, ``error``, ``error_description``, ``errors`` and
    ``title``, and the lists of FastAPI and others that say which member is wrong.
    """
    if not isinstance(body, Mapping):
        return ""
    for member in ("message", "detail"):
        found = _said(body.get(member))
        if found:
            return found
    error, described = _said(body.get("error")), _said(body.get("error_description"))
    if error and described:
        return f"{error}: {described}"
    for found in (
        error,
        described,
        _said(body.get("errors")),
        _said(body.get("title")),
    ):
        if found:
            return found
    return ""


def excerpt(body: object, redacted: Callable[[str], str]) -> str:
    """Return the beginning of an error body, without secrets; empty if there is none."""
    if body is None:
        return ""
    if not isinstance(body, str):
        try:
            body = _encode(body).decode()
        except (TypeError, ValueError, RecursionError):
            return ""
    text = " ".join(redacted(body).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."


def printable(text: str, redacted: Callable[[str], str]) -> str:
    """Return a text without secrets, whose control characters are escaped."""
    text = redacted(text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    if text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _said(value: object) -> str:
    """Return what a member of an error body says."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _said_by(value)
    if isinstance(value, list):
        said = [text for text in map(_said, value[: 4 * _MOST]) if text]
        return _listed(said, len(value))
    return ""


def _said_by(error: Mapping[str, object]) -> str:
    for member in _TEXTS:
        text = error.get(member)
        if isinstance(text, str) and text:
            place = _place(error.get("loc"))
            return f"{place}: {text}" if place else text
    # Errors by the name of the member that is wrong, as Rails and Django write them.
    said = [f"{name}: {text}" for name, text in _by_member(error)]
    return _listed(said, len(error)) if said else ""


def _by_member(error: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, problems in error.items():
        if isinstance(problems, list) and problems and isinstance(problems[0], str):
            yield name, ", ".join(map(str, problems[:_MOST]))


def _place(loc: object) -> str:
    """Return where FastAPI says that an error is: ``body.items.0``."""
    if not isinstance(loc, list):
        return ""
    return ".".join(str(step) for step in loc if isinstance(step, (str, int)))


def _listed(said: list[str], count: int) -> str:
    shown = "; ".join(said[:_MOST])
    return f"{shown}; and {count - _MOST} more" if count > _MOST else shown
