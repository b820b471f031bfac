"""回收: a returned file is checked row by row, shown, and merged when the reader says so."""

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import FileError, LedgerError
from data_access.facts.metrics import load_metrics
from data_access.handouts import handouts
from data_access.handouts.forms import Returned, find_handout_id, read_returned
from data_access.handouts.handouts import Answer
from data_access.inspection.problems import Problem, new_problem_id, not_yet_opened, problem_batches
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.ledger.ledger import Batch
from data_access.region_codes import township_of
from data_access.warnings import dispositions
from data_access.warnings.dispositions import Disposition
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
        file = st.file_uploader(t("returns.upload"), type=["xlsx"], key="returns_file", label_visibility="collapsed")
        if file is None:
            return
        try:
            found = _read(file.getvalue(), name=file.name, chosen=chosen, rows=rows)
        except FileError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
        _say(found)
        if found.answers:
            _merge(found, chosen=chosen)


def _read(content: bytes, *, name: str, chosen: ChosenHandout, rows: pd.DataFrame) -> Returned:
    number = find_handout_id(content, name=name)
    if number != chosen.handout_id:
        raise FileError("file_of_other_handout", name=name, found=number, wanted=chosen.handout_id)
    return read_returned(content, name=name, form=form.form_of(chosen.metric, day=chosen.day), sent=rows)


def _say(found: Returned) -> None:
    """Every row of the file ends in exactly one of four."""
    st.markdown(
        t(
            "returns.found",
            rows=found.rows,
            answers=len(found.answers),
            unchanged=found.unchanged,
            blank=found.blank,
            rejected=len(found.rejected),
        )
    )
    rejected_rows.show(found.rejected, words="returns")


def _merge(found: Returned, *, chosen: ChosenHandout) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = identity.recorder(t("returns.by"), key="returns_by", width=200)
        pressed = st.button(t("returns.merge", answers=len(found.answers)), type="primary", key="returns_merge")
    if not pressed:
        return
    try:
        st.session_state[_SAID] = handouts.add_answers(
            door.ledger(),
            found.answers,
            *_follow(found.answers, chosen=chosen),
            handout_id=chosen.handout_id,
            file_sha256=found.sha256,
            by=name,
            scope=view_state.scope(),
        )
    except LedgerError as error:
        st.session_state.pop(_SAID, None)
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _follow(answers: list[Answer], *, chosen: ChosenHandout) -> list[Batch]:
    """What follows from answers: conclusions about lamps, or problems where something is to be settled."""
    if form.asks_for_conclusion(chosen.metric):
        return [dispositions.disposition_batch(_conclusions(answers, chosen=chosen))]
    confirmed = [answer for answer in answers if answer.verdict == "confirmed" and answer.settle_by is not None]
    found = [_problem(answer, chosen=chosen) for answer in confirmed]
    return list(problem_batches(not_yet_opened(door.ledger(), found)))


def _conclusions(answers: list[Answer], *, chosen: ChosenHandout) -> list[Disposition]:
    ids = tuple(sorted({answer.household_id for answer in answers}))
    seen = door.read(dispositions.read_fingerprints, scope=view_state.scope(), on=chosen.day, household_ids=ids)
    known = {row["household_id"]: row for row in seen.to_dict("records")}
    return [
        Disposition(
            household_id=answer.household_id,
            village_code=answer.village_code,
            conclusion=answer.verdict,
            reason=answer.reason,
            note=t("returns.note", checked_by=answer.checked_by, handout=chosen.handout_id)[:LONGEST_TEXT],
            lamp=known[answer.household_id]["lamp"],
            fingerprint=known[answer.household_id]["fingerprint"],
        )
        for answer in answers
        if answer.household_id in known
    ]


def _problem(answer: Answer, *, chosen: ChosenHandout) -> Problem:
    title = load_metrics()[chosen.metric].label[language()]
    return Problem(
        problem_id=new_problem_id(),
        township_code=township_of(answer.village_code),
        village_code=answer.village_code,
        household_id=answer.household_id,
        description=answer.reason or t("returns.problem", list=title, number=answer.number),
        problem_class="work",
        source="returned",
        source_id=f"{chosen.handout_id}/{answer.number}",
        found_on=chosen.day,
        owner=answer.checked_by,
        due_on=answer.settle_by,
    )
