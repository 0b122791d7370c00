"""A README says what its contract says, and takes no orders from it."""

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
    """The README that a contract makes."""
    source = load(HERE / "specs" / f"{name}.yaml", root=HERE)
    return emit(build(source))["README.md"].decode()


def prose_of(text: str) -> str:
    """The text without its fences and code spans."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)


def headings(text: str) -> list[str]:
    """Titles of the sections."""
    return re.findall(r"^#{1,6} (.+)$", prose_of(text), re.MULTILINE)


def test_headings_of_a_contract_are_no_headings_of_its_readme() -> None:
    assert headings(readme("hostile")) == [
        "hostile",
        "Install",
        "First call",
        "Async",
        "Credentials and environment",
        "Servers",
        "Methods",
        "Repeating calls",
        "Errors",
        "Statuses",
        "Without an answer that helps",
        "Null and absent",
        "What the contract does not know",
        "Paging",
        "Raw responses",
        "Options of a call",
        "Timeouts",
        "Your own HTTP client",
        "Redirects",
        "Watching calls",
        "Threads, processes and Ctrl-C",
        "Validation",
    ]


def test_what_a_contract_lacks_has_no_section() -> None:
    absent = {
        "Codes of the provider",
        "Files",
        "Paging",
        "Replies that come piece by piece",
        "Where it comes from",
    }
    assert absent.isdisjoint(headings(readme("plain")))
    assert "uncertain" not in readme("plain")


def test_replies_of_events_and_bodies_of_files_have_sections_where_there_are_some() -> (
    None
):
    text = readme("flow")
    assert {"Files", "Replies that come piece by piece"} <= set(headings(text))
    assert "for event in streamed.iter_events():" in text
    assert 'file=("report.csv", content, "text/csv")' in text


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_html_of_a_contract_takes_effect(name: str) -> None:
    comment, _, rest = readme(name).partition("\n")
    assert comment.startswith("<!-- ")
    assert re.findall(r"(?<!\\)<(?!https?://|br>)", prose_of(rest)) == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_row_has_as_many_cells_as_its_heading(name: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", readme(name), re.MULTILINE)
    assert tables
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(cells) == 1, table


@pytest.mark.parametrize("name", CONTRACTS)
def test_black_changes_nothing_in_the_code(name: str) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", readme(name), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 6
    for block in blocks:
        assert black.format_str(block, mode=MODE) == block


def test_what_is_printed_is_shown_beside_the_print() -> None:
    assert "print(pet.id)  # 7\nprint(pet.status)  # sold\n" in readme("plain")


def test_numbers_that_are_held_in_binary_are_named() -> None:
    text = readme("plain")
    assert "The contract marks no field as money." in text
    assert "no money should be held: `Pet.price`." in text


def test_a_refused_request_shows_all_that_is_wrong() -> None:
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
def test_text_of_a_contract_is_shown_as_it_reads(given: str, printed: str) -> None:
    assert prose(given) == printed
