"""已报、未报、超期: how much of a distributed list has come back, by township or village."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.facts.metrics import load_metrics
from data_access.handouts import handouts
from data_access.lists.selection import SELECTION
from data_access.schema.indicators import code_label
from pages.data.returns import form
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import link_choice, next_step, sheet


@dataclass(frozen=True)
class ChosenHandout:
    """The handout that the page shows."""

    handout_id: str
    metric: str
    filters: str
    day: date
    due_on: date


def find_handout(handout_id: str) -> ChosenHandout | None:
    """A handout that a returned file names; None if the reader cannot see it."""
    sent = _sent()
    known = (_chosen(row) for row in sent[sent["handout_id"] == handout_id].to_dict("records"))
    return next(known, None)


def handout_ids() -> tuple[str, ...]:
    """The handouts that the reader sees, the newest first."""
    return tuple(_sent()["handout_id"])


def _sent() -> pd.DataFrame:
    sent = handouts.read_handouts(door.ledger(), scope=view_state.scope())
    return sent[sent["metric"].isin([*load_metrics(), SELECTION])]


def _chosen(row: Mapping[Any, Any]) -> ChosenHandout:
    return ChosenHandout(**{name: row[name] for name in ("handout_id", "metric", "filters", "day", "due_on")})


def choose_handout(view: View) -> ChosenHandout | None:
    """Let the reader choose a handout, the newest first; None, with a message, where there is none."""
    sent = _sent()
    if sent.empty:
        next_step.show(t("returns.nothing_sent"), page="returns", label=t("returns.send_out"), part="send_out")
        return None
    rows = {row["handout_id"]: row for row in sent.to_dict("records")}
    titles = {number: _title(row, view=view) for number, row in rows.items()}
    chosen = link_choice.select("handout", titles, label=t("returns.handout"), key="returns_handout")
    return _chosen(rows[chosen])


def _title(row: dict, *, view: View) -> str:
    return t(
        "returns.handout_title",
        number=row["handout_id"],
        list=form.full_name(row["metric"], filters=row["filters"]),
        place=view.names.get(row["place"], row["place"]),
        day=row["day"],
        rows=row["row_count"],
        due=row["due_on"],
    )


def show(chosen: ChosenHandout, *, view: View) -> pd.DataFrame:
    """The state of every part; returns the rows of the handout with their answers."""
    rows = handouts.read_rows(door.ledger(), handout_id=chosen.handout_id, scope=view_state.scope())
    parts = handouts.board(rows, due_on=chosen.due_on, on=clock.today())
    answered = int(rows["verdict"].notna().sum())
    st.markdown(
        t(
            "returns.reading",
            parts=len(parts),
            complete=int((parts["state"] == "complete").sum()),
            overdue=int((parts["state"] == "overdue").sum()),
            answered=answered,
            rows=len(rows),
        )
    )
    shown = pd.DataFrame(
        {
            "part": [view.names.get(code, code) for code in parts["part"]],
            "state": [code_label(codes="handout_state", code=code, language=language()) for code in parts["state"]],
            "sent": parts["sent"],
            "answered": parts["answered"],
            "waiting": parts["waiting"],
            "answered_at": clock.column_in_place(parts["answered_at"]).dt.tz_localize(None),
        }
    )
    columns: dict[str, Any] = {
        "part": t("returns.part_name"),
        "state": t("returns.state"),
        "sent": t("returns.sent"),
        "answered": t("returns.answered"),
        "waiting": t("returns.waiting"),
        "answered_at": st.column_config.DatetimeColumn(t("returns.answered_at"), format="YYYY-MM-DD HH:mm"),
    }
    sheet.show(shown, hide_index=True, column_config=columns, placeholder=t("value.none"), height="content")
    _reminder(parts[parts["waiting"] > 0], chosen=chosen, view=view)
    return rows


def _reminder(parts: pd.DataFrame, *, chosen: ChosenHandout, view: View) -> None:
    """未报: who has not answered yet, as a text to paste into a message; it names places and numbers, nobody."""
    if parts.empty:
        return
    named = zip(parts["part"], parts["waiting"], parts["sent"], strict=True)
    places = [
        t("returns.reminder_place", place=view.names.get(code, code), waiting=waiting, sent=sent)
        for code, waiting, sent in named
    ]
    said = t(
        "returns.reminder",
        number=chosen.handout_id,
        list=form.full_name(chosen.metric, filters=chosen.filters),
        due=chosen.due_on,
        places=t("list.separator").join(places),
        day=clock.today(),
    )
    with st.expander(t("returns.reminder_heading", parts=len(parts)), icon=":material/content_paste:"):
        st.code(said, language=None, wrap_lines=True)
