"""The page of an audit: lines beside what cites them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run

__all__ = ["run"]

PAGE = "<script>alert(1)</script>\n\nquantity\nnumber & more\nfooter\nforgotten\n"

CONTRACT = f"""\
openapi: 3.1.1
info: {{ title: Shop, version: "1" }}
paths: {{}}
components:
  schemas:
    Order:
      type: object
      x-engross: {{ lines: 1-4 }}
      properties:
        quantity: {{ type: number, x-engross: {{ lines: 3-4, discrepancy: exact }} }}
x-engross:
  documents:
    page:
      title: How to <b>order</b>
      file: page.txt
      sha256: {sha256(PAGE.encode()).hexdigest()}
      lines: 6
      considered: [{{ lines: 5, because: It is the footer. }}]
  discrepancies:
    exact: {{ kind: unclear, lines: 4, says: A number., chosen: Exact., because: It is money. }}
"""


@dataclass
class Element:
    """An element of HTML, with the text in it."""

    tag: str
    attributes: dict[str, str]
    inner: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return its text in one line."""
        parts = (p if isinstance(p, str) else p.text for p in self.inner)
        return " ".join(" ".join(parts).split())

    def all(self, tag: str) -> "Iterator[Element]":
        """Yield the elements in it with a tag."""
        for part in self.inner:
            if isinstance(part, Element):
                if part.tag == tag:
                    yield part
                yield from part.all(tag)


class Reader(HTMLParser):
    """Reads HTML in which each element that needs an end has one."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inner.append(element)
        if tag != "meta":
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inner.append(data)


def read(path: Path) -> Element:
    reader = Reader()
    reader.feed(path.read_text())
    (root,) = reader.open
    return root


def rows(page: Element) -> list[list[str]]:
    """Return the cells of the table of lines."""
    table = next(page.all("table"))
    body = next(table.all("tbody"))
    return [[cell.text for cell in row.all("td")] for row in body.all("tr")]


@pytest.fixture
def pages(project: Path, run: Run) -> Path:
    folder = project / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE)
    (project / "specs" / "shop.yaml").write_text(CONTRACT)
    assert run("audit", "--lock", "--documents", "pages").status == 0
    return folder


def test_page_has_each_line_beside_what_cites_it(pages: Path, run: Run) -> None:
    ran = run("audit", "--documents", "pages", "--html", "audit.html")
    assert ran.status == 1
    page = read(pages.parent / "audit.html")
    assert rows(page) == [
        ["1", "cited", "<script>alert(1)</script>", "Order"],
        ["2", "blank", "", "Order"],
        ["3", "cited", "quantity", "Order.quantity Order"],
        ["4", "cited", "number & more", "discrepancies.exact Order.quantity Order"],
        ["5", "considered", "footer", "documents.page considered.0"],
        ["6", "not cited", "forgotten", ""],
    ]
    assert next(page.all("h3")).text == "How to <b>order</b>"
    assert next(page.all("caption")).text == (
        "3 cited, 1 considered, 1 blank, 1 not cited"
    )
    assert "unread-lines, specs/shop.yaml:13: line 6 is not cited" in page.text


def test_page_has_no_text_without_the_documents(pages: Path, run: Run) -> None:
    run("audit", "--html", "audit.html")
    found = rows(read(pages.parent / "audit.html"))
    assert [row[1] for row in found] == [
        *("cited", "blank", "cited", "cited", "considered", "not cited")
    ]
    assert {row[2] for row in found} == {""}


def test_page_of_a_newer_version_shows_what_happened_to_lines(
    pages: Path, run: Run
) -> None:
    new = PAGE.replace("number & more", "integer").replace("footer\n", "")
    (pages / "new.txt").write_text(new + "color\n")
    run("audit", "shop", "--against", "pages/new.txt", "--html", "audit.html")
    page = read(pages.parent / "audit.html")
    assert [row[:3] for row in rows(page)] == [
        ["1", "cited", "<script>alert(1)</script>"],
        ["2", "blank", ""],
        ["3", "cited", "quantity"],
        ["4", "changed", "integer"],
        ["", "gone", ""],
        ["5", "not cited", "forgotten"],
        ["6", "new", "color"],
    ]
    assert "Order.quantity, to be read again" in page.text


def test_page_is_whole_and_needs_nothing_else(pages: Path, run: Run) -> None:
    run("audit", "--documents", "pages", "--html", "audit.html")
    page = read(pages.parent / "audit.html")
    elements = [each for tag in ALL for each in page.all(tag)]
    ids = [each.attributes["id"] for each in elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    targets = {each.attributes["href"] for each in page.all("a")}
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    assert not [each for each in elements if "src" in each.attributes]
    (policy,) = (
        each.attributes["content"]
        for each in page.all("meta")
        if "http-equiv" in each.attributes
    )
    assert policy.startswith("default-src 'none';")
    assert len(list(page.all("script"))) == 1


ALL = ("section", "tr", "h2", "h3", "a", "script", "link", "img", "table")
