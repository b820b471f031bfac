"""后台抽查评估: a seeded sample of the records collected this month, checked again; by township and grid."""

import streamlit as st

from data_access.inspection.recheck import KIND
from pages.inspection.recheck import make, progress, record
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice
from pages.widgets.draw import choice, finding_form, head

view = view_state.current()
part = link_choice.choose("part", {"made": t("records.made"), "make": t("records.make")}, label=t("records.part"))
if part == "make":
    st.markdown(t("records.intro"))
    make.show(view)
else:
    chosen = choice.choose_draw(kind=KIND)
    if chosen is not None:
        head.head(chosen, view=view)
        units = choice.units_of(chosen, view=view)
        progress.show(chosen, units=units, view=view)
        unit = record.choose(chosen, units=units, view=view)
        if unit is not None:
            finding_form.show(unit, chosen=chosen, view=view, source="recheck")
