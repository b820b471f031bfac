"""What looks unusual: many files, many households, work at night. It accuses nobody; it asks for a look."""

import pandas as pd
import streamlit as st

from data_access.access.settings import setting
from pages.shell.texts import t
from pages.widgets import sheet


def show(alerts: pd.DataFrame) -> None:
    """One line per person, day and kind; the thresholds are placeholders and are marked as such."""
    st.subheader(t("audit.alerts"))
    st.caption(
        t(
            "audit.limits",
            exports=setting("audit", "many_exports"),
            households=setting("audit", "many_households"),
            searches=setting("audit", "many_searches"),
            chain=setting("audit", "search_chain"),
            minutes=setting("audit", "chain_minutes"),
            starts=setting("audit", "day_starts"),
            ends=setting("audit", "day_ends"),
        )
    )
    if alerts.empty:
        st.markdown(t("audit.no_alerts"))
        return
    alerts = alerts.assign(alert=[t(f"audit.alert_{kind}") for kind in alerts["alert"]])
    headings = {name: t(f"audit.column_{name}") for name in ("day", "recorded_by", "alert", "count")}
    sheet.show(alerts, hide_index=True, column_config=headings, height="content")
