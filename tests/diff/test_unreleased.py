"""`engross check` fails if a contract breaks callers, and no release tells them so."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.diff.conftest import git

RELEASED = """\
x-engross:
  package: shop
  version: 0.1.0
  releases:
    0.1.0: [First release.]
"""

TIGHTENED = """\
specs/shop.yaml:55:11  error  unreleased-break
   54 |           type: array
   55 |           minItems: 2
      |           ^^^^^^^^ since 0.1.0, Order.items: at least 2 items, was 1 (breaking in requests of createOrder, compatible in responses of createOrder and getOrder)
   before: COMMIT:specs/shop.yaml:55:11
   hint: run: engross release shop
   fingerprint: efbee90c7f22

1 error.

  shop  current      N files
"""


def edit(contract: Path, old: str, new: str) -> None:
    text = contract.read_text()
    assert old in text
    contract.write_text(text.replace(old, new, 1))


def commit(contract: Path, message: str) -> None:
    git(contract.parents[1], "add", "--all")
    git(contract.parents[1], "commit", "--quiet", f"--message={message}")


@pytest.fixture
def shop(repository: Path, run: Run) -> Path:
    """Return a contract that was released, with its package, in a repository."""
    contract = repository / "specs/shop.yaml"
    contract.write_text(contract.read_text() + RELEASED)
    assert run("generate", "--quiet").status == 0
    commit(contract, "Release")
    return contract


@pytest.fixture
def tightened(shop: Path, run: Run) -> Path:
    """Return the contract after a breaking change, with its package."""
    edit(shop, "minItems: 1", "minItems: 2")
    assert run("generate", "--quiet").status == 0
    return shop


def without_commit(out: str) -> str:
    """Return what was printed, without digests of commits and numbers of files."""
    out = re.sub(r"\b[0-9a-f]{7,40}(?=:specs/|, the)", "COMMIT", out)
    return re.sub(r"\d+ files", "N files", out)


def test_breaking_change_without_a_release_fails(tightened: Path, run: Run) -> None:
    ran = run("check")
    assert (ran.status, without_commit(ran.out)) == (1, TIGHTENED)


def test_committed_change_fails_as_well(tightened: Path, run: Run) -> None:
    commit(tightened, "Tighten")
    edit(tightened, "Sells things.", "Sells many things.")
    commit(tightened, "Describe")
    assert run("generate", "--quiet").status == 0
    for _ in range(2):  # as it is known from then on
        ran = run("check", "--cached")
        assert (ran.status, without_commit(ran.out)) == (1, TIGHTENED)


def test_release_tells_callers(tightened: Path, run: Run) -> None:
    assert run("release", "shop").status == 0
    assert run("generate", "--quiet").status == 0
    assert run("check").status == 0
    commit(tightened, "Release")
    assert run("check").status == 0
    edit(tightened, "maxLength: 80", "maxLength: 70")
    assert run("generate", "--quiet").status == 0
    ran = run("check", "--format", "json")
    assert [each["message"] for each in json.loads(ran.out)] == [
        (
            "since 0.2.0, Order.note: at most 70 characters, was 80 (breaking in requests "
            "of createOrder, compatible in responses of createOrder and getOrder)"
        )
    ]


def test_compatible_change_needs_no_release(shop: Path, run: Run) -> None:
    edit(shop, "maxLength: 80", "maxLength: 90")
    assert run("generate", "--quiet").status == 0
    assert run("check").status == 0


def test_change_of_the_package_alone_needs_a_release(shop: Path, run: Run) -> None:
    edit(shop, "operationId: getOrder", "operationId: findOrder")
    assert run("generate", "--quiet").status == 0
    ran = run("check")
    assert ran.status == 1
    assert "since 0.1.0, the method `orders.get` is `orders.find` now" in ran.out


def test_approved_change_needs_no_release(tightened: Path, run: Run) -> None:
    settings = tightened.parents[1] / "pyproject.toml"
    with settings.open("a") as file:
        file.write('[tool.engross.approvals]\nefbee90c7f22 = "They refused less."\n')
    assert run("check").status == 0
    settings.write_text(settings.read_text().replace("efbee90c7f22", "efbee90c7f23"))
    assert run("check").status == 1


def test_rule_of_the_change_decides(tightened: Path, run: Run) -> None:
    with (tightened.parents[1] / "pyproject.toml").open("a") as file:
        file.write('[tool.engross.rules]\nlimit-tightened = "warning"\n')
    assert run("check").status == 0


def test_release_of_a_merged_branch_counts(tightened: Path, run: Run) -> None:
    root = tightened.parents[1]
    git(root, "stash")
    git(root, "checkout", "--quiet", "-b", "branch")
    edit(tightened, "maxLength: 80", "maxLength: 70")
    commit(tightened, "Shorten")
    git(root, "checkout", "--quiet", "main")
    edit(tightened, "minItems: 1", "minItems: 2")
    edit(tightened, "version: 0.1.0", "version: 0.2.0")
    edit(tightened, "    0.1.0: [", "    0.2.0: [Two items.]\n    0.1.0: [")
    commit(tightened, "Release")
    git(root, "checkout", "--quiet", "branch")
    git(root, "merge", "--quiet", "main", "--message=Merge")
    assert run("generate", "--quiet").status == 0
    ran = run("check", "--format", "json")
    assert [each["message"] for each in json.loads(ran.out)] == [
        (
            "since 0.2.0, Order.note: at most 70 characters, was 80 (breaking in requests "
            "of createOrder, compatible in responses of createOrder and getOrder)"
        )
    ]


def test_shallow_clone_says_what_it_needs(
    tightened: Path, run: Run, tmp_path: Path
) -> None:
    commit(tightened, "Tighten")
    clone = tmp_path / "clone"
    origin = tightened.parents[1].as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", origin, str(clone))
    ran = run("check", "--no-cached", cwd=clone)
    assert (ran.status, without_commit(ran.out)) == (0, CUT_OFF)
    assert run("check", "--no-cached", "--strict", cwd=clone).status == 1
    git(clone, "fetch", "--quiet", "--unshallow")
    ran = run("check", "--no-cached", cwd=clone)
    assert (ran.status, without_commit(ran.out)) == (1, TIGHTENED)


CUT_OFF = """\
specs/shop.yaml:71:12  warning  unknown-release
   70 | x-engross:
   71 |   package: shop
      |            ^^^^ nothing is known of changes since 0.1.0: the history of this clone begins after it
   hint: fetch the whole history, with git fetch --unshallow, or with fetch-depth: 0 of actions/checkout

1 warning.

  shop  current      N files
"""


def test_contract_of_the_release_that_is_invalid_today_is_named(
    tightened: Path, run: Run
) -> None:
    edit(tightened, "openapi: 3.1.1", "openapi: 9.9.9")
    edit(tightened, "version: 0.1.0", "version: 0.2.0")
    edit(tightened, "    0.1.0: [", "    0.2.0: [Two items.]\n    0.1.0: [")
    commit(tightened, "Release")
    edit(tightened, "openapi: 9.9.9", "openapi: 3.1.1")
    assert run("generate", "--quiet").status == 0
    ran = run("check")
    assert (ran.status, without_commit(ran.out)) == (0, INVALID)


INVALID = """\
specs/shop.yaml:71:12  warning  unknown-release
   70 | x-engross:
   71 |   package: shop
      |            ^^^^ nothing is known of changes since 0.2.0: in COMMIT, the contract has an error by today's checks: unsupported-version: OpenAPI 9.9 is not supported
   hint: compare both versions by hand, and list the next one in `releases`

1 warning.

  shop  current      N files
"""


@pytest.mark.parametrize("state", ["no repository", "no commit", "not committed"])
def test_without_a_released_commit_nothing_is_said(
    state: str, project: Path, run: Run
) -> None:
    contract = project / "specs/shop.yaml"
    if state != "no repository":
        git(project, "init", "--quiet")
    if state == "not committed":
        git(project, "commit", "--quiet", "--allow-empty", "--message=Empty")
    contract.write_text(contract.read_text() + RELEASED)
    assert run("generate", "--quiet").status == 0
    ran = run("check")
    assert (ran.status, without_commit(ran.out), ran.err) == (
        0,
        "  shop  current      N files\n",
        "",
    )


def test_contract_without_a_release_is_not_compared(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    assert run("generate", "--quiet").status == 0
    assert run("check").status == 0


def test_git_that_cannot_be_run_is_named(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("check", "--no-cached")
    assert ran.status == 0
    assert (
        "nothing is known of changes since 0.1.0: git cannot be run: "
        "No such file or directory" in ran.out
    )


def test_check_with_nothing_changed_compares_nothing_again(shop: Path) -> None:
    code = (
        "import sys; from engross.cli import main; status = main(); "
        "loaded = {'yaml', 'engross.source', 'engross.diff'} & {*sys.modules}; "
        "print(status, sorted(loaded))"
    )
    out = [
        subprocess.run(
            [sys.executable, "-c", code, "check", "--quiet", "--cached"],
            cwd=shop.parents[1],
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert out[1] == "0 []\n"


def test_contract_that_was_moved_is_compared_from_then_on(shop: Path, run: Run) -> None:
    moved = shop.with_name("store.yaml")
    shutil.move(shop, moved)
    commit(moved, "Rename")
    edit(moved, "minItems: 1", "minItems: 2")
    assert run("generate", "--quiet").status == 0
    ran = run("check", "--format", "json")
    assert [each["rule"] for each in json.loads(ran.out)] == ["unreleased-break"]
