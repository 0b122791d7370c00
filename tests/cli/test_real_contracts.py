"""A maintainer's workflow, on the contracts of this repository."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT

EDIT = (
    "          exclusiveMinimum: 0\n          description: How many",
    "          exclusiveMinimum: 0\n          maximum: 999\n          description: How many",
)


@pytest.fixture
def generated(project: Path, run: Run) -> Path:
    """Return the directory of all packages, which are current."""
    shutil.rmtree(project / "specs")
    shutil.copytree(ROOT / "specs", project / "specs")
    assert run("generate").status == 0
    return project / "generated"


def stamps(folder: Path) -> dict[Path, int]:
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def test_edited_field_is_reported_once_and_fixed_by_generate(
    project: Path, generated: Path, run: Run
) -> None:
    contract = project / "specs" / "irembopay.yaml"
    text = contract.read_text()
    assert text.count(EDIT[0]) == 1
    contract.write_text(text.replace(*EDIT))
    line = text[: text.rindex("quantity:", 0, text.index(EDIT[0]))].count("\n") + 1

    checked = run("check")
    assert checked.status == 1
    rows = checked.out.splitlines()
    assert [row.split()[:2] for row in rows if re.match(r"  \w", row)] == [
        ["hiveage", "current"],
        ["irembopay", "stale"],
        ["onepipe", "current"],
        ["rehive", "current"],
        ["run:", "engross"],
    ]
    assert rows[-1] == "  run: engross generate irembopay"
    stale = {
        generated / "irembopay" / row.split()[0]
        for row in rows
        if re.match(r"      .* stale ", row)
    }
    assert generated / "irembopay" / "irembopay" / "validators.py" in stale
    cause = f"specs/irembopay.yaml:{line} changed PaymentItem.quantity"
    assert checked.out.count(cause) == 1

    before = stamps(generated)
    assert run("generate").status == 0
    after = stamps(generated)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {*stale, generated / "irembopay" / ".engross.json"}
    assert run("check").status == 0


def test_deleted_added_and_edited_files_get_their_states(
    generated: Path, run: Run
) -> None:
    package = generated / "hiveage" / "hiveage"
    (package / "errors.py").unlink()
    (package / "helpers.py").write_text("mine = 1\n")
    (package / "client.py").write_text("mine = 2\n")
    checked = run("check", "hiveage")
    assert checked.status == 1
    listed = re.findall(r"^      hiveage/(\S+) +(\S+)", checked.out, re.MULTILINE)
    assert listed == [
        ("client.py", "hand-edited"),
        ("errors.py", "missing"),
        ("helpers.py", "orphan"),
    ]
    assert run("generate").status == 1
    assert (package / "client.py").read_text() == "mine = 2\n"
    assert not (package / "errors.py").exists()
    assert run("generate", "--force").status == 0
    assert (package / "client.py").read_text() != "mine = 2\n"
    assert (package / "helpers.py").read_text() == "mine = 1\n"
