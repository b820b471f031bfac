"""月专项督查抽样: draw the month's villages, households and projects; what was drawn, by group and township."""

import streamlit as st

from pages.inspection.draw import make, package, paper
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice, next_step
from pages.widgets.draw import choice, head

view = view_state.current()
part = link_choice.choose("part", {"made": t("draw.made"), "make": t("draw.make")}, label=t("draw.part"))
if part == "make":
    st.markdown(t("draw.make_intro"))
    make.show(view)
else:
    chosen = choice.choose_draw()
    if chosen is not None:
        head.head(chosen, view=view)
        units = choice.units_of(chosen, view=view)
        head.townships(units, view=view)
        head.files(chosen, units=units, view=view)
        paper.show(chosen, view=view)
        package.show(chosen, units=units, view=view)
        if not units.empty:
            next_step.show(t("draw.next"), page="villages", label=t("page.villages"), draw=chosen.draw_id)
