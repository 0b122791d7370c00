"""What people are told of faulty documents of others, which generate nevertheless."""

from pathlib import Path

import pytest

from engross.contract import build
from engross.emit import emit
from engross.findings import Finding
from engross.source import Source, load
from tests.source.whole_case import cases, expected, judged, told

CASES = Path(__file__).parent / "cases"


def warnings(source: Source) -> tuple[Finding, ...]:
    """The warnings of a contract, if all of its files can be emitted."""
    contract = build(source)
    for path, content in emit(contract).items():
        if path.endswith(".py"):
            compile(content, path, "exec")
    return contract.warnings


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
def test_faulty_document_is_read_with_warnings(case: Path) -> None:
    assert told(case, judged(case, warnings)) == expected(case)


def test_an_undeclared_variable_is_that_of_the_first_server() -> None:
    case = CASES / "server-variables-of-operations"
    (operation,) = build(load(case / "contract.yaml", root=case)).operations
    assert operation.server is not None
    defaults = {each.wire: each.default for each in operation.server.variables}
    assert defaults == {"region": "eu", "area": ""}


def test_document_with_an_overlay_is_still_a_foreign_one(tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_text(
        'openapi: 3.1.1\ninfo: { title: Shop, version: "1" }\npaths: {}\nhost: x\n'
    )
    (tmp_path / "contract.overlay.yaml").write_text(
        'overlay: 1.0.0\ninfo: { title: Ours, version: "1" }\n'
        "actions:\n  - { target: $, update: { x-engross: { package: shop } } }\n"
    )
    source = load(tmp_path / "contract.yaml", root=tmp_path)
    assert [warning.rule for warning in source.warnings] == ["unknown-key"]
