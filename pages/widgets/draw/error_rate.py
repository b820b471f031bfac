"""Progress of the inspection, and how often the system was wrong, weighted by the chance of being drawn, with the
interval of the sample."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import findings
from data_access.inspection.estimates import ErrorRate, error_rate
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import next_step, numbers
from pages.widgets.draw import error_rate_table, how_drawn
from pages.widgets.draw.choice import ChosenDraw


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """Progress, the error rate of households here, and by kind of unit, status, class and township. Townships are
    listed, not ranked."""
    found = findings.read_findings(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=chosen.draw_id)
    active = units[units["active"]]
    done = active["code"].isin(found["code"]).sum()
    st.markdown(t("villages.progress", done=int(done), units=len(active)))
    if found.empty:
        return
    homes = error_rate_table.homes(found)
    overall = error_rate(homes, units=units)
    st.markdown(t("villages.rate", rate=error_rate_table.rate_text(overall)))
    st.caption(said(overall, chosen=chosen))
    wrong = int((~found["agrees"].astype(bool)).sum())
    if wrong:
        next_step.show(t("villages.next", wrong=numbers.count(wrong)), page="problems", label=t("page.problems"))
    with st.expander(t("villages.rates")):
        st.caption(t("villages.not_ranked"))
        st.table(error_rate_table.table(found, units=units, view=view), hide_index=True)


def said(rate: ErrorRate, *, chosen: ChosenDraw) -> str:
    """How it was drawn, and what that does to the rate."""
    how = how_drawn.sentence(chosen.settings)
    if rate.design_effect is None or rate.estimate is None:
        return how
    effect = t(
        "villages.design_effect",
        units=rate.units,
        compared=rate.compared,
        worth=numbers.count(rate.estimate.worth),
        effect=numbers.one_decimal(rate.design_effect),
    )
    return f"{how} {effect}"
