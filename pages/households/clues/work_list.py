"""The work list of clues: what waits by kind and urgency, and each clue with the days left."""

import streamlit as st

from charts.bars import bars
from charts.palette import URGENCIES, URGENCY_PATTERNS
from charts.series import Series
from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.reports.kinds import load_report_kinds
from data_access.schema.indicators import code_label
from data_access.schema.limits import limit
from data_access.scope import Scope
from pages.households.clues import figures
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import chart, field_reports, link_choice, list_filters, list_link, list_table, numbers, stated
from pages.widgets.part import part

LISTS = ("clues_open", "clues_overdue", "clues_received", "clues_checked")
_SOON = "clue_due_soon_days"


@part
def show(view: View) -> None:
    """The chart of waiting clues, and the list with its filters; those due soonest come first."""
    scope = view_state.scope().narrowed(view.place)
    _waiting(view, scope=scope)
    names = {key: load_metrics()[key].label[language()] for key in LISTS}
    metric = link_choice.choose("clues", names, label=t("clues.part_work_list"))
    form = st.container()  # above the rows: below fifty of them nobody would see it
    request = lists.ListRequest(metric, view.on, filters=list_filters.choose(metric), without=view.left_out(metric))
    ticked = list_table.show(request, view=view, scope=scope, selectable=True)
    with form:
        field_reports.record(ticked, kind=load_report_kinds()["clue_result"])


@part
def _waiting(view: View, *, scope: Scope) -> None:
    """Waiting clues by kind, overdue ones first."""
    cells, without = ("kind", "clue_state"), view.left_out("clues_open")
    counts = door.read(lists.read_breakdown, scope=scope, metric="clues_open", by=cells, on=view.on, without=without)
    if counts.empty:
        st.markdown(t("clues.nothing_waits"))
        return
    counts = stated.by_code(counts, "kind")
    table = counts.pivot_table(index="kind", columns="clue_state", values="amount", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=list(URGENCIES), fill_value=0)
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rows = table.assign(label=[stated.word(str(code), codes="clue_kind") for code in table.index])
    series = [
        Series(
            column=state,
            name=code_label(codes="clue_state", code=state, language=language()),
            colour=colour,
            pattern=URGENCY_PATTERNS[state],
        )
        for state, colour in URGENCIES.items()
    ]
    sums = table.sum()
    reading = t(
        "clues.waiting_reading",
        waiting=numbers.count(sums.sum()),
        overdue=numbers.count(sums["overdue"]),
        soon=numbers.count(sums["due_soon"]),
        days=limit(_SOON, on=view.on),
        kind=rows["label"].iloc[0],
        most=numbers.count(table.iloc[0].sum()),
    )
    chart.show(
        bars(rows, series=series),
        reading=reading + figures.limits(_SOON, view=view),
        key="clues_waiting",
        longest_first=True,
        lists=list_link.of_bars(
            *(("clues_open", {"clue_state": state}) for state in URGENCIES), view=view, column="kind", codes=table.index
        ),
    )
