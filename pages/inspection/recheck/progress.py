"""Progress of the recheck and how often a record was wrong: by township and grid, listed but not ranked."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.clock import last_day
from data_access.inspection import findings, recheck
from data_access.inspection.estimates import error_rate
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import link_choice, sheet, table_file
from pages.widgets.draw import how_drawn
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.error_rate_table import rate_text

PARTS = {"township": "township_code", "grid": "grid_code"}


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """The error rate with its interval, and a row per township or grid."""
    scope = view_state.scope().narrowed(view.place)
    found = findings.read_findings(door.ledger(), scope=scope, draw_id=chosen.draw_id)
    active, compared = _with_grids(units[units["active"]]), findings.compared(found)
    st.markdown(
        t(
            "records.progress",
            checked=int(active["code"].isin(found["code"]).sum()),
            drawn=len(active),
            rate=rate_text(error_rate(compared, units=active)),
        )
    )
    part = link_choice.choose("by", {name: t(f"records.by_{name}") for name in PARTS}, label=t("records.by"))
    on = min(last_day(chosen.month), door.current_facts().facts.months.cut_off)
    collected = door.read(recheck.read_collected, scope=scope, on=on)
    counted = recheck.by_part(active, collected=collected, checked=tuple(found["code"]), part=PARTS[part])
    shown = counted[counted["drawn"] > 0].assign(
        part=lambda rows: [view.names.get(code, code) for code in rows["part"]],
        rate=lambda rows: [
            _rate(compared, active, part=PARTS[part], code=code) for code in counted.loc[rows.index, "part"]
        ],
    )
    columns = {name: t(f"records.column_{name}") for name in ("part", "collected", "drawn", "checked", "rate")}
    sheet.show(shown, hide_index=True, column_config=columns, height="content" if len(shown) < 30 else 600)
    st.caption(f"{how_drawn.sentence(chosen.settings)} {t('villages.not_ranked')}")
    table_file.offer(shown, title=t("page.records"), headings=columns, view=view, key="records_progress")


def _with_grids(active: pd.DataFrame) -> pd.DataFrame:
    codes = tuple(sorted(active["code"]))
    grids = door.read(recheck.read_grids, scope=view_state.scope(), household_ids=codes)
    return active.merge(grids, on="code", how="left")


def _rate(compared: pd.DataFrame, active: pd.DataFrame, *, part: str, code: str) -> str:
    own = active.loc[active[part] == code, "code"]
    return rate_text(error_rate(compared[compared["code"].isin(own)], units=active))
