"""镇村: district, township, village, group and grid: the same figures at each level, and the households behind them."""

import streamlit as st

from pages.households.places import (
    comparison,
    crumbs,
    division,
    household_list,
    item_list,
    part_table,
    place_map,
    sections,
)
from pages.households.places.card import whole
from pages.shell import view_state
from pages.widgets import place_table

view = view_state.current()
table = view_state.metric_table()
parts = division.settle(view)

crumbs.show(view, parts)
if not sections.is_card(view):
    left, right = st.columns([5, 7], gap="medium")
    with left:
        place_map.show(table, view)
    with right:
        comparison.show(table, view, parts)

match sections.choose(view):
    case "card":
        whole.show(table, view)
    case "households":
        household_list.show(view, parts)
    case "items":
        item_list.show(table, view)
    case _ if parts is not None:
        part_table.show(parts, view)
    case _:
        place_table.show(table, view)
