"""本期需调度: what waits for the meeting. Every figure opens its list; what the data cannot answer says so."""

import streamlit as st

from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import LedgerError
from data_access.facts.metrics import MetricTable, load_ledger_metrics
from pages.shell import menu, notices
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers
from pages.widgets.problems import board, records

OVERDUE = "problems_overdue"


def show(table: MetricTable, view: View) -> None:
    """One line of figures, each a link to its list at the chosen place and month."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", border=True):
        st.markdown(f"**{t('strip.title')}**", width="content")
        for key, matter in load_dispatch_matters().items():
            value, metric = table.value(key, place=view.place, month=view.month), matter.metric
            text = numbers.in_unit(value, metric=metric)
            list_link.show(key, view=view, text=f"{metric.label[language()]} **{text}**")
        _problems_overdue(view)


def _problems_overdue(view: View) -> None:
    """问题逾期未销号, with a link to the problems; if the ledger cannot be read, it says so and hides nothing else."""
    metric = load_ledger_metrics()[OVERDUE]
    try:
        overdue = board.count(records.all_problems(view))[OVERDUE]
    except LedgerError as error:
        st.markdown(f":gray[{notices.error_text(error)}]", width="content")
        return
    st.page_link(
        menu.page_path("inspection", "problems"),
        label=f"{metric.label[language()]} **{board.text(OVERDUE, overdue)}**",
        query_params=view.link,
        icon=":material/arrow_forward:",
        width="content",
    )
