"""The first screen at the sizes that people have: what stands on it without scrolling, and that nothing is cut off."""

from io import BytesIO

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect
from pypdf import PdfReader

from tests.e2e.conftest import OpenVisit
from tests.e2e.screen import element
from tests.support.browser import wait_until_idle

CARD = "/places?place=610902107&section=card"
MOST_FIRST_BYTES = 140_000
WALL: ViewportSize = {"width": 1920, "height": 1080}
LAPTOP: ViewportSize = {"width": 1366, "height": 640}
"""What a screen of 1366 × 768 leaves."""
DISTRICT = 380
"""Pixels that the outlines of the district are wide on its map."""
WINDOWS = ((1366, 640), (1366, 900), (1280, 720), (1240, 720), (1024, 768), (768, 1024), (1536, 864), (1680, 1050))
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
WIDEST = {
    "zh": [["5408户 ", "18392人"], ["3076户 ", "10608人"], ["2332户 ", "10784人"], ["2832户"], ["10.26万人"],
           ["1446户"]],
    "en": [["5,408 ", "18,392 persons"], ["3,076 ", "10,608 persons"], ["2,332 ", "10,784 persons"], ["2,832"],
           ["102,600"], ["1,446"]],
}  # fmt: skip
"""Figures as wide as those of a district of 148,000 households become: what leads, and what is smaller beside it."""

CUT_OFF = """(values, texts) => {
    const cut = value => [value, ...value.querySelectorAll('*')].some(part => part.scrollWidth > part.clientWidth + 1
        && getComputedStyle(part).display !== 'inline');
    return values.flatMap((value, position) => {
        const paragraph = value.querySelector('p'), own = paragraph.innerHTML, beside = paragraph.querySelector('span');
        const found = cut(value) ? [own] : [];
        paragraph.firstChild.textContent = texts[position][0];
        if (beside) beside.textContent = texts[position][1];
        if (cut(value)) found.push(texts[position]);
        paragraph.innerHTML = own;
        return found;
    });
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_overview_fits_a_laptop_and_a_wall_and_in_chinese_a_telephone(visit: OpenVisit, language: str) -> None:
    opened = visit(f"/?lang={language}", viewport=LAPTOP)
    assert sum(len(message) for message in opened.messages) <= MOST_FIRST_BYTES, "with all 28 townships"
    for fits, screen in ((_fits_a_laptop, LAPTOP), (_fits_a_wall, WALL), (_fits_a_telephone, TELEPHONE)):
        if language == "zh" or screen != TELEPHONE:
            opened.page.set_viewport_size(screen)
            wait_until_idle(opened.page)
            fits(opened.page)
            _cuts_no_figure_off(opened.page, language=language)


@pytest.mark.parametrize("path", ["/", "/projects"])
def test_the_map_is_whole_whatever_the_window(visit: OpenVisit, path: str) -> None:
    page = visit(f"{path}?lang=zh", viewport=LAPTOP).page
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        wait_until_idle(page)
        [[own, shown]] = element(page, "stDeckGlJsonChart").evaluate_all(
            "all => all.map(one => [one.getBoundingClientRect().width / one.currentCSSZoom, one.clientWidth])"
        )
        assert min(own, shown) >= DISTRICT, f"{width} × {height}"


def _fits_a_laptop(page: Page) -> None:
    """Bar, tiles, what waits, map and trend stand in rows and are seen without scrolling."""
    _in_one_row(page.locator(".st-key-bar").get_by_role("combobox"), page.locator(".st-key-bar").get_by_role("radio"))
    tiles = _boxes(page.locator(".st-key-tiles_overview > div"))
    assert len(tiles) == 6
    assert len({(round(box["y"]), round(box["width"]), round(box["height"])) for box in tiles}) == 1
    assert _letters(page) >= 28
    _in_one_row(page.locator(".st-key-strip > div"))
    for shown in (
        page.locator(".st-key-strip"),
        element(page, "stDeckGlJsonChart"),
        page.locator(".st-key-case_trend"),
    ):
        assert _bottom(shown) <= LAPTOP["height"]


def _fits_a_wall(page: Page) -> None:
    """Larger figures, and all pictures are seen without scrolling."""
    assert _letters(page) >= 44
    for shown in ("stMetric", "stPageLink", "stDeckGlJsonChart", "stPlotlyChart"):
        assert _bottom(element(page, shown)) <= WALL["height"], shown


def _fits_a_telephone(page: Page) -> None:
    """The bar is one line, and the first tile stands near the top."""
    fields = page.locator(".st-key-bar").get_by_role("combobox")
    _in_one_row(fields, page.locator(".st-key-bar").get_by_role("radio", name="English"))
    month = page.locator(".st-key-bar_month").get_by_role("combobox")
    assert month.evaluate("field => field.scrollWidth <= field.clientWidth"), "the month is read whole"
    assert all(box["width"] >= 50 and box["x"] + box["width"] <= TELEPHONE["width"] for box in _boxes(fields))
    assert _boxes(page.locator(".st-key-tiles_overview > div"))[0]["y"] <= 200


def test_the_meeting_fills_every_wall_with_figures_and_the_picture_beside_them(visit: OpenVisit) -> None:
    screens: list[ViewportSize] = [LAPTOP, {"width": 1024, "height": 768}, WALL]
    page = visit("/meeting?embed=true&wall=1&lang=en&slide=standing").page
    for screen in screens:
        page.set_viewport_size(screen)
        wait_until_idle(page)
        assert _letters(page.locator(".st-key-wall_figures_3")) >= screen["height"] / 15
        [picture] = _boxes(page.locator(".st-key-wall_picture"))
        assert picture["x"] < screen["width"] / 2
        assert picture["x"] + picture["width"] > 0.95 * screen["width"]
        assert 0.84 * screen["height"] < picture["y"] + picture["height"] <= screen["height"]
        _in_one_row(page.locator(".st-key-wall_head").get_by_role("button"))


def test_the_card_of_a_township_is_seen_without_scrolling_and_printed_on_one_sheet_and_the_menu_marks_its_section(
    visit: OpenVisit,
) -> None:
    page = visit(f"{CARD}&lang=zh", viewport=LAPTOP).page
    weights = element(page, "stTopNavSection").evaluate_all("all => all.map(one => getComputedStyle(one).fontWeight)")
    assert weights == ["400", "700", "400", "400", "400"]
    assert _bottom(page.locator(".st-key-card")) <= LAPTOP["height"]
    assert len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1


def test_paper_has_no_form_and_a_table_goes_on_on_the_next_sheet(visit: OpenVisit) -> None:
    page = visit("/household?lang=zh&household=6100000001").page
    forms = page.locator('[class*="st-key-record_"]')
    expect(forms.first).to_be_visible()
    page.emulate_media(media="print")
    assert not any(form.is_visible() for form in [*forms.all(), *element(page, "stExpander").locator("details").all()])
    inside = element(page, "stTable").first.locator("> div")
    assert inside.evaluate("box => getComputedStyle(box).overflow") == "visible", "a box that scrolls is never divided"
    left, right, *_ = _boxes(element(page, "stColumn"))
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]
    drawn = "chart => [chart.closest('[data-testid=stElementContainer]'), chart.querySelector('.main-svg')]"
    heights = f"chart => ({drawn})(chart).map(one => one.getBoundingClientRect().height)"
    framed, shown = element(page, "stPlotlyChart").first.evaluate(heights)
    assert framed == pytest.approx(shown, rel=0.1), "no gap below a chart"


def _letters(within: Page | Locator) -> float:
    """Pixels of the smallest figure."""
    sizes = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    return min(within.get_by_test_id("stMetricValue").evaluate_all(sizes))


def _in_one_row(*elements: Locator) -> None:
    middles = [box["y"] + box["height"] / 2 for found in elements for box in _boxes(found)]
    assert len(middles) > 1
    assert max(middles) - min(middles) < 12


def _bottom(found: Locator) -> float:
    return max(box["y"] + box["height"] for box in _boxes(found))


def _cuts_no_figure_off(page: Page, *, language: str) -> None:
    """However large the figures become."""
    wait_until_idle(page)
    values = element(page, "stMetricValue")
    expect(values).to_have_count(len(WIDEST[language]))
    assert values.evaluate_all(CUT_OFF, WIDEST[language]) == []


def _boxes(found: Locator) -> list[FloatRect]:
    boxes = [found.nth(position).bounding_box() for position in range(found.count())]
    return [box for box in boxes if box is not None]
