"""The page as a reader uses it: bar, menu, tiles, map."""

import re
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.support.browser import PATIENCE, wait_until_idle

THREE_FRAMES = """() => new Promise(done => {
    const frame = left => left ? requestAnimationFrame(() => frame(left - 1)) : done();
    frame(3);
})"""


def element(page: Page, name: str) -> Locator:
    """Elements of one kind, by Streamlit's name for it, such as stMetric."""
    return page.locator(f'[data-testid="{name}"]')


def link(page: Page) -> dict[str, str]:
    """What stands after the ? in the address."""
    return dict(parse_qsl(urlsplit(page.url).query))


def wait_for_link(page: Page, **wanted: str) -> None:
    """Returns when the address carries exactly what is wanted and the page is ready."""
    page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)) == wanted, timeout=1000 * PATIENCE)
    wait_until_idle(page)


def tiles(page: Page) -> dict[str, str]:
    """The figures of the tiles by their labels."""
    labels = element(page, "stMetricLabel").all_inner_texts()
    return dict(zip(labels, element(page, "stMetricValue").all_inner_texts(), strict=True))


def choose(page: Page, field: str, option: str) -> None:
    """Choose an option of a field of the bar, which a run that goes on would draw anew under the click. The option is
    chosen as a screen reader does: a press of the mouse that a slow machine draws into two is none."""
    wait_until_idle(page)
    page.get_by_role("combobox", name=field, exact=True).click()
    page.get_by_role("option", name=option, exact=True).dispatch_event("click")
    page.get_by_role("listbox").wait_for(state="hidden")


def go(page: Page, section: str, title: str) -> None:
    """Go to a page through the menu on top."""
    element(page, "stTopNavSection").filter(has_text=section).click()
    page.get_by_role("menuitem").filter(has_text=title).click()
    expect(element(page, "stTopNavDropdownLink")).to_have_count(0)


def under_pointer(page: Page, *, x: float, y: float) -> str:
    """Name of the township under a point of the map, given in shares of its width and height; empty beside it."""
    box = map_box(page)
    for below in (2, 0):  # deck.gl picks in the frame after a move of the pointer
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"] - below)
        page.evaluate(THREE_FRAMES)
    shown = page.locator(".deck-tooltip:visible").all_inner_texts()
    return shown[0].splitlines()[0] if shown and shown[0] else ""


def wait_until_still(page: Page) -> None:
    """Returns when the map looks twice the same: it glides to a new view."""
    shown, before = element(page, "stDeckGlJsonChart"), b""
    while before != (now := shown.screenshot()):
        before = now


def map_box(page: Page) -> FloatRect:
    """Where the map lies, in pixels of the page."""
    box = element(page, "stDeckGlJsonChart").bounding_box()
    assert box is not None
    return box


def number_in(text: str) -> int:
    """The last whole number of a text."""
    return int(re.findall(r"\d[\d,]*", text)[-1].replace(",", ""))
