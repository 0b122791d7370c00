"""Places are exact in every command and format, whatever a contract is written in."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from tests.cli.conftest import Ran, Run
from tests.diff.conftest import git

Json = Mapping[str, object]

CHARGE: Json = {
    "😀 emoji": 1,
    "type": "object",
    "properties": {"note 𓀀": {"type": "string"}, "total_amount": {"type": "integer"}},
}

CONTRACT: Json = {
    "openapi": "3.1.1",
    "info": {"title": "Charges 𓀀😀", "version": "1"},
    "x-engross": {"package": "charges"},
    "servers": [{"url": "https://charges.example"}],
    "paths": {
        "/charges": {
            "description": "日本 😀 𓀀 é é",
            "post": {
                "operationId": "charges_create",
                "summary": "😀😀",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Charge"}
                        }
                    }
                },
                "responses": {"204": {"description": "Done."}},
            },
        }
    },
    "components": {"schemas": {"Charge": CHARGE}},
}
"""A contract with characters of all widths and planes before what is found."""

WAYS: Mapping[str, tuple[int | None, str, str]] = {
    "indented": (2, "\n", ""),
    "indented-crlf": (2, "\r\n", ""),
    "on-one-line": (None, "\n", ""),
    "with-a-byte-order-mark": (2, "\r\n", "\ufeff"),
}
"""Spaces of indent, line end and first character of a file."""

Place = tuple[str, int, int, int, int]
"""Rule, line and column, and line and column of the end."""


@pytest.fixture(params=["yaml", "json"])
def path(project: Path, request: pytest.FixtureRequest) -> Path:
    (project / "specs" / "shop.yaml").unlink()
    git(project, "init", "--quiet", "--initial-branch=main")
    return project / "specs" / f"charges.{request.param}"


def write(path: Path, contract: Json, way: str) -> None:
    """Write a contract as JSON, which is YAML as well."""
    indent, end, begin = WAYS[way]
    text = json.dumps(contract, ensure_ascii=False, indent=indent) + "\n"
    text = begin + text.replace("\n", end)
    path.write_bytes(text.encode())


def changed(contract: Json, old: str, new: str) -> Json:
    """Return a contract in which a text is another one."""
    text = json.dumps(contract, ensure_ascii=False)
    assert old in text
    found = json.loads(text.replace(old, new))
    assert isinstance(found, dict)
    return found


def marked(path: Path, place: Place) -> str:
    """Return the text at a place, counted in characters of Unicode."""
    _, line, column, end_line, end = place
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    assert line == end_line
    return lines[line - 1][column - 1 : end - 1]


def places_of_json(ran: Ran) -> Iterator[Place]:
    for each in json.loads(ran.out):
        start, end = each["start"], each["end"]
        yield each["rule"], start["line"], start["column"], end["line"], end["column"]


def places_of_sarif(ran: Ran) -> Iterator[Place]:
    (log,) = json.loads(ran.out)["runs"]
    assert log["columnKind"] == "unicodeCodePoints"
    for each in log["results"]:
        region = each["locations"][0]["physicalLocation"]["region"]
        lines = region["startLine"], region["startColumn"]
        yield each["ruleId"], *lines, region["endLine"], region["endColumn"]


def places_of_github(ran: Ran) -> Iterator[Place]:
    pattern = r"line=(\d+),col=(\d+),endLine=(\d+),endColumn=(\d+),title=([\w-]+)::"
    for found in re.finditer(pattern, ran.out):
        line, column, end_line, end = map(int, found.groups()[:4])
        yield found[5], line, column, end_line, end


def carets(ran: Ran) -> list[str]:
    """Return what is above the carets on a terminal, where some characters are wide."""
    lines = ran.out.splitlines()
    found = []
    for above, below in pairwise(lines):
        mark = re.match(r" +\| ( *)(\^+)", below)
        if mark:
            quoted = above.partition(" | ")[2]
            cells = "".join(c + "\0" * (east_asian_width(c) in "WF") for c in quoted)
            at = len(mark[1])
            found.append(cells[at : at + len(mark[2])].replace("\0", ""))
    return found


def check(
    path: Path, run: Run, arguments: tuple[str, ...], expected: list[str]
) -> None:
    """Check that a command marks certain texts of a contract, in every format."""
    read = {
        "json": places_of_json,
        "sarif": places_of_sarif,
        "github": places_of_github,
    }
    places = {
        name: sorted(reader(run(*arguments, "--format", name)))
        for name, reader in read.items()
    }
    assert sorted(marked(path, place) for place in places["json"]) == sorted(expected)
    assert places["json"] == places["sarif"] == places["github"]
    text = run(*arguments)
    assert sorted(carets(text)) == sorted(expected)
    for rule, line, column, _, _ in places["json"]:
        pattern = rf"^specs/{path.name}:{line}:{column}  \w+  {rule}$"
        assert re.search(pattern, text.out, re.MULTILINE)


@pytest.mark.parametrize("way", WAYS)
def test_lint_marks_what_it_finds(path: Path, run: Run, way: str) -> None:
    write(path, CONTRACT, way)
    check(path, run, ("lint",), ['"x-engross"', '"total_amount"', '"post"'])


@pytest.mark.parametrize("way", WAYS)
def test_check_marks_what_is_wrong(path: Path, run: Run, way: str) -> None:
    contract = changed(CONTRACT, '"responses"', '"respones"')
    write(path, changed(contract, '"object"', '"objekt"'), way)
    check(path, run, ("check",), ['"respones"', '"objekt"'])


@pytest.mark.parametrize("way", WAYS)
def test_diff_marks_what_changed(path: Path, run: Run, way: str) -> None:
    write(path, CONTRACT, way)
    git(path.parents[1], "add", "--all")
    git(path.parents[1], "commit", "--quiet", "--message=First")
    limited = '"string", "maxLength": 9'
    write(path, changed(CONTRACT, '"string"', limited), way)
    check(path, run, ("diff",), ['"maxLength"'])


@pytest.mark.parametrize("way", WAYS)
def test_audit_marks_what_it_finds(path: Path, run: Run, way: str) -> None:
    documents = {"a": {"title": "😀", "file": "a.txt", "sha256": "a" * 64, "lines": 9}}
    extension = {"x-engross": {"package": "charges", "documents": documents}}
    contract = {**CONTRACT, **extension, "servers": []}
    cited = '"type": "object", "x-engross": {"lines": "8-99"}'
    write(path, changed(contract, '"type": "object"', cited), way)
    check(path, run, ("audit",), ['"8-99"', '"post"'])
