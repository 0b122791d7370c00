"""What a path and an HTTP method say about the name of a method.

Static segments are resources, each within the one before. The last one is the method where it
is a verb; else the HTTP method decides, and whether the path ends in one thing or in several.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from engross.data import dataclass
from engross.emit.naming.english import (
    DELETES,
    is_noun_before_nouns,
    is_plural,
    is_verb,
    may_be_verb,
)
from engross.emit.naming.words import words

Words = tuple[str, ...]

_TEMPLATE: Final = re.compile(r"\{([^{}]*)\}")
_EXTENSION: Final = re.compile(
    r"\.(?:json|xml|html?|php|aspx?|do|action)$", re.IGNORECASE
)
_VERSION: Final = re.compile(
    r"v?\d+(?:[._-]\d+)*(?:-?(?:alpha|beta|preview|rc)\d*)?|v\d+\w{0,8}|latest",
    re.IGNORECASE,
)
_GENERAL: Final = frozenset(
    ("api", "apis", "rest", "well known", "services", "service")
)
"""Segments at the beginning of a path that say nothing about what it leads to."""

NEARLY_ALL: Final = 0.9
"""Share of the operations or tags of a document that makes a habit of its author."""

_FEWEST: Final = 8
"""Operations from which on a prefix can be common to nearly all paths."""

_FEWEST_BRANCHES: Final = 3

_ASKS: Final = ("is", "has", "can")
"""Words that begin a question, which only a call answers."""

_OF_MANY: Final = ("bulk", "batch", "mass", "multi")
"""Words before a verb that is done to many things at once."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A static part of a path, or a parameter in it."""

    words: Words
    is_parameter: bool


@dataclass(frozen=True, slots=True)
class PathName:
    """What a path says about the method that is called on it.

    Attributes:
        resource: words of each resource, the outermost first.
        method: words of the method.
        is_action: whether the path itself names the method, not the HTTP method.
        path: the parts of the path, without what it shares with nearly all others.
        prefix: what it shares with nearly all others.
    """

    resource: tuple[Words, ...]
    method: Words
    is_action: bool
    path: tuple[Segment, ...]
    prefix: tuple[Segment, ...]

    @property
    def spelled(self) -> Words:
        """Return all words of the path, those of parameters included."""
        return tuple(word for each in self.path for word in each.words)

    @property
    def parameters(self) -> tuple[Words, ...]:
        """Return the words of each parameter."""
        return tuple(each.words for each in self.path if each.is_parameter)


def segments(path: str) -> tuple[Segment, ...]:
    """Return the parts of a path; versions are left out, and what begins every path of APIs."""
    found: list[Segment] = []
    for part in re.split("[/#]", unquote(re.sub(r"\?[^#]*", "", path))):
        found += _split(part)
    named = [
        each
        for each in found
        if each.is_parameter or not _VERSION.fullmatch("".join(each.words))
    ]
    start = 0
    while start < len(named) - 1 and " ".join(named[start].words) in _GENERAL:
        start += 1
    return tuple(named[start:])


@lru_cache(maxsize=1 << 12)
def _split(part: str) -> tuple[Segment, ...]:
    """Split what stands between two slashes into static parts and parameters."""
    found: list[Segment] = []
    if not re.search(r"\w", part):
        return ()
    plain = _EXTENSION.sub("", part)
    for index, text in enumerate(_TEMPLATE.split(plain)):
        if index % 2:
            found.append(Segment(words(text), is_parameter=True))
        elif _VERSION.fullmatch(text):
            continue
        else:
            pieces = re.split(r"[.:]", text)
            found += [Segment(words(each), is_parameter=False) for each in pieces]
    return tuple(each for each in found if each.words or each.is_parameter)


def common_prefix(paths: Sequence[tuple[Segment, ...]]) -> tuple[Segment, ...]:
    """Return what nearly all paths begin with, so that it says nothing."""
    found: tuple[Segment, ...] = ()
    if len(paths) < _FEWEST:
        return found
    alike = [
        tuple(None if each.is_parameter else each.words for each in path)
        for path in paths
    ]
    for size in range(1, max(map(len, alike))):
        prefix, count = Counter(path[:size] for path in alike).most_common(1)[0]
        if count < NEARLY_ALL * len(alike):
            break
        below = [
            path[size]
            for path in alike
            if path[:size] == prefix and len(path) > size and path[size] is not None
        ]
        is_common = len(below) >= NEARLY_ALL * len(alike)
        if is_common and len(set(below)) >= _FEWEST_BRANCHES:
            at = next(at for at, path in enumerate(alike) if path[:size] == prefix)
            found = paths[at][:size]
    return found


def without_prefix(
    path: tuple[Segment, ...], prefix: tuple[Segment, ...]
) -> tuple[Segment, ...]:
    """Return a path without the prefix, unless it is all or nearly all of it."""
    size = len(prefix)
    begins = len(path) > size and all(
        own.is_parameter == other.is_parameter
        and (own.is_parameter or own.words == other.words)
        for own, other in zip(path, prefix, strict=False)
    )
    return path[size:] if begins and not path[size].is_parameter else path


def path_name(
    whole: tuple[Segment, ...],
    prefix: tuple[Segment, ...],
    http_method: str,
    *,
    returns_many: bool | None,
    is_patched: bool,
) -> PathName:
    """Name the method that an HTTP method calls on a path.

    Args:
        whole: the parts of the path.
        prefix: what nearly all paths begin with.
        returns_many: whether the response has several things; None if that is not known.
        is_patched: whether the path has another method that updates a part of what it leads to.
    """
    verb = http_method.lower()
    path = without_prefix(whole, prefix)
    statics = [each.words for each in path if not each.is_parameter]
    ends_in_item = bool(path) and path[-1].is_parameter
    is_action = _is_action(path, verb)
    resource = tuple(statics[:-1] if is_action else statics)
    method: Words
    if is_action and not resource and not path[0].is_parameter:
        first, *rest = statics[-1]
        resource, method = (tuple(rest),), (first,)
    elif is_action:
        method = statics[-1]
        if verb == "delete" and method[0] not in DELETES:
            method = ("delete", *method)
    else:
        by: Words = ()
        if len(resource) > 1 and resource[-1][0] == "by":
            by, resource = resource[-1], resource[:-1]
        last = resource[-1][-1] if resource else ""
        method = (*_called(verb, last, ends_in_item, returns_many), *by)
        if verb == "put" and is_patched:
            method = ("replace", *by)
    return PathName(resource, method, is_action, path, whole[: len(whole) - len(path)])


def _is_action(path: tuple[Segment, ...], verb: str) -> bool:
    """Return whether the end of a path is a verb."""
    if not path or path[-1].is_parameter:
        return False
    first, *rest = path[-1].words
    last = rest[-1] if rest else ""
    if len(path) == 1 and not rest:
        return False
    if rest and is_noun_before_nouns(first):
        return False
    has_resource = any(not each.is_parameter for each in path[:-1])
    if rest and has_resource and first in _ASKS:
        return verb == "get"
    if rest and has_resource and first in _OF_MANY and is_verb(rest[0]):
        return True
    if is_verb(first):
        return not rest or not is_plural(last) or verb not in ("get", "delete")
    if verb not in ("post", "put", "patch") or not may_be_verb(first):
        return False
    return len(path) > 1 and path[-2].is_parameter and not is_plural(last)


def _called(
    verb: str, last: str, ends_in_item: bool, returns_many: bool | None
) -> Words:
    """Return what is usually done with the one or the several things at the end of a path."""
    match verb:
        case "get" if not ends_in_item:
            is_named = last == "all" or is_plural(last)
            several = is_named if returns_many is None else returns_many
            return ("list",) if several else ("retrieve",)
        case "get":
            return ("retrieve",)
        case "post":
            return ("update",) if ends_in_item else ("create",)
        case "put" | "patch":
            return ("update",)
        case "delete":
            several = not ends_in_item and is_plural(last)
            return ("delete", "all") if several else ("delete",)
    return words(verb) or ("call",)
