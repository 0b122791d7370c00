"""The page of a fake's server, in a browser: what happens is shown while it happens."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from time import sleep

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from till.errors import NotFoundError
from till.testing import FakeTill
from till.testing.server import FakeApp

from tests.browser import browser, opened, violations

__all__ = ["browser"]


class Served:
    """A fake behind a real server."""

    def __init__(self) -> None:
        self.fake = FakeTill()
        app = FakeApp(self.fake)
        config = uvicorn.Config(app, port=0, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        base = f"{self.address}/api"
        self.client = self.fake.client(http_client=None, base_url=base, max_retries=0)

    def end(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def served() -> Iterator[Served]:
    running = Served()
    yield running
    running.client.close()
    running.end()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = opened(browser, served.address)
    yield page
    page.close()


def create(served: Served, reference: str = "T-1") -> None:
    items = [{"code": "PC-1", "quantity": 2, "unit_amount": 1500}]
    served.client.invoices.create(transaction_id=reference, payment_items=items)  # type: ignore[arg-type]


def fail(served: Served) -> None:
    with pytest.raises(NotFoundError):
        served.client.invoices.retrieve("T-9")


def test_page_says_where_to_send_requests_before_there_is_any(
    page: Page, served: Served
) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Fake Till")
    expect(page.locator("#none")).to_contain_text(f"Send requests to {served.address}")
    expect(page.locator("#items summary").first).to_contain_text("(0)")


def test_call_is_shown_as_soon_as_a_client_makes_it(page: Page, served: Served) -> None:
    create(served)

    expect(page.locator("#calls summary")).to_contain_text("invoices.create(")
    expect(page.locator("#none")).to_be_hidden()
    expect(page.get_by_text("invoices (1)")).to_be_visible()


def test_newest_call_is_first_and_failures_are_marked(
    page: Page, served: Served
) -> None:
    create(served)
    fail(served)

    first = page.locator("#calls details").first
    expect(first).to_contain_text("-> 404 (missing)")
    expect(first).to_have_class("failed")


def test_body_that_is_open_stays_open_with_the_focus(
    page: Page, served: Served
) -> None:
    create(served)
    summary = page.locator("#calls summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#calls pre")).to_contain_text('"transactionId": "T-1"')

    create(served, "T-2")

    expect(page.locator("#calls details")).to_have_count(2)
    expect(page.locator("#calls details[open] summary:focus")).to_contain_text("T-1")


def test_tab_reaches_calls_and_items(page: Page, served: Served) -> None:
    create(served)
    expect(page.locator("#calls details")).to_have_count(1)

    page.keyboard.press("Tab")
    expect(page.locator("#calls summary:focus")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#items summary:focus")).to_have_count(1)


def test_page_says_that_the_fake_does_not_answer(page: Page, served: Served) -> None:
    create(served)
    expect(page.locator("#calls details")).to_have_count(1)

    served.end()

    expect(page.get_by_role("status")).to_contain_text("does not answer")
    expect(page.locator("#calls details")).to_have_count(1)


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (320, True)], ids=["wide-light", "narrow-dark"]
)
def test_page_breaks_no_rule_of_accessibility(
    browser: Browser, served: Served, width: int, dark: bool
) -> None:
    page = opened(browser, served.address, width=width, dark=dark)
    expect(page.locator("#none")).to_be_visible()
    assert violations(page) == []
    create(served)
    fail(served)
    expect(page.locator("#calls details")).to_have_count(2)
    for summary in page.locator("summary").all():
        summary.click()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    served.end()
    expect(page.get_by_role("status")).to_contain_text("does not answer")
    assert violations(page) == []
    page.close()
