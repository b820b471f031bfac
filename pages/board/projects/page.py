"""项目资产: projects by fund and kind, how far along they are, what is overdue; their assets and what those earn."""

import streamlit as st

from pages.board.projects import charts, place_map, place_table, tiles
from pages.board.projects.figures import Figures
from pages.shell import view_state
from pages.shell.texts import t

figures = Figures.of(view_state.current())
st.markdown(t("projects.as_of", cut_off=figures.cut_off.isoformat()))

tiles.projects(figures)
tiles.assets(figures)

left, right = st.columns([5, 6], gap="medium")
with left:
    place_map.show(figures)
with right:
    charts.money(figures, by="fund")
    charts.money(figures, by="kind")

left, right = st.columns(2, gap="medium")
with left:
    charts.progress(figures)
with right:
    charts.assets(figures)

place_table.show(figures)
