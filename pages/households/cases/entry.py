"""待录入、待标注: what the county approved and the national system does not hold yet, with its 回填表."""

import streamlit as st

from data_access.facts.metrics import load_metrics
from data_access.load.entry_forms import load_entry_forms
from pages.households.cases import changes
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import code_tables, entry_file, field_reports, list_link, metric_words, numbers
from pages.widgets.part import part


@part
def show(view: View) -> None:
    """One section per list: the number, which opens it, and the file for entry."""
    st.markdown(t("cases.entry_intro"))
    for metric in load_entry_forms().forms:
        _section(metric, view=view)
    changes.show(view)
    st.caption(f":orange-badge[{t('badge.placeholder')}] {load_entry_forms().reference[language()]}")


@part
def _section(metric: str, *, view: View) -> None:
    declared = load_metrics()[metric]
    count = numbers.count(code_tables.counts(view, metrics=(metric,), by=("village_code",))[metric].sum())
    st.subheader(declared.label[language()])
    st.markdown(metric_words.definition(declared, gap=" "))
    list_link.show(metric, view=view, text=t("cases.entry_count", count=count))
    field_reports.note(metric, view=view)
    entry_file.offer(metric, view=view)
