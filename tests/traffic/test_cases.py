"""Recorded traffic and a contract, each pair a folder with `expected.txt`: what is reported."""

import os
from pathlib import Path

import pytest

from engross.findings import Finding
from engross.printers import render
from engross.rulebook import rule_pages
from engross.source import load
from engross.traffic import Comparison, compare, read_cassette
from tests.source.whole_case import cases, expected

CASES = Path(__file__).parent / "cases"


def compared(case: Path) -> Comparison:
    """Compare the traffic of a case with its contract."""
    cassette = read_cassette("cassette.har", (case / "cassette.har").read_bytes())
    return compare(load(case / "contract.yaml", root=case), [cassette])


def told(case: Path) -> str:
    """What is printed; accepted as expected if `ENGROSS_ACCEPT` is set."""
    found = compared(case)

    def read_source(name: str) -> str:
        return (case / name).read_text(encoding="utf-8")

    text = render(found.findings, "text", read_source=read_source)
    text = f"{text}\n{found.summary}\n".lstrip("\n")
    if os.environ.get("ENGROSS_ACCEPT"):
        (case / "expected.txt").write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_traffic_is_compared_with_its_contract(case: Path) -> None:
    assert told(case) == expected(case)


def test_every_rule_has_a_page() -> None:
    found: list[Finding] = []
    for case in cases(CASES):
        found += compared(case).findings

    assert {finding.rule for finding in found} <= rule_pages().keys()
