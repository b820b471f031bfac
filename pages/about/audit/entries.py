"""The entries of the audit record, newest first, and as a file."""

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access import audit_log
from pages.about.audit import details
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.widgets import sheet, table_file

COLUMNS = ("record_id", "at", "recorded_by", "event", "place", "household_id", "detail", "hash")

AS_RECORDED = ("event_code", "place_code", "detail_code")
"""Additional columns of the file, exactly as recorded."""

_HEIGHT = 560


def show(found: pd.DataFrame) -> None:
    """The table; says so when more entries were found than are shown."""
    st.subheader(t("audit.entries", entries=len(found)))
    if len(found) >= audit_log.MOST_SHOWN:
        st.warning(t("audit.cut", most=audit_log.MOST_SHOWN), icon=":material/unfold_less:")
    local = clock.column_in_place(found["recorded_at"])
    names = door.regions(scope=identity.scope()).names[language()]
    shown = found.assign(
        at=local.dt.strftime("%Y-%m-%d %H:%M:%S"),
        event=[details.event(kind) for kind in found["event"]],
        place=[names.get(code, code) for code in found["place"]],
        detail=[details.in_words(detail) for detail in found["detail"]],
        event_code=found["event"],
        place_code=found["place"],
        detail_code=found["detail"],
    )
    headings = {name: t(f"audit.column_{name}") for name in (*COLUMNS, *AS_RECORDED)}
    sheet.show(
        shown[list(COLUMNS)], hide_index=True, column_config=headings, height=_HEIGHT, placeholder=t("value.none")
    )
    table_file.offer(shown, title=t("page.audit"), headings=headings, view=view_state.current(), key="audit_file")
