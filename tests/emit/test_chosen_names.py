"""What people are told of names in `x-engross` that cannot be names in Python."""

from pathlib import Path

import pytest

from engross.findings import Finding
from engross.source import Source
from engross.tree.rendering import make
from tests.source.whole_case import cases, expected, judged, told

CASES = Path(__file__).parent / "chosen_names"


def judge(source: Source) -> tuple[Finding, ...]:
    _, _, warnings = make(source)
    return warnings


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_chosen_name_that_is_taken_is_a_finding_at_its_place(case: Path) -> None:
    assert told(case, judged(case, judge)) == expected(case)
