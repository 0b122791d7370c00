"""A contract with a warning generates its package, and the warning is printed."""

from pathlib import Path

from tests.cli.conftest import Run

CONTRACT = """\
openapi: 3.1.1
info: { title: Odd, version: "1" }
paths: {}
components:
  schemas:
    Size: { type: integer, default: large }
"""

EXPECTED = """\
specs/odd.yaml:6:37  warning  example-mismatch
    5 |   schemas:
    6 |     Size: { type: integer, default: large }
      |                                     ^^^^^ must be an integer, not "large"

1 warning.

"""


def test_warning_is_printed_and_does_not_fail_the_command(
    project: Path, run: Run
) -> None:
    (project / "specs" / "odd.yaml").write_text(CONTRACT)
    for command in ("generate", "check"):
        ran = run(command, "odd")
        assert ran.status == 0
        assert ran.out.startswith(EXPECTED), ran.out
