"""Every page in both languages, and the screens it must fit."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, ViewportSize, expect

from tests.e2e.conftest import ID_NUMBER, PHONE, OpenVisit, Secrets
from tests.e2e.screen import element
from tests.support.browser import wait_until_idle

PAGES = {
    "/": {"zh": "监测对象（累计纳入）", "en": "Monitored (households / persons)"},
    "/worklist?list=measures_overdue": {"zh": "措施超1月未落实", "en": "No measure after a month"},
    "/trends": {"zh": "未消除的进与出", "en": "How open cases came and went"},
    "/projects": {"zh": "项目、资产按", "en": "Projects and assets"},
    "/warnings": {"zh": "疑似消除不稳", "en": "Elimination in doubt"},
    "/warnings?part=rules": {"zh": "按规则看名单：", "en": "Lists by rule:"},
    "/warnings?part=shortfalls": {"zh": "单位：户。点一格看名单。", "en": "Click a cell for its list."},
    "/warnings?part=households": {"zh": "排序", "en": "Sort by"},
    "/clues": {"zh": "待核查线索", "en": "Clues waiting"},
    "/clues?part=self_reports": {"zh": "困难申报", "en": "reported by form"},
    "/clues?part=case_help": {"zh": "照单施工", "en": "Departments, by their code"},
    "/clues?part=visits&place=610902107": {"zh": "不是对人的排名", "en": "It ranks nobody"},
    "/clues?part=misfits": {"zh": "帮扶与风险不对应", "en": "Help that does not fit"},
    "/places?place=610902107": {"zh": "下级各地", "en": "Places below"},
    "/employment": {"zh": "务工去向", "en": "Where they work"},
    "/income": {"zh": "核算年度（10月至9月）", "en": "Assessment year (October to September)"},
    "/household?household=6100000001": {"zh": "怎样才能解除", "en": "What would clear it"},
    "/search": {"zh": "户编号", "en": "household number"},
    "/worklist?list=red_households": {"zh": "按现行规则评分超过红色线", "en": "Households above the red score"},
    "/dispatch": {"zh": "不参加排名的指标及原因", "en": "What is not ranked, and why"},
    "/dispatch?part=five_lists": {"zh": "本期等着办的事", "en": "What waits to be done"},
    "/dispatch?part=weekly": {"zh": "按镇（街道）", "en": "By township"},
    "/dispatch?part=assessment": {"zh": "年度考评由人决定", "en": "decided by people"},
    "/dispatch?part=edition": {"zh": "还没有定稿", "en": "There is no edition yet"},
    "/meeting": {"zh": "现在在哪里", "en": "Where we stand"},
    "/records": {"zh": "还没有后台抽查", "en": "No re-check has been drawn"},
    "/records?part=make": {"zh": "种子", "en": "Seed"},
    "/dispatch?part=documents": {"zh": "月度简报", "en": "Briefing of the month"},
    "/draw": {"zh": "还没有抽样", "en": "Nothing was drawn yet"},
    "/draw?part=make": {"zh": "种子", "en": "Seed"},
    "/villages": {"zh": "还没有抽样", "en": "Nothing was drawn yet"},
    "/problems": {"zh": "还没有登记问题", "en": "No problem is recorded here"},
    "/telephone": {"zh": "应拨打", "en": "to be called"},
    "/imports": {"zh": "导入记录", "en": "Day it speaks of"},
    "/downloads?f=lamp.is.red": {"zh": "预警等级 是 红色预警", "en": "Warning is red warning"},
    "/purposes": {"zh": "还没有批准过用途", "en": "No purpose has been approved yet"},
    "/returns": {"zh": "下发的每一行都记入台账", "en": "Every row sent out is recorded"},
    "/returns?part=collect": {"zh": "还没有下发过名单", "en": "Nothing was sent out yet"},
    "/comparison": {"zh": "不是贫困结论", "en": "no finding of poverty"},
    "/comparison?part=months": {"zh": "接收最多", "en": "Most came in"},
    "/comparison?part=places": {"zh": "不排名", "en": "not ranked"},
    "/quality": {"zh": "一户不少", "en": "No household missing"},
    "/quality?part=collection": {"zh": "采集年度自", "en": "Collection year since"},
    "/quality?part=audit": {"zh": "由谁更正", "en": "Who corrects it"},
    "/quality?part=trend": {"zh": "最近 6 个月末", "en": "month ends"},
    "/quality?part=outliers": {"zh": "四分位距", "en": "interquartile range"},
    "/quality?part=effect": {"zh": "可能改变", "en": "could change"},
    "/rulebook": {"zh": "风险规则（加分）", "en": "Risk rules (add points)"},
    "/audit": {"zh": "核对全部记录", "en": "Recount the chain"},
    "/dictionary": {"zh": "屏幕、文件和简报上的每个数字都在这里定义一次。", "en": "Every number on a screen"},
}
BARE = "/meeting"
"""The page without the switch of languages."""

MOST_FIRST_BYTES = 120_000
LAPTOP: ViewportSize = {"width": 1366, "height": 768}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
WIDEST = {
    "zh": ["5408户18392人", "3076户10608人", "2332户10784人", "2832户", "10.26万人", "1446户"],
    "en": ["5,408 / 18,392", "3,076 / 10,608", "2,332 / 10,784", "2,832", "102,600", "1,446"],
}
"""Figures as wide as those of a district of 148,000 households become."""

CUT_OFF = """(values, texts) => {
    const cut = value => [value, ...value.querySelectorAll('*')].some(part => part.scrollWidth > part.clientWidth);
    return values.flatMap((value, position) => {
        const paragraph = value.querySelector('p'), own = paragraph.textContent;
        return [own, texts[position]].filter(text => {
            paragraph.textContent = text;
            const result = cut(value);
            paragraph.textContent = own;
            return result;
        });
    });
}"""

FITS = """most => Math.max(document.documentElement.scrollWidth,
    document.querySelector('[data-testid="stMainBlockContainer"]').scrollWidth) <= most"""


@pytest.mark.parametrize("path", PAGES)
def test_page_is_drawn_without_error_or_foreign_request_or_anybodys_number_in_both_languages_on_every_screen(
    visit: OpenVisit, tmp_path: Path, path: str
) -> None:
    page = visit(path).page  # checked when it is closed
    expect(page.get_by_text(PAGES[path]["zh"]).first).to_be_visible()
    page.screenshot(path=tmp_path / f"{_file_name(path)}_zh.png")
    if path == BARE:
        page = visit(f"{path}?lang=en").page
    else:
        page.get_by_role("radio", name="English").click()
    expect(page.get_by_text(PAGES[path]["en"]).first).to_be_visible()
    wait_until_idle(page)
    page.screenshot(path=tmp_path / f"{_file_name(path)}_en.png")
    _needs_no_scrolling_sideways(page, path=path, folder=tmp_path)  # in the longer words


@pytest.mark.parametrize(
    ("locale", "words"), [("zh-TW", "风险规则（加分）"), ("en-GB", "Risk rules"), ("fr-FR", "Risk rules")]
)
def test_without_a_language_in_the_link_that_of_the_browser_decides(look: OpenVisit, locale: str, words: str) -> None:
    expect(look("/rulebook", locale=locale).page.get_by_text(words).first).to_be_visible()


def test_first_run_sends_at_most_120_kilobytes_with_all_28_townships(look: OpenVisit) -> None:
    opened = look("/?lang=zh")
    expect(element(opened.page, "stDataFrame").locator("table")).to_have_attribute("aria-rowcount", "29")
    assert sum(len(message) for message in opened.messages) <= MOST_FIRST_BYTES


@pytest.mark.parametrize(
    ("language", "screen"),
    [("zh", {}), ("zh", {"viewport": LAPTOP}), ("en", {"viewport": LAPTOP})],
    ids=["1920 zh", "1366 zh", "1366 en"],
)
def test_no_figure_of_a_tile_is_cut_off_however_large(look: OpenVisit, language: str, screen: dict[str, Any]) -> None:
    page = look(f"/?lang={language}", **screen).page
    values = element(page, "stMetricValue")
    expect(values).to_have_count(len(WIDEST[language]))
    assert values.evaluate_all(CUT_OFF, WIDEST[language]) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tiles_strip_map_and_charts_lie_above_the_fold(look: OpenVisit, language: str) -> None:
    page = look(f"/?lang={language}").page
    bottoms = {
        name: [box["y"] + box["height"] for box in _boxes(page, name)]
        for name in ("stMetric", "stPageLink", "stDeckGlJsonChart", "stPlotlyChart")
    }
    assert [len(below) for below in bottoms.values()] == [6, 17, 1, 2]
    assert {name: max(below) for name, below in bottoms.items() if max(below) > 1080} == {}


def test_a_reader_whose_system_is_dark_gets_a_dark_page(look: OpenVisit, tmp_path: Path) -> None:
    page = look("/rulebook?lang=zh", color_scheme="dark").page
    assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor") == (
        "rgb(16, 22, 30)"
    )
    page.screenshot(path=tmp_path / "dark.png")


def _needs_no_scrolling_sideways(page: Page, *, path: str, folder: Path) -> None:
    for screen in (LAPTOP, TELEPHONE):
        page.set_viewport_size(screen)
        wait_until_idle(page)
        page.wait_for_function(FITS, arg=screen["width"], polling=100)
        page.screenshot(path=folder / f"{_file_name(path)}_{screen['width']}.png")
    # The long name of the product must leave room for the menu.
    expect(element(page, "stExpandSidebarButton")).to_be_in_viewport(ratio=1)


def _file_name(path: str) -> str:
    return re.sub(r"\W+", "_", path.strip("/")) or "overview"


def _boxes(page: Page, name: str) -> list[FloatRect]:
    found = element(page, name)
    boxes = [found.nth(position).bounding_box() for position in range(found.count())]
    return [box for box in boxes if box is not None]


def test_the_search_for_persons_finds_what_stands_between_other_digits_and_letters(secrets: Secrets) -> None:
    phone, id_number, name = min(secrets.numbers[PHONE]), min(secrets.numbers[ID_NUMBER]), min(secrets.names)
    message = b"6100" + phone + b"0199\x00" + id_number + id_number + b"\x12" + name.encode() + b"x"
    assert {phone.decode(), id_number.decode(), name} <= set(secrets.found_in([message]))
    assert secrets.found_in([b"610004803061000977336100051518 199****6510 \xe5\xa7\x9c**"]) == []
