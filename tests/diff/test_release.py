"""`engross release` proposes the next version of a package, and what its changelog says."""

from pathlib import Path

import pytest

from engross.diff.changes import Change
from engross.diff.release import Release, ReleaseError, proposed, written
from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.diff.conftest import git

X_ENGROSS = (
    "x-engross:\n  package: shop\n  # The package's.\n  version: 0.3.1  # soon\n"
)


def of(rule: str) -> Change:
    return Change(rule, "shop", "", "", "it has changed")


@pytest.mark.parametrize(
    ("version", "rule", "following"),
    [
        ("0.3.1", "operation-removed", "0.4.0"),
        ("0.3.1", "server-changed", "0.3.2"),
        ("0.3.1", "operation-added", "0.3.2"),
        ("1.3.1", "operation-removed", "2.0.0"),
        ("1.3.1", "server-changed", "1.4.0"),
        ("1.3.1", "operation-added", "1.4.0"),
        ("1.3.1", "property-required", "2.0.0"),
        ("1.3.1", "deprecated", "1.3.2"),
    ],
)
def test_version_follows_from_the_worst_change(
    version: str, rule: str, following: str
) -> None:
    release = proposed(version, [of(rule)])
    assert release is not None
    assert release.version == following


def test_without_changes_there_is_no_release() -> None:
    assert proposed("1.0.0", []) is None


def test_version_that_is_no_plain_one_is_refused() -> None:
    with pytest.raises(ReleaseError, match=r"1\.0rc1 is not of three numbers"):
        proposed("1.0rc1", [of("deprecated")])


def test_release_is_written_beside_the_version() -> None:
    text = written(X_ENGROSS, "0.3.1", Release("0.4.0", ('Breaking: "a" is gone.',)))
    assert text == (
        "x-engross:\n  package: shop\n  # The package's.\n  version: 0.4.0\n"
        '  releases:\n    0.4.0:\n      - "Breaking: \\"a\\" is gone."\n'
    )
    again = written(text, "0.4.0", Release("0.4.1", ("New: b.",)))
    assert again.index("0.4.1:\n") < again.index("0.4.0:\n")


def test_version_in_a_line_with_others_is_refused() -> None:
    text = "x-engross: { package: shop, version: 0.3.1 }\n"
    with pytest.raises(ReleaseError, match="by hand"):
        written(text, "0.3.1", Release("0.4.0", ("x",)))


def test_release_reaches_the_changelog_of_the_package(tmp_path: Path, run: Run) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.engross]\n")
    contract = tmp_path / "specs/irembopay.yaml"
    contract.parent.mkdir()
    text = (ROOT / "specs/irembopay.yaml").read_text()
    contract.write_text(text)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=First")
    old = "transactionId:\n          type: string\n          minLength: 1"
    assert old in text
    contract.write_text(text.replace(old, old.replace("1", "8"), 1))
    before = contract.read_text()
    ran = run("release", "irembopay", "--dry-run", cwd=tmp_path)
    assert (ran.status, contract.read_text()) == (0, before)
    ran = run("release", "irembopay", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    assert "irembopay  0.1.0 -> 0.2.0" in ran.out
    assert run("generate", cwd=tmp_path).status == 0
    changelog = (tmp_path / "generated/irembopay/CHANGELOG.md").read_text()
    assert changelog.endswith(CHANGELOG)
    again = run("release", "irembopay", cwd=tmp_path)
    assert (again.status, "the release is there already" in again.err) == (2, True)


CHANGELOG = """
## 0.2.0

- Breaking: InvoiceRequest.transactionId: at least 8 characters, was 1.
"""
