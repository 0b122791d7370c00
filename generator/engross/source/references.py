"""A `$ref` leads to a place: in this document, or in another file below the root."""

import posixpath
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from engross.source.document import Value
from engross.source.location import Location, Tokens, unescape
from engross.source.upgrade import IGNORED
from engross.source.walk import Path, tokens_of

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class BadReferenceError(Exception):
    """A reference that cannot be followed: rule, message and hint of the finding.

    Where the way ends early, `reached` is the last place on it and `missing` the name
    that is not there.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        hint: str | None = None,
        *,
        reached: Location | None = None,
        missing: str = "",
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.reached = reached
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Target:
    """What the text of a reference says: a document, and a pointer or an anchor."""

    document: str
    parts: tuple[str, ...] = ()
    anchor: str | None = None


def parse_reference(document: str, text: str) -> Target:
    """The target of a reference that stands in `document`.

    Raises:
        BadReferenceError: it leads to the network or out of the root.
    """
    file, _, fragment = text.partition("#")
    if file:
        document = _relative(document, file)
    fragment = unquote(fragment)
    if fragment and not fragment.startswith("/"):
        return Target(document, anchor=fragment)
    return Target(document, tuple(map(unescape, fragment.split("/")[1:])))


def _relative(document: str, file: str) -> str:
    if file.startswith("//") or _SCHEME.match(file):
        raise BadReferenceError(
            "remote-reference",
            "contracts are read from files only",
            "save it beside the contract and refer to it by its relative path",
        )
    path = unquote(file)
    if path.startswith("/") or "\\" in path or not path.isprintable():
        raise BadReferenceError(
            "absolute-reference",
            "not a relative path",
            "write the path relative to this file, with forward slashes",
        )
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(document), path))
    if joined == ".." or joined.startswith("../"):
        raise outside_root(file)
    return joined


def outside_root(file: str) -> BadReferenceError:
    """A file lies out of the folder that may be read."""
    return BadReferenceError(
        "outside-root",
        f"{file} lies outside of the project",
        "move the file into the project",
    )


def locate(root: Value, target: Target) -> Location:
    """The place in the document `root` that the pointer of a target leads to.

    Raises:
        BadReferenceError: there is nothing.
    """
    location = Location(target.document)
    value = root
    for part in target.parts:
        step = _step(value, part)
        if step is None:
            place = f"#{location.pointer}" if location.tokens else target.document
            raise BadReferenceError(
                "dangling-reference",
                f"no {part!r} in {place}",
                reached=location,
                missing=part,
            )
        tokens, value = step
        location = Location(location.document, location.tokens + tokens)
    return location


def _step(value: Value, part: str) -> tuple[Tokens, Value] | None:
    """What a part of a JSON pointer leads to within `value`, with the tokens to it."""
    if isinstance(value, dict):
        if part in value:
            return (part,), value[part]
        # The upgrade to 3.1 may have moved it.
        alternatives = value.get("anyOf")
        if part == "allOf" and isinstance(alternatives, list) and alternatives:
            first = alternatives[0]
            if isinstance(first, dict) and "allOf" in first:
                return ("anyOf", 0, "allOf"), first["allOf"]
            return ("anyOf",), alternatives
        ignored = value.get(IGNORED)
        if isinstance(ignored, dict) and part in ignored:
            return (IGNORED, part), ignored[part]
    elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
        return (int(part),), value[int(part)]
    return None


_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def anchors(root: Value) -> dict[str, Tokens]:
    """Where each `$anchor` of a document stands."""
    found: dict[str, Tokens] = {}
    waiting: list[tuple[Path, Value]] = [(None, root)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for keyword in ("$anchor", "$dynamicAnchor"):
                name = value.get(keyword)
                if isinstance(name, str):
                    found[name] = tokens_of(path)
            waiting += [((path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((path, index), inner) for index, inner in enumerate(value)]
    return found
