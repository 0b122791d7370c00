"""Values of a document whose structure has been checked, read as what they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from engross.contract.html_text import markdown
from engross.findings import Span
from engross.source import Location, Source
from engross.source.pointer import Pointer

Facts = Mapping[str, object]
"""An object of the document."""


def mapping(value: object) -> Facts:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> tuple[object, ...]:
    """Return the items of a list; of any other value but null, the value alone."""
    if isinstance(value, list):
        return tuple(value)
    return () if value is None else (value,)


def entries(value: object) -> Iterator[tuple[str, Facts]]:
    """Yield the members of an object whose values are objects."""
    for key, facts in mapping(value).items():
        yield str(key), mapping(facts)


def extension(value: object) -> Facts:
    """Return the `x-engross` object of an element."""
    return mapping(mapping(value).get("x-engross"))


def stated_version(source: Source) -> str:
    """Return the version of the package that a contract states."""
    return str(extension(source.value(source.root)).get("version") or "0.1.0")


def released_version(source: Source) -> str:
    """Return the version that a contract states if `releases` lists it, else nothing."""
    version = stated_version(source)
    return version if version in releases(source) else ""


def releases(source: Source) -> Facts:
    """Return what the changelog says, by version, the newest first."""
    return mapping(extension(source.value(source.root)).get("releases"))


def name_span(
    source: Source, at: Location, key: str, explicit: str | None
) -> Span | None:
    """Return where the author named an element, if they did.

    That is in its `x-engross`, or where the element begins if that is somewhere else.
    """
    if explicit is None:
        return None
    with suppress(LookupError):  # a part of a composition may be nowhere by itself
        if key in extension(source.value(at)):
            return source.span(at / "x-engross" / key)
    return source.span(at, key=True)


def text(value: object) -> str:
    """Return a description without the spaces around it; blocks keep their line ends.

    HTML becomes Markdown.
    """
    return markdown(value).strip() if isinstance(value, str) else ""


def optional_text(value: object) -> str | None:
    """Return a value as text, or None if there is none."""
    return None if value is None else str(value)


def pointer(value: object) -> Pointer:
    """Return the JSON pointer that a text is; the empty one if there is none."""
    return Pointer.parse(value) if isinstance(value, str) else Pointer()
