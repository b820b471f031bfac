"""回收: a returned file is checked row by row, shown, and merged when the user confirms."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.cases import opening
from data_access.errors import AppError, FileError
from data_access.files.forms import VILLAGE, Filled
from data_access.handouts import handouts
from data_access.handouts.asked import AskedOfRows, asked_of, corrected_in
from data_access.handouts.consequences import consequences
from data_access.handouts.forms import read_returned
from data_access.handouts.handouts import Answer
from data_access.handouts.reported import Reporting, Thing
from data_access.ledger.ledger import Batch
from data_access.reports import things
from data_access.warnings import dispositions
from pages.data.returns import board, correction, form
from pages.data.returns.board import ChosenHandout
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import case_forms, conditions, field_reports, record_form, returned_files
from pages.widgets.case_forms import Case


def show(chosen: ChosenHandout, *, rows: pd.DataFrame, view: View) -> None:
    """Upload returned files, of the chosen handout or of any other that they name, see what they say, merge them."""
    record_form.of("returned_file").say()

    def read(content: bytes, name: str, passwords: Sequence[str]) -> Filled[Answer]:
        try:
            return _read(content, name, passwords, of=chosen, rows=rows)
        except FileError as error:
            other = board.find_handout(error.details.get("found", ""))
            if other is None:
                raise
            sent = handouts.read_rows(door.ledger(), handout_id=other.handout_id, scope=view_state.scope())
            return _read(content, name, passwords, of=other, rows=sent)

    with st.container(border=True):
        st.markdown(t("returns.upload_heading"))
        found = returned_files.upload(
            t("returns.upload"),
            key="returns_file",
            words="returns",
            about=board.handout_ids(),
            read=read,
            say=_said,
            of=(chosen, view.recorded),
        )
        if any(one.entries for one in found):
            _merge(found)


def _read(
    content: bytes, name: str, passwords: Sequence[str], *, of: ChosenHandout, rows: pd.DataFrame
) -> Filled[Answer]:
    """What a file says of a handout, by its form; of one that was sent out before its answers reported anything, by
    that of then."""
    corrected = None if rows.empty else corrected_in(rows["thing"].iloc[0])
    asked = asked_of(of.metric, corrected=corrected)
    names = view_state.current().names

    def read(*, reports: bool) -> Filled[Answer]:
        known = form.form_of(of.metric, day=of.day, reports=reports, corrected=corrected)
        reporting = None if known.asked is None else _reporting(of, asked=known.asked, homes=rows["household_id"])
        return read_returned(
            content,
            name=name,
            handout_id=of.handout_id,
            form=known,
            sent=rows.assign(**{VILLAGE: rows["village_code"].map(names)}),
            reporting=reporting,
            passwords=passwords,
        )

    try:
        return read(reports=asked is None or not asked.thing or bool(rows["thing"].notna().any()))
    except FileError as error:
        if asked is None or asked.thing or corrected is not None or error.key != "file_columns_missing":
            raise
        return read(reports=False)


def _reporting(of: ChosenHandout, *, asked: AskedOfRows, homes: Iterable[str], recorded_by: str = "") -> Reporting:
    """By what answers that report something are checked: of cases as they are with what waits."""
    ids, scope = tuple(sorted(set(homes))), view_state.scope()
    held = case_forms.cases_of(ids) if asked.step is not None or asked.opens is not None else []
    dated = asked.dated
    return Reporting(
        on=of.day,
        scope=scope,
        recorded_by="" if identity.is_alone() else recorded_by,
        cases={(case["household_id"], case["case_id"]): case for case in held},
        homes={} if asked.opens is None else _homes(ids, asked=asked, held=held),
        begins={}
        if dated is None
        else dict(door.read(things.read_first_days, scope=scope, things_of=dated.key, household_ids=ids)),
        intervals={} if asked.column is None else correction.by_household(ids, scope=scope),
        token="" if asked.column is None else of.handout_id,
    )


def _homes(ids: tuple[str, ...], *, asked: AskedOfRows, held: Sequence[Case]) -> dict[Thing, dict[str, Any]]:
    """What is known of households, or of their clues, before a case is opened."""
    read = opening.read_openings_by_clue if asked.thing else opening.read_openings
    known = door.read(read, scope=view_state.scope(), household_ids=ids, on=view_state.current().on)
    in_hand = {case["household_id"] for case in held}
    return {
        (row["household_id"], row.get("clue_id", "")): {
            **row,
            "in_hand": row["in_hand"] or row["household_id"] in in_hand,
        }
        for row in known
        if row["received_on"] is not None
    }


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


def _merge(found: list[Filled[Answer]]) -> None:
    answers = sum(len(one.entries) for one in found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = identity.recorder(t("returns.by"), key="returns_by", width=200)
        pressed = st.button(t("returns.merge", answers=answers), type="primary", key="returns_merge")
    if not pressed:
        return
    merged = 0
    try:
        for one in found:
            if (chosen := _handout_of(one)) is None:
                continue
            merged += handouts.add_answers(
                door.ledger(),
                one.entries,
                *_follow(one.entries, chosen=chosen, recorded_by=name),
                handout_id=chosen.handout_id,
                file_sha256=one.sha256,
                recorded_by=name,
                scope=view_state.scope(),
            )
    except AppError as error:
        if merged:
            st.success(t("returns.merged", answers=merged))
        st.error(notices.error_text(error), icon=":material/error:")
        return
    record_form.of("returned_file").recorded(t("returns.merged", answers=merged))
    field_reports.post()
    st.rerun()


def _handout_of(filled: Filled[Answer]) -> ChosenHandout | None:
    """The handout that a file answers; None where it says nothing new."""
    numbers = (about[0] for about in filled.taken if isinstance(about, tuple))
    return next((board.find_handout(number) for number in numbers), None)


def _follow(answers: list[Answer], *, chosen: ChosenHandout, recorded_by: str) -> list[Batch]:
    """The consequences of the answers, in the reader's language."""
    title = conditions.list_name(chosen.metric)
    homes, corrected = [answer.household_id for answer in answers], corrected_in(answers[0].thing)
    asked = asked_of(chosen.metric, corrected=corrected)
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
        reporting=None if asked is None else _reporting(chosen, asked=asked, homes=homes, recorded_by=recorded_by),
    )
