"""Progress of the inspection, and how often the system was wrong, with the interval of the sample."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.inspection import findings
from data_access.inspection.findings import ErrorRate
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers
from pages.widgets.draw.choice import ChosenDraw


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """Progress, the error rate here and by kind of unit, class and township. Townships are listed, not ranked."""
    found = findings.read_findings(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=chosen.draw_id)
    active = units[units["active"]]
    done = active["code"].isin(found["code"]).sum()
    st.markdown(t("villages.progress", done=int(done), units=len(active)))
    if found.empty:
        return
    st.markdown(t("villages.rate", rate=rate_text(findings.error_rate(found))))
    with st.expander(t("villages.rates")):
        st.caption(t("villages.not_ranked"))
        st.table(_table(found, view=view), hide_index=True)


def rate_text(rate: ErrorRate) -> str:
    """How often the system was wrong, with the interval of the sample."""
    return numbers.rate(rate.wrong, rate.compared)


def _table(found: pd.DataFrame, *, view: View) -> pd.DataFrame:
    rows = [
        {
            t("villages.part"): t(f"draw.kind_{kind}"),
            t("villages.error_rate"): rate_text(findings.error_rate(own)),
        }
        for kind, own in found.groupby("kind")
    ]
    rows += [
        {
            t("villages.part"): code_label(codes="problem_class", code=code, language=language()),
            t("villages.error_rate"): rate_text(findings.error_rate(found[found["problem_class"] == code])),
        }
        for code in load_codes()["problem_class"]
    ]
    rows += [
        {
            t("villages.part"): view.names.get(str(code), str(code)),
            t("villages.error_rate"): rate_text(findings.error_rate(own)),
        }
        for code, own in found.groupby("township_code")
    ]
    return pd.DataFrame(rows)
