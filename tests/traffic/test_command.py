"""`engross compare-traffic`: operands, formats and exit statuses."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["run"]

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder without a project, with a contract and traffic that it knows."""
    root = tmp_path / "elsewhere"
    shutil.copytree(CASES / "nothing-unknown", root)
    return root


@pytest.fixture
def drifted(folder: Path) -> Path:
    """The same with traffic that it does not know."""
    shutil.copy(CASES / "unknown-fields" / "cassette.har", folder / "cassette.har")
    return folder


def test_known_traffic_is_success(folder: Path, run: Run) -> None:
    ran = run("compare-traffic", "contract.yaml", "cassette.har", cwd=folder)

    assert (ran.status, ran.out, ran.err) == (0, "Compared 3 exchanges.\n", "")


def test_unknown_traffic_is_a_failure(drifted: Path, run: Run) -> None:
    ran = run("compare-traffic", "contract.yaml", "cassette.har", cwd=drifted)

    assert ran.status == 1
    assert "undocumented-field" in ran.out
    assert ran.out.endswith("\n2 warnings.\n\nCompared 2 exchanges.\n")


def test_several_cassettes_are_one_comparison(drifted: Path, run: Run) -> None:
    shutil.copy(drifted / "cassette.har", drifted / "more.har")
    ran = run(
        *("compare-traffic", "contract.yaml", "cassette.har", "more.har"),
        *("--format", "json"),
        cwd=drifted,
    )

    messages = [each["message"] for each in json.loads(ran.out)]
    assert len(messages) == 2
    assert "(200 times, first in cassette.har, entry 1, /discount)" in messages[0]


@pytest.mark.parametrize("style", ["json", "sarif", "junit", "github"])
def test_findings_are_printed_in_each_format(
    drifted: Path, run: Run, style: str
) -> None:
    ran = run(
        *("compare-traffic", "contract.yaml", "cassette.har", "--format", style),
        cwd=drifted,
    )

    assert ran.status == 1
    assert "undocumented-field" in ran.out
    assert "contract.yaml" in ran.out


def test_contract_of_a_project_is_named(project: Path, run: Run) -> None:
    shutil.copy(CASES / "unknown-requests" / "cassette.har", project / "traffic.har")
    ran = run("compare-traffic", "shop", "traffic.har")

    assert ran.status == 1
    assert ran.out.startswith("specs/shop.yaml:")


def test_project_sets_the_levels_of_rules(project: Path, run: Run) -> None:
    settings = project / "pyproject.toml"
    levels = '\n[tool.engross.rules]\nundocumented-request = { off = "It is for the dashboard." }\n'
    settings.write_text(settings.read_text() + levels)
    shutil.copy(CASES / "unknown-requests" / "cassette.har", project / "traffic.har")

    assert run("compare-traffic", "shop", "traffic.har").status == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{ "log": { "version": "1.2" } }\n',
            """\
bad.har:1:10  error  unusable-cassette
    1 | { "log": { "version": "1.2" } }
      |          ^^^^^^^^^^^^^^^^^^^^ /log has no 'entries'
   hint: a cassette is a file in the format HAR 1.2, as recorders and browsers write it

1 error.
""",
        ),
        (
            '{ "log": {\n "entries": [\n',
            """\
bad.har:3:1  error  json-syntax
    2 |  "entries": [
    3 |
      | ^ the text ends too early
   hint: the file may have been cut off

1 error.
""",
        ),
    ],
)
def test_unusable_cassette_is_one_error(
    folder: Path, run: Run, text: str, expected: str
) -> None:
    (folder / "bad.har").write_text(text)
    ran = run("compare-traffic", "contract.yaml", "cassette.har", "bad.har", cwd=folder)

    assert (ran.status, ran.out) == (2, expected)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("log/entries/0/request/url", 7, "expected a text"),
        ("log/entries/0/response/status", True, "expected an integer"),
        ("log/entries/0/response/headers", {}, "expected a list"),
        ("log/entries/0/response", None, "expected an object"),
        (
            "log/entries/0/request/url",
            "http://[",
            "not a URL: Invalid IPv6 URL",
        ),
        (
            "log/entries/0/response/content",
            {"text": "a", "encoding": "base64"},
            "not base64: ",
        ),
    ],
)
def test_broken_entry_is_named(
    folder: Path, run: Run, path: str, value: object, message: str
) -> None:
    har = json.loads((folder / "cassette.har").read_text())
    *steps, last = path.split("/")
    holder = har
    for step in steps:
        holder = holder[int(step)] if step.isdecimal() else holder[step]
    holder[last] = value
    (folder / "bad.har").write_text(json.dumps(har, indent=2))
    ran = run("compare-traffic", "contract.yaml", "bad.har", cwd=folder)

    assert ran.status == 2
    assert message in ran.out
    assert ran.out.startswith("bad.har:")


def test_invalid_contract_is_no_drift(folder: Path, run: Run) -> None:
    contract = folder / "contract.yaml"
    contract.write_text("openapi: 9.0.0\n")
    ran = run("compare-traffic", "contract.yaml", "cassette.har", cwd=folder)

    assert ran.status == 2
    assert "contract.yaml:" in ran.out


def test_cassette_that_is_not_there_is_a_usage_error(folder: Path, run: Run) -> None:
    ran = run("compare-traffic", "contract.yaml", "gone.har", cwd=folder)

    message = (
        "engross: gone.har does not exist; expected a cassette, such as traffic.har\n"
    )
    assert (ran.status, ran.out, ran.err) == (2, "", message)
