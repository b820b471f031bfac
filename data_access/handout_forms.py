"""Reads the workbooks that come back from townships: every row ends in exactly one of answered, unchanged, blank or
rejected."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from data_access.handouts import ANSWERED, Answer
from data_access.ledger import LONGEST_TEXT
from data_access.problems import FileProblemError
from data_access.workbook import Cell, date_of, read_first_sheet, text_of

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
class Rejected:
    """A row that cannot be taken: where, what, and which rule it breaks (a key of the catalogues)."""

    row: int
    column: str
    value: str
    rule: str


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


class _RowProblemError(Exception):
    def __init__(self, column: str, value: object, rule: str) -> None:
        self.column, self.value, self.rule = column, str(value)[:60], rule
        super().__init__(rule)


def find_handout_id(content: bytes, *, name: str) -> str:
    """The number of the handout that a workbook was sent out with. Raises FileProblemError where none stands in it."""
    for row in read_first_sheet(content, name=name)[:10]:
        for cell in row:
            found = HANDOUT_ID.search(cell) if isinstance(cell, str) else None
            if found:
                return found.group()
    raise FileProblemError("file_without_handout", name=name)


def read_returned(content: bytes, *, name: str, form: Form, sent: pd.DataFrame) -> Returned:
    """Read a returned workbook against what was sent out.

    Args:
        sent: the rows of the handout with their newest answers, as `handouts.read_rows` gives them.

    Raises FileProblemError for a file that is not the form.
    """
    cells = read_first_sheet(content, name=name)
    header, columns = _find_header(cells, form=form, name=name)
    known = {row["number"]: row for row in sent.to_dict("records")}
    answers: dict[int, Answer] = {}
    unchanged = blank = rows = 0
    rejected: list[Rejected] = []
    for position, row in enumerate(cells[header + 1 :], start=header + 2):
        values = {key: row[column] if column < len(row) else "" for key, column in columns.items()}
        if not any(str(value).strip() for value in values.values()):
            continue
        rows += 1
        try:
            before = _row_sent(values, known=known)
            answer = _answer(values, before=before, form=form)
            if answer is not None and answer.number in answers:
                raise _RowProblemError("number", answer.number, "row_twice")
        except _RowProblemError as problem:
            rejected.append(Rejected(row=position, column=problem.column, value=problem.value, rule=problem.rule))
            continue
        if answer is None:
            blank += 1
        elif _same(answer, before):
            unchanged += 1
        else:
            answers[answer.number] = answer
    return Returned(
        rows=rows,
        sha256=hashlib.sha256(content).hexdigest(),
        answers=list(answers.values()),
        unchanged=unchanged,
        blank=blank,
        rejected=rejected,
    )


def _find_header(cells: Sequence[Sequence[Cell]], *, form: Form, name: str) -> tuple[int, dict[str, int]]:
    """Where the heading is: row, and column of each key."""
    best: dict[str, int] = {}
    for position, row in enumerate(cells[:20]):
        words = [str(cell).strip() for cell in row]
        found = {
            key: next(column for column, word in enumerate(words) if word in titles)
            for key, titles in form.titles.items()
            if any(word in titles for word in words)
        }
        if len(found) == len(form.titles):
            return position, found
        best = max(best, found, key=len)
    missing = [min(form.titles[key]) for key in (*KEYS, *ANSWERED) if key not in best]
    raise FileProblemError("file_columns_missing", name=name, columns=", ".join(missing))


def _row_sent(values: Mapping[str, Cell], *, known: Mapping[int, dict]) -> dict:
    try:
        number, household_id = text_of(values["number"]), text_of(values["household_id"])
    except ValueError as error:
        raise _RowProblemError("household_id", values["household_id"], "digits_lost") from error
    sent = known.get(int(number)) if number.isdecimal() else None
    if sent is None:
        raise _RowProblemError("number", number, "row_not_sent")
    if sent["household_id"] != household_id:
        raise _RowProblemError("household_id", household_id, "other_household")
    return sent


def _answer(values: Mapping[str, Cell], *, before: Mapping, form: Form) -> Answer | None:
    """What a row answers; None where nothing is filled in."""
    texts = {key: _text(values, key) for key in ("verdict", "reason", "checked_by", "phone")}
    if not any(texts.values()) and not str(values["settle_by"]).strip():
        return None
    verdict = form.verdicts.get(texts["verdict"])
    if verdict is None:
        raise _RowProblemError(
            "verdict", texts["verdict"], "verdict_unknown" if texts["verdict"] else "verdict_missing"
        )
    if not texts["checked_by"]:
        raise _RowProblemError("checked_by", "", "checker_missing")
    return Answer(
        number=before["number"],
        household_id=before["household_id"],
        village_code=before["village_code"],
        verdict=verdict,
        checked_by=texts["checked_by"],
        reason=_reason(texts["reason"], verdict=verdict, form=form),
        settle_by=_date(values, "settle_by", earliest=form.earliest),
        phone=texts["phone"] or None,
    )


def _reason(text: str, *, verdict: str, form: Form) -> str | None:
    if verdict in form.needs_reason and not text:
        raise _RowProblemError("reason", "", "reason_missing")
    if form.reasons is None or not text:
        return text or None
    if verdict not in form.needs_reason:
        raise _RowProblemError("reason", text, "reason_not_wanted")
    if text not in form.reasons:
        raise _RowProblemError("reason", text, "reason_unknown")
    return form.reasons[text]


def _text(values: Mapping[str, Cell], key: str) -> str:
    try:
        text = text_of(values[key])
    except ValueError as error:
        raise _RowProblemError(key, values[key], "digits_lost") from error
    if len(text) > LONGEST_TEXT:
        raise _RowProblemError(key, text, "text_too_long")
    return text


def _date(values: Mapping[str, Cell], key: str, *, earliest: date) -> date | None:
    try:
        day = date_of(values[key])
    except ValueError as error:
        raise _RowProblemError(key, values[key], "not_a_date") from error
    if day is not None and day < earliest:
        raise _RowProblemError(key, day, "before_the_list")
    return day


def _same(answer: Answer, before: Mapping) -> bool:
    return all(_plain(before[key]) == _plain(getattr(answer, key)) for key in ANSWERED)


def _plain(value: object) -> object:
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value
