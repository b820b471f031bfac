"""The list behind a figure that waits for the meeting, at the chosen place and month."""

import streamlit as st

from data_access import cached, lists
from data_access.metrics import load_metrics
from pages.components import list_table, menu, view
from pages.components.texts import language, month_name, t

now = view.current()
kind = view.remembered("list", known=set(lists.LISTS), default="measures_overdue")
metric = load_metrics()[kind]
scope = view.scope().narrowed(now.place)

st.page_link(menu.page_path("board", "overview"), label=t("page.overview"), icon=":material/arrow_back:")
st.subheader(metric.label[language()])
st.markdown(metric.definition[language()])
total = cached.read(lists.count_list, scope=scope, kind=kind, on=now.on)
st.markdown(t("list.heading", place=now.name(now.place), month=month_name(now.month), rows=total))

if total == 0:
    st.info(t("list.empty"))
    st.stop()

offset = list_table.page_offset(total)
rows = cached.read(
    lists.read_list, scope=scope, kind=kind, on=now.on, language=language(), offset=offset, limit=list_table.PAGE_ROWS
)
list_table.show(rows, kind=kind)
