"""Which of the drawn records is checked now."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import findings
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets.draw.choice import Chosen


def choose(chosen: Chosen, *, units: pd.DataFrame, view: View) -> dict | None:
    """Let the reader choose a record, those that are not checked yet first; None where there is none here."""
    active = units[units["active"]]
    if active.empty:
        st.info(t("draw.nothing_here"))
        return None
    done = findings.read_findings(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)["code"]
    rows = active.assign(done=active["code"].isin(done)).sort_values(["done", "township_code", "position"])
    records = {row["code"]: row for row in rows.to_dict("records")}
    wanted = view_state.remembered("unit", known=set(records), default=next(iter(records)))
    st.session_state["records_unit"] = wanted
    st.selectbox(
        t("records.choose"),
        list(records),
        format_func=lambda code: t(
            "records.record",
            township=view.names.get(records[code]["township_code"], ""),
            village=view.names.get(records[code]["village_code"], ""),
            code=code,
            state=t("records.done") if records[code]["done"] else t("records.waits"),
        ),
        key="records_unit",
        on_change=_keep,
    )
    return dict(records[wanted])


def _keep() -> None:
    st.query_params["unit"] = st.session_state["records_unit"]
