"""The next version of a package, and what its changelog says, from the changes of a contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from engross.contract.facts import extension
from engross.contract.index import EXTENSION
from engross.data import dataclass
from engross.diff.advice import advice
from engross.diff.changes import Change
from engross.diff.rules import Rating
from engross.findings import Span
from engross.source import Source
from engross.source.text_edits import (
    Edit,
    is_in_brackets,
    line_end,
    written_below,
    written_first,
)

_PLAIN: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")

_WORDS: Final = {
    Rating.BREAKING: "Breaking",
    Rating.DANGEROUS: "Check",
    Rating.COMPATIBLE: "New",
}


class ReleaseError(Exception):
    """A release cannot be proposed, or not be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """A proposed release.

    Attributes:
        version: the next version.
        entries: what the changelog says, the worst first.
    """

    version: str
    entries: tuple[str, ...]


def proposed(version: str, changes: Sequence[Change]) -> Release | None:
    """Return the release that follows from changes since a version; None without changes.

    Before 1.0.0, what breaks callers raises the second number, all else the third.

    Raises:
        ReleaseError: the version is not of three numbers.
    """
    if not changes:
        return None
    if not _PLAIN.fullmatch(version):
        raise ReleaseError(f"the version {version} is not of three numbers, as 1.2.3")
    major, minor, patch = map(int, version.split("."))
    worst = max(change.rating for change in changes)
    is_new = any(change.rule.endswith("-added") for change in changes)
    if worst is Rating.BREAKING and major:
        following = (major + 1, 0, 0)
    elif worst is Rating.BREAKING or (major and (is_new or worst is Rating.DANGEROUS)):
        following = (major, minor + 1, 0)
    else:
        following = (major, minor, patch + 1)
    return Release(".".join(map(str, following)), tuple(_entries(changes)))


def _entries(changes: Iterable[Change]) -> Iterable[str]:
    """Return what changed, and what callers must do about it, the worst first."""
    ordered = sorted(changes, key=lambda change: -change.rating)
    sentences = (
        f"{_WORDS[change.rating]}: {change.message}. {advice(change)}".rstrip()
        for change in ordered
        if change.rating is not Rating.COMPATIBLE or change.rule.endswith("-added")
    )
    found = tuple(dict.fromkeys(sentences))
    return found or ("The contract was refined; callers need not change anything.",)


def first(version: str) -> Release:
    """Return the release of a package that has none yet, as the version that it states."""
    return Release(version, ("First release.",))


def release_edits(source: Source, release: Release) -> tuple[Edit, ...]:
    """Return the edits that write a release into the `x-engross` of a contract.

    Raises:
        ReleaseError: the contract has no `x-engross`.
    """
    at = source.root / EXTENSION
    stated = extension(source.value(source.root))
    if not stated:
        raise ReleaseError(f"{source.entry} has no {EXTENSION} that states a version")
    own = source.span(at)
    text = source.text(own.file)
    version = _scalar(release.version, own)
    if "version" in stated:
        stated_at = source.span(at / "version")
        edit = Edit(stated_at, version)
    else:
        stated_at = None
        edit = written_first([_member("version", version, own)], own, text)
    if "releases" in stated:
        listed = source.span(at / "releases")
        text = source.text(listed.file)
        return (edit, written_first([_entry(release, listed, text)], listed, text))
    member = _releases(release, own, text)
    if stated_at is None or is_in_brackets(own, text):
        return (edit, written_first([member], own, text))
    below = f"{_indent(own)}{member}"
    return (edit, written_below(below, stated_at, source.text(stated_at.file)))


def _releases(release: Release, span: Span, text: str) -> str:
    """Return the member `releases` of an object, with one release."""
    if is_in_brackets(span, text):
        entry = _entry(release, span, text)
        return _member("releases", f"{{ {entry} }}", span)
    inner = replace(span, start=replace(span.start, column=span.start.column + 2))
    ending = line_end(span.start, text)
    return f"releases:{ending}{_indent(inner)}{_entry(release, inner, text)}"


def _entry(release: Release, span: Span, text: str) -> str:
    """Return a member with what the changelog says, for an object at a span."""
    entries = [json.dumps(entry, ensure_ascii=False) for entry in release.entries]
    if is_in_brackets(span, text):
        return _member(release.version, f"[{', '.join(entries)}]", span)
    start = f"{line_end(span.start, text)}{_indent(span)}  - "
    return f"{release.version}:{start}{start.join(entries)}"


def _member(key: str, value: str, span: Span) -> str:
    return f"{_scalar(key, span)}: {value}"


def _scalar(value: str, span: Span) -> str:
    return json.dumps(value) if span.file.endswith(".json") else value


def _indent(span: Span) -> str:
    return " " * (span.start.column - 1)
