"""The list behind a number, at the chosen place and month."""

import streamlit as st

from data_access.facts.metrics import load_metrics
from data_access.lists.lists import LISTINGS, ListRequest
from pages.shell import kept, menu, view_state
from pages.shell.texts import language, t
from pages.widgets import case_forms, disposition_panel, list_filters, list_table, metric_words, report_choice

view = view_state.current()
known = {key for key, metric in load_metrics().items() if metric.numerator.fact in LISTINGS}
wanted = st.query_params.get("list")
chosen = view_state.remembered("list", known=known, default="measures_overdue")
metric = load_metrics()[chosen]
if wanted is not None and wanted not in known:
    said = view_state.said_in_link(wanted)
    st.warning(t("list.missed", value=said, shown=metric.label[language()]), icon=":material/link_off:")
scope = view_state.scope().narrowed(view.place)

back = view_state.came_from(default="overview")
st.page_link(menu.page_path(menu.section_of(back), back), label=t(f"page.{back}"), icon=":material/arrow_back:")
st.subheader(metric.label[language()])
st.markdown(metric_words.definition(metric, gap=" "))
filters = list_filters.choose(chosen)
form = st.container()  # above the rows: below fifty of them nobody would see it
ticked = list_table.show(
    ListRequest(chosen, view.on, filters=filters, without=view.left_out(chosen)),
    view=view,
    scope=scope,
    beside=kept.value("conclusions in words", lambda: disposition_panel.columns(view.concluded), everywhere=True),
    selectable=True,
)
with form:
    if case_forms.covers(chosen):
        case_forms.record(chosen, list_table.households(ticked), view=view)
    else:
        report_choice.show(chosen, ticked, view=view)
