"""What happened to the household, newest first, by kind."""

import pandas as pd
import streamlit as st

from data_access.households.timeline import EVENTS, codes_of
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import household_values

_ROW, _TALLEST = 38, 532
"""Pixels."""


def show(story: pd.DataFrame, view: View) -> None:
    """Clues, steps, needs, measures, visits, screenings, jobs, telephone checks; `story` as returned by
    `household_story.read_story`."""
    st.subheader(t("household.story", events=len(story)))
    counts = story["kind"].value_counts()
    names = {
        kind: t(
            "household.kind_count",
            kind=t(f"household.kind.{kind}"),
            count=int(counts.get(kind, 0)) if view.fills(source.description) else t("figure.not_collected"),
        )
        for kind, (source, _, _) in EVENTS.items()
    }
    wanted = st.pills(
        t("household.story_filter"),
        list(names),
        format_func=names.__getitem__,
        selection_mode="multi",
        key="household_story_kinds",
    )
    rows = story[story["kind"].isin(wanted)] if wanted else story
    if rows.empty:
        st.markdown(t("household.story_empty"))
        return
    st.dataframe(
        pd.DataFrame(
            {
                "on": rows["on"],
                "kind": [t(f"household.kind.{kind}") for kind in rows["kind"]],
                "event": [_event(kind, event) for kind, event in zip(rows["kind"], rows["event"], strict=True)],
                "details": [
                    _details(*one) for one in rows[["kind", "event", "detail_1", "detail_2"]].itertuples(index=False)
                ],
                "amount": rows["amount"],
            }
        ),
        hide_index=True,
        height=min(_TALLEST, _ROW * (len(rows) + 1)),
        row_height=_ROW,
        column_config={
            "on": st.column_config.DateColumn(t("household.story_on"), format="YYYY-MM-DD"),
            "kind": t("household.story_kind"),
            "event": t("household.story_event"),
            "details": st.column_config.TextColumn(t("household.story_details"), width="large"),
            "amount": st.column_config.NumberColumn(t("household.story_amount"), format="localized"),
        },
        placeholder="",
        key="household_story",
    )


def _event(kind: str, event: str) -> str:
    return t(f"household.event.{kind}.{event}")


def _details(kind: str, event: str, first: str | None, second: str | None) -> str:
    found = zip(codes_of(kind, event), (first, second), strict=False)
    return t("list.separator").join(household_values.word(codes, code) for codes, code in found if not pd.isna(code))
