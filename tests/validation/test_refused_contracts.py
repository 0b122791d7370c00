"""What people are told of a contract whose schemas cannot be honoured."""

from pathlib import Path

import pytest

from engross.findings import Finding
from engross.source import Source, load
from engross.tree.rendering import make
from tests.source.whole_case import cases, expected, judged, told

CASES = Path(__file__).parent / "cases"


def judge(source: Source) -> tuple[Finding, ...]:
    _, _, warnings = make(source)
    return warnings


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_a_refused_contract_is_explained(case: Path) -> None:
    assert told(case, judged(case, judge)) == expected(case)


PERCENT = """\
openapi: 3.1.1
info: { title: Shop, version: "1" }
paths:
  /invoices/a%2Fb:
    get:
      operationId: listInvoices
      parameters:
        - { name: state, in: query, schema: { type: string, maxLength: 3 } }
      responses:
        "204": { description: Nothing. }
"""


def test_a_path_may_hold_percent_signs(tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text(PERCENT, encoding="utf-8")
    _, files, _ = make(load(contract, root=tmp_path))
    assert b"def is_list_invoices_state" in files["contract/validators.py"]
