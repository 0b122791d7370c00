"""The page of an audit in a browser: keys, focus, contrast, narrow screens, paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engross.cli import main
from tests.audit.conftest import PAGE, write_contract
from tests.browser import browser, opened, violations
from tests.conftest import PYPROJECT

__all__ = ["browser"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a page that has the document's text, and one that has not."""
    root = tmp_path_factory.mktemp("audit")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "specs").mkdir()
    write_contract(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        main(["audit", "--lock", "--documents", "pages"])
        main(["audit", "--documents", "pages", "--html", "audit.html"])
        main(["audit", "--html", "textless.html"])
    return root


@pytest.fixture(scope="module")
def html(root: Path) -> Path:
    """Return the page, with a line that nothing cites and a discrepancy."""
    return root / "audit.html"


@pytest.fixture(scope="module")
def tab(browser: Browser, html: Path) -> Page:
    return opened(browser, html)


@pytest.fixture
def page(tab: Page, html: Path) -> Page:
    """Return the page as it is when it has just been opened."""
    tab.goto("about:blank")
    tab.emulate_media(media="screen")
    tab.goto(html.as_uri())
    return tab


def chosen(page: Page) -> list[str]:
    """Return the numbers of the lines that are chosen, if they have the focus."""
    return page.locator(".line.chosen .number:focus").all_inner_texts()


def press(page: Page, *keys: str) -> list[str]:
    """Press keys, and return the line that is chosen after each."""
    found = []
    for key in keys:
        page.keyboard.press(key)
        found += chosen(page)
    return found


def cards(page: Page) -> list[str]:
    """Return the headings of what is shown to cite lines."""
    return page.locator(".card:visible h4").all_inner_texts()


def test_letters_step_through_lines(page: Page) -> None:
    assert press(page, "j", "j", "j", "k") == ["1", "2", "3", "2"]


def test_letters_step_through_what_needs_attention(page: Page) -> None:
    assert press(page, "n", "k", "k", "n") == ["6", "5", "4", "6"]
    assert press(page, "u", "d") == ["4", "4"]


def test_letters_can_be_switched_off(page: Page) -> None:
    page.locator("#keys").uncheck()
    assert press(page, "j") == []


def test_arrows_step_through_the_lines_of_a_document(page: Page) -> None:
    page.locator(".number").first.focus()
    assert press(page, "ArrowDown", "ArrowDown", "ArrowUp") == ["2", "3", "2"]
    assert press(page, "End", "ArrowDown", "Home") == ["6", "6", "1"]


def test_tab_stops_at_one_number_of_a_document(page: Page) -> None:
    assert page.locator(".number[tabindex='0']").all_inner_texts() == ["1"]
    press(page, "n")
    assert page.locator(".number[tabindex='0']").all_inner_texts() == ["6"]


def test_chosen_line_shows_only_what_cites_it(page: Page) -> None:
    assert len(cards(page)) == 4
    press(page, "d")
    assert cards(page) == ["! exactdiscrepancy", "Order.quantity", "Order"]
    assert page.locator(".citing > header h4").inner_text() == "Line 4: 3 citations"
    press(page, "Escape")
    assert len(cards(page)) == 4
    assert page.locator(".line.chosen").count() == 0


def test_enter_goes_to_what_cites_a_line_and_escape_returns(page: Page) -> None:
    press(page, "d", "Enter")
    assert "exact" in page.locator(".card:focus").inner_text()
    assert press(page, "Escape") == ["4"]


def test_focus_on_what_cites_lines_marks_them(page: Page) -> None:
    press(page, "d", "Enter", "Tab")
    page.keyboard.press("Tab")
    marked = page.locator(".line.shown .number").all_inner_texts()
    assert marked == ["3", "4"]


def test_name_beside_a_line_leads_to_what_cites_it(page: Page) -> None:
    page.get_by_role("link", name="Order.quantity").first.press("Enter")
    assert "Order.quantity" in page.locator(".card:focus").inner_text()
    assert page.locator(".line.chosen .number").inner_text() == "3"


def test_address_names_the_chosen_line(page: Page) -> None:
    press(page, "j", "j")
    assert page.url.endswith("audit.html#shop.page.l2")
    page.reload()
    assert chosen(page) == ["2"]


def test_every_element_with_focus_is_outlined(page: Page) -> None:
    page.keyboard.press("Tab")
    stops = 0
    while page.evaluate("document.activeElement !== document.body"):
        assert page.evaluate(OUTLINED), page.evaluate(
            "document.activeElement.outerHTML"
        )
        page.keyboard.press("Tab")
        stops += 1
    assert stops > 10


OUTLINED = """() => {
  const element = document.activeElement, row = element.closest(".line.chosen");
  const has = style => style.outlineStyle !== "none" || style.boxShadow !== "none";
  return has(getComputedStyle(element)) || (row && has(getComputedStyle(row)));
}"""


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (400, True)], ids=["wide-light", "narrow-dark"]
)
def test_page_breaks_no_rule_of_accessibility(
    browser: Browser, html: Path, width: int, dark: bool
) -> None:
    page = opened(browser, html, width=width, dark=dark)
    press(page, "d")
    assert violations(page) == []
    page.close()


def test_states_differ_by_more_than_color(page: Page) -> None:
    style = "bar => { const s = getComputedStyle(bar); return [s.backgroundImage, s.backgroundColor].map(v => v.replace(/rgb.*?\\)/g, '')).join() }"
    looks = {
        state: page.locator(f".line.{state} .bar").first.evaluate(style)
        for state in ("cited", "considered", "problem")
    }
    assert len(set(looks.values())) == 3, looks
    assert page.locator(".line.problem .state").all_inner_texts() == ["not cited"]


@pytest.mark.parametrize("width", [320, 900])
def test_narrow_page_fits_and_shows_the_chosen_line(
    browser: Browser, html: Path, width: int
) -> None:
    page = opened(browser, html, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    press(page, "n")
    line = page.locator(".line.chosen").bounding_box()
    panel = page.locator(".citing").bounding_box()
    assert line is not None
    assert panel is not None
    assert line["y"] + line["height"] <= panel["y"]
    page.close()


def test_printed_page_has_all_that_cites_lines(page: Page) -> None:
    press(page, "d")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(cards(page)) == 4
    assert not page.locator(".keys").is_visible()
    panel = page.locator(".citing")
    assert panel.evaluate("it => it.scrollHeight <= it.clientHeight")


def test_page_without_documents_shows_none_of_their_text(
    browser: Browser, root: Path
) -> None:
    page = opened(browser, root / "textless.html")
    shown = page.locator("body").inner_text()
    assert "The text is not in this page" in shown
    assert not [text for text in PAGE.split("\n") if text and text in shown.split("\n")]
    assert violations(page) == []
    page.close()
