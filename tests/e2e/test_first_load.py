"""What a browser that was never here before gets, and what it asks for."""

from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.support.browser import shown_errors, wait_until_idle
from tests.support.server import Server

MEGABYTE = 1_000_000


def test_first_load_stays_at_home_and_below_three_megabytes(server: Server, open_page: OpenPage) -> None:
    opened, recorder = open_page(server.url)
    opened.goto(server.url)
    wait_until_idle(opened)
    assert shown_errors(opened) == []
    assert recorder.foreign() == []
    assert recorder.policy_violations() == []
    assert recorder.errors() == []
    assert recorder.transfer < 3 * MEGABYTE
    recorder.transfer = 0
    opened.reload()
    wait_until_idle(opened)
    assert recorder.transfer < 0.1 * MEGABYTE


def test_a_browser_that_is_too_old_is_told_what_to_use(server: Server, open_page: OpenPage) -> None:
    opened, recorder = open_page(server.url)
    opened.add_init_script("delete AbortSignal.timeout")  # came with Chromium 103
    opened.goto(server.url)
    for words in ("极速模式", "Chromium 105 or later"):
        expect(opened.get_by_role("alert")).to_contain_text(words)
    assert opened.locator("#root").count() == 0
    assert recorder.policy_violations() == []
