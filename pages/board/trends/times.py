"""How long it takes from identification to elimination, and which cases must never be marked as eliminated."""

import pandas as pd
import streamlit as st

from charts.lines import lines
from charts.palette import CATEGORIES, CATEGORY_DASHES
from charts.series import Series
from data_access.cases.durations import LONG, SHORT
from data_access.facts.metrics import Amounts, load_metrics
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, list_link, numbers, sheet
from pages.widgets.metrics_of_day import MetricsOfDay
from pages.widgets.part import part

_HEIGHT = 400
_GROUP_WIDTH = 220

SHARES = tuple(f"eliminated_within_{months}" for months in (SHORT, LONG))
COUNTS = ("backstop_cases", "backstop_eliminated")


@part
def show(durations: pd.DataFrame, view: View) -> None:
    """Curves by category, a table by category and cause, and separately the households with nobody able to work;
    `durations` as returned by `read_durations`."""
    view.require("eliminated_within_12")
    counted = durations[durations["case_group"] == "other"].drop(columns="case_group")
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _curves(counted)
    with right:
        columns = {t("trends.group"): st.column_config.TextColumn(pinned=True, width=_GROUP_WIDTH)}
        columns |= {
            t("trends.share", months=months): st.column_config.NumberColumn(format="%.1f%%") for months in (SHORT, LONG)
        }
        # A number only where half were eliminated by then.
        columns[t("trends.median", months=LONG)] = st.column_config.NumberColumn(format=t("trends.months", months="%d"))
        sheet.show(
            _table(counted), column_config=columns, hide_index=True, height="content", placeholder=t("value.none")
        )
    with st.container(horizontal=True, gap="medium"):
        linked = MetricsOfDay(view.on, together=(*SHARES, *COUNTS))
        for metric in SHARES:
            _share_link(metric, linked.of(metric), view=view)
        for metric in COUNTS:
            _count_link(metric, linked.of(metric), view=view)
    st.caption(t("trends.times_note"))


def _curves(counted: pd.DataFrame) -> None:
    by_category = _sums(counted, "category", codes="monitor_category")
    curves = {code: _curve(sums) for code, sums in by_category.items() if sums[f"followed_{LONG}"] > 0}
    if not curves:
        st.markdown(t("trends.nobody_followed", months=LONG))
        return
    series = [
        Series(
            column=code,
            name=code_label(codes="monitor_category", code=code, language=language()),
            colour=CATEGORIES[code],
            dash=CATEGORY_DASHES[code],
        )
        for code in curves
    ]
    figure = lines(
        pd.DataFrame(curves),
        series=series,
        height=_HEIGHT,
        unit=load_metrics()["eliminated_within_12"].unit,
        axes=(t("trends.months_axis"), t("trends.share_axis")),
    )
    chart.show(figure, reading=_reading(counted.sum(numeric_only=True)), key="trends_times")


def _curve(row: pd.Series) -> pd.Series:
    """Share eliminated by months since identification, for cases that were followed long enough."""
    base = row[f"followed_{LONG}"]
    shares = {str(month): 100 * row[f"eliminated_in_{month}"] / base for month in range(1, LONG + 1)}
    return pd.Series({"0": 0.0, **shares})


def _median(row: pd.Series) -> int | None:
    """The month by which half of the cases followed for twelve months were eliminated; None if none was."""
    base = row[f"followed_{LONG}"]
    halfway = (month for month in range(1, LONG + 1) if base and 2 * row[f"eliminated_in_{month}"] >= base)
    return next(halfway, None)


def _median_text(row: pd.Series) -> str:
    if row[f"followed_{LONG}"] == 0:
        return t("value.none")
    month = _median(row)
    return t("trends.longer_than", months=LONG) if month is None else t("trends.months", months=month)


def _share(row: pd.Series, column: str, base: str) -> float | None:
    return 100 * row[column] / row[base] if row[base] else None


def _reading(total: pd.Series) -> str:
    return t(
        "trends.times_reading",
        followed=numbers.count(total[f"followed_{LONG}"]),
        median=_median_text(total),
        long=numbers.share(_share(total, f"eliminated_in_{LONG}", f"followed_{LONG}")),
        followed_short=numbers.count(total[f"followed_{SHORT}"]),
        short=numbers.share(_share(total, f"eliminated_{SHORT}", f"followed_{SHORT}")),
    )


def _table(counted: pd.DataFrame) -> pd.DataFrame:
    """One row for all, one per category and one per main cause, in the order of the code lists."""
    rows = [_row(t("trends.all"), counted.sum(numeric_only=True))]
    for column, codes in (("category", "monitor_category"), ("cause", "cause")):
        found = _sums(counted, column, codes=codes)
        rows += [_row(code_label(codes=codes, code=code, language=language()), sums) for code, sums in found.items()]
    return pd.DataFrame(rows).astype({t("trends.median", months=LONG): "Int64"})


def _sums(counted: pd.DataFrame, column: str, *, codes: str) -> dict[str, pd.Series]:
    """The sums for each code that occurs in a column, in the order of its code list."""
    found = {str(code): sums for code, sums in counted.groupby(column).sum(numeric_only=True).iterrows()}
    return {code: found[code] for code in load_codes()[codes] if code in found}


def _row(name: str, sums: pd.Series) -> dict[str, object]:
    return {
        t("trends.group"): name,
        t("trends.followed", months=LONG): int(sums[f"followed_{LONG}"]),
        t("trends.median", months=LONG): _median(sums),
        t("trends.share", months=LONG): _share(sums, f"eliminated_in_{LONG}", f"followed_{LONG}"),
        t("trends.followed", months=SHORT): int(sums[f"followed_{SHORT}"]),
        t("trends.share", months=SHORT): _share(sums, f"eliminated_{SHORT}", f"followed_{SHORT}"),
        t("trends.cases"): int(sums["households"]),
    }


def _share_link(metric: str, amounts: Amounts, *, view: View) -> None:
    text = t(
        "trends.share_link",
        name=load_metrics()[metric].label[language()],
        share=numbers.share(amounts.value(place=view.place)),
        count=numbers.count(amounts.count(place=view.place)),
        base=numbers.count(amounts.base(place=view.place)),
    )
    list_link.show(metric, view=view, text=text)


def _count_link(metric: str, amounts: Amounts, *, view: View) -> None:
    declared = load_metrics()[metric]
    value = numbers.in_unit(amounts.count(place=view.place), metric=declared)
    list_link.show(metric, view=view, text=t("trends.link", name=declared.label[language()], value=value))
