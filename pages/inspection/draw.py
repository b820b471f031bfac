"""月专项督查抽样: draw the month's villages, households and projects; what was drawn, by group and township."""

import streamlit as st

from pages.components import switch, view
from pages.components.draw import choice, made, make, package
from pages.components.texts import t

now = view.current()
part = switch.choose("part", {"made": t("draw.made"), "make": t("draw.make")}, label=t("draw.part"))
if part == "make":
    st.markdown(t("draw.make_intro"))
    make.show(now)
else:
    chosen = choice.choose_draw()
    if chosen is not None:
        made.head(chosen)
        units = choice.units_of(chosen, now=now)
        made.townships(units, now=now)
        made.files(chosen, units=units, now=now)
        package.show(chosen, units=units, now=now)
