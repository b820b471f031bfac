"""The figures of the places below: coverage may be compared; answers are shown with their interval and not ranked."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.inspection.telephone.figures import AllAmounts, share_text, unasked
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import sheet, table_file
from pages.widgets.part import part


@part
def show(amounts: AllAmounts, *, view: View) -> None:
    """One row per township or village, in the order of the region."""
    rows = []
    for code in view.children(view.place):
        due = amounts["calls_coverage"].base(place=code)
        if due == 0:
            continue
        rows.append(
            {
                "place": view.name(code),
                "calls_due_households": due,
                "calls_missing": amounts["calls_missing"].count(place=code),
                "calls_coverage": amounts["calls_coverage"].value(place=code),
                "calls_reached_share": amounts["calls_reached_share"].value(place=code),
                "unasked": unasked(due, amounts["calls_satisfied_share"].base(place=code)),
                "calls_satisfied_share": share_text(amounts["calls_satisfied_share"], place=code),
                "calls_complaints": amounts["calls_complaints"].count(place=code),
            }
        )
    if not rows:
        return
    st.markdown(t("telephone.places"))
    named = {name: load_metrics()[name].label[language()] for name in rows[0] if name in load_metrics()}
    headings = {name: named.get(name, t("telephone.who_missing")) for name in list(rows[0])[1:]}
    columns: dict[str, Any] = {"place": t("telephone.place")}
    for name, label in headings.items():
        share = name in ("calls_coverage", "calls_reached_share", "unasked")
        columns[name] = st.column_config.NumberColumn(label, format="%.1f%%") if share else label
    shown = pd.DataFrame(rows)
    sheet.show(shown, hide_index=True, column_config=columns, height="content", placeholder=t("value.none"))
    headings = {"place": t("telephone.place"), **headings}
    table_file.offer(shown, title=t("page.telephone"), headings=headings, view=view, key="telephone_places")
