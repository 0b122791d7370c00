"""The page of an audit: lines beside what cites them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from tests.audit.conftest import PAGE
from tests.cli.conftest import Run

VOID = ("meta", "input", "br", "wbr")
PARTS = ("number", "state", "text", "begins")


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

    @property
    def classes(self) -> set[str]:
        """Return its classes."""
        return set(self.attributes.get("class", "").split())

    def text_of(self, name: str) -> str:
        """Return the text of the one element in it with a class."""
        (found,) = (each for each in self.all() if name in each.classes)
        return found.text

    def all(self, tag: str | None = None) -> "Iterator[Element]":
        """Yield the elements in it with a tag."""
        for part in self.inner:
            if isinstance(part, Element):
                if tag in (None, part.tag):
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
        if tag not in VOID:
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
    """Return the lines: number, state, text, and what cites each and not the one before."""
    lines = [each for each in page.all("li") if "line" in each.classes]
    return [[each.text_of(part) for part in PARTS] for each in lines]


def test_page_has_each_line_beside_what_cites_it(pages: Path, run: Run) -> None:
    ran = run("audit", "--documents", "pages", "--html", "audit.html")
    assert ran.status == 1
    page = read(pages.parent / "audit.html")
    assert rows(page) == [
        ["1", "cited", "<script>alert(1)</script>", "cited Order"],
        ["2", "blank", "", "blank"],
        ["3", "cited", "quantity", "cited Order .quantity"],
        ["4", "cited", "number & more", "cited discrepancy ! exact"],
        ["5", "considered", "footer", "considered States no fact"],
        ["6", "not cited", "forgotten", "not cited"],
    ]
    assert next(page.all("h3")).text == "How to <b>order</b>"
    counted = "6 lines: 3 cited, 1 considered, 1 blank, 1 not cited."
    assert f"{counted} 1 needs attention. 1 discrepancy." in page.text
    assert "unread-lines specs/shop.yaml:13 line 6 is not cited" in page.text


def test_page_tells_what_a_discrepancy_is(pages: Path, run: Run) -> None:
    run("audit", "--documents", "pages", "--html", "audit.html")
    page = read(pages.parent / "audit.html")
    (card,) = (
        each for each in page.all("li") if {"card", "discrepancy"} <= each.classes
    )
    assert card.text == (
        "! exact discrepancy specs/shop.yaml:20, line 4 "
        "Document A number. Chosen Exact. Because It is money."
    )


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
        ["was 5", "gone", "gone"],
        ["5 was 6", "not cited", "forgotten"],
        ["6", "new", "color"],
    ]
    assert "Order .quantity read again" in page.text


def test_page_is_whole_and_needs_nothing_else(pages: Path, run: Run) -> None:
    run("audit", "--documents", "pages", "--html", "audit.html")
    page = read(pages.parent / "audit.html")
    elements = list(page.all())
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
    assert not list(page.all("link"))
