"""收入: what households live on, how it is distributed around the line of its year, who is below it, what changed."""

import streamlit as st

from data_access.income.figures import read_incomes
from data_access.region_codes import level_of
from pages.households.income import charts, place_table, tiles, year
from pages.shell import view_state

view = view_state.current()
shown = year.choose(view)
year.say(shown)

if not shown.has_records:
    st.info(year.nothing(shown))
    st.stop()

here = shown.read(read_incomes, level=level_of(view.place))
tiles.show(shown, here)

if shown.compares:
    left, right = st.columns(2, gap="medium")
    with left:
        charts.against_the_line(shown)
    with right:
        charts.in_yuan(shown, here)
else:
    charts.in_yuan(shown, here)

charts.by_source(shown, here)
place_table.show(shown)
