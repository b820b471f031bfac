"""预警: which households the rules point to, where and why; where lamp and official status disagree; what cannot be
judged; what changed. The list, and the conclusions people recorded."""

import streamlit as st

from data_access import door
from data_access.lists.lists import ListRequest, read_breakdown
from data_access.warnings import rule_counts
from pages.households.warnings import figures, places, rules, shortfalls
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import breaks, disposition_panel, link_choice, list_filters, list_table

PARTS = ("places", "rules", "shortfalls", "changes", "households")
LISTED = ("warned_households", *figures.LAMPS, *figures.STANDING)

view = view_state.current()
scope = view_state.scope().narrowed(view.place)
table = view_state.metric_table()

figures.tiles(table, view)
breaks.warn(view)
figures.undetermined(table, view)
part = link_choice.choose("part", {name: t(f"warnings.part_{name}") for name in PARTS}, label=t("warnings.part"))

if part == "places":
    places.show(table, view)
elif part == "rules":
    counts = door.read(rule_counts.read_rule_counts, scope=scope, on=view.on)
    rules.show(counts, door.read(rule_counts.read_rule_pairs, scope=scope, on=view.on), view)
    rules.silent(counts)
elif part == "shortfalls":
    cells = ("village_code", "class")
    shortfalls.show(door.read(read_breakdown, scope=scope, metric="shortfalls", by=cells, on=view.on), view)
elif part == "changes":
    moves = ("before", "lamp", "why")
    figures.changes(door.read(read_breakdown, scope=scope, metric="lamp_changes", by=moves, on=view.on), view)
else:
    metric = link_choice.choose("lamps", figures.list_names(LISTED), label=t("warnings.part_households"))
    form = st.container()  # above the rows: below fifty of them nobody would see it
    ticked = list_table.show(
        ListRequest(
            metric,
            view.on,
            filters=list_filters.choose(metric),
            without=view.left_out(metric),
        ),
        view=view,
        scope=scope,
        beside=disposition_panel.columns(view.concluded),
        selectable=True,
    )
    with form:
        disposition_panel.record(list_table.households(ticked), view=view)
