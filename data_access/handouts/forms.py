"""Reads the workbooks that come back from townships: every row ends up as exactly one of answered, unchanged, blank or
rejected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from data_access.errors import FileError
from data_access.files import cells
from data_access.files.forms import (
    CELL_RULES,
    Filled,
    FilledForm,
    RowError,
    Rows,
    Titles,
    Values,
    code_in,
    day_in,
    find_numbers,
    key_in,
    meaning_in,
    name_in,
    phone_in,
    read_filled,
    text_in,
)
from data_access.handouts.handouts import ANSWERED, Answer
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.lists import lists
from data_access.lists.selection import SELECTION
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.schema.ranges import load_ranges

HANDOUT_ID = re.compile(r"H\d{8}-[0-9A-F]{6}")
"""The pattern of a handout's number, which is above the heading of every file sent out."""

KEYS = ("number", "household_id")
"""Columns that identify the row answered."""

OF_HOUSEHOLDS = ("verdict", "reason", "settle_by", "checked_by", "phone")
OF_THINGS = ("verdict", "reason", "checked_on", "words", "checked_by", "phone")
"""What is asked about a row of a list of households, or of things: there the answer is the result of the thing."""

COLUMNS = (*KEYS, "thing", *ANSWERED)
"""Every column that a form can be read by."""

RULES = CELL_RULES | {
    "row_not_sent",
    "other_household",
    "row_twice",
    "verdict_missing",
    "verdict_unknown",
    "checker_missing",
    "reason_missing",
    "reason_unknown",
    "reason_not_wanted",
    "before_the_list",
    "other_thing",
    "checked_on_missing",
    "day_to_come",
}
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class Form:
    """What the form of a list can say."""

    titles: Titles
    verdicts: str
    """The code list of the answers."""
    needs_reason: str
    """The verdict that needs a reason."""
    earliest: date
    """The day of the list: nothing can have been settled before."""
    reasons: str | None = None
    """The code list of the reasons; None if they are free text."""
    titles_before: Titles | None = None
    """Those of forms that are still on their way, in which the number was called otherwise."""
    report: ReportKind | None = None
    """What an answer reports of the thing; None where a row is a household."""
    latest: date | None = None
    """Today: nothing can have been checked later."""

    @property
    def answered(self) -> tuple[str, ...]:
        """What is asked."""
        return OF_HOUSEHOLDS if self.report is None else OF_THINGS


def asks_for_conclusion(metric: str) -> bool:
    """Whether the rows of a list are households to be checked because of a lamp: then an answer is a conclusion."""
    return metric != SELECTION and "reasons" in lists.listing_of(metric).details


def report_of(metric: str) -> ReportKind | None:
    """What an answer about a row of a list reports; None for a list of households."""
    thing = None if metric == SELECTION else lists.listing_of(metric).thing
    kinds = (kind for kind in load_report_kinds().values() if kind.existing and kind.result is not None)
    return next((kind for kind in kinds if thing and kind.thing == thing), None)


def form_of(
    metric: str,
    *,
    day: date,
    titles: Titles,
    titles_before: Titles | None = None,
    of_things: bool = True,
    latest: date | None = None,
) -> Form:
    """The form of a list on a given day.

    Args:
        titles: of every column that a form can have.
        of_things: false for a list that was sent out before its rows named things.
        latest: today.
    """
    report = report_of(metric) if of_things else None
    keys = (*KEYS, *(("thing",) if report is not None else ()))
    asked = OF_HOUSEHOLDS if report is None else OF_THINGS
    titles = {key: words for key, words in titles.items() if key in (*keys, *asked)}
    if report is not None:
        return Form(
            titles,
            verdicts=f"{report.table}_answer",
            needs_reason=next(iter(report.needs)),
            earliest=load_ranges().earliest_day,
            reasons=str(report.filled.c[report.needs[next(iter(report.needs))]].info["codes"]),
            report=report,
            latest=latest,
        )
    if titles_before is not None:
        titles_before = {key: words for key, words in titles_before.items() if key in titles}
    if asks_for_conclusion(metric):
        return Form(
            titles,
            verdicts="disposition",
            needs_reason="not_include",
            earliest=day,
            reasons="reject_reason",
            titles_before=titles_before,
        )
    return Form(titles, verdicts="handout_verdict", needs_reason="not_true", earliest=day, titles_before=titles_before)


def read_returned(
    content: bytes, *, name: str, handout_id: str, form: Form, sent: pd.DataFrame, passwords: Sequence[str] = ()
) -> Filled[Answer]:
    """Read a returned workbook and compare it with what was sent out.

    Args:
        sent: the rows of the handout with their newest answers, as returned by `handouts.read_rows`.
        passwords: one of them opens the form if it is protected.

    Raises FileError for a file that is not the form of the handout.
    """
    known = {row["number"]: row for row in sent.to_dict("records")}
    own: FilledForm[Answer] = FilledForm(
        check=lambda heads: _check_handout(heads, name=name, handout_id=handout_id),
        titles=form.titles,
        filled=form.answered,
        read=lambda values: _answer(values, before=_row_sent(values, known=known), form=form),
        same=lambda answer: _same(answer, known[answer.number], asked=form.answered),
        key=lambda answer: (handout_id, answer.number),
        twice="number",
    )
    try:
        return read_filled(content, name=name, form=own, passwords=passwords)
    except FileError as error:
        if form.titles_before is None or error.key != "file_columns_missing":
            raise
        try:
            return read_filled(content, name=name, form=replace(own, titles=form.titles_before), passwords=passwords)
        except FileError:
            raise error from None


def _check_handout(heads: Sequence[Rows], *, name: str, handout_id: str) -> None:
    found = find_numbers(heads, pattern=HANDOUT_ID)
    if not found:
        raise FileError("file_without_handout", name=name)
    if others := found - {handout_id}:
        raise FileError("file_of_other_handout", name=name, found=", ".join(sorted(others)), wanted=handout_id)


def _row_sent(values: Values, *, known: Mapping[int, dict]) -> dict:
    household_id = key_in(values, "household_id")
    try:
        sent = known.get(meaning_in(values, "number", cells.whole) or 0)
    except RowError as error:
        raise RowError("number", values["number"], "row_not_sent") from error
    if sent is None:
        raise RowError("number", values["number"], "row_not_sent")
    if sent["household_id"] != household_id:
        raise RowError("household_id", household_id, "other_household")
    return sent


def _answer(values: Values, *, before: Mapping, form: Form) -> Answer:
    """The answer in a row."""
    thing = None if form.report is None else key_in(values, "thing")
    if thing is not None and thing != before["thing"]:
        raise RowError("thing", thing, "other_thing")
    checked_by = name_in(values, "checked_by")
    verdict = code_in(values, "verdict", codes=form.verdicts, unknown="verdict_unknown")
    if verdict is None:
        raise RowError("verdict", "", "verdict_missing")
    if not checked_by:
        raise RowError("checked_by", "", "checker_missing")
    return Answer(
        number=before["number"],
        household_id=before["household_id"],
        village_code=before["village_code"],
        verdict=verdict,
        checked_by=checked_by,
        reason=_reason(values, verdict=verdict, form=form),
        phone=phone_in(values, "phone"),
        **(_of_household(values, form=form) if form.report is None else _of_thing(values, form=form)),
        thing=thing,
    )


def _of_household(values: Values, *, form: Form) -> dict[str, Any]:
    return {"settle_by": day_in(values, "settle_by", earliest=form.earliest)}


def _of_thing(values: Values, *, form: Form) -> dict[str, Any]:
    """The day, without which there is no result, and the words."""
    day = day_in(values, "checked_on", earliest=form.earliest)
    if day is None:
        raise RowError("checked_on", "", "checked_on_missing")
    if form.latest is not None and day > form.latest:
        raise RowError("checked_on", day, "day_to_come")
    return {"checked_on": day, "words": text_in(values, "words")[:LONGEST_TEXT] or None}


def _reason(values: Values, *, verdict: str, form: Form) -> str | None:
    text = text_in(values, "reason")
    if verdict == form.needs_reason and not text:
        raise RowError("reason", "", "reason_missing")
    if form.reasons is None or not text:
        return text or None
    if verdict != form.needs_reason:
        raise RowError("reason", text, "reason_not_wanted")
    return code_in(values, "reason", codes=form.reasons, unknown="reason_unknown")


def _same(answer: Answer, before: Mapping, *, asked: Sequence[str]) -> bool:
    return all(_plain(before[key]) == _plain(getattr(answer, key)) for key in asked)


def _plain(value: object) -> object:
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value
