"""Workload: visits due by place, grid and helper. Sorted by place and code, never by who did how much."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases import visits as workload
from data_access.cases.visits import PARTS
from data_access.region_codes import level_of
from data_access.schema.limits import limit
from pages.households.clues import figures
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import figure_table, link_choice, numbers
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

COUNTS = ("households", "visits_watched", "visits_due")
_COLUMNS = tuple(Column(metric) for metric in (*COUNTS, "visits_due_share"))
LIMITS = ("visit_open_within_days", "visit_eliminated_within_days")


@part
def show(view: View) -> None:
    """The limits, the places below, and within a township its grids and helpers."""
    view.require("visits_due")
    villages = figures.counts(view, metrics=COUNTS, by="village_code")
    sums = figure_table.sums(villages, of=COUNTS)
    open_days, eliminated_days = (limit(key, on=view.on) for key in LIMITS)
    st.markdown(
        t(
            "clues.visits_reading",
            due=numbers.count(sums["visits_due"]),
            watched=numbers.count(sums["visits_watched"]),
            open=open_days,
            eliminated=eliminated_days,
        )
        + figures.limits(*LIMITS, view=view)
    )
    _table(
        figure_table.place_rows(villages, counts=_values, view=view),
        heading=t("table.place"),
        view=view,
        key="visits_places",
    )
    if level_of(view.place) == "county":
        st.info(t("clues.choose_township"))
        return
    names = {part: t(f"clues.by_{part}") for part in PARTS}
    part = link_choice.choose("by", names, label=t("clues.workload"))
    _workload(view, part=part, heading=names[part])


def _workload(view: View, *, part: str, heading: str) -> None:
    scope = view_state.scope().narrowed(view.place)
    visited = tuple(home for home in view.left_out("visits_due") if isinstance(home, str))
    rows = door.read(workload.read_workload, scope=scope, by=part, on=view.on, visited=visited)
    counted = rows.rename(columns={"watched": "visits_watched", "due": "visits_due"})
    table = [
        Row(name=_who(row, view=view), counts=_values(row), only={part: row["part"]})
        for _, row in counted.dropna(subset="part").iterrows()
    ]
    if not table:
        st.info(t("clues.no_parts"))
        return
    st.markdown(t("clues.workload_note"))
    _table(table, heading=heading, view=view, key=f"visits_{part}")
    nobody = counted[counted["part"].isna()]
    if not nobody.empty:
        said = {key: numbers.count(nobody[key].sum()) for key in COUNTS}
        st.caption(t("clues.without_part", part=heading, **said))


def _who(row: pd.Series, *, view: View) -> str:
    village = view.names.get(row["village_code"], row["village_code"])
    name = row["name"] if isinstance(row["name"], str) else t("value.none")
    return t("clues.who", village=village, code=row["part"], name=name)


def _values(row: pd.Series) -> list[float | None]:
    counts = {name: figure_table.amount(row[name]) for name in COUNTS}
    watched, due = counts["visits_watched"], counts["visits_due"]
    return [*counts.values(), 100 * due / watched if watched and due is not None else None]


def _table(rows: list[Row], *, heading: str, view: View, key: str) -> None:
    figure_table.show(rows, columns=_COLUMNS, heading=heading, title=t("clues.part_visits"), view=view, key=key)
