"""Many findings stay readable, on request short or complete, and for machines."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CONTRACT = """\
openapi: 3.1.1
info: { title: Odd, version: "1" }
paths: {}
components:
  schemas:
"""


@pytest.fixture
def odd(project: Path) -> Path:
    """Return a contract with a dozen warnings that are alike."""
    path = project / "specs" / "odd.yaml"
    lines = [f"    S{n}: {{ type: integer, default: large }}\n" for n in range(12)]
    path.write_text(CONTRACT + "".join(lines))
    return path


@pytest.mark.parametrize("command", ["generate", "check"])
def test_warnings_that_are_alike_are_grouped(odd: Path, run: Run, command: str) -> None:
    ran = run(command, "odd")
    assert ran.out.count("warning  example-mismatch\n") == 3
    assert (
        "   and 9 more example-mismatch like these; --verbose shows them\n" in ran.out
    )
    assert "\n12 warnings.\n      12  example-mismatch\n" in ran.out


@pytest.mark.parametrize("command", ["generate", "check"])
def test_verbose_shows_every_warning(odd: Path, run: Run, command: str) -> None:
    ran = run(command, "odd", "--verbose")
    assert ran.out.count("warning  example-mismatch\n") == 12


def test_quiet_prints_nothing_on_success(odd: Path, run: Run) -> None:
    for command in ("generate", "check"):
        ran = run(command, "odd", "--quiet")
        assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_quiet_prints_what_fails(odd: Path, run: Run) -> None:
    run("generate", "odd")
    odd.write_text(odd.read_text().replace("title: Odd", "title: Even"))
    ran = run("check", "odd", "--quiet")
    assert ran.status == 1
    assert ran.out.startswith("  odd  stale ")


def test_quiet_and_verbose_exclude_each_other(run: Run) -> None:
    assert run("check", "--quiet", "--verbose").status == 2


def test_package_that_is_not_there_takes_one_line(odd: Path, run: Run) -> None:
    ran = run("check", "odd", "--quiet")
    assert ran.status == 1
    first, second, third = ran.out.splitlines()
    assert first.startswith("  odd  missing ")
    assert second == "      odd/    missing      never generated before"
    assert third == "  run: engross generate odd"


@pytest.mark.parametrize("command", ["generate", "check"])
def test_sarif_is_all_that_is_printed(odd: Path, run: Run, command: str) -> None:
    run("generate", "odd")
    log = json.loads(run(command, "odd", "--format", "sarif").out)
    results = log["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["example-mismatch"] * 12


@pytest.mark.parametrize("command", ["generate", "check"])
def test_junit_is_all_that_is_printed(odd: Path, run: Run, command: str) -> None:
    run("generate", "odd")
    out = run(command, "odd", "--format", "junit").out
    assert out.startswith('<?xml version="1.0"')
    assert out.endswith("</testsuites>\n")


@pytest.mark.parametrize("style", ["json", "sarif", "junit"])
def test_diff_is_refused_beside_a_format_for_machines(run: Run, style: str) -> None:
    ran = run("check", "--diff", "--format", style)
    assert ran.status == 2
    assert ran.err == f"engross: --diff cannot be combined with --format {style}\n"
