"""The places below the chosen one, one row each, in the order of their codes: incomes are not ranked."""

import pandas as pd
import streamlit as st

from data_access.income.figures import read_incomes
from data_access.region_codes import level_of
from pages.households.income.tiles import change_of
from pages.households.income.year import IncomeYear
from pages.shell.texts import t
from pages.widgets import sheet, tables
from pages.widgets.part import part

_SHARES = ("below_line_share", "income_fell_share", "wage_share")
_COUNTS = ("below_line_households", "income_unknown_households")


@part
def show(shown: IncomeYear) -> None:
    """Townships of the district, or villages of the chosen township."""
    places = shown.view.children(shown.view.place)
    if not places:
        return
    incomes = shown.read(read_incomes, level=level_of(places[0])).set_index("place")
    rows = pd.DataFrame([_row(code, shown=shown, incomes=incomes) for code in places])
    yuan = st.column_config.NumberColumn
    columns = {
        "place": st.column_config.TextColumn(t("income.column_place"), pinned=True),
        "known": st.column_config.NumberColumn(t("income.column_known"), format="%d"),
        "per_head": yuan(t("income.column_per_head"), format="%d"),
        "median": yuan(t("income.column_median"), format="%d", help=t("income.median_help")),
        "change": st.column_config.NumberColumn(
            t("income.column_change"), format="%+.1f%%", help=t("income.change_help")
        ),
    }
    for key in (*_COUNTS, *_SHARES):
        columns[key] = tables.metric_column(shown.metric(key))
    sheet.show(
        rows,
        column_config=columns,
        **tables.frame(len(rows)),
        key=f"income_places_{shown.view.place}",
    )


def _row(code: str, *, shown: IncomeYear, incomes: pd.DataFrame) -> dict[str, object]:
    row: dict[str, object] = {"place": shown.view.name(code)}
    if code not in incomes.index:
        return row
    own = incomes.loc[[code]].iloc[0]
    known = own["known"] > 0
    row["known"] = own["known"]
    row["per_head"] = own["net"] / own["persons"] if known else None
    row["median"] = own["median"] if known else None
    row["change"] = change_of(own)
    for key in (*_COUNTS, *_SHARES):
        compared = shown.compares or not key.startswith("below_line")
        row[key] = shown.value(key, place=code) if compared else None
    return row
