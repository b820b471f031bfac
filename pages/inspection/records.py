"""后台抽查评估: a seeded sample of this month's collected records, checked again; by township and grid."""

import streamlit as st

from data_access.inspection.records import KIND
from pages.components import switch, view
from pages.components.draw import choice, made
from pages.components.records import make, progress, record
from pages.components.texts import t
from pages.components.villages import entry

now = view.current()
part = switch.choose("part", {"made": t("records.made"), "make": t("records.make")}, label=t("records.part"))
if part == "make":
    st.markdown(t("records.intro"))
    make.show(now)
else:
    chosen = choice.choose_draw(kind=KIND)
    if chosen is not None:
        made.head(chosen)
        units = choice.units_of(chosen, now=now)
        progress.show(chosen, units=units, now=now)
        unit = record.choose(chosen, units=units, now=now)
        if unit is not None:
            entry.show(unit, chosen=chosen, now=now, source="recheck")
