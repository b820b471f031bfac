"""What a browser that was never here before gets, and what it asks for."""

from tests.conftest import OpenPage
from tests.support.browser import shown_errors, wait_until_idle
from tests.support.server import Server

MEGABYTE = 1_000_000


def test_first_load_stays_at_home_and_below_five_megabytes(server: Server, open_page: OpenPage) -> None:
    opened, recorder = open_page(server.url)
    opened.goto(server.url)
    wait_until_idle(opened)
    assert shown_errors(opened) == []
    assert recorder.foreign() == []
    assert recorder.policy_violations() == []
    assert recorder.errors() == []
    assert recorder.transfer < 5 * MEGABYTE
    recorder.transfer = 0
    opened.reload()
    wait_until_idle(opened)
    assert recorder.transfer < 0.1 * MEGABYTE
