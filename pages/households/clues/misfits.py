"""Needs and measures that do not fit the cause: doubtful items by kind, and where they are."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases.help_fit import load_help_fit
from data_access.lists import lists
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import figure_table, numbers, stated
from pages.widgets.figure_table import Column, Row
from pages.widgets.part import part

METRIC = "help_misfits"


@part
def show(view: View) -> None:
    """Findings by kind and main cause, and by place."""
    scope = view_state.scope().narrowed(view.place)
    counts = door.read(lists.read_breakdown, scope=scope, metric=METRIC, by=("misfit", "cause"), on=view.on)
    badges = f":orange-badge[{t('metric.to_confirm')}]"
    if load_help_fit().placeholder:
        badges += f" :orange-badge[{t('badge.placeholder')}]"
    if counts.empty:
        st.markdown(f"{t('clues.no_misfits')} {badges}")
        return
    by_kind = counts.groupby("misfit")["amount"].sum()
    reading = t(
        "clues.misfits_reading",
        total=numbers.count(by_kind.sum()),
        kind=_word("help_misfit", str(by_kind.idxmax())),
        most=numbers.count(by_kind.max()),
    )
    st.markdown(f"{reading} {badges}")
    _by_cause(counts, view=view)
    st.caption(t("clues.misfits_note", reference=load_help_fit().reference[language()]))
    _by_place(view)


def _by_cause(counts: pd.DataFrame, *, view: View) -> None:
    """Kinds of finding by the cause they concern."""
    kinds = list(load_codes()["help_misfit"])
    known = stated.by_code(counts, "cause")
    cells = known.pivot_table(index="cause", columns="misfit", values="amount", aggfunc="sum", fill_value=0)
    cells = cells.reindex(columns=kinds, fill_value=0)
    causes = stated.in_order(cells.index, codes="cause")
    total = Row(name=t("clues.all_causes"), counts=[int(cells[kind].sum()) for kind in kinds])
    rows = [
        Row(name=stated.word(cause, codes="cause"), counts=cells.T[cause].tolist(), only={"cause": cause})
        for cause in causes
    ]
    figure_table.show(
        [total, *rows],
        columns=_columns(kinds),
        heading=t("clues.cause"),
        title=t("clues.part_misfits"),
        view=view,
        key="misfits_causes",
    )


def _by_place(view: View) -> None:
    """Kinds of finding by place."""
    scope = view_state.scope().narrowed(view.place)
    counts = door.read(lists.read_breakdown, scope=scope, metric=METRIC, by=("village_code", "misfit"), on=view.on)
    kinds = list(load_codes()["help_misfit"])
    cells = counts.pivot_table(index="village_code", columns="misfit", values="amount", aggfunc="sum", fill_value=0)
    villages = cells.reindex(columns=kinds, fill_value=0).reset_index()
    figure_table.show(
        figure_table.place_rows(villages, counts=lambda row: [int(row[kind]) for kind in kinds], view=view),
        columns=_columns(kinds),
        heading=t("table.place"),
        title=t("clues.part_misfits"),
        view=view,
        key="misfits_places",
    )


def _columns(kinds: list[str]) -> list[Column]:
    return [Column(METRIC, label=_word("help_misfit", kind), only={"misfit": kind}) for kind in kinds]


def _word(codes: str, code: str) -> str:
    return code_label(codes=codes, code=code, language=language())
