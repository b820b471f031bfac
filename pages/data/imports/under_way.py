"""The load that runs at the moment: how far it is, with a button that cancels it; of another person's, whose it is."""

import streamlit as st

from data_access import clock
from data_access.load import job
from data_access.load.job import Job
from pages.shell import identity, notices
from pages.shell.texts import t
from pages.widgets import numbers

_LOOK = "1s"
"""How often it is looked at."""


def show() -> None:
    """Nothing where none runs."""
    if job.under_way() is not None:
        _watch()


@st.fragment(run_every=_LOOK)
def _watch() -> None:
    running = job.under_way()
    if running is None:
        st.rerun()
    with notices.errors_shown():
        if running.by == identity.signature():
            _show_own(running)
        else:
            since = f"{clock.in_place(running.began_at):%H:%M}"
            said = t("imports.by_another", by=running.by, name=running.name, since=since, share=running.step.share)
            st.info(said, icon=":material/hourglass_empty:")


def _show_own(running: Job) -> None:
    step = running.step
    said = t(f"imports.step_{step.key}", rows=numbers.count(step.rows), of=numbers.count(step.of))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(step.share, text=t("imports.file_step", name=running.name, step=said))
        st.button(
            t("imports.cancelling") if running.is_cancelled else t("imports.cancel"),
            key="imports_cancel",
            icon=":material/cancel:",
            disabled=running.is_cancelled,
            on_click=running.cancel,
        )
