"""Reads the workbooks that come back from townships: every row ends up as exactly one of answered, unchanged, blank or
rejected."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Column

from data_access.cases.procedure import Step
from data_access.cases.procedure_rules import RULES as PROCEDURE_RULES
from data_access.errors import FileError, LedgerError, ScopeError
from data_access.files import cells
from data_access.files.forms import (
    CELL_RULES,
    OTHER_VILLAGE,
    VILLAGE,
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
    refuse_other_village,
    text_in,
)
from data_access.handouts.asked import AskedOfRows, asked_of
from data_access.handouts.handouts import ANSWERED, Answer
from data_access.handouts.reported import Reporting, reports_of
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.lists import lists
from data_access.lists.lists import LISTINGS
from data_access.lists.selection import SELECTION
from data_access.schema.ranges import load_ranges, means_month_end

HANDOUT_ID = re.compile(r"H\d{8}-[0-9A-F]{6}")
"""The pattern of a handout's number, which is above the heading of every file sent out."""

KEYS = ("number", "household_id")
"""Columns that identify the row answered."""

OF_HOUSEHOLDS = ("verdict", "reason", "settle_by", "checked_by", "phone")
"""What is asked where the question is whether a row is so."""

OF_THINGS = ("verdict", "reason", "checked_on", "words", "checked_by", "phone")
"""What is asked where an answer reports something, besides what `asked.yaml` declares."""

COLUMNS = (*KEYS, VILLAGE, "thing", "step", *ANSWERED)
"""Every column that a form can be read by, besides what `asked.yaml` declares."""

STEP_RULES = {"step_not_due", "step_not_yours", "step_too_early", *(f"step_{rule}" for rule in PROCEDURE_RULES)}
"""What can be wrong with a step; as an error it names the household."""

_REFUSALS = {
    "report_unknown_value": "value_unknown",
    "report_value_missing": "value_missing",
    "report_day_to_come": "day_to_come",
    "report_too_early": "before_the_thing",
    "report_reason_missing": "reason_missing",
    "correction_value": "value_unknown",
    "correction_same": "correction_same",
}
"""Errors of a report that a rule of the form is about."""

RULES = CELL_RULES | {
    "row_not_sent",
    "other_household",
    OTHER_VILLAGE,
    "row_twice",
    "verdict_missing",
    "verdict_unknown",
    "checker_missing",
    "reason_missing",
    "reason_unknown",
    "reason_not_wanted",
    "before_the_list",
    "before_the_thing",
    "other_thing",
    "checked_on_missing",
    "day_to_come",
    "step_unknown",
    "value_missing",
    "value_not_wanted",
    "value_unknown",
    "correction_same",
    *STEP_RULES,
}
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class Form:
    """What the form of a list can say."""

    titles: Titles
    verdicts: str
    """The code list of the answers."""
    needs_reason: str | None
    """The verdict that needs a reason."""
    earliest: date
    """The day of the list: nothing can have been settled before."""
    reasons: str | None = None
    """The code list of the reasons; None if they are free text."""
    titles_before: Titles | None = None
    """Those of forms that are still on their way, in which the number was called otherwise."""
    asked: AskedOfRows | None = None
    """What an answer reports; None where the question is whether a row is so."""
    besides: Mapping[str, Column] = field(default_factory=dict)
    """What else is asked; a form can leave out what its rows do not need."""
    steps: Mapping[str, Step] = field(default_factory=dict)
    """The steps that a row can wait for."""
    latest: date | None = None
    """Today: nothing can have been checked later."""

    @property
    def answered(self) -> tuple[str, ...]:
        """What is asked."""
        if self.asked is None:
            return OF_HOUSEHOLDS
        first, *others = (name for name in OF_THINGS if name != "reason" or self.needs_reason is not None)
        if self.asked.column is not None:  # the new value stands beside the one held
            return (*self.besides, first, *others)
        return (first, *self.besides, *others)

    @property
    def words(self) -> str | None:
        """The column of free words; None if nothing of the sort is asked."""
        return None if self.asked is None else "words"

    @property
    def keys(self) -> tuple[str, ...]:
        """What a row is recognised by."""
        if self.asked is None:
            return KEYS
        return (*KEYS, *["thing"] * bool(self.asked.thing), *["step"] * (self.asked.step is not None))


def asks_for_conclusion(metric: str) -> bool:
    """Whether the rows of a list are households to be checked because of a lamp: then an answer is a conclusion."""
    return metric != SELECTION and "reasons" in lists.listing_of(metric).details


def form_of(
    metric: str,
    *,
    day: date,
    titles: Titles,
    titles_before: Titles | None = None,
    reports: bool = True,
    latest: date | None = None,
    corrected: str | None = None,
) -> Form:
    """The form of a list on a given day.

    Args:
        titles: of every column that a form can have.
        reports: false for a list that was sent out before its answers reported anything.
        latest: today.
        corrected: the indicator that it was sent out to correct.
    """
    asked = asked_of(metric, corrected=corrected) if reports else None
    if asked is not None:
        reason, reasons = asked.reasons or (None, None)
        form = Form(
            titles,
            verdicts=asked.verdicts,
            needs_reason=reason,
            earliest=load_ranges().earliest_day,
            reasons=reasons,
            asked=asked,
            besides=asked.besides(on=day),
            steps=asked.steps(on=day),
            latest=latest,
        )
    elif asks_for_conclusion(metric):
        form = Form(titles, "disposition", "not_include", earliest=day, reasons="reject_reason")
    else:
        form = Form(titles, "handout_verdict", "not_true", earliest=day)
    own = (*form.keys, VILLAGE, *form.answered)
    before = None if titles_before is None or asked is not None else titles_before
    return replace(
        form,
        titles={key: words for key, words in titles.items() if key in own},
        titles_before=None if before is None else {key: words for key, words in before.items() if key in own},
    )


def read_returned(
    content: bytes,
    *,
    name: str,
    handout_id: str,
    form: Form,
    sent: pd.DataFrame,
    reporting: Reporting | None = None,
    passwords: Sequence[str] = (),
) -> Filled[Answer]:
    """Read a returned workbook and compare it with what was sent out.

    Args:
        sent: the rows of the handout with their newest answers, as returned by `handouts.read_rows`, and `village`:
            the names of their villages, if they are to be compared.
        reporting: by what an answer that reports something is checked before anybody enters it.
        passwords: one of them opens the form if it is protected.

    Raises FileError for a file that is not the form of the handout.
    """
    known = {row["number"]: row for row in sent.to_dict("records")}
    villages = frozenset(sent[VILLAGE]) if VILLAGE in sent else frozenset[str]()
    own: FilledForm[Answer] = FilledForm(
        check=lambda heads: _check_handout(heads, name=name, handout_id=handout_id),
        titles=form.titles,
        filled=form.answered,
        read=lambda values: _answer(
            values, before=_row_sent(values, known=known, villages=villages), form=form, reporting=reporting
        ),
        same=lambda answer: _same(answer, known[answer.number], asked=form.answered),
        known=lambda answer: _plain(known[answer.number]["verdict"]) is not None,
        key=lambda answer: (handout_id, answer.number),
        twice="number",
        optional=(*form.besides, VILLAGE),
        words=form.words,
        beside_list=True,
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


def _row_sent(values: Values, *, known: Mapping[int, dict], villages: Collection[str]) -> dict:
    household_id = key_in(values, "household_id")
    try:
        sent = known.get(meaning_in(values, "number", cells.whole) or 0)
    except RowError as error:
        raise RowError("number", values["number"], "row_not_sent") from error
    if sent is None:
        raise RowError("number", values["number"], "row_not_sent")
    if sent["household_id"] != household_id:
        raise RowError("household_id", household_id, "other_household")
    refuse_other_village(values, own=sent.get(VILLAGE, ""), villages=villages)
    return sent


def _answer(values: Values, *, before: Mapping, form: Form, reporting: Reporting | None) -> Answer:
    """The answer in a row."""
    thing = key_in(values, "thing") if "thing" in form.keys else None
    if thing is not None and thing != before["thing"]:
        raise RowError("thing", thing, "other_thing")
    checked_by = name_in(values, "checked_by")
    verdict = code_in(values, "verdict", codes=form.verdicts, unknown="verdict_unknown")
    if verdict is None:
        raise RowError("verdict", "", "verdict_missing")
    if not checked_by:
        raise RowError("checked_by", "", "checker_missing")
    answer = Answer(
        number=before["number"],
        household_id=before["household_id"],
        village_code=before["village_code"],
        verdict=verdict,
        checked_by=checked_by,
        reason=_reason(values, verdict=verdict, form=form),
        phone=phone_in(values, "phone"),
        thing=thing if form.asked is None or form.asked.column is None else form.asked.column,
        **_of_household(values, form=form) if form.asked is None else {},
    )
    if form.asked is None:
        return answer
    answer = replace(answer, **_reported(values, verdict=verdict, asked=form.asked, form=form))
    if reporting is not None and not _same(answer, before, asked=form.answered):
        _check_reports(answer, asked=form.asked, reporting=reporting)
    return answer


def _of_household(values: Values, *, form: Form) -> dict[str, Any]:
    return {"settle_by": day_in(values, "settle_by", earliest=form.earliest, last=True)}


def _reported(values: Values, *, verdict: str, asked: AskedOfRows, form: Form) -> dict[str, Any]:
    """What an answer says of the thing: the day, without which nothing is reported, the words, and what else is
    asked."""
    key = None
    if asked.step is not None:
        key = code_in(values, "step", codes=LISTINGS[asked.key].details[asked.step], unknown="step_unknown")
        if key not in form.steps:
            raise RowError("step", values["step"], "step_unknown")
    step = form.steps.get(key or "")
    day = day_in(values, "checked_on", earliest=form.earliest, latest=form.latest)
    kinds = asked.kinds_of(verdict, step=step)
    if verdict in asked.reports and not kinds:
        raise RowError("verdict", values["verdict"], "verdict_unknown")
    if day is None and kinds:
        raise RowError("checked_on", "", "checked_on_missing")
    said = {name: value_in(values, name, column) for name, column in form.besides.items()}
    said = {name: value for name, value in said.items() if value is not None}
    known = dict(asked.said(verdict, step=step))
    for name in said:
        if name not in known:
            raise RowError(name, values[name], "value_not_wanted")
    for name, kind in known.items():
        if kind is kinds[-1] and (kind.corrects or name in kind.must) and name not in said:
            raise RowError(name, "", "value_missing")
    return {"checked_on": day, "words": text_in(values, "words")[:LONGEST_TEXT] or None, "besides": said, "step": key}


def value_in(values: Values, key: str, column: Column) -> Any:
    """The cell of a column of the contract as a report holds it: a code, yes or no, a number, a day as text, a text.
    Raises RowError."""
    if codes := column.info["codes"]:
        return code_in(values, key, codes=codes, unknown="value_unknown")
    kind = column.type.python_type
    if kind is bool:
        word = code_in(values, key, codes="boolean", unknown="value_unknown")
        return None if word is None else word == str(True)
    if kind in (int, float):
        try:
            return meaning_in(values, key, cells.whole if kind is int else cells.number)
        except RowError as error:
            raise RowError(key, values[key], error.rule if error.rule in CELL_RULES else "value_unknown") from error
    if kind is date:
        day = day_in(values, key, earliest=load_ranges().earliest_day, last=means_month_end(column))
        return None if day is None else day.isoformat()
    return text_in(values, key)[:LONGEST_TEXT] or None


def _check_reports(answer: Answer, *, asked: AskedOfRows, reporting: Reporting) -> None:
    """Raises RowError for an answer whose report would be refused."""
    try:
        reports_of(answer, asked=asked, reporting=reporting)
    except LedgerError as error:
        raise RowError("verdict", answer.household_id, _REFUSALS.get(error.key, error.key)) from error
    except ScopeError as error:
        raise RowError("verdict", answer.household_id, "step_not_yours") from error


def _reason(values: Values, *, verdict: str, form: Form) -> str | None:
    if "reason" not in form.answered:
        return None
    text = text_in(values, "reason")
    if verdict == form.needs_reason and not text:
        raise RowError("reason", "", "reason_missing")
    if form.reasons is None or not text:
        return text or None
    if verdict != form.needs_reason:
        raise RowError("reason", text, "reason_not_wanted")
    return code_in(values, "reason", codes=form.reasons, unknown="reason_unknown")


def _same(answer: Answer, before: Mapping, *, asked: Sequence[str]) -> bool:
    own = (key for key in asked if key in ANSWERED)
    same = all(_plain(before[key]) == _plain(getattr(answer, key)) for key in own)
    return same and answer.besides == before.get("besides", {})


def _plain(value: object) -> object:
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value
