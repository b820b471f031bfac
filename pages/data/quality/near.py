"""临界聚集: values near a threshold, on either side; changes shortly before an elimination; by source and by place."""

import streamlit as st

from data_access.quality.near_threshold import load_near
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import code_tables, numbers

METRICS = ("near_under", "near_over", "changed_before_elimination")


def show(view: View) -> None:
    """The sentence, a table by source and one by place, and how near is near."""
    found = code_tables.counts(view, metrics=METRICS, by=("village_code", "source"))
    said = {name: numbers.count(found[name].sum()) for name in METRICS}
    days = limit("changed_before_elimination_days", on=view.on)
    st.markdown(t("quality.near_reading", **said, days=days) + f" :orange-badge[{t('badge.placeholder')}]")
    names = {code: words[language()] for code, words in load_codes()["indicator_source"].items()}
    code_tables.by_code(found, metrics=METRICS, column="source", names=names, view=view, key="near")
    code_tables.by_place(found, metrics=METRICS, view=view, key="near")
    st.caption(t("quality.near_note", source=load_near().reference[language()]))
