"""How far the re-check is and how often a record was wrong: by township and grid, listed and not ranked."""

import pandas as pd
import streamlit as st

from data_access import cached
from data_access.inspection import findings, records
from data_access.months import last_day
from pages.components import switch, table_file, view
from pages.components.draw.choice import Chosen
from pages.components.texts import t
from pages.components.view import View
from pages.components.villages.rate import rate_text

PARTS = {"township": "township_code", "grid": "grid_code"}


def show(chosen: Chosen, *, units: pd.DataFrame, now: View) -> None:
    """The error rate with its interval, and a row per township or grid."""
    scope = view.scope().narrowed(now.place)
    found = findings.read_findings(cached.ledger(), scope=scope, draw_id=chosen.draw_id)
    active = _with_grids(units[units["active"]])
    st.markdown(
        t(
            "records.progress",
            checked=int(active["code"].isin(found["code"]).sum()),
            drawn=len(active),
            rate=rate_text(findings.error_rate(found)),
        )
    )
    part = switch.choose("by", {name: t(f"records.by_{name}") for name in PARTS}, label=t("records.by"))
    on = min(last_day(chosen.month), cached.current_facts().facts.months.cut_off)
    collected = cached.read(records.read_collected, scope=scope, on=on)
    counted = records.by_part(active, collected=collected, checked=tuple(found["code"]), part=PARTS[part])
    shown = counted[counted["drawn"] > 0].assign(
        part=lambda rows: [now.names.get(code, code) for code in rows["part"]],
        rate=lambda rows: [
            _rate(found, active, part=PARTS[part], code=code) for code in counted.loc[rows.index, "part"]
        ],
    )
    columns = {name: t(f"records.column_{name}") for name in ("part", "collected", "drawn", "checked", "rate")}
    st.dataframe(shown, hide_index=True, column_config=columns, height="content" if len(shown) < 30 else 600)
    st.caption(t("villages.not_ranked"))
    table_file.offer(shown, title=t("page.records"), headings=columns, now=now, key="records_progress")


def _with_grids(active: pd.DataFrame) -> pd.DataFrame:
    codes = tuple(sorted(active["code"]))
    grids = cached.read(records.read_grids, scope=view.scope(), household_ids=codes)
    return active.merge(grids, on="code", how="left")


def _rate(found: pd.DataFrame, active: pd.DataFrame, *, part: str, code: str) -> str:
    own = active.loc[active[part] == code, "code"]
    return rate_text(findings.error_rate(found[found["code"].isin(own)]))
