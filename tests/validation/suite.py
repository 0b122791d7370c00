"""The official test suite of JSON Schema, as it stands in `official/`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_OFFICIAL = Path(__file__).parent / "official"
SUITE = Path(os.environ.get("JSON_SCHEMA_TEST_SUITE", _OFFICIAL))
"""Where it is read; another checkout of it may be named."""

DRAFT = "draft2020-12"
_REMOTE = "http://localhost:1234"
# Folders of remote schemas that belong to other drafts.
_OTHER_DRAFTS = ("draft2019-09", "draft3", "draft4", "draft6", "draft7", "v1")


@dataclass(frozen=True, slots=True)
class Case:
    """One schema of the suite with its payloads."""

    file: str
    description: str
    schema: Any
    tests: tuple[dict[str, Any], ...]


def files(folder: str = "") -> list[str]:
    """Give the files of a folder of the draft's tests."""
    root = SUITE / "tests" / DRAFT
    return sorted(
        path.relative_to(root).as_posix() for path in (root / folder).glob("*.json")
    )


def cases(file: str) -> Iterator[Case]:
    """Give the cases of a file."""
    text = (SUITE / "tests" / DRAFT / file).read_text(encoding="utf-8")
    for case in json.loads(text):
        description = case["description"]
        yield Case(file, description, case["schema"], tuple(case["tests"]))


@cache
def remotes() -> dict[str, Any]:
    """Return the schemas that tests refer to, by URI."""
    folder = SUITE / "remotes"
    found = {}
    for path in sorted(folder.rglob("*.json")):
        place = path.relative_to(folder).as_posix()
        if not place.startswith(_OTHER_DRAFTS):
            found[f"{_REMOTE}/{place}"] = json.loads(path.read_text(encoding="utf-8"))
    return found
