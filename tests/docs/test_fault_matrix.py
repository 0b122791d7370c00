"""The README's totals of the fault matrix are those of the table."""

import re

from tests.conftest import ROOT
from tests.docs.page import README

TABLE = ROOT / "tests" / "runtime" / "fault_matrix.md"


def test_readme_totals_match_the_fault_matrix() -> None:
    text = README.text
    found = re.search(
        r"each of (\d+) faults.*\]\((\S+)\).*In (\d+) calls, "
        r"created twice: (\d+); created and lost: (\d+)\.",
        text,
    )
    assert found is not None
    faults, link, *totals = found.groups()
    assert ROOT / link == TABLE

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
