"""线上三报: what households reported by video, form and hotline, and the outcome."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.clues import comparison
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import figure_table, list_link, metric_words, numbers, tile
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

METRIC, WAITING = "self_reports", "self_reports_waiting"
WAYS = load_metrics()[METRIC].numerator.where["way"]


@part
def show(view: View) -> None:
    """A tile per channel, and the table of channels and results; every figure opens its list."""
    scope = view_state.scope().narrowed(view.place)
    counts = door.read(lists.read_breakdown, scope=scope, metric=METRIC, by=("way", "result"), on=view.on)
    st.markdown(t("clues.reports_intro", first=comparison.first_day(view.on), last=view.on))
    if counts.empty:
        st.info(t("clues.no_reports"))
        return
    for column, way in zip(st.columns(len(WAYS)), WAYS, strict=True):
        with column:
            _tile(way, counts, view=view)
    _table(counts, view=view)


def _tile(way: str, counts: pd.DataFrame, *, view: View) -> None:
    own = counts[counts["way"] == way]
    total, checked = int(own["amount"].sum()), int(own.dropna(subset="result")["amount"].sum())
    led = int(own.loc[own["result"] == "case", "amount"].sum())
    metric = load_metrics()[METRIC]
    with tile.draw(
        _word("clue_way", way),
        numbers.in_unit(total, metric=metric),
        definition=metric_words.definition(metric),
        frame="roomy card",
    ):
        st.markdown(t("clues.report_results", checked=numbers.count(checked), led=numbers.count(led)))
        list_link.show(METRIC, view=view, text=t("tile.list"), only={"way": way})


def _table(counts: pd.DataFrame, *, view: View) -> None:
    """Channels by results; reports not checked yet have no result."""
    results = list(load_codes()["clue_result"])
    cells = counts.pivot_table(index="way", columns="result", values="amount", aggfunc="sum", fill_value=0)
    cells = cells.reindex(index=list(WAYS), columns=results, fill_value=0)
    totals, waiting = (
        rows.groupby("way")["amount"].sum().reindex(list(WAYS), fill_value=0) for rows in (counts, _waiting(view))
    )
    columns = [
        Column(METRIC),
        Column(WAITING),
        *(Column(METRIC, label=_word("clue_result", code), only={"result": code}) for code in results),
    ]
    rows = [
        Row(
            name=_word("clue_way", way),
            counts=[int(totals[way]), int(waiting[way]), *cells.T[way].tolist()],
            only={"way": way},
        )
        for way in WAYS
    ]
    figure_table.show(
        rows, columns=columns, heading=t("clues.way"), title=t("clues.part_self_reports"), view=view, key="self_reports"
    )


def _waiting(view: View) -> pd.DataFrame:
    scope = view_state.scope().narrowed(view.place)
    without = view.left_out(WAITING)
    return door.read(lists.read_breakdown, scope=scope, metric=WAITING, by=("way",), on=view.on, without=without)


def _word(codes: str, code: str) -> str:
    return code_label(codes=codes, code=code, language=language())
