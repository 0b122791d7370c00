"""What people are told of a contract that cannot be read."""

from pathlib import Path

import pytest

from engross.source.rules import RULES
from tests.source.whole_case import cases, expected, judged, rules, told

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_a_broken_contract_is_explained(case: Path) -> None:
    assert told(case, judged(case)) == expected(case)


def test_every_rule_has_a_case() -> None:
    assert set(rules(CASES)) == RULES.keys()
