"""The site of `make docs`: all pages, all commands, no broken links, nothing from elsewhere."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import browser
from tests.conftest import ROOT
from tests.docs.page import PAGES, RULES, RUN, Page, page
from tests.docs.replay import run
from tests.docs.site.links import broken_links
from tests.docs.site.sources import SITE, helps, navigation, pages

__all__ = ["browser"]

FOLDERS = (".", "generated/*", "generator", "specs", "specs/tutorial", "templates")
TESTED_ELSEWHERE = {
    "generator/RULES.md",  # tests/rulebook
    *(
        f"generated/{each.parent.name}/README.md"
        for each in ROOT.glob("generated/*/tests")
    ),
}


def site_pages() -> list[Page]:
    """Return the pages of the site that are files of the repository."""
    return [page(name) for name in pages(navigation([])) if (ROOT / name).is_file()]


def test_every_page_of_the_docs_is_on_the_site() -> None:
    written = {path for each in FOLDERS for path in ROOT.glob(f"{each}/*.md")}
    written -= {*ROOT.glob("generated/*/CHANGELOG.md")}
    assert written | {each.path for each in PAGES} <= {
        each.path for each in site_pages()
    }


def test_every_page_with_snippets_is_tested() -> None:
    tested = {each.name for each in RUN} | TESTED_ELSEWHERE
    languages = {"python", "console"}
    assert RULES.relative_to(ROOT).as_posix() in TESTED_ELSEWHERE
    for each in site_pages():
        if each.name not in tested:
            assert not languages & {block.language for block in each.blocks}, each.name


def test_every_command_has_a_page_with_its_help(current: Path) -> None:
    found = dict(helps())
    assert {"generate", "check", "new"} <= found.keys()
    shown = run(current, "COLUMNS=88 engross check --help").stdout
    assert found["check"] == f"# engross check\n\n```text\n{shown}```\n"


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="#top">a</a><a href="/b.html#here">b</a>'
        '<a href="#no">c</a><a href="b.html#no">d</a><img src="no.png">'
        '<a href="https://example.com/no">e</a>'
    )
    (tmp_path / "b.html").write_text('<h1 id="here"></h1><a href="no.html">f</a>')
    assert broken_links(tmp_path) == [
        "a.html: #no",
        "a.html: b.html#no",
        "a.html: no.png",
        "b.html: no.html",
    ]


@pytest.fixture
def address() -> Iterator[str]:
    """Serve the site as `make lint` has built it; return its address."""
    if not SITE.is_dir():
        pytest.skip("build/docs/site is missing; run make docs")
    handler = functools.partial(Silent, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves files, and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


def test_site_loads_only_its_own_files_and_finds_rules(
    browser: Browser, address: str
) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    failed: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("requestfailed", lambda request: failed.append(request.url))
    tab.on("pageerror", lambda error: failed.append(str(error)))
    tab.on("response", lambda reply: failed.extend([reply.url] * (reply.status >= 400)))
    tab.goto(f"{address}/index.html", wait_until="networkidle")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("post-without-retry")
    found = tab.locator("a[href*='#post-without-retry']").first
    found.wait_for(timeout=10_000)
    assert failed == []
    assert {
        url for url in asked if not url.startswith((address, "data:", "blob:"))
    } == set()
    tab.close()
