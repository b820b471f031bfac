"""Month, place and language: chosen in the bar and on the map, kept in the link, carried between pages."""

import re
import time

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenVisit
from tests.e2e.screen import (
    choose,
    element,
    go,
    link,
    map_box,
    number_in,
    tiles,
    under_pointer,
    wait_for_link,
    wait_until_still,
)
from tests.support.browser import PATIENCE, wait_until_idle

HENGKOU = "610902107"
POINTS = [(0.45, 0.4), (0.5, 0.5), (0.55, 0.6)]


def test_a_language_switched_to_changes_the_words_and_the_link_and_stays(visit: OpenVisit) -> None:
    page = visit("/rulebook").page
    page.get_by_role("radio", name="English").click()
    wait_for_link(page, lang="en")
    expect(page.get_by_text("Risk rules (add points)")).to_be_visible()
    expect(page).to_have_title(re.compile("^Rule book"))
    expect(element(page, "stTopNavSection").first).to_contain_text("Dispatch")
    go(page, "About", "Data dictionary")
    expect(page.get_by_text("Every number on a screen")).to_be_visible()
    wait_for_link(page, lang="en")


def test_month_and_township_change_figures_and_link_which_restores_them_and_the_menu_keeps_them(
    visit: OpenVisit,
) -> None:
    page = visit("/warnings?lang=en").page
    district = tiles(page)
    choose(page, "Month", "March 2022")
    wait_for_link(page, lang="en", month="2022-03")
    earlier = tiles(page)
    choose(page, "Township", "Hengkou Town")
    expect(page.get_by_role("combobox", name="Village")).to_be_visible()
    wait_for_link(page, lang="en", month="2022-03", place=HENGKOU)
    township = tiles(page)
    assert len({tuple(figures.values()) for figures in (district, earlier, township)}) == 3

    copied = visit(f"/warnings?{page.url.split('?')[1]}", locale="fr-FR").page
    assert tiles(copied) == township
    assert link(copied) == {"lang": "en", "month": "2022-03", "place": HENGKOU}
    expect(copied.get_by_role("combobox", name="Month")).to_have_value("March 2022")
    expect(copied.get_by_role("combobox", name="Township")).to_have_value("Hengkou Town")

    go(copied, "About", "Data dictionary")
    expect(copied.get_by_text("Every number on a screen")).to_be_visible()
    wait_for_link(copied, lang="en", month="2022-03", place=HENGKOU)
    go(copied, "Households", "Warnings")
    expect(element(copied, "stMetric")).to_have_count(len(township))
    wait_for_link(copied, lang="en", month="2022-03", place=HENGKOU)
    assert tiles(copied) == township


def test_clicking_a_township_on_the_map_or_a_row_turns_the_page_to_it_and_the_maps_view_stays(visit: OpenVisit) -> None:
    """Then a row is clicked: it turns the page to its place, and no row of the next table is ticked."""
    page = visit("/?lang=en").page
    field = page.get_by_role("combobox", name="Township")
    district, opening = tiles(page), [under_pointer(page, x=x, y=y) for x, y in POINTS]
    _zoom_and_drag(page)
    names = [under_pointer(page, x=x, y=y) for x, y in POINTS]
    assert names != opening

    _click_middle(page)
    expect(field).to_have_value(names[1])
    wait_for_link(page, lang="en", place=link(page)["place"])
    assert tiles(page) != district
    assert [under_pointer(page, x=x, y=y) for x, y in POINTS] == names

    _click_middle(page)
    expect(field).to_have_value("All townships")
    wait_for_link(page, lang="en")
    assert tiles(page) == district

    # A township can be clicked again after the bar turned the page elsewhere.
    _click_middle(page)
    expect(field).to_have_value(names[1])
    choose(page, "Township", "All townships")
    wait_for_link(page, lang="en")
    _click_middle(page)
    expect(field).to_have_value(names[1])
    choose(page, "Township", "All townships")
    wait_for_link(page, lang="en")

    table = element(page, "stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": 16, "y": 38 * 9 + 19})  # row 9 of the table: eight above it, and the head
    expect(page.get_by_role("combobox", name="Village")).to_have_value("All villages")
    wait_for_link(page, lang="en", place=link(page)["place"])
    expect(table.locator("tbody tr")).not_to_have_count(28)
    expect(table.locator('tbody tr[aria-selected="true"]')).to_have_count(0)


def test_a_figure_that_waits_opens_its_list_with_as_many_rows(visit: OpenVisit) -> None:
    page = visit("/?month=2022-03").page
    figures = page.locator(".st-key-strip").get_by_test_id("stPageLink-NavLink")
    expect(figures).to_have_count(5)
    numbers = [number_in(text.split()[0]) for text in figures.all_inner_texts()]
    largest = max(range(len(numbers)), key=numbers.__getitem__)
    assert numbers[largest] > 0
    figures.nth(largest).click()
    expect(page.get_by_text(f"共 {numbers[largest]} 行")).to_be_visible()
    table = element(page, "stDataFrame").locator("table")
    expect(table).to_have_attribute("aria-rowcount", str(min(numbers[largest], 50) + 1))
    assert link(page)["month"] == "2022-03"


def test_a_click_on_a_heading_sorts_the_whole_list_and_not_the_page_of_it(visit: OpenVisit) -> None:
    page = visit("/worklist?list=completeness&lang=zh").page
    table, order = element(page, "stDataFrame"), page.get_by_role("combobox", name="排序")
    before = table.locator("tbody tr").first.inner_text()
    clicked = iter(range(480, 900, 15))
    while order.input_value() == "默认顺序":
        table.click(position={"x": next(clicked), "y": 18})
        page.wait_for_timeout(400)
        wait_until_idle(page)
    assert table.locator("tbody tr").first.inner_text() != before
    # The menu of a heading offers no order of the page alone.
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    table.click(position={"x": 117, "y": 18})
    expect(menu).to_be_visible()
    expect(menu.get_by_text("降序")).to_be_hidden()


SEEN = """() => {
    const one = document.activeElement, marks = [];
    for (let part = one, up = 0; part && up < 4; part = part.parentElement, up++) {
        const style = getComputedStyle(part);
        if (style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.borderColor === 'rgb(31, 78, 140)')
            marks.push(up);
    }
    return [one.dataset.testid || one.getAttribute('aria-label') || one.innerText || one.outerHTML, marks.length > 0];
}"""
"""What has the focus, and whether that is seen."""


def test_the_keyboard_alone_reaches_fields_figures_and_rows_and_opens_a_household(visit: OpenVisit) -> None:
    page = visit("/?lang=zh").page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    reached: list[str] = []
    while "data-grid-canvas" not in reached:
        assert len(reached) < 80, reached
        page.keyboard.press("Tab")
        name, seen = page.evaluate(SEEN)
        assert seen, f"{name}: where the focus is cannot be seen"
        reached.append(name)
    assert {"月份", "镇（街道）", "地图指标"} <= set(reached)
    assert reached.count("stPageLink-NavLink") > 20
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("combobox", name="村（社区）")).to_have_value("全部村（社区）")

    page.goto(f"{page.url.split('?')[0]}worklist?list=households&lang=zh")
    wait_until_idle(page)
    page.get_by_role("button", name="下载").focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_test_id("stPopoverBody")
    expect(sheet.get_by_test_id("stRadio")).to_be_visible()
    page.keyboard.press("Tab")
    expect(sheet.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_test_id("data-grid-canvas").first.focus()
    page.keyboard.press("ArrowDown")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
        page.locator(".gdg-input").wait_for(state="attached")
        page.keyboard.press("Enter")
    assert "/household?household=" in opened.value.url
    opened.value.close()


def _click_middle(page: Page) -> None:
    """Click the township in the middle, once the map answers the pointer: a map just drawn anew does not at once."""
    give_up = time.monotonic() + PATIENCE
    while not under_pointer(page, x=0.5, y=0.5):
        assert time.monotonic() < give_up, "the map does not answer the pointer"
    box = map_box(page)
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])


def _zoom_and_drag(page: Page) -> None:
    box = map_box(page)
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    wait_until_still(page)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=5)
    page.mouse.up()
    wait_until_still(page)
