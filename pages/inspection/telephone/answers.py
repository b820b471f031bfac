"""The answers, question by question."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import calls
from data_access.inspection.call_questions import load_call_questions
from data_access.lists import lists
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View

QUESTIONS = {
    "outcome": "call_outcome",
    "income_change": "income_change",
    "satisfaction": "satisfaction",
    "complaint": "complaint",
}


def show(view: View) -> None:
    """One small table per question; people who were not reached are counted only in the first. Below, what was told
    here of what the household database keeps nothing of."""
    st.markdown(t("telephone.answers"))
    for column, (question, codes) in zip(st.columns(len(QUESTIONS)), QUESTIONS.items(), strict=True):
        counts = door.read(
            lists.read_breakdown,
            scope=view_state.scope().narrowed(view.place),
            metric="calls_made",
            by=(question,),
            on=view.on,
        )
        found = dict(zip(counts[question], counts["amount"], strict=True))
        rows = [
            (code_label(codes=codes, code=code, language=language()), int(found.get(code, 0)))
            for code in load_codes()[codes]
        ]
        with column:
            st.table(pd.DataFrame(rows, columns=[t(f"list.{question}"), t("telephone.calls")]), hide_index=True)
    results = calls.read_results(
        door.ledger(), scope=view_state.scope().narrowed(view.place), first=view.on.replace(day=1), last=view.on
    )
    told = calls.asked_here(results)
    if any(asked for asked, _ in told.values()):
        said = (
            t("telephone.told", question=load_call_questions()[name].label[language()], troubled=troubled, asked=asked)
            for name, (asked, troubled) in told.items()
        )
        st.markdown(t("telephone.told_here", answers=t("list.separator").join(said)))
