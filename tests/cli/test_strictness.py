"""`--strict` makes warnings errors; `--skip-broken` leaves out what cannot be generated."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

FAULTY = """\
openapi: 3.1.1
info: { title: Odd, version: "1" }
paths:
  /pets: { get: { sumary: All pets., responses: { "204": { description: x } } } }
"""

BROKEN = """\
openapi: 3.2.0
info: { title: Odd, version: "1" }
paths:
  /pets:
    get: { responses: { "204": { description: x } } }
    additionalOperations:
      "BAD METHOD": { responses: { "204": { description: x } } }
  /toys: { $ref: "#/paths/~1gone" }
"""


def written(project: Path, text: str) -> None:
    (project / "specs" / "odd.yaml").write_text(text)


@pytest.mark.parametrize("command", ["generate", "check"])
def test_strict_refuses_what_is_otherwise_repaired(
    project: Path, run: Run, command: str
) -> None:
    written(project, FAULTY)
    assert run("generate", "odd").status == 0
    ran = run(command, "odd", "--strict")
    assert ran.status == 1
    assert "error  unknown-key" in ran.out


def test_strict_makes_every_warning_an_error(project: Path, run: Run) -> None:
    sound = FAULTY.replace("sumary", "summary")
    wrong = "components: { schemas: { Size: { type: integer, default: large } } }\n"
    written(project, sound + wrong)
    assert run("generate", "odd").status == 0
    ran = run("generate", "odd", "--strict")
    assert ran.status == 1
    assert "error  example-mismatch" in ran.out


def test_operation_that_cannot_be_generated_is_an_error(
    project: Path, run: Run
) -> None:
    written(project, BROKEN)
    ran = run("generate", "odd")
    assert ran.status == 1
    assert "error  dangling-reference" in ran.out
    assert "--skip-broken" in ran.out


def test_broken_operations_are_left_out_by_name_on_request(
    project: Path, run: Run
) -> None:
    written(project, BROKEN)
    ran = run("generate", "odd", "--skip-broken")
    assert ran.status == 0, ran.out
    assert "'BAD METHOD' is not an HTTP method; BAD METHOD /pets is left out" in ran.out
    assert "/toys is left out" in ran.out
    readme = (project / "generated" / "odd" / "README.md").read_text()
    assert "/toys" not in readme
    assert run("check", "odd", "--skip-broken").status == 0
