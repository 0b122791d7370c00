"""Each keyword of OpenAPI and JSON Schema becomes what the table in specs/README.md says."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest

from engross.contract import build
from engross.emit import emit
from engross.findings import FindingsError
from engross.source import Value, load
from tests.keywords.cases import Case, Group, cases, groups
from tests.keywords.official import keywords
from tests.keywords.table import PAGE, current


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a document leads to: files, warnings and errors; each finding with its message."""

    files: Mapping[str, bytes]
    warnings: frozenset[tuple[str, str]]
    errors: frozenset[str]

    @property
    def text(self) -> str:
        """Return the files that depend on the contract as one line of words."""
        words = (
            content.decode().split()
            for path, content in self.files.items()
            if "/_runtime/" not in path
        )
        return " ".join(" ".join(each) for each in words)


def outcome(document: Mapping[str, Value]) -> Outcome:
    """Return what a document leads to."""
    return _outcome(json.dumps(document))


@cache
def _outcome(text: str) -> Outcome:
    with TemporaryDirectory() as name:
        file = Path(name, "shop.json")
        file.write_text(text)
        try:
            contract = build(load(file, root=file.parent))
            files = emit(contract)
        except FindingsError as error:
            rules = frozenset(finding.rule for finding in error.findings)
            return Outcome({}, frozenset(), rules)
    warnings = frozenset((found.rule, found.message) for found in contract.warnings)
    return Outcome(files, warnings, frozenset())


@pytest.mark.parametrize("case", cases(), ids=str)
def test_keyword_becomes_what_the_table_says(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    using = outcome(case.document())
    without = outcome(case.rest())
    assert case.becomes, "the row says nothing"
    for kind, expected in case.becomes.items():
        match kind:
            case "generated" | "documented":
                assert isinstance(expected, str)
                assert expected in using.text
                assert expected not in without.text
            case "reported":
                new = using.warnings - without.warnings
                assert [rule for rule, _ in new] == [expected]
            case "refused":
                assert [*using.errors] == [expected]
                assert expected not in without.errors
            case "unused":
                assert using.files == without.files
                assert using.warnings <= without.warnings
            case "validated":
                assert isinstance(expected, dict)
                assert not is_valid(using, expected["refuses"], monkeypatch)
                assert is_valid(using, expected["accepts"], monkeypatch)
                is_refused_now = is_valid(without, expected["refuses"], monkeypatch)
                is_accepted_now = not is_valid(
                    without, expected["accepts"], monkeypatch
                )
                assert is_refused_now or is_accepted_now


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_table_has_every_official_keyword(group: Group) -> None:
    listed = {case.keyword for case in cases() if case.group == group}
    official = {
        keyword
        for pointers in group.definitions.values()
        for keyword in keywords(pointers)
    }
    assert official - listed - _MISPRINTS == set()


_MISPRINTS = {"body"}
"""Keywords of official schemas that OpenAPI does not have: `server` of a link is meant."""


def test_each_row_names_its_versions() -> None:
    assert [case for case in cases() if not case.versions] == []


def test_table_in_the_page_is_current() -> None:
    if "ENGROSS_ACCEPT" in os.environ:
        PAGE.write_text(current())
    assert PAGE.read_text() == current()


def is_valid(made: Outcome, value: Value, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the emitted validator accepts a thing with a value."""
    for name in ("", "._runtime", "._runtime.validation", "._runtime.matching"):
        path = f"shop{name.replace('.', '/')}.py"
        module = ModuleType(f"shop{name}")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(made.files.get(path, b""), vars(module))
    validators = ModuleType("shop.validators")
    validators.__package__ = "shop"
    exec(made.files["shop/validators.py"], vars(validators))
    return not validators.thing_violations({"value": value})
