"""到期提醒: help that ends within the next months, by kind and by place."""

import streamlit as st

from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import code_tables, numbers
from pages.widgets.part import part

METRICS = ("endings",)


@part
def show(view: View) -> None:
    """The sentence, the kinds that are kept here, and the places."""
    names = {
        code: words[language()]
        for code, words in load_codes()["ending"].items()
        if view.keeps("endings", f"ending={code}")
    }
    if not names:
        st.info(t("cases.endings_not_kept"))
        return
    found = code_tables.counts(view, metrics=METRICS, by=("village_code", "ending"))
    months = limit("ending_within_months", on=view.on)
    # Measures, posts and persons are not added up.
    held = found.groupby("ending")["endings"].sum()
    said = [t(f"cases.ending_{code}", count=numbers.count(held.get(code, 0))) for code in names]
    st.markdown(t("cases.endings_reading", kinds=t("list.separator").join(said), months=months))
    code_tables.by_code(found, metrics=METRICS, column="ending", names=names, view=view, key="endings")
    code_tables.by_place(
        found,
        metrics=METRICS,
        column="ending",
        names=names,
        sums=False,
        view=view,
        key="endings",
    )
