"""Every page in both languages, and the screens it must fit: one visit for each language walks through all of them."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from pages.shell.menu import SECTIONS
from pages.shell.texts import load_catalogue
from tests.e2e import frame
from tests.e2e.conftest import ID_NUMBER, PHONE, OpenVisit, Secrets, check, photographed
from tests.e2e.screen import element, go
from tests.support.browser import PATIENCE, wait_until_idle
from tests.support.server import Server
from tests.support.sessions import Session

BY_CLICK = {
    "/": {"zh": "监测对象（累计纳入）", "en": "Visits due"},
    "/trends": {"zh": "未消除的进与出", "en": "How open cases came and went"},
    "/projects": {"zh": "项目、资产按", "en": "Projects and assets"},
    "/warnings": {"zh": "疑似消除不稳", "en": "Elimination in doubt"},
    "/warnings?part=rules": {"zh": "按规则看名单：", "en": "Lists by rule:"},
    "/warnings?part=shortfalls": {"zh": "单位：户。点一格看名单。", "en": "Click a cell for its list."},
    "/warnings?part=households": {"zh": "排序", "en": "Sort by"},
    "/clues": {"zh": "待核查线索", "en": "Clues waiting"},
    "/clues?part=self_reports": {"zh": "困难申报", "en": "reported by form"},
    "/clues?part=case_help": {"zh": "照单施工", "en": "Departments, by their code"},
    "/clues?part=misfits": {"zh": "帮扶与风险不对应", "en": "Help that does not fit"},
    "/cases": {"zh": "应办结日期", "en": "waiting for a step"},
    "/cases?part=elimination": {"zh": "消除程序在办", "en": "way to elimination"},
    "/cases?part=endings": {"zh": "到期前核实是否续办", "en": "to be settled before"},
    "/employment": {"zh": "务工去向", "en": "Where they work"},
    "/income": {"zh": "核算年度（10月至9月）", "en": "Assessment year (October to September)"},
    "/dispatch": {"zh": "不参加排名的指标及原因", "en": "What is not ranked, and why"},
    "/dispatch?part=five_lists": {"zh": "本期等着办的事", "en": "What waits to be done"},
    "/dispatch?part=weekly": {"zh": "按镇（街道）", "en": "By township"},
    "/dispatch?part=assessment": {"zh": "年度考评由人决定", "en": "decided by people"},
    "/dispatch?part=edition": {"zh": "还没有定稿", "en": "There is no edition yet"},
    "/records": {"zh": "还没有后台抽查", "en": "No re-check has been drawn"},
    "/records?part=make": {"zh": "种子", "en": "Seed"},
    "/dispatch?part=documents": {"zh": "月度简报", "en": "Briefing of the month"},
    "/draw": {"zh": "还没有抽样", "en": "Nothing was drawn yet"},
    "/draw?part=make": {"zh": "种子", "en": "Seed"},
    "/villages": {"zh": "还没有抽样", "en": "Nothing was drawn yet"},
    "/problems": {"zh": "还没有登记问题", "en": "No problem is recorded here"},
    "/telephone": {"zh": "应拨打", "en": "to be called"},
    "/imports": {"zh": "导入记录", "en": "Day it speaks of"},
    "/connection": {"zh": "还没有连接源库", "en": "No source is connected"},
    "/purposes": {"zh": "还没有批准过用途", "en": "No purpose has been approved yet"},
    "/returns": {"zh": "下发的每一行都记入台账", "en": "Every row sent out is recorded"},
    "/returns?part=collect": {"zh": "还没有下发过名单", "en": "Nothing was sent out yet"},
    "/reports": {"zh": "没有与数据不一致的上报", "en": "No report disagrees with the data"},
    "/comparison": {"zh": "不是贫困结论", "en": "no finding of poverty"},
    "/comparison?part=months": {"zh": "接收最多", "en": "Most came in"},
    "/comparison?part=places": {"zh": "不排名", "en": "not ranked"},
    "/quality": {"zh": "一户不少", "en": "No household missing"},
    "/quality?part=collection": {"zh": "采集年度自", "en": "Collection year since"},
    "/quality?part=audit": {"zh": "由谁更正", "en": "Who corrects it"},
    "/quality?part=trend": {"zh": "最近 6 个月末", "en": "month ends"},
    "/quality?part=outliers": {"zh": "四分位距", "en": "interquartile range"},
    "/quality?part=near": {"zh": "才是聚集", "en": "what gathering looks like"},
    "/quality?part=effect": {"zh": "可能改变", "en": "could change"},
    "/rulebook": {"zh": "风险规则（加分）", "en": "Risk rules (add points)"},
    "/audit": {"zh": "核对全部记录", "en": "Recount the chain"},
    "/dictionary": {"zh": "屏幕、文件和简报上的每个数字都在这里定义一次。", "en": "Every number on a screen"},
}
"""Page and part -> what stands there: reached through the menu and the switch of parts."""

BY_LINK = {
    "/worklist?list=measures_overdue": {"zh": "措施超1月未落实", "en": "No measure after a month"},
    "/clues?part=visits&place=610902107": {"zh": "不是对人的排名", "en": "It ranks nobody"},
    "/places?place=610902107": {"zh": "下级各地", "en": "Places below"},
    "/places?place=610902107&section=card": {"zh": "在办各环节", "en": "Cases by step"},
    "/household?household=6100000001": {"zh": "怎样帮、核实什么", "en": "What would help, what to verify"},
    "/search": {"zh": "户编号", "en": "household number"},
    "/worklist?list=red_households": {"zh": "按现行规则评分超过红色线", "en": "Households above the red score"},
    "/meeting": {"zh": "现在在哪里", "en": "Where we stand"},
    "/downloads?f=lamp.is.red": {"zh": "预警等级 是 红色预警", "en": "Warning is red warning"},
}
"""Link -> what stands there: reached from rows and figures of other pages, or with a choice of its own."""

STYLED = ("/?place=610902107", "/meeting?slide=map", "/meeting?slide=trend", "/meeting?slide=causes")
"""Links to what the stylesheet speaks of besides."""

LAPTOP: ViewportSize = {"width": 1366, "height": 640}
"""What a browser leaves of the commonest laptop."""
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
FITS = """most => Math.max(document.documentElement.scrollWidth,
    document.querySelector('[data-testid="stMainBlockContainer"]').scrollWidth) <= most"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_drawn_without_error_or_foreign_request_or_anybodys_number(
    visit: OpenVisit, secrets: Secrets, subtests: pytest.Subtests, tmp_path: Path, language: str
) -> None:
    """In English, whose words are longer: no page needs scrolling sideways there, and every selector of the
    stylesheet meets something (an upgrade of Streamlit may rename what it names). In Chinese: Streamlit's own words are
    Chinese too, and in the dark all letters can be read."""
    # In a browser of another language, and in one that is as old as may be.
    settings = {"locale": "en-GB", "color_scheme": "dark"} if language == "zh" else {"before": frame.LATER}
    walk = visit(f"/dictionary?lang={language}", viewport=LAPTOP, **settings)
    check(walk, secrets)
    opened: set[str] = set()
    lost = {one for one in frame.selectors() if "bar_edition" not in one}  # the district has no editions
    for path, words in (BY_CLICK | BY_LINK).items():
        with subtests.test(path=path, language=language), photographed(walk.page, tmp_path):
            walk.forget()
            if path in BY_CLICK:
                _go_by_click(walk.page, path, language=language)
            else:
                walk.page.goto(f"{walk.recorder.origin}{path}{'&' if '?' in path else '?'}lang={language}")
            expect(walk.page.get_by_text(words[language]).first).to_be_visible()
            wait_until_idle(walk.page)
            if language == "en":
                lost -= frame.met(walk.page, lost)
                _needs_no_scrolling_sideways(walk.page)
            if "part=" not in path:
                seen = frame.faint_letters if language == "zh" else frame.barriers
                assert seen(walk.page) == []
            if language == "zh":
                assert frame.foreign_words(walk.page) | frame.open_widgets(walk.page, opened=opened) == set()
                assert frame.unsortable_numbers(walk.messages) == set()
            check(walk, secrets)
    for path in STYLED if language == "en" else ():
        walk.page.goto(f"{walk.recorder.origin}{path}&lang=en")
        wait_until_idle(walk.page)
        lost -= frame.met(walk.page, lost)
    if language == "zh":
        assert opened == set(frame.WIDGETS)
    else:
        assert lost == set()


def _go_by_click(page: Page, path: str, *, language: str) -> None:
    """Go to a page through the menu, and to a part of it through its switch."""
    texts = load_catalogue(language)
    address = urlsplit(path)
    key, part = address.path.strip("/") or "overview", dict(parse_qsl(address.query)).get("part")
    if urlsplit(page.url).path.strip("/") != address.path.strip("/"):
        section = next(name for name, keys in SECTIONS.items() if key in keys)
        go(page, texts.gettext(f"menu.{section}"), texts.gettext(f"page.{key}"))
        page.wait_for_url(f"**{address.path}**", timeout=1000 * PATIENCE)
        wait_until_idle(page)
    if part is not None:
        _parts(page).get_by_text(_name_of_part(key, part, language=language), exact=True).click()
        page.wait_for_url(f"**part={part}**", timeout=1000 * PATIENCE)


def _parts(page: Page) -> Locator:
    return page.locator(".st-key-switch_part")


def _name_of_part(key: str, part: str, *, language: str) -> str:
    texts = load_catalogue(language)
    names = [texts.gettext(one) for one in (f"{key}.part_{part}", f"{key}.{part}")]
    return next(name for name in names if not name.startswith(f"{key}."))


def test_the_language_of_the_browser_decides_where_the_link_has_none_and_a_dark_system_gets_a_dark_page(
    visit: OpenVisit,
) -> None:
    page = visit("/rulebook", locale="en-GB", color_scheme="dark").page
    expect(page.get_by_text("Risk rules").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor") == (
        "rgb(16, 22, 30)"
    )


@pytest.mark.parametrize(("locale", "words"), [("zh-TW", "风险规则（加分）"), ("fr-FR", "Risk rules")])
def test_without_a_language_in_the_link_that_of_the_browser_decides(server: Server, locale: str, words: str) -> None:
    with Session(server.url, page="rulebook", locale=locale) as session:
        assert words.encode() in session.run().raw


def _needs_no_scrolling_sideways(page: Page) -> None:
    """On a laptop, where the page is now, and on a telephone."""
    page.wait_for_function(FITS, arg=LAPTOP["width"], polling=100)
    page.set_viewport_size(TELEPHONE)
    try:
        wait_until_idle(page)
        page.wait_for_function(FITS, arg=TELEPHONE["width"], polling=100)
        # The long name of the product must leave room for the menu.
        expect(element(page, "stExpandSidebarButton")).to_be_in_viewport(ratio=1)
    finally:
        page.set_viewport_size(LAPTOP)


def test_the_search_for_persons_finds_what_stands_between_other_digits_and_letters(secrets: Secrets) -> None:
    phone, id_number, name = min(secrets.numbers[PHONE]), min(secrets.numbers[ID_NUMBER]), min(secrets.names)
    message = b"6100" + phone + b"0199\x00" + id_number + id_number + b"\x12" + name.encode() + b"x"
    assert {phone.decode(), id_number.decode(), name} <= set(secrets.found_in([message]))
    assert secrets.found_in([b"610004803061000977336100051518 199****6510 \xe5\xa7\x9c**"]) == []
