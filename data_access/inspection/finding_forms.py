"""Reads the forms that inspection groups fill in offline: one row per unit and question, each of which ends up as
exactly one of found, unchanged, blank or rejected."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data_access.errors import FileError
from data_access.files import cells, spellings
from data_access.files.cells import is_blank
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
    day_in,
    find_numbers,
    key_in,
    meaning_in,
    name_in,
    read_filled,
    refuse_other_village,
    text_in,
)
from data_access.inspection.findings import Finding, Question, load_questions, new_finding

DRAW_ID = re.compile(r"C\d{6}-[0-9A-F]{6}")
"""The pattern of a draw's number, which is above the heading of the form."""

KEYS = ("code", "question")
"""Columns that identify what is answered."""

FILLED = ("answer", "found_value", "found_on", "checked_by")
"""Columns that are filled in."""

RULES = CELL_RULES | {
    "unit_not_drawn",
    "question_unknown",
    "answer_unknown",
    "answer_missing",
    "found_missing",
    "found_on_missing",
    "row_twice",
    "before_the_list",
    "day_to_come",
    OTHER_VILLAGE,
}
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class FindingForm:
    """What the form can say, in every language."""

    titles: Titles
    answers: Mapping[str, bool]
    """Word -> whether the system agrees with what was found; yes and no are understood too."""
    earliest: date
    """The first day of the month of the draw."""
    latest: date
    """Today: nothing can have been found later."""


def read_findings_form(
    content: bytes,
    *,
    name: str,
    draw_id: str,
    form: FindingForm,
    units: pd.DataFrame,
    known: pd.DataFrame,
    passwords: Sequence[str] = (),
) -> Filled[Finding]:
    """Read a filled-in form of a draw.

    Args:
        units: the units to be inspected, as returned by `draws.read_units`, and `village`: the names of their villages.
        known: the newest findings of the draw, as returned by `findings.read_findings`.
        passwords: one of them opens the form if it is protected, as those of a package are.

    The findings do not have the system's values yet. Raises FileError for a file that is not the form of the draw.
    """
    by_code, villages = {row["code"]: row for row in units.to_dict("records")}, frozenset(units[VILLAGE])
    before = {(row["code"], row["question"]): row for row in known.to_dict("records")}
    own: FilledForm[Finding] = FilledForm(
        check=lambda heads: _check_draw(heads, name=name, draw_id=draw_id),
        titles=form.titles,
        filled=FILLED,
        read=lambda values: _finding(values, draw_id=draw_id, form=form, units=by_code, villages=villages),
        same=lambda one: _same(one, before.get((one.code, one.question))),
        known=lambda one: (one.code, one.question) in before,
        key=lambda one: (one.code, one.question),
        twice="question",
        optional=(VILLAGE,),
    )
    return read_filled(content, name=name, form=own, passwords=passwords)


def _check_draw(heads: Sequence[Rows], *, name: str, draw_id: str) -> None:
    found = find_numbers(heads, pattern=DRAW_ID)
    if not found:
        raise FileError("file_without_draw", name=name)
    if others := found - {draw_id}:
        raise FileError("file_of_other_draw", name=name, found=", ".join(sorted(others)), wanted=draw_id)


def _finding(
    values: Values, *, draw_id: str, form: FindingForm, units: Mapping[str, dict], villages: Collection[str]
) -> Finding | None:
    """What a row says; None for a unit that is not to be inspected where nothing was found: day and name are often
    filled down over the reserve."""
    code, found_value = key_in(values, "code"), text_in(values, "found_value")
    unit = units.get(code)
    if unit is None and not found_value and is_blank(values["answer"]):
        return None
    if unit is None:
        raise RowError("code", code, "unit_not_drawn")
    refuse_other_village(values, own=unit[VILLAGE], villages=villages)
    question = _question(text_in(values, "question"), kind=unit["kind"])
    on = day_in(values, "found_on", earliest=form.earliest, latest=form.latest)
    agrees = _agrees(values, form=form)
    if not agrees and not found_value:
        raise RowError("found_value", "", "found_missing")
    if on is None:
        raise RowError("found_on", "", "found_on_missing")
    return new_finding(
        question,
        draw_id=draw_id,
        unit=unit,
        agrees=agrees,
        found_on=on,
        found_value=found_value or None,
        note=name_in(values, "checked_by") or None,
    )


def _question(text: str, *, kind: str) -> Question:
    said = spellings.word(text)
    for question in load_questions()[kind].values():
        if said in map(spellings.word, (question.label.zh, question.label.en)):
            return question
    raise RowError("question", text, "question_unknown")


def _agrees(values: Values, *, form: FindingForm) -> bool:
    """Whether the system agrees with what was found: the form's own words, or a plain yes or no. Other words that
    imports take for yes or no, such as 有 and 无, do not mean that here."""
    own = {spellings.word(word): str(agrees) for word, agrees in form.answers.items()}
    try:
        agrees = meaning_in(values, "answer", lambda cell: cells.truth(cell, {**cells.labels_of("boolean"), **own}))
    except RowError as error:
        raise RowError("answer", values["answer"], "answer_unknown") from error
    if agrees is None:
        raise RowError("answer", "", "answer_missing")
    return agrees


def _same(one: Finding, before: Mapping | None) -> bool:
    if before is None:
        return False
    said = before["found_value"]
    return (one.agrees, one.found_value) == (bool(before["agrees"]), None if pd.isna(said) else said)
