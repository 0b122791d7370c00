"""`generate` and `check` of a slice."""

from pathlib import Path

from tests.cli.conftest import Run

SLICE = """
[tool.engross.contracts.shop]
include = { operations = ["getOrder"] }
"""


def test_only_the_slice_is_generated(project: Path, run: Run) -> None:
    _append(project / "pyproject.toml", SLICE)
    assert run("generate").status == 0
    package = project / "generated" / "shop"
    texts = [file.read_text() for file in package.rglob("*") if file.is_file()]
    assert any("orders.get(" in text for text in texts)
    assert not any("orders.create(" in text for text in texts)
    assert run("check").status == 0


def test_changed_slice_makes_a_package_not_current(project: Path, run: Run) -> None:
    assert run("generate").status == 0
    _append(project / "pyproject.toml", SLICE)
    ran = run("check")
    assert ran.status == 1
    assert "shop/operations.py" in ran.out
    assert run("generate").status == 0
    assert run("check").status == 0


def test_slice_that_matches_nothing_writes_nothing(project: Path, run: Run) -> None:
    _append(project / "pyproject.toml", SLICE.replace("getOrder", "getOrders"))
    ran = run("generate")
    assert ran.status == 1
    assert ran.out == """\
pyproject.toml:9:27  error  unmatched-slice
    8 | [tool.engross.contracts.shop]
    9 | include = { operations = ["getOrders"] }
      |                           ^^^^^^^^^^^ no operation of specs/shop.yaml is called 'getOrders'
   hint: did you mean 'getOrder'?

1 error. Nothing was written.
"""
    assert not (project / "generated").exists()


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)
