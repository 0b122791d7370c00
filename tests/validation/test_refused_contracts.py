"""What people are told of a contract whose schemas cannot be honoured."""

from pathlib import Path

import pytest

from engross.findings import Finding
from engross.source import Source
from engross.tree.rendering import make
from tests.source.whole_case import cases, expected, judged, told

CASES = Path(__file__).parent / "cases"


def judge(source: Source) -> tuple[Finding, ...]:
    _, _, warnings = make(source)
    return warnings


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_a_refused_contract_is_explained(case: Path) -> None:
    assert told(case, judged(case, judge)) == expected(case)
