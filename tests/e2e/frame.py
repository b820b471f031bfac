"""What Streamlit says itself, in the frame around the board's own words and data; and who may not be able to use it."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.e2e.screen import element
from tests.support.browser import wait_until_idle

LATER = """
for (const name of ["toSorted", "toReversed", "toSpliced", "with"]) {
    delete Array.prototype[name];
    delete Object.getPrototypeOf(Uint8Array.prototype)[name];
}
for (const name of ["union", "intersection", "difference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"])
    delete Set.prototype[name];
for (const name of ["map", "filter", "take", "drop", "flatMap", "reduce", "toArray", "forEach", "some", "every"])
    delete Iterator.prototype[name];
for (const [thing, names] of [
    [Promise, ["withResolvers", "try"]], [Array, ["fromAsync"]], [Object, ["groupBy"]], [Map, ["groupBy"]],
    [URL, ["canParse", "parse"]], [AbortSignal, ["any"]], [RegExp, ["escape"]], [Error, ["isError"]],
    [String.prototype, ["isWellFormed", "toWellFormed"]], [Intl, ["DurationFormat"]], [Document.prototype,
    ["startViewTransition"]], [Element.prototype, ["moveBefore", "checkVisibility"]], [HTMLElement.prototype,
    ["togglePopover", "showPopover", "hidePopover"]],
])
    for (const name of names) delete thing[name];
"""
"""Takes away what browsers learned after the oldest that the board is for (`OLDEST_CHROMIUM`)."""

STYLES = Path(__file__).parents[2] / "pages/shell/board.css"

WIDGETS = {
    "stSelectbox": "input",
    "stMultiSelect": "input",
    "stDateInput": '[data-testid="stDateInputCalendarButton"]',
    "stTextInput": "input",
    "stTextArea": "textarea",
    "stNumberInput": "input",
    "stPopover": "button",
    "stTooltipIcon": "button",
    "stFileUploader": "button",
    "stDataFrame": "",
}
"""Kind of widget -> what of it is clicked."""

_NAMES = re.compile(r"English|Word|WPS|Wilson|python|zhangsan|Ctrl|Esc|[\w./=]*[\d_./=][\w./=]*|[A-Z]{2,}")
"""Names, codes and units."""

_SAID = """() => {
    const said = [], skipped = 'style, script, noscript, svg, canvas, table, code, textarea, [data-testid$="Icon"],'
        + '[data-testid="stIconMaterial"], [data-testid="stMarkdown"], [data-testid="stFileChipName"]';
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        if (!texts.currentNode.parentElement.closest(skipped)) said.push(texts.currentNode.nodeValue);
    for (const one of document.querySelectorAll('body *'))
        for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'aria-description'])
            if (one.hasAttribute(name)) said.push(one.getAttribute(name));
    return said.filter(text => /[A-Za-z]{2}/.test(text));
}"""


def foreign_words(page: Page) -> set[str]:
    """What the frame of a Chinese page says in Latin letters, outside names, codes and units."""
    said = page.evaluate(_SAID)
    return {
        text for text in said if any(not _NAMES.fullmatch(word) for word in re.findall(r"[A-Za-z\d_./=]{2,}", text))
    }


def open_widgets(page: Page, *, opened: set[str]) -> set[str]:
    """What those kinds of widgets that were not opened before say in Latin letters once they are."""
    if opened == set(WIDGETS):
        return set()
    found: set[str] = set()
    page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(one => one.click())")
    for kind, inner in WIDGETS.items():
        widget = element(page, "stMain").get_by_test_id(kind).filter(visible=True)
        if kind in opened or widget.count() == 0:
            continue
        opened.add(kind)
        _use(page, widget.first, kind=kind, inner=inner)
        found |= foreign_words(page)
        page.keyboard.press("Escape")
        wait_until_idle(page)
    return found


def _use(page: Page, widget: Locator, *, kind: str, inner: str) -> None:
    part = widget.locator(inner).first if inner else widget
    if kind in ("stTooltipIcon", "stDataFrame"):
        part.hover()
    elif kind == "stFileUploader":
        with page.expect_file_chooser():
            part.click()
    else:
        part.click()
    if kind in ("stTextInput", "stTextArea", "stNumberInput"):
        part.press("1")
        part.press("Backspace")
    page.wait_for_timeout(300)
    wait_until_idle(page)  # what a button opens may be drawn only now


def selectors() -> set[str]:
    """The selectors of the board's stylesheet."""
    text = re.sub(r"/\*.*?\*/", "", STYLES.read_text(encoding="utf-8"), flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@[^{};]+\{", "", text))
    found = {one.strip() for rule in rules for one in re.split(r",(?![^()]*\))", rule)} - {"", ":root"}
    return {one.replace(":focus-visible", "") for one in found}


def met(page: Page, selectors: set[str]) -> set[str]:
    """Those of the selectors that something on the page is chosen by."""
    return set(page.evaluate("all => all.filter(one => document.querySelector(one))", sorted(selectors)))


STREAMLITS = "scrollable-region-focusable"
"""Cells of Streamlit's tables scroll by themselves."""


def barriers(page: Page) -> list[str]:
    """What keeps people with a screen reader, a keyboard or weak eyes from using the page, where axe-core calls it
    serious; Streamlit's sidebar and pictures of data are left out."""
    return _violations(page, ["wcag2a", "wcag2aa"])


def faint_letters(page: Page) -> list[str]:
    """Letters that cannot be told from their ground; the same is left out."""
    return _violations(page, {"type": "rule", "values": ["color-contrast"]})


def _violations(page: Page, rules: list[str] | dict[str, Any]) -> list[str]:
    left_out = {"exclude": [["canvas"], ["svg"], ['[data-testid="stHtml"]'], ['[data-testid="stSidebar"]']]}
    found = Axe().run(page, context=left_out, options={"resultTypes": ["violations"], "runOnly": rules})
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical") and violation["id"] != STREAMLITS
        for node in violation["nodes"]
    ]


_NUMBER = re.compile(r"([+−-]?)(\d[\d,]*(?:\.\d+)?)\s?(?:%|‰|万|亿|户|人|条|个|项|元|万元|天|个月|分|次)?人?")


def unsortable_numbers(messages: list[bytes]) -> set[str]:
    """Columns of tables that show numbers and hold text of another order: a click on a heading sorts 10 before 9."""
    found: set[str] = set()
    for message in messages:
        element = ForwardMsg.FromString(message).delta.new_element
        if element.WhichOneof("type") != "dataframe" or not element.dataframe.arrow_data.data:
            continue
        table = pa.ipc.open_stream(element.dataframe.arrow_data.data).read_all()
        settings = json.loads(element.dataframe.columns or "{}")
        for name in table.column_names:
            shown = (settings.get(name) or {}).get("type_config") or {}
            held = [value for value in table[name].to_pylist() if isinstance(value, str) and value not in ("", "—")]
            numbers = [_number(value, pattern=shown.get("display_text")) for value in held]
            known = [number for number in numbers if number is not None]
            if len(set(held)) > 1 and len(known) == len(held):
                # Links with a number hold where they lead; the number leads there, and the largest loss may be last.
                ordered = [number for _, number in sorted(zip(held, known, strict=True))]
                if ordered not in (sorted(known), sorted(known, reverse=True)):
                    found.add(f"{name}: {held[:3]}")
    return found


def _number(value: str, *, pattern: str | None) -> float | None:
    shown = re.search(pattern, value) if pattern else None
    number = _NUMBER.fullmatch(shown[1] if shown and shown.groups() else value)
    return None if number is None else float(number[2].replace(",", "")) * (-1 if number[1] in ("−", "-") else 1)
