"""本期需调度: what waits for the meeting. Every figure opens its list and names where most of it is; what the data
cannot answer says so."""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import LedgerError
from data_access.facts.metrics import MetricTable, load_ledger_metrics
from pages.shell import kept, menu, notices
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_link, numbers, owed_reports, township_picker
from pages.widgets.problems import board, records

OVERDUE = "problems_overdue"
_NAMED = 3


@kept.part
def show(table: MetricTable, view: View) -> None:
    """One line of figures, each a link to its list at the chosen place and month."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True, key="strip"):
        st.markdown(f"**{t('strip.title')}**", width="content")
        for key, matter in load_dispatch_matters().items():
            value, metric = table.value(key, place=view.place, month=view.month), matter.metric
            with st.container(gap=None):
                text = t("strip.matter", number=numbers.in_unit(value, metric=metric), name=metric.label[language()])
                list_link.show(key, view=view, text=text, icon=False)
                field_reports.note(key, view=view)
                _places({code: table.value(key, place=code, month=view.month) for code in _below(view)}, view=view)
        with st.container(gap=None):
            _problems_overdue(view)
            with suppress(LedgerError):  # which is said beside it
                owed_reports.links(view)


def _problems_overdue(view: View) -> None:
    """问题逾期未销号, with a link to the problems; if the ledger cannot be read, it says so and hides nothing else."""
    metric = load_ledger_metrics()[OVERDUE]
    try:
        rows = records.all_problems(view)
    except LedgerError as error:
        st.markdown(f":gray[{notices.error_text(error)}]", width="content")
        return
    number = board.text(OVERDUE, board.count(rows)[OVERDUE])
    st.page_link(
        menu.page_path("inspection", "problems"),
        label=t("strip.matter", number=number, name=metric.label[language()]),
        query_params=view.link,
        width="content",
    )
    overdue = rows[rows["overdue"]].groupby("township_code").size()
    _places({str(code): float(count) for code, count in overdue.items()}, view=view)


def _below(view: View) -> tuple[str, ...]:
    return view.children(view.place)


def _places(counts: Mapping[str, float | None], *, view: View) -> None:
    """The places with most of it, where there are any."""
    found = sorted(((-count, code) for code, count in counts.items() if count and code in view.names))[:_NAMED]
    names = [f"{township_picker.short_name(view.name(code))} {numbers.count(-count)}" for count, code in found]
    st.markdown(f":small[:gray[{' · '.join(names) or t('value.none')}]]")
