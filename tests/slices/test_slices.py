"""Slices, each a folder with settings, a contract and what is generated or reported."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engross import config
from engross.contract import build
from engross.findings import FindingsError
from engross.printers import render
from engross.source import load
from engross.tree.project import Project

CASES = Path(__file__).parent / "cases"


def outcome(case: Path) -> str:
    """Return what is generated in a project, and the findings."""
    try:
        settings = config.load(case)
        project = Project(case, settings.specs, settings.generated, settings.slices)
        return "".join(f"{line}\n" for line in _generated(project))
    except FindingsError as error:
        return render(error.findings, "text", read_source=lambda at: _text(case, at))


def _text(case: Path, file: str) -> str:
    return (case / file).read_text(encoding="utf-8")


def _generated(project: Project) -> Iterator[str]:
    for name, path in project.contracts().items():
        wanted = project.slices.get(name)
        source = load(path, root=project.root, wanted=wanted)
        contract = build(source)
        for operation in contract.operations:
            yield f"{operation.http_method} {operation.path}"
        for webhook in contract.webhooks.members if contract.webhooks else ():
            yield f"webhook {webhook.key}"
        for definition in contract.definitions:
            line = source.span(definition.at, key=True).start.line
            yield f"{type(definition).__name__} {definition.at.pointer} at line {line}"
        for warning in contract.warnings:
            yield f"{warning.severity} {warning.rule}: {warning.message}"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_slice(case: Path) -> None:
    expected = case / "expected.txt"
    found = outcome(case)
    if os.environ.get("ENGROSS_ACCEPT"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
