"""What somebody has to decide about reports from the field: corrections that wait for a second person, and reports that
disagree with the data. One number, that of the list and the file on the page 基层上报, wherever it is named."""

import pandas as pd
import streamlit as st

from data_access import door, noted
from data_access.facts.metrics import load_ledger_metrics
from data_access.posting.waiting import in_doubt
from data_access.reports.approval import waiting_for_approval
from pages.shell import gate, menu, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers

PAGE = "reports"
OWED = {"corrections_waiting": waiting_for_approval, "reports_in_doubt": in_doubt}
"""Figure of ledger_metrics.yaml -> which of some reports it counts."""


def rows(metric: str, *, view: View) -> pd.DataFrame:
    """The reports of the place in view that a figure counts; as `records.read_reports` returns them. Raises
    LedgerError."""
    scope, place = view_state.scope(), view.place

    def ask() -> pd.DataFrame:
        owed = OWED[metric](door.reports(scope=scope))
        return owed[owed["village_code"].astype("str").str.startswith(place)]

    return noted.asked((rows, metric, scope, place), ask)


def links(view: View, *, icon: bool = False) -> None:
    """The figures, each a link to its list, where there is something to decide and the reader may open it. Raises
    LedgerError.

    Args:
        icon: whether they start with an arrow.
    """
    allowed = gate.pages()
    if allowed is not None and PAGE not in allowed:
        return
    for metric, count in ((metric, len(rows(metric, view=view))) for metric in OWED):
        if count:
            declared = load_ledger_metrics()[metric]
            number = t(f"unit.{declared.unit}", number=numbers.count(count))
            st.page_link(
                menu.page_path(menu.section_of(PAGE), PAGE),
                label=t("strip.matter", number=number, name=declared.label[language()]),
                query_params=view.link,
                icon=":material/arrow_forward:" if icon else None,
                width="content",
            )
