"""Which of the drawn records is being checked."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import findings
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import link_choice
from pages.widgets.draw.choice import ChosenDraw


def choose(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> dict | None:
    """Let the reader choose a record, unchecked ones first; None where there are none here."""
    active = units[units["active"]]
    if active.empty:
        st.info(t("draw.nothing_here", whole=view.regions.whole(language())))
        return None
    done = findings.read_findings(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)["code"]
    rows = active.assign(done=active["code"].isin(done)).sort_values(["done", "township_code", "position"])
    records = {row["code"]: row for row in rows.to_dict("records")}
    titles = {
        code: t(
            "records.record",
            township=view.names.get(row["township_code"], ""),
            village=view.names.get(row["village_code"], ""),
            code=code,
            state=t("records.done") if row["done"] else t("records.waits"),
        )
        for code, row in records.items()
    }
    return dict(records[link_choice.select("unit", titles, label=t("records.choose"), key="records_unit")])
