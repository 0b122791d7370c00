"""The next version of a package, and what its changelog says, from the changes of a contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engross.diff.changes import Change
from engross.diff.rules import Rating

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
    """Yield a sentence for each change that callers should know of."""
    ordered = sorted(changes, key=lambda change: -change.rating)
    sentences = (
        f"{_WORDS[change.rating]}: {change.message}."
        for change in ordered
        if change.rating is not Rating.COMPATIBLE or change.rule.endswith("-added")
    )
    found = tuple(dict.fromkeys(sentences))
    return found or ("The contract was refined; callers need not change anything.",)


def written(text: str, old: str, release: Release) -> str:
    """Return the text of a contract in YAML with a release in its `x-engross`.

    Args:
        text: the text of the contract.
        old: the version that it states.
        release: the release.

    Raises:
        ReleaseError: the version is not on a line of its own.
    """
    stated = re.compile(
        rf"^x-engross:\s*\n(?:[ #].*\n|\n)*?(?P<indent>[ ]+)version:[ ]*"
        rf"(?P<quote>[\"']?){re.escape(old)}(?P=quote)[ ]*(?:#.*)?\n",
        re.MULTILINE,
    )
    found = stated.search(text)
    if found is None:
        raise ReleaseError(
            f"`version: {old}` is not on a line of its own in the x-engross of the root; "
            "write the release by hand"
        )
    indent = found["indent"]
    lines = [f"{indent}  {release.version}:"]
    lines += [
        f"{indent}    - {json.dumps(entry, ensure_ascii=False)}"
        for entry in release.entries
    ]
    entry = "".join(f"{line}\n" for line in lines)
    listed = re.compile(rf"^{indent}releases:[ ]*\n", re.MULTILINE)
    head = text[: found.end()].rpartition(f"{indent}version:")[0]
    head += f"{indent}version: {release.version}\n"
    rest = text[found.end() :]
    earlier = listed.search(rest)
    if earlier is None:
        return f"{head}{indent}releases:\n{entry}{rest}"
    return f"{head}{rest[: earlier.end()]}{entry}{rest[earlier.end() :]}"
