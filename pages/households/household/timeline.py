"""What happened to the household and what people recorded about it, newest first, by kind."""

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.handouts.recorded import RECORDED, read_recorded
from data_access.households.timeline import EVENTS, codes_of, read_story
from data_access.scope import Scope
from pages.shell import kept, notices
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import household_values, sheet

_ROW, _TALLEST = 38, 532
"""Pixels."""


def show(household_id: str, *, scope: Scope, view: View) -> None:
    """Clues, steps, needs, measures, visits, screenings, jobs, telephone checks, and what the ledger holds; all, or
    those of some kinds."""
    rows, names = kept.value(("story", household_id), lambda: _story(household_id, scope=scope, view=view))
    st.subheader(t("household.story", events=len(rows)))
    wanted = st.pills(
        t("household.story_filter"),
        list(names),
        format_func=names.__getitem__,
        selection_mode="multi",
        key="household_story_kinds",
    )
    _table(rows, household_id, tuple(wanted))


def _story(household_id: str, *, scope: Scope, view: View) -> tuple[pd.DataFrame, dict[str, str]]:
    """All that happened, newest first, and each kind with how often it did."""
    told = door.read(read_story, scope=scope, household_id=household_id, on=view.on)
    rows = pd.concat([_told(told), _recorded(household_id, scope=scope, view=view)], ignore_index=True)
    rows = rows.sort_values("on", ascending=False, kind="stable", ignore_index=True)
    counts = rows["kind"].value_counts()
    lacking = {kind for kind, (source, _, _) in EVENTS.items() if not view.fills(source.description)}
    return rows, {
        kind: t(
            "household.kind_count",
            kind=t(f"household.kind.{kind}"),
            count=t("figure.not_collected") if kind in lacking else int(counts.get(kind, 0)),
        )
        for kind in (*EVENTS, *RECORDED)
    }


@kept.part
def _table(rows: pd.DataFrame, household_id: str, wanted: tuple[str, ...]) -> None:
    rows = rows[rows["kind"].isin(wanted)] if wanted else rows
    if rows.empty:
        st.markdown(t("household.story_empty"))
        return
    sheet.show(
        rows.assign(kind=[t(f"household.kind.{kind}") for kind in rows["kind"]]),
        hide_index=True,
        height=min(_TALLEST, _ROW * (len(rows) + 1)),
        row_height=_ROW,
        column_config={
            "on": st.column_config.DateColumn(t("household.story_on"), format="YYYY-MM-DD"),
            "kind": t("household.story_kind"),
            "event": t("household.story_event"),
            "details": st.column_config.TextColumn(t("household.story_details"), width="large"),
            "amount": st.column_config.NumberColumn(t("household.story_amount"), format="localized"),
            "by": t("household.story_by"),
        },
        placeholder="",
        key="household_story",
    )


def _told(story: pd.DataFrame) -> pd.DataFrame:
    """The events of the household data, in words."""
    named = story[["kind", "event", "detail_1", "detail_2"]]
    return pd.DataFrame(
        {
            "on": pd.to_datetime(story["on"]).dt.date,
            "kind": story["kind"],
            "event": [t(f"household.event.{kind}.{event}") for kind, event, *_ in named.itertuples(index=False)],
            "details": [_details(*one) for one in named.itertuples(index=False)],
            "amount": story["amount"],
            "by": None,
        }
    )


def _recorded(household_id: str, *, scope: Scope, view: View) -> pd.DataFrame:
    """What people recorded, in words. People record after the cut-off: at the newest month it is all that is known."""
    until = max(view.on, clock.today()) if view.month == view.months[-1] else view.on
    try:
        found = door.read_records(read_recorded, scope=scope, household_id=household_id, until=until)
    except LedgerError as error:
        st.warning(notices.error_text(error), icon=":material/warning:")
        kept.nothing_more()
        return pd.DataFrame()
    details = [
        t("list.separator").join([*(household_values.word(*one) for one in said), *([] if words is None else [words])])
        for said, words in found[["details", "words"]].itertuples(index=False)
    ]
    named = found[["kind", "event"]].itertuples(index=False)
    events = [_step(event) if kind == "problem" else t(f"household.event.{kind}.{event}") for kind, event in named]
    return found[["on", "kind", "by"]].assign(event=events, details=details, amount=None)


def _step(event: str) -> str:
    return household_values.word("problem_step", event)


def _details(kind: str, event: str, first: str | None, second: str | None) -> str:
    found = zip(codes_of(kind, event), (first, second), strict=False)
    return t("list.separator").join(household_values.word(codes, code) for codes, code in found if not pd.isna(code))
