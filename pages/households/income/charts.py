"""The charts of the income page, each with one computed sentence."""

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.histogram import histogram
from charts.palette import INCOME, INCOME_PATTERNS, STATES
from charts.series import Series
from data_access import door
from data_access.income.figures import SUB_ITEMS, read_histogram, read_incomes, read_sub_items
from data_access.income.incomes import band_limits
from data_access.lists import lists
from data_access.region_codes import level_of
from data_access.risk.sources import never_filled
from data_access.schema.collected import is_collected
from data_access.schema.indicators import code_label, load_codes
from pages.households.income.tiles import change_text
from pages.households.income.year import IncomeYear
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

CLASSES = tuple(range(2_000, 42_000, 2_000))
"""Upper limits of the classes of the histogram, yuan per head; anything above the last forms one more class."""

_NEAR_RULE = "income_near_line"
_HEIGHT = 330
_BAR = 34
"""Height in pixels of one bar in a chart with one bar per place."""


@part
def against_the_line(shown: IncomeYear) -> None:
    """Households by income relative to the line; the bands that indicate risk open their lists."""
    counted = _by_band(shown)
    codes = list(load_codes()["income_band"])
    rows = pd.DataFrame({"households": [counted.get(code) for code in codes]}, index=codes).dropna()
    rows["label"] = [code_label(codes="income_band", code=code, language=language()) for code in rows.index]
    name = shown.metric("income_known_households").label[language()]
    figure = bars(rows, series=[Series("households", name, STATES["open"])], height=_HEIGHT)
    opened = {
        (0, row): list_link.parameters(_list_of(shown, code), view=shown.view, only={"band": code})
        for row, code in enumerate(rows.index)
    }
    chart.show(figure, reading=_band_reading(shown, counted), key="income_bands", lists=opened)
    with st.container(horizontal=True, gap="medium"):
        for code in rows.index[rows.index.isin(["100", *_near(shown)])]:
            _band_link(shown, code, households=counted[code])
        if counted["unknown"]:
            _band_link(shown, "unknown", households=counted["unknown"])


def _near(shown: IncomeYear) -> list[str]:
    """The bands above the line that the rules still treat as near it, in the order of their limits."""
    steps = [step for rule in door.rulebook().rules if rule.id == _NEAR_RULE for step in rule.steps(on=shown.view.on)]
    nearest = max((int(str(step.threshold)) for step in steps), default=0)
    return [str(limit) for limit in band_limits() if 100 < limit <= nearest]


def _by_band(shown: IncomeYear) -> dict[str, int]:
    """Band -> households; those with unknown income form a band of their own."""
    known = door.read(
        lists.read_breakdown,
        scope=view_state.scope().narrowed(shown.view.place),
        metric=shown.metric("income_known_households").key,
        by=("band",),
        on=shown.view.on,
    )
    counted = {str(band): int(amount) for band, amount in zip(known["band"], known["amount"], strict=True)}
    return counted | {"unknown": shown.count("income_unknown_households")}


def _list_of(shown: IncomeYear, band: str) -> str:
    return shown.metric("income_unknown_households" if band == "unknown" else "income_known_households").key


def _band_link(shown: IncomeYear, code: str, *, households: int) -> None:
    label = code_label(codes="income_band", code=code, language=language())
    text = t("income.band_link", band=label, households=numbers.count(households))
    list_link.show(_list_of(shown, code), view=shown.view, text=text, only={"band": code})


def _band_reading(shown: IncomeYear, counted: dict[str, int]) -> str:
    known = shown.count("income_known_households")
    unknown = numbers.count(counted.get("unknown", 0))
    below = counted.get("100", 0)
    near = _near(shown)
    return t(
        "income.bands_reading",
        limit=near[-1] if near else 100,
        below=numbers.count(below),
        share=numbers.share(100 * below / known),
        near=numbers.count(sum(counted.get(code, 0) for code in near)),
        unknown=unknown,
    )


@part
def in_yuan(shown: IncomeYear, here: pd.DataFrame) -> None:
    """Households by income per head in yuan, with the line marked."""
    counted = shown.read(read_histogram, limits=CLASSES).set_index("below")["households"]
    width = CLASSES[0]
    classes = pd.DataFrame({"low": [limit - width for limit in CLASSES], "high": CLASSES})
    classes["households"] = [int(counted.get(limit, 0)) for limit in CLASSES]
    above = int(counted[counted.index.isna()].sum())
    classes.loc[len(classes)] = {"low": CLASSES[-1], "high": None, "households": above}
    marks = {t("income.line_mark", line=numbers.yuan(line)): float(line) for line in shown.lines.values()}
    name = shown.metric("income_known_households").label[language()]
    series = Series("households", name, STATES["open"])
    figure = histogram(classes, series=series, height=_HEIGHT, marks=marks, unit=t("income.yuan"))
    most = classes.iloc[int(classes["households"].argmax())]
    reading = t(
        "income.histogram_reading",
        median=numbers.yuan(here["median"].iloc[0]),
        low=numbers.yuan(most["low"]),
        households=numbers.count(most["households"]),
    )
    chart.show(figure, reading=reading, key="income_histogram")


@part
def by_source(shown: IncomeYear, here: pd.DataFrame) -> None:
    """The composition of income per head: at the chosen place, and at the places directly below it."""
    place = shown.view.place
    sub_items = shown.read(read_sub_items, level=level_of(place))
    rows = _per_head(here, sub_items, names={place: t("income.here", place=shown.view.name(place))})
    below = shown.view.children(place)
    if below:
        level = level_of(below[0])
        names = {code: shown.view.name(code) for code in below}
        parts = _per_head(shown.read(read_incomes, level=level), shown.read(read_sub_items, level=level), names)
        rows = pd.concat([rows, parts])
    knows_posts = _knows_posts(shown)
    series = [
        Series(part, t(f"income.part_{part}"), INCOME[part], pattern=INCOME_PATTERNS[part])
        for part in ("wage", "post", "business", "property", "transfer", "cost")
        if part != "post" or knows_posts
    ]
    figure = bars(rows, series=series, height=110 + _BAR * len(rows), unit=t("income.yuan"))
    chart.show(figure, reading=_source_reading(here, sub_items, knows_posts=knows_posts), key="income_sources")
    st.caption(t("income.sources_note"))


def _per_head(incomes: pd.DataFrame, sub_items: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """One row per place with known incomes, in the order of `names`: label and the components of income in whole yuan
    per head; costs are negative."""
    both = incomes[incomes["persons"] > 0].merge(sub_items, on="place", how="left").set_index("place")
    both = both.reindex([code for code in names if code in both.index])
    post = both[SUB_ITEMS[0]].fillna(0)
    parts = {
        "wage": both["wage_income"] - post,
        "post": post,
        "business": both["business_income"],
        "property": both["property_income"],
        "transfer": both["transfer_income"],
        "cost": -both["business_cost"],
    }
    rows = pd.DataFrame({name: (part / both["persons"]).round() for name, part in parts.items()})
    return rows.assign(label=[names[code] for code in rows.index])


def _knows_posts(shown: IncomeYear) -> bool:
    """Whether wages of public-welfare posts are collected apart from other wages."""
    empty = never_filled(shown.view.current.facts.version.coverage)
    return is_collected("income_calendar", SUB_ITEMS[0], never_filled=empty)


def _source_reading(here: pd.DataFrame, sub_items: pd.DataFrame, *, knows_posts: bool) -> str:
    row = here.iloc[0]
    net = row["net"]
    posts = 0 if sub_items.empty else sub_items["wage_public_post"].fillna(0).iloc[0]

    def share(amount: float) -> str:
        return numbers.share(100 * amount / net if net > 0 else None)

    return t(
        "income.sources_reading",
        net=numbers.yuan(net / row["persons"]),
        change=change_text(row),
        wage=share(row["wage_income"]),
        post=share(posts) if knows_posts else t("figure.not_collected"),
        business=share(row["business_income"] - row["business_cost"]),
        transfer=share(row["transfer_income"]),
    )
