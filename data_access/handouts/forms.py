"""Reads the workbooks that come back from townships: every row ends in exactly one of answered, unchanged, blank or
rejected."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from data_access.errors import FileError
from data_access.files.forms import Rejected, RowError, day_in, find_number, read_filled_rows, text_in
from data_access.files.workbook import Cell, read_first_sheet, text_of
from data_access.handouts.handouts import ANSWERED, Answer

HANDOUT_ID = re.compile(r"H\d{8}-[0-9A-F]{6}")
"""What the number of a handout looks like: it stands above the heading of every file that is sent out."""

KEYS = ("number", "household_id")
"""Columns that say which row is answered."""


RULES = frozenset(
    {
        "row_not_sent",
        "other_household",
        "row_twice",
        "digits_lost",
        "verdict_missing",
        "verdict_unknown",
        "checker_missing",
        "reason_missing",
        "reason_unknown",
        "reason_not_wanted",
        "text_too_long",
        "not_a_date",
        "before_the_list",
    }
)
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class Returned:
    """What a returned file says; `rows` = answers + unchanged + blank + rejected."""

    rows: int
    sha256: str
    answers: list[Answer] = field(default_factory=list)
    unchanged: int = 0
    blank: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class Form:
    """What a form can say: the headings of its columns and the words of its drop-downs, in every language."""

    titles: Mapping[str, frozenset[str]]
    verdicts: Mapping[str, str]
    """Word -> code."""
    needs_reason: frozenset[str]
    """Verdicts that need a reason."""
    earliest: date
    """The day the list speaks of: nothing can have been settled before."""
    reasons: Mapping[str, str] | None = None
    """Word -> code of the reasons, where they are a closed list; None where they are free text."""


def find_handout_id(content: bytes, *, name: str) -> str:
    """The number of the handout that a workbook was sent out with. Raises FileError where none stands in it."""
    found = find_number(read_first_sheet(content, name=name), pattern=HANDOUT_ID)
    if found is None:
        raise FileError("file_without_handout", name=name)
    return found


def read_returned(content: bytes, *, name: str, form: Form, sent: pd.DataFrame) -> Returned:
    """Read a returned workbook against what was sent out.

    Args:
        sent: the rows of the handout with their newest answers, as `handouts.read_rows` gives them.

    Raises FileError for a file that is not the form.
    """
    known = {row["number"]: row for row in sent.to_dict("records")}
    filled = read_filled_rows(
        read_first_sheet(content, name=name),
        titles=form.titles,
        name=name,
        read=lambda values: _answer(values, before=_row_sent(values, known=known), form=form),
        same=lambda answer: _same(answer, known[answer.number]),
        key=lambda answer: answer.number,
        twice="number",
    )
    return Returned(
        rows=filled.rows,
        sha256=hashlib.sha256(content).hexdigest(),
        answers=filled.entries,
        unchanged=filled.unchanged,
        blank=filled.blank,
        rejected=filled.rejected,
    )


def _row_sent(values: Mapping[str, Cell], *, known: Mapping[int, dict]) -> dict:
    try:
        number, household_id = text_of(values["number"]), text_of(values["household_id"])
    except ValueError as error:
        raise RowError("household_id", values["household_id"], "digits_lost") from error
    sent = known.get(int(number)) if number.isdecimal() else None
    if sent is None:
        raise RowError("number", number, "row_not_sent")
    if sent["household_id"] != household_id:
        raise RowError("household_id", household_id, "other_household")
    return sent


def _answer(values: Mapping[str, Cell], *, before: Mapping, form: Form) -> Answer | None:
    """What a row answers; None where nothing is filled in."""
    texts = {key: text_in(values, key) for key in ("verdict", "reason", "checked_by", "phone")}
    if not any(texts.values()) and not str(values["settle_by"]).strip():
        return None
    verdict = form.verdicts.get(texts["verdict"])
    if verdict is None:
        raise RowError("verdict", texts["verdict"], "verdict_unknown" if texts["verdict"] else "verdict_missing")
    if not texts["checked_by"]:
        raise RowError("checked_by", "", "checker_missing")
    return Answer(
        number=before["number"],
        household_id=before["household_id"],
        village_code=before["village_code"],
        verdict=verdict,
        checked_by=texts["checked_by"],
        reason=_reason(texts["reason"], verdict=verdict, form=form),
        settle_by=day_in(values, "settle_by", earliest=form.earliest),
        phone=texts["phone"] or None,
    )


def _reason(text: str, *, verdict: str, form: Form) -> str | None:
    if verdict in form.needs_reason and not text:
        raise RowError("reason", "", "reason_missing")
    if form.reasons is None or not text:
        return text or None
    if verdict not in form.needs_reason:
        raise RowError("reason", text, "reason_not_wanted")
    if text not in form.reasons:
        raise RowError("reason", text, "reason_unknown")
    return form.reasons[text]


def _same(answer: Answer, before: Mapping) -> bool:
    return all(_plain(before[key]) == _plain(getattr(answer, key)) for key in ANSWERED)


def _plain(value: object) -> object:
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value
