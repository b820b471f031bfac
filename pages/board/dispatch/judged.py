"""The lamps that an edition froze, and where present data and rules say another one about the same day."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.dispatch import editions
from data_access.dispatch.editions import Edition
from data_access.schema.indicators import code_label
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_table, table_file


def show(chosen: Edition, *, place: str, view: View) -> None:
    """The households with another lamp, as a table and a file."""
    frozen = editions.load_judged(door.ledger(), chosen, scope=view_state.scope())
    if frozen is None:
        st.caption(t("dispatch.judged_not_kept"))
        return
    recounted = door.read(editions.read_judged, scope=view_state.scope(), on=chosen.day)
    rows = editions.judged_again(frozen, recounted, place=place)
    if rows.empty:
        st.markdown(t("dispatch.judged_none"))
        return
    st.markdown(t("dispatch.judged", households=len(rows)))
    shown = pd.DataFrame(
        {
            "household_id": [list_table.household_address(number, view=view) for number in rows["household_id"]],
            "village": [view.names.get(code, code) for code in rows["village_code"]],
            **{
                name: [code_label(codes="lamp", code=lamp, language=language()) for lamp in rows[name]]
                for name in ("frozen", "recounted")
            },
        }
    )
    headings = {
        "household_id": t("list.household_id"),
        "village": t("list.village"),
        "frozen": t("dispatch.compare_frozen"),
        "recounted": t("dispatch.compare_recounted"),
    }
    columns: dict[str, Any] = dict(headings)
    columns["household_id"] = st.column_config.LinkColumn(columns["household_id"], display_text=r"household=([^&]+)")
    st.dataframe(shown, hide_index=True, column_config=columns)
    table_file.offer(
        shown.assign(household_id=rows["household_id"].tolist()),
        title=t("dispatch.judged_file", name=chosen.name),
        headings=headings,
        view=view,
        key="judged",
    )
