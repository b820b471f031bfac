"""The entries of the audit record, newest first, and as a file."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from data_access.access import audit_log
from pages.components import table_file, view
from pages.components.texts import t

COLUMNS = ("record_id", "at", "recorded_by", "event", "place", "household_id", "detail", "hash")

_HEIGHT = 560


def show(found: pd.DataFrame) -> None:
    """The table; says where more entries were found than are shown."""
    st.subheader(t("audit.entries", entries=len(found)))
    if len(found) >= audit_log.MOST_SHOWN:
        st.warning(t("audit.cut", most=audit_log.MOST_SHOWN), icon=":material/unfold_less:")
    local = found["recorded_at"].dt.tz_convert(datetime.now(UTC).astimezone().tzinfo)
    shown = found.assign(
        at=local.dt.strftime("%Y-%m-%d %H:%M:%S"), event=[t(f"audit.event_{kind}") for kind in found["event"]]
    )[list(COLUMNS)]
    headings = {name: t(f"audit.column_{name}") for name in COLUMNS}
    st.dataframe(shown, hide_index=True, column_config=headings, height=_HEIGHT, placeholder=t("value.none"))
    table_file.offer(shown, title=t("page.audit"), headings=headings, now=view.current(), key="audit_file")
