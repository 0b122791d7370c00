"""The documented totals of the fault matrix are those of the table."""

import re

from tests.conftest import ROOT
from tests.docs.page import PACKAGES

TABLE = ROOT / "tests" / "runtime" / "fault_matrix.md"


def test_documented_totals_match_the_fault_matrix() -> None:
    text = PACKAGES.text
    found = re.search(
        r"each of (\d+) faults.*\]\((\S+)\).*In (\d+) calls, "
        r"created twice: (\d+); created and lost: (\d+)\.",
        text,
    )
    assert found is not None
    faults, link, *totals = found.groups()
    assert (PACKAGES.path.parent / link).resolve() == TABLE

    table = TABLE.read_text()
    rows = re.findall(r"^\| (?!fault ).+\|$", table, re.MULTILINE)
    assert int(faults) == len(rows)
    summed = re.search(
        r"^(\d+) calls\. Created twice: (\d+)\. Created and lost: (\d+)\.$",
        table,
        re.MULTILINE,
    )
    assert summed is not None
    assert totals == list(summed.groups())
