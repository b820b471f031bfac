"""Month, place and language: chosen in the bar and on the map, kept in the link, carried between pages."""

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
)
from tests.support.browser import wait_until_idle

HENGKOU = "610902110"
POINTS = [(0.45, 0.4), (0.5, 0.5), (0.55, 0.6)]


def test_switching_the_language_changes_the_words_and_the_link(visit: OpenVisit) -> None:
    page = visit().page
    page.get_by_role("radio", name="English").click()
    wait_for_link(page, lang="en")
    expect(element(page, "stMetricLabel").first).to_have_text("Monitored (households / persons)")
    expect(element(page, "stTopNavSection").first).to_contain_text("Dispatch")


def test_choosing_month_and_township_changes_the_figures_and_the_link_which_restores_them(visit: OpenVisit) -> None:
    page = visit("/?lang=en").page
    district = tiles(page)
    choose(page, "Month", "March 2022")
    wait_for_link(page, lang="en", month="2022-03")
    earlier = tiles(page)
    choose(page, "Township", "Hengkou Town")
    expect(page.get_by_role("combobox", name="Village")).to_be_visible()
    place = link(page)["place"]
    wait_for_link(page, lang="en", month="2022-03", place=place)
    township = tiles(page)
    assert len({tuple(figures.values()) for figures in (district, earlier, township)}) == 3

    copied = visit(page.url.removeprefix(page.url.split("/?")[0]), locale="fr-FR").page
    assert tiles(copied) == township
    assert link(copied) == {"lang": "en", "month": "2022-03", "place": place}
    expect(copied.get_by_role("combobox", name="Month")).to_have_value("March 2022")
    expect(copied.get_by_role("combobox", name="Township")).to_have_value("Hengkou Town")


def test_the_menu_keeps_month_and_place_in_the_link_there_and_back(visit: OpenVisit) -> None:
    page = visit(f"/?month=2022-03&place={HENGKOU}").page
    figures = tiles(page)
    go(page, "关于", "规则")
    expect(page.get_by_text("风险规则（加分）")).to_be_visible()
    wait_for_link(page, month="2022-03", place=HENGKOU)
    go(page, "调度", "总览")
    expect(element(page, "stMetric")).to_have_count(6)
    wait_for_link(page, month="2022-03", place=HENGKOU)
    assert tiles(page) == figures


def test_the_menu_keeps_a_language_that_was_switched_to(visit: OpenVisit) -> None:
    page = visit().page
    page.get_by_role("radio", name="English").click()
    wait_for_link(page, lang="en")
    go(page, "About", "Rule book")
    expect(page.get_by_text("Risk rules (add points)")).to_be_visible()
    wait_for_link(page, lang="en")


def test_the_menu_keeps_a_language_that_came_with_the_link(visit: OpenVisit) -> None:
    page = visit("/rulebook?lang=en").page
    go(page, "About", "Data dictionary")
    expect(page.get_by_text("Every number on a screen")).to_be_visible()
    wait_for_link(page, lang="en")


def test_clicking_a_township_on_the_map_turns_the_page_to_it_and_keeps_the_maps_view(visit: OpenVisit) -> None:
    page = visit("/?lang=en").page
    district, opening = tiles(page), [under_pointer(page, x=x, y=y) for x, y in POINTS]
    _zoom_and_drag(page)
    names = [under_pointer(page, x=x, y=y) for x, y in POINTS]
    assert names != opening

    _click_middle(page)
    expect(page.get_by_role("combobox", name="Township")).to_have_value(names[1])
    wait_for_link(page, lang="en", place=link(page)["place"])
    assert tiles(page) != district
    assert [under_pointer(page, x=x, y=y) for x, y in POINTS] == names

    _click_middle(page)
    expect(page.get_by_role("combobox", name="Township")).to_have_value("All townships")
    wait_for_link(page, lang="en")
    assert tiles(page) == district


def test_a_township_can_be_clicked_again_after_the_bar_turned_the_page_elsewhere(visit: OpenVisit) -> None:
    page = visit("/?lang=en").page
    field = page.get_by_role("combobox", name="Township")
    name = under_pointer(page, x=0.5, y=0.5)
    _click_middle(page)
    expect(field).to_have_value(name)
    wait_until_idle(page)
    choose(page, "Township", "All townships")
    wait_for_link(page, lang="en")
    wait_until_idle(page)
    _click_middle(page)
    expect(field).to_have_value(name)


def test_clicking_a_row_turns_the_page_to_its_place_and_no_row_of_the_next_table_is_ticked(visit: OpenVisit) -> None:
    page = visit("/?lang=en").page
    table = element(page, "stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": 16, "y": 38 * 9 + 19})  # row 9 of the table: eight above it, and the head
    expect(page.get_by_role("combobox", name="Village")).to_have_value("All villages")
    wait_for_link(page, lang="en", place=link(page)["place"])
    expect(table.locator("tbody tr")).not_to_have_count(28)
    expect(table.locator('tbody tr[aria-selected="true"]')).to_have_count(0)


def test_a_figure_that_waits_opens_its_list_with_as_many_rows(visit: OpenVisit) -> None:
    page = visit("/?month=2022-03").page
    figures = element(page, "stPageLink-NavLink").filter(has=page.get_by_text("arrow_forward"))
    expect(figures).to_have_count(4)  # of the strip; those of the tiles bear no arrow
    numbers = [number_in(text) for text in figures.all_inner_texts()]
    largest = max(range(len(numbers)), key=numbers.__getitem__)
    assert numbers[largest] > 0
    figures.nth(largest).click()
    expect(page.get_by_text(f"共 {numbers[largest]} 行")).to_be_visible()
    table = element(page, "stDataFrame").locator("table")
    expect(table).to_have_attribute("aria-rowcount", str(min(numbers[largest], 50) + 1))
    assert link(page)["month"] == "2022-03"


def _click_middle(page: Page) -> None:
    """Click the township in the middle, once the map answers the pointer: a map just drawn anew does not at once."""
    for _ in range(50):
        if under_pointer(page, x=0.5, y=0.5):
            break
    box = map_box(page)
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])


def _zoom_and_drag(page: Page) -> None:
    box = map_box(page)
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(500)  # the map glides to its new view
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=5)
    page.wait_for_timeout(300)  # held still: no throw
    page.mouse.up()
    page.wait_for_timeout(500)
