"""What people are told of a contract whose parts do not fit together."""

from pathlib import Path

import pytest

from engross.contract.check import RULES, check
from tests.source.whole_case import cases, expected, judged, rules, told

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_an_inconsistent_contract_is_explained(case: Path) -> None:
    assert told(case, judged(case, check)) == expected(case)


def test_every_rule_has_a_case() -> None:
    assert set(rules(CASES, check)) == RULES.keys()


def test_every_rule_says_its_purpose_in_one_sentence() -> None:
    for rule in RULES.values():
        assert rule.purpose.endswith(".")
        assert rule.purpose.count(".") == 1
