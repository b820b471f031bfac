"""回收: a returned file is checked row by row, shown, and merged when the user confirms."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import FileError, LedgerError
from data_access.facts.metrics import load_metrics
from data_access.files.forms import Filled
from data_access.handouts import handouts
from data_access.handouts.consequences import consequences
from data_access.handouts.forms import read_returned
from data_access.handouts.handouts import Answer
from data_access.ledger.ledger import Batch
from data_access.warnings import dispositions
from pages.data.returns import form
from pages.data.returns.board import ChosenHandout
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.widgets import rejected_rows

_SAID = "returns.said"


def show(chosen: ChosenHandout, *, rows: pd.DataFrame) -> None:
    """Upload a returned file, see what it says, merge it."""
    if _SAID in st.session_state:
        st.success(t("returns.merged", answers=st.session_state.pop(_SAID)))
    with st.container(border=True):
        st.markdown(t("returns.upload_heading"))
        file = st.file_uploader(t("returns.upload"), key="returns_file", label_visibility="collapsed")
        if file is None:
            return
        try:
            found = read_returned(
                file.getvalue(),
                name=file.name,
                handout_id=chosen.handout_id,
                form=form.form_of(chosen.metric, day=chosen.day),
                sent=rows,
            )
        except FileError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
        _say(found)
        if found.entries:
            _merge(found, chosen=chosen)


def _say(found: Filled[Answer]) -> None:
    """Every row of the file ends up in exactly one of four groups."""
    st.markdown(
        t(
            "returns.found",
            rows=found.rows,
            answers=len(found.entries),
            unchanged=found.unchanged,
            blank=found.blank,
            rejected=len(found.rejected),
        )
    )
    rejected_rows.show(found.rejected, words="returns")


def _merge(found: Filled[Answer], *, chosen: ChosenHandout) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = identity.recorder(t("returns.by"), key="returns_by", width=200)
        pressed = st.button(t("returns.merge", answers=len(found.entries)), type="primary", key="returns_merge")
    if not pressed:
        return
    try:
        st.session_state[_SAID] = handouts.add_answers(
            door.ledger(),
            found.entries,
            *_follow(found.entries, chosen=chosen),
            handout_id=chosen.handout_id,
            file_sha256=found.sha256,
            recorded_by=name,
            scope=view_state.scope(),
        )
    except LedgerError as error:
        st.session_state.pop(_SAID, None)
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _follow(answers: list[Answer], *, chosen: ChosenHandout) -> list[Batch]:
    """The consequences of the answers, in the reader's language."""
    title = load_metrics()[chosen.metric].label[language()]
    return consequences(
        door.ledger(),
        answers,
        metric=chosen.metric,
        handout_id=chosen.handout_id,
        day=chosen.day,
        read_lamps=lambda ids: door.read(
            dispositions.read_fingerprints, scope=view_state.scope(), on=chosen.day, household_ids=ids
        ),
        note=lambda one: t("returns.note", checked_by=one.checked_by, handout=chosen.handout_id),
        problem=lambda one: t("returns.problem", list=title, number=one.number),
    )
