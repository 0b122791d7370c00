"""The contracts of this project keep every rule, and are judged at once."""

import time
from pathlib import Path

import pytest

from engross.contract.check import check
from engross.source import load

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted((ROOT / "specs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_a_contract_keeps_every_rule(path: Path) -> None:
    assert check(load(path, root=ROOT)) == ()


def test_all_contracts_are_judged_at_once() -> None:
    def judge() -> float:
        start = time.perf_counter()
        for path in CONTRACTS:
            check(load(path, root=ROOT))
        return time.perf_counter() - start

    assert min(judge() for _ in range(3)) < 0.25
