"""回收: a returned file is checked row by row, shown, and merged when the user confirms."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import FileError, LedgerError
from data_access.files.forms import Filled
from data_access.handouts import handouts
from data_access.handouts.consequences import consequences
from data_access.handouts.forms import read_returned
from data_access.handouts.handouts import Answer
from data_access.ledger.ledger import Batch
from data_access.warnings import dispositions
from pages.data.returns import board, form
from pages.data.returns.board import ChosenHandout
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.widgets import conditions, field_reports, record_form, returned_files


def show(chosen: ChosenHandout, *, rows: pd.DataFrame) -> None:
    """Upload returned files, of the chosen handout or of any other that they name, see what they say, merge them."""
    record_form.of("returned_file").say()
    owners: dict[str, ChosenHandout] = {}

    def read(content: bytes, name: str, passwords: Sequence[str]) -> Filled[Answer]:
        try:
            return _read(content, name, passwords, of=chosen, rows=rows, owners=owners)
        except FileError as error:
            other = board.find_handout(error.details.get("found", ""))
            if other is None:
                raise
            sent = handouts.read_rows(door.ledger(), handout_id=other.handout_id, scope=view_state.scope())
            return _read(content, name, passwords, of=other, rows=sent, owners=owners)

    with st.container(border=True):
        st.markdown(t("returns.upload_heading"))
        found = returned_files.upload(
            t("returns.upload"),
            key="returns_file",
            words="returns",
            about=board.handout_ids(),
            read=read,
            say=_said,
        )
        if any(one.entries for one in found):
            _merge(found, owners=owners)


def _read(
    content: bytes,
    name: str,
    passwords: Sequence[str],
    *,
    of: ChosenHandout,
    rows: pd.DataFrame,
    owners: dict[str, ChosenHandout],
) -> Filled[Answer]:
    """What a file says of a handout; `owners`: hash of a file -> its handout."""
    known = form.form_of(of.metric, day=of.day, of_things=bool(rows["thing"].notna().any()))
    filled = read_returned(content, name=name, handout_id=of.handout_id, form=known, sent=rows, passwords=passwords)
    owners[filled.sha256] = of
    return filled


def _said(found: Filled[Answer]) -> str:
    """Every row of the file ends up in exactly one of four groups."""
    return t(
        "returns.found",
        rows=found.rows,
        answers=len(found.entries),
        unchanged=found.unchanged,
        blank=found.blank,
        rejected=len(found.rejected),
    )


def _merge(found: list[Filled[Answer]], *, owners: Mapping[str, ChosenHandout]) -> None:
    answers = sum(len(one.entries) for one in found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = identity.recorder(t("returns.by"), key="returns_by", width=200)
        pressed = st.button(t("returns.merge", answers=answers), type="primary", key="returns_merge")
    if not pressed:
        return
    merged = 0
    try:
        for one in found:
            chosen = owners[one.sha256]
            merged += handouts.add_answers(
                door.ledger(),
                one.entries,
                *_follow(one.entries, chosen=chosen),
                handout_id=chosen.handout_id,
                file_sha256=one.sha256,
                recorded_by=name,
                scope=view_state.scope(),
            )
    except LedgerError as error:
        if merged:
            st.success(t("returns.merged", answers=merged))
        st.error(notices.error_text(error), icon=":material/error:")
        return
    record_form.of("returned_file").recorded(t("returns.merged", answers=merged))
    field_reports.post()
    st.rerun()


def _follow(answers: list[Answer], *, chosen: ChosenHandout) -> list[Batch]:
    """The consequences of the answers, in the reader's language."""
    title = conditions.list_name(chosen.metric)
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
