"""What the township is behind with: the matters of the meeting, what is overdue or open besides, and the points that it
lost in the ranking."""

import pandas as pd
import streamlit as st

from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import LedgerError
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from pages.households.places.card.reading import Card, heading
from pages.shell import menu, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers, ranks
from pages.widgets.part import part
from pages.widgets.problems import board, records

BESIDES = ("visits_due", "step_overdue", "needs_overdue", "needs_open", "tasks_overdue", "tasks_waiting")
PROBLEMS = "problems_overdue"


def on_demand(view: View) -> tuple[str, ...]:
    """The counts of this block, besides the matters of the meeting."""
    return (*BESIDES, *(item.lost for item in ranks.scheme("townships", view).items))


def show(card: Card) -> None:
    """Every line opens its list."""
    heading(t("card.behind"))
    for key in load_dispatch_matters():
        card.line(key)
    _problems(card)
    for key in BESIDES:
        _line(card, key)
    _lost(card)


@part
def _line(card: Card, key: str) -> None:
    card.line(key)


def _problems(card: Card) -> None:
    try:
        rows = records.all_problems(card.view)
    except LedgerError as error:
        st.markdown(f":gray[{notices.error_text(error)}]")
        return
    own = rows[rows["township_code"] == card.township]
    number = board.text(PROBLEMS, board.count(own)[PROBLEMS])
    st.page_link(
        menu.page_path("inspection", "problems"),
        label=t("strip.matter", number=number, name=load_ledger_metrics()[PROBLEMS].label[language()]),
        query_params=card.view.link | {view_state.PLACE: card.township},
        width="content",
    )


@part
def _lost(card: Card) -> None:
    """Place and score, and each item that cost points; a township that is not ranked says so."""
    _, standing = ranks.townships(card.view, month=card.view.month)
    own = standing[(standing["unit"] == card.township) & standing["rank"].notna()]
    if own.empty:
        heading(t("card.not_ranked"))
        return
    row, placed = own.iloc[0], int(standing["rank"].notna().sum())
    score = f"{row['score']:.1f}"
    heading(
        t("card.ranked", rank=int(row["rank"]), of=placed, score=score)
        if card.sees_all
        else t("card.score", score=score)
    )
    for item in ranks.scheme("townships", card.view).items:
        lost = item.weight - row[item.key]
        if pd.isna(lost) or not round(lost, 1) > 0:
            continue
        cost = t("card.lost", points=f"{lost:.1f}", item=ranks.item_label(item.key))
        number = numbers.in_unit(card.value(item.lost), metric=load_metrics()[item.lost])
        card.link(item.lost, text=t("strip.matter", number=number, name=cost))
