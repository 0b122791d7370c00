"""A project says what becomes of the warnings of a rule."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import PYPROJECT

CONTRACT = """\
openapi: 3.1.1
info: { title: Odd, version: "1" }
paths: {}
components:
  schemas:
    Size: { type: integer, default: large }
    Code: { type: string, pattern: '^a\\Z' }
"""


@pytest.fixture
def odd(project: Path) -> Path:
    """Return the settings of a project with a contract that has two warnings."""
    (project / "specs" / "odd.yaml").write_text(CONTRACT)
    return project / "pyproject.toml"


def with_rules(settings: Path, rules: str) -> None:
    settings.write_text(f"{PYPROJECT}\n[tool.engross.rules]\n{rules}\n")


@pytest.mark.parametrize("command", ["generate", "check"])
def test_rule_that_is_off_is_not_reported(odd: Path, run: Run, command: str) -> None:
    run("generate", "odd")
    with_rules(odd, 'foreign-pattern = { off = "they know" }')
    ran = run(command, "odd")
    assert ran.status == 0
    assert "foreign-pattern" not in ran.out
    assert "warning  example-mismatch" in ran.out


@pytest.mark.parametrize("command", ["generate", "check"])
def test_rule_can_be_an_error(odd: Path, run: Run, command: str) -> None:
    run("generate", "odd")
    with_rules(odd, 'example-mismatch = "error"')
    ran = run(command, "odd")
    assert ran.status == 1
    assert "error  example-mismatch" in ran.out
    assert "warning  foreign-pattern" in ran.out
    assert "1 error, 1 warning." in ran.out


def test_strict_makes_every_warning_an_error(odd: Path, run: Run) -> None:
    with_rules(odd, 'example-mismatch = { off = "they know" }')
    ran = run("generate", "odd", "--strict")
    assert ran.status == 1
    assert "error  example-mismatch" in ran.out


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            'foreign-pattern = "off"',
            (
                "pyproject.toml:9:1  error  config-type\n"
                "    8 | [tool.engross.rules]\n"
                '    9 | foreign-pattern = "off"\n'
                '      | ^^^^^^^^^^^^^^^ foreign-pattern must be "error", "warning" or { off = "reason" }\n'
                "\n1 error.\n"
            ),
        ),
        (
            'foreign-pattern = { off = " " }',
            (
                "pyproject.toml:9:1  error  config-type\n"
                "    8 | [tool.engross.rules]\n"
                '    9 | foreign-pattern = { off = " " }\n'
                '      | ^^^^^^^^^^^^^^^ foreign-pattern must be "error", "warning" or { off = "reason" }\n'
                "\n1 error.\n"
            ),
        ),
        (
            'foreign-patern = "error"',
            (
                "pyproject.toml:9:1  error  config-unknown-key\n"
                "    8 | [tool.engross.rules]\n"
                '    9 | foreign-patern = "error"\n'
                "      | ^^^^^^^^^^^^^^ unknown setting in [tool.engross.rules]\n"
                "   hint: did you mean 'foreign-pattern'?\n"
                "\n1 error.\n"
            ),
        ),
        (
            'xyz = "error"',
            (
                "pyproject.toml:9:1  error  config-unknown-key\n"
                "    8 | [tool.engross.rules]\n"
                '    9 | xyz = "error"\n'
                "      | ^^^ unknown setting in [tool.engross.rules]\n"
                "   hint: engross explain lists all\n"
                "\n1 error.\n"
            ),
        ),
    ],
)
def test_wrong_setting_is_a_finding(
    odd: Path, run: Run, rules: str, expected: str
) -> None:
    with_rules(odd, rules)
    ran = run("check")
    assert (ran.status, ran.out) == (1, expected)
