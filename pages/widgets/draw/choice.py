"""Which draw a page shows, and its units."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from data_access import door
from data_access.clock import in_place
from data_access.inspection import draws
from pages.shell import view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View
from pages.widgets import link_choice, next_step


@dataclass(frozen=True)
class ChosenDraw:
    """The draw that a page shows."""

    draw_id: str
    month: str
    seed: str
    algorithm: str
    frame_hash: str
    frame_rows: int
    data_version: str
    settings: Mapping[str, Any]
    seed_from: str | None
    seed_from_id: str | None
    called: str | None
    reason: str | None
    turn: int
    """1 for the first draw of its month, which binds."""
    drawn_by: str
    drawn_at: datetime


def choose_draw(*, kind: str = "inspection") -> ChosenDraw | None:
    """Let the reader choose a draw of a kind, the newest month first, in it the one that binds; None, with a message,
    where there is none."""
    known = draws.read_draws(door.ledger(), scope=view_state.scope(), kind=kind)
    if known.empty:
        page = "draw" if kind == "inspection" else "records"
        next_step.show(t(f"draw.none_{kind}"), page=page, label=t(f"{page}.make"), part="make")
        return None
    rows = {row["draw_id"]: row for row in known.to_dict("records")}
    titles = {number: _title(row) for number, row in rows.items()}
    return _chosen(rows[link_choice.select("draw", titles, label=t("draw.which"), key="draw_choice")])


def binding_draw(month: str) -> ChosenDraw | None:
    """The inspection's draw that binds for a month; None where there is none in the reader's places."""
    known = draws.read_draws(door.ledger(), scope=view_state.scope())
    found = known[(known["month"] == month) & (known["turn"] == 1)].to_dict("records")
    return _chosen(found[0]) if found else None


def binding_draw_before(month: str) -> ChosenDraw | None:
    """The inspection's newest draw that binds for an earlier month."""
    known = draws.read_draws(door.ledger(), scope=view_state.scope())
    found = known[(known["month"] < month) & (known["turn"] == 1)].to_dict("records")
    return _chosen(found[0]) if found else None


def _chosen(row: Mapping[Any, Any]) -> ChosenDraw:
    return ChosenDraw(
        draw_id=row["draw_id"],
        settings=json.loads(row["settings"]),
        drawn_by=row["recorded_by"],
        drawn_at=in_place(row["recorded_at"]),
        **{name: row[name] for name in _COPIED},
    )


def _title(row: Mapping[Any, Any]) -> str:
    said = {"number": row["draw_id"], "month": month_name(row["month"])}
    return t("draw.title", **said) if row["turn"] == 1 else t("draw.title_again", **said, turn=row["turn"])


_COPIED = (
    *("month", "seed", "algorithm", "frame_hash", "frame_rows", "data_version"),
    *("seed_from", "seed_from_id", "called", "reason", "turn"),
)


def units_of(chosen: ChosenDraw, *, view: View) -> pd.DataFrame:
    """The units of a draw at the chosen place, as returned by `draws.read_units`."""
    return draws.read_units(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=chosen.draw_id)
