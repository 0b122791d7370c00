"""The contracts of this project keep every rule."""

from pathlib import Path

import pytest

from engross.contract.check import check
from engross.source import load
from tests.conftest import ROOT

CONTRACTS = sorted((ROOT / "specs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_contract_keeps_every_rule(path: Path) -> None:
    assert check(load(path, root=ROOT)) == ()
