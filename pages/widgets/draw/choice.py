"""Which draw a page shows, and its units."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import draws
from pages.shell import view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View


@dataclass(frozen=True)
class Chosen:
    """The draw that a page shows."""

    draw_id: str
    month: str
    seed: str
    algorithm: str
    frame_hash: str
    frame_rows: int
    data_version: str
    settings: Mapping[str, Any]
    drawn_by: str
    drawn_at: datetime


def choose_draw(*, kind: str = "inspection") -> Chosen | None:
    """Let the reader choose a draw of a kind, the newest first; None, said in words, where there is none."""
    known = draws.read_draws(door.ledger(), scope=view_state.scope(), kind=kind)
    if known.empty:
        st.info(t(f"draw.none_{kind}"))
        return None
    rows = {row["draw_id"]: row for row in known.to_dict("records")}
    wanted = view_state.remembered("draw", known=set(rows), default=next(iter(rows)))
    st.session_state["draw_choice"] = wanted
    st.selectbox(
        t("draw.which"),
        list(rows),
        format_func=lambda number: t("draw.title", number=number, month=month_name(rows[number]["month"])),
        key="draw_choice",
        on_change=_keep,
    )
    row = rows[wanted]
    return Chosen(
        draw_id=wanted,
        settings=json.loads(row["settings"]),
        drawn_by=row["recorded_by"],
        drawn_at=row["recorded_at"],
        **{name: row[name] for name in _COPIED},
    )


_COPIED = ("month", "seed", "algorithm", "frame_hash", "frame_rows", "data_version")


def _keep() -> None:
    st.query_params["draw"] = st.session_state["draw_choice"]


def units_of(chosen: Chosen, *, view: View) -> pd.DataFrame:
    """The units of a draw at the chosen place, as `draws.read_units` gives them."""
    return draws.read_units(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=chosen.draw_id)
