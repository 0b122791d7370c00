"""What becomes of each keyword: rows of data, and the small documents that use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, cast

import yaml

from engross.source import Value
from tests.conftest import as_object
from tests.keywords.official import VERSIONS, keywords

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Group:
    """The keywords of one object of OpenAPI.

    Attributes:
        name: what OpenAPI calls the object.
        at: where the base document has one; keys and positions.
        definitions: pointers to its definitions in the official schemas of OpenAPI, by
            version; none where it has no fixed keywords.
    """

    name: str
    at: tuple[str | int, ...]
    definitions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """One keyword, the versions that have it, a use of it, and what becomes of it."""

    group: Group
    keyword: str
    versions: tuple[str, ...]
    at: tuple[str | int, ...]
    use: Mapping[str, Value]
    becomes: Mapping[str, Value]
    note: str = ""
    instead_of: tuple[str, ...] = ()
    otherwise: Mapping[str, Value] = field(default_factory=dict)
    beside: Mapping[str, Value] = field(default_factory=dict)
    openapi: str = "3.2.0"

    def __str__(self) -> str:
        return f"{self.group.name} {self.keyword}"

    def document(self) -> dict[str, Value]:
        """Return the base document with the use of the keyword."""
        return self._document()[0]

    def rest(self) -> dict[str, Value]:
        """Return the same document without the keyword."""
        document, holder = self._document()
        for key in (self.keyword,) if self.keyword in self.use else self.use:
            del holder[key]
        holder |= deepcopy(dict(self.otherwise))
        return document

    def _document(self) -> tuple[dict[str, Value], dict[str, Value]]:
        """Return the document, and the object in it that has the keyword."""
        document = deepcopy(_base())
        document["openapi"] = self.openapi
        _merge(document, self.beside)
        holder = _object_at(document, self.at)
        for keyword in self.instead_of:
            holder.pop(keyword, None)
        holder |= deepcopy(dict(self.use))
        return document, holder


BECOMES: Final = (
    "generated",
    "validated",
    "documented",
    "reported",
    "refused",
    "unused",
)
"""What may become of a keyword."""


@cache
def cases() -> tuple[Case, ...]:
    """Return all cases, in the order of the data."""
    return tuple(_cases())


def groups() -> tuple[Group, ...]:
    """Return the groups of the cases, each once."""
    return tuple({case.group.name: case.group for case in cases()}.values())


def _cases() -> Iterator[Case]:
    for entry in yaml.safe_load((FOLDER / "keywords.yaml").read_text()):
        group = Group(
            name=entry["object"],
            at=tuple(entry["at"]),
            definitions={
                version: tuple(pointers.split())
                for version, pointers in zip(
                    VERSIONS, entry["definitions"], strict=True
                )
            },
        )
        for keyword, row in entry["keywords"].items():
            becomes = {name: row.pop(name) for name in BECOMES if name in row}
            versions = tuple(row.pop("versions", _versions(group, keyword)))
            yield Case(
                group=group,
                keyword=keyword,
                versions=versions,
                at=tuple(row.pop("at", group.at)),
                becomes=becomes,
                **row,
            )


def _versions(group: Group, keyword: str) -> Iterator[str]:
    """Yield the versions whose official schema has a keyword; a placeholder is in each."""
    for version, pointers in group.definitions.items():
        if "{" in keyword or keyword in keywords(pointers):
            yield version


@cache
def _base() -> dict[str, Value]:
    return as_object(yaml.safe_load((FOLDER / "base.yaml").read_text()))


def _object_at(
    document: dict[str, Value], at: tuple[str | int, ...]
) -> dict[str, Value]:
    """Return the object at a place, made where the base document has none."""
    here: Value = document
    for token in at:
        if isinstance(token, int):
            here = cast(list[Value], here)[token]
        else:
            here = as_object(here).setdefault(token, {})
    return as_object(here)


def _merge(target: dict[str, Value], more: Mapping[str, Value]) -> None:
    for key, value in more.items():
        mine = target.get(key)
        if isinstance(value, dict) and isinstance(mine, dict):
            _merge(mine, value)
        else:
            target[key] = deepcopy(value)
