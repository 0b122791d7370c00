"""A README says what its contract says, and its text cannot inject Markdown."""

import re
from functools import cache
from pathlib import Path

import black
import pytest

from engross.contract import build
from engross.emit import emit
from engross.emit.readme.markdown import prose
from engross.source import load

HERE = Path(__file__).parent
CONTRACTS = ("flow", "hostile", "plain")
MODE = black.Mode()


@cache
def readme(name: str) -> str:
    """Return the README of a contract."""
    source = load(HERE / "specs" / f"{name}.yaml", root=HERE)
    return emit(build(source))["README.md"].decode()


def prose_of(text: str) -> str:
    """Return the text without its fences and code spans."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)


def headings(text: str) -> list[str]:
    """Return the titles of the sections."""
    return re.findall(r"^#{1,6} (.+)$", prose_of(text), re.MULTILINE)


def test_headings_in_descriptions_are_not_headings_of_the_readme() -> None:
    assert headings(readme("hostile")) == [
        "hostile",
        "Install",
        "First call",
        "Async",
        "Credentials and environment",
        "Servers",
        "Methods",
        "Retries",
        "Errors",
        "Status codes",
        "Other errors",
        "Null and absent",
        "Unknown fields and values",
        "Pagination",
        "Raw responses",
        "Options of a call",
        "Timeouts",
        "Your own HTTP client",
        "Redirects",
        "Logging and hooks",
        "Testing your code",
        "Threads, processes and Ctrl-C",
        "Validation",
        "Your own code",
    ]


def test_section_without_content_is_left_out() -> None:
    absent = {
        "Discrepancies",
        "Files",
        "Pagination",
        "Provider error codes",
        "Sources",
        "Streaming responses",
    }
    assert absent.isdisjoint(headings(readme("plain")))


def test_streams_and_files_have_sections() -> None:
    text = readme("flow")
    assert {"Files", "Streaming responses"} <= set(headings(text))
    assert "for event in streamed.iter_events():" in text
    assert 'file=("report.csv", content, "text/csv")' in text


@pytest.mark.parametrize("name", CONTRACTS)
def test_html_of_a_contract_is_escaped(name: str) -> None:
    comment, _, rest = readme(name).partition("\n")
    assert comment.startswith("<!-- ")
    assert re.findall(r"(?<!\\)<(?!https?://|br>)", prose_of(rest)) == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_table_row_has_as_many_cells_as_its_head(name: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", readme(name), re.MULTILINE)
    assert tables
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(cells) == 1, table


@pytest.mark.parametrize("name", CONTRACTS)
def test_code_is_formatted_as_black_does(name: str) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", readme(name), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 6
    for block in blocks:
        assert black.format_str(block, mode=MODE) == block


def test_print_shows_its_output_in_a_comment() -> None:
    assert "print(pet.id)  # 7\nprint(pet.status)  # sold\n" in readme("plain")


def test_binary_floats_are_listed() -> None:
    text = readme("plain")
    assert "The contract marks no field as money." in text
    assert "unsuitable for money: `Pet.price`." in text


def test_invalid_request_shows_every_violation() -> None:
    code, printed = re.findall(
        r"^```python\n([^`]*RequestInvalidError[^`]*)^```$.*?^```text\n(.*?)^```$",
        readme("plain"),
        re.MULTILINE | re.DOTALL,
    )[-1]
    assert 'given: dict[str, Any] = {"id": "a few", "name": 12' in code
    assert printed.splitlines()[:2] == [
        "/id None must be an integer, got 'a few'",
        "/name None must be a string, got 12",
    ]


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("snake_case stays, _this_ too", r"snake_case stays, \_this\_ too"),
        ("a `code | span` stays", "a `code | span` stays"),
        ("[a link](https://a.b/c_d) works", "[a link](<https://a.b/c_d>) works"),
        ("[a trap](javascript:alert)", "a trap"),
        ("![no image](https://a.b)", r"!\[no image\](<https://a.b>)"),
        ("see https://a.b/_c_.", "see <https://a.b/_c_>."),
        ("Token <token>", r"Token \<token>"),
        ("<p>one<br/>two <b>three</b></p>", "one two three"),
        ("&lt;script&gt; &amp;amp;", r"\<script> \&amp;"),
        ("1. first", r"1\. first"),
        ("# title", r"\# title"),
        ("<p># title</p>", r"\# title"),
        ("$5 or *6*", r"\$5 or \*6\*"),
        ("line\n\nline\u202e\x00", "line line"),
    ],
)
def test_text_of_a_contract_is_shown_literally(given: str, printed: str) -> None:
    assert prose(given) == printed
