"""Whether a draw opens names to inspectors, and what was opened under it, for whoever answers for that."""

import streamlit as st

from data_access import clock, door
from data_access.access import unmasking
from data_access.inspection.draws import read_opening_draws
from pages.shell import identity, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import sheet
from pages.widgets.draw.choice import ChosenDraw

COLUMNS = ("at", "recorded_by", "village", "household", "reason")


def show(chosen: ChosenDraw, *, view: View) -> None:
    """A line for everybody; the table for managers."""
    opening = read_opening_draws(door.ledger(), scope=view_state.scope())["draw_id"].tolist()
    if chosen.draw_id not in opening:
        st.caption(t("draw.opens_not"))
        return
    st.caption(t("draw.opens"))
    if identity.user() is None or not identity.may("draw_for_names"):
        return
    rows = unmasking.read_opened(door.ledger(), draw_id=chosen.draw_id, scope=view_state.scope())
    with st.expander(t("draw.opened", openings=len(rows)), icon=":material/visibility:"):
        shown = rows.assign(
            at=clock.column_in_place(rows["recorded_at"]).dt.strftime("%Y-%m-%d %H:%M"),
            village=[view.names.get(code, code) for code in rows["village_code"]],
            household=rows["household_id"],
        )
        columns = {name: t(f"draw.opened_{name}") for name in COLUMNS}
        sheet.show(
            shown[list(columns)],
            hide_index=True,
            height="content",
            column_config=columns,
            placeholder=t("draw.opened_whole"),
        )
