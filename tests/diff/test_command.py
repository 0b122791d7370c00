"""`engross diff` compares contracts with a commit, or two documents."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.diff.conftest import git

CASES = Path(__file__).parent / "cases"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_nothing_changed_is_said_and_succeeds(repository: Path, run: Run) -> None:
    ran = run("diff")
    assert (ran.status, ran.out, ran.err) == (0, "No changes.\n", "")


def test_change_is_shown_with_both_positions_and_its_fingerprint(
    repository: Path, run: Run
) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    ran = run("diff", "shop", "--since", "v1")
    assert ran.status == 1
    assert ran.out == (CASES / "command.txt").read_text()


def test_moved_operation_is_compared(repository: Path, run: Run) -> None:
    edit(
        repository / "specs/shop.yaml",
        "minItems: 1",
        "minItems: 1\n          maxItems: 9",
    )
    edit(repository / "specs/shop.yaml", "  /orders:", "  /all:")
    ran = run("diff", "--format", "json")
    rules = {each["rule"]: each["severity"] for each in json.loads(ran.out)}
    assert rules == {"limit-tightened": "error", "operation-moved": "error"}


def found(ran_out: str) -> dict[str, str]:
    return {each["rule"]: each["severity"] for each in json.loads(ran_out)}


def test_approved_change_does_not_fail(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    (change,) = json.loads(run("diff", "--format", "json").out)
    with (repository / "pyproject.toml").open("a") as settings:
        reason = "the shop refused shorter orders before"
        settings.write(
            f'[tool.engross.approvals]\n{change["fingerprint"]} = "{reason}"\n'
        )
    ran = run("diff")
    assert ran.status == 0
    assert f"hint: approved: {reason}" in ran.out
    assert ran.out.endswith("1 breaking change, 1 approved.\n")


def test_approval_needs_a_reason(repository: Path, run: Run) -> None:
    with (repository / "pyproject.toml").open("a") as settings:
        settings.write('[tool.engross.approvals]\n0123456789ab = ""\nx = "Yes."\n')
    ran = run("diff")
    assert ran.status == 1
    assert "an approval must have a reason" in ran.out
    assert "'x' is not a fingerprint" in ran.out


def test_dangerous_change_fails_only_on_demand(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "https://shop.example", "https://new.example")
    assert run("diff").status == 0
    assert run("diff", "--fail-on", "dangerous").status == 1
    assert run("diff", "--fail-on", "any").status == 1


def test_files_are_read_as_they_were_in_the_commit(repository: Path, run: Run) -> None:
    parts = repository / "specs/parts/items.yaml"
    parts.parent.mkdir()
    parts.write_text("Code: { type: string, maxLength: 9 }\n")
    (repository / "specs/shop.overlay.yaml").write_text(OVERLAY)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Second")
    parts.write_text("Code: { type: string, maxLength: 8 }\n")
    assert found(run("diff", "--format", "json").out) == {"limit-tightened": "error"}
    (repository / "specs/shop.overlay.yaml").unlink()
    parts.unlink()
    rules = found(run("diff", "--format", "json").out)
    assert rules.keys() == {"property-removed", "python-field-removed"}


OVERLAY = """\
overlay: 1.0.0
info: { title: Code, version: "1" }
actions:
  - target: $.components.schemas.Item.properties
    update: { color: { $ref: "parts/items.yaml#/Code" } }
"""


def test_contracts_that_came_and_went_are_reported(repository: Path, run: Run) -> None:
    text = (repository / "specs/shop.yaml").read_text()
    (repository / "specs/store.yaml").write_text(text)
    (repository / "specs/shop.yaml").unlink()
    ran = run("diff", "--since", "v1", "--format", "json")
    places = {each["rule"]: each["file"] for each in json.loads(ran.out)}
    assert places == {
        "contract-added": "specs/store.yaml",
        "contract-removed": "v1:specs/shop.yaml",
    }


def test_two_commits_are_compared(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    assert run("diff", "--since", "v1", "--until", "HEAD").status == 0
    git(repository, "commit", "--all", "--quiet", "--message=Second")
    ran = run("diff", "--since", "v1", "--until", "HEAD")
    assert ran.status == 1
    assert "HEAD:specs/shop.yaml" in ran.out
    assert "minItems: 2" in ran.out


def test_two_documents_need_no_project(run: Run, tmp_path: Path, project: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    text = (project / "specs/shop.yaml").read_text()
    (folder / "old.yaml").write_text(text)
    (folder / "new.yaml").write_text(text.replace("minItems: 1", "minItems: 2"))
    ran = run("diff", "old.yaml", "new.yaml", cwd=folder)
    assert ran.status == 1
    assert "new.yaml:" in ran.out
    assert "before: old.yaml:" in ran.out


def test_renamed_operation_breaks_only_callers_of_the_package(
    repository: Path, run: Run
) -> None:
    edit(
        repository / "specs/shop.yaml",
        "operationId: getOrder",
        "operationId: findOrder",
    )
    ran = run("diff", "--format", "json")
    assert ran.status == 1
    assert found(ran.out) == {
        "operation-id-changed": "note",
        "python-method-renamed": "error",
    }


def test_invalid_contract_of_the_commit_is_named(repository: Path, run: Run) -> None:
    good = (repository / "specs/shop.yaml").read_text()
    edit(repository / "specs/shop.yaml", "openapi: 3.1.1", "openapi: 9.9.9")
    git(repository, "commit", "--all", "--quiet", "--message=Broken")
    (repository / "specs/shop.yaml").write_text(good)
    ran = run("diff")
    assert ran.status == 1
    assert ran.out == INVALID


INVALID = """\
HEAD:specs/shop.yaml:1:10  error  invalid-at-commit
    1 | openapi: 9.9.9
      |          ^^^^^ in HEAD, the contract has an error by today's checks: unsupported-version: OpenAPI 9.9 is not supported
   hint: compare with a later commit, or write the old version to a file, correct it there, and compare the files

No changes. Some contracts could not be compared.
"""


def test_formats_hold_fingerprint_and_old_position(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    (change,) = json.loads(run("diff", "--format", "json").out)
    assert change["before"]["file"] == "HEAD:specs/shop.yaml"
    sarif = json.loads(run("diff", "--format", "sarif").out)
    (result,) = sarif["runs"][0]["results"]
    assert result["partialFingerprints"] == {"engross/change/v1": change["fingerprint"]}
    assert result["relatedLocations"][0]["message"]["text"] == "before"
    github = run("diff", "--format", "github").out
    assert f"%0Afingerprint: {change['fingerprint']}" in github
    assert change["fingerprint"] in run("diff", "--format", "junit").out


def test_rules_of_the_project_decide_about_changes(repository: Path, run: Run) -> None:
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    settings = repository / "pyproject.toml"
    text = settings.read_text()
    settings.write_text(f'{text}[tool.engross.rules]\nlimit-tightened = "warning"\n')
    ran = run("diff", "--format", "json")
    assert (ran.status, found(ran.out)) == (0, {"limit-tightened": "warning"})
    reason = "limits are only hints here"
    settings.write_text(
        f'{text}[tool.engross.rules]\nlimit-tightened = {{ off = "{reason}" }}\n'
    )
    assert found(run("diff", "--format", "json").out) == {}


def test_invalid_contract_does_not_hide_changes_of_others(
    repository: Path, run: Run
) -> None:
    text = (repository / "specs/shop.yaml").read_text()
    (repository / "specs/store.yaml").write_text("openapi: 9.9.9\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Second")
    (repository / "specs/store.yaml").write_text(text)
    edit(repository / "specs/shop.yaml", "minItems: 1", "minItems: 2")
    ran = run("diff")
    assert "HEAD:specs/store.yaml:1" in ran.out
    assert "limit-tightened" in ran.out
    assert ran.out.endswith(
        "1 breaking change. Some contracts could not be compared.\n"
    )


def test_usage_errors_say_what_to_do(repository: Path, run: Run) -> None:
    for arguments, message in (
        (("shpo",), "no contract 'shpo'; did you mean 'shop'?"),
        (("--since", "v9"), "git knows no commit 'v9'; is it fetched?"),
        (("--since", "--help"), "expected one argument"),
        (("old.yaml",), "expected two documents"),
    ):
        ran = run("diff", *arguments)
        assert ran.status == 2
        assert message in ran.err


def test_directory_without_git_is_a_usage_error(project: Path, run: Run) -> None:
    ran = run("diff")
    assert ran.status == 2
    assert "not a git repository" in ran.err
