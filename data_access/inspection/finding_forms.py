"""Reads the forms that inspection groups fill in offline: one row per unit and question, each of which ends up as
exactly one of found, unchanged, blank or rejected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data_access.errors import FileError
from data_access.files import cells, spellings
from data_access.files.forms import (
    CELL_RULES,
    Filled,
    RowError,
    Rows,
    Titles,
    Values,
    day_in,
    find_number,
    meaning_in,
    read_filled,
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


def read_findings_form(
    content: bytes, *, name: str, draw_id: str, form: FindingForm, units: pd.DataFrame, known: pd.DataFrame
) -> Filled[Finding]:
    """Read a filled-in form of a draw.

    Args:
        units: the units to be inspected, as returned by `draws.read_units`.
        known: the newest findings of the draw, as returned by `findings.read_findings`.

    The findings do not have the system's values yet. Raises FileError for a file that is not the form of the draw.
    """
    by_code = {row["code"]: row for row in units.to_dict("records")}
    before = {(row["code"], row["question"]): row for row in known.to_dict("records")}
    return read_filled(
        content,
        name=name,
        check=lambda rows: _check_draw(rows, name=name, draw_id=draw_id),
        titles=form.titles,
        read=lambda values: _finding(values, draw_id=draw_id, form=form, units=by_code),
        same=lambda one: _same(one, before.get((one.code, one.question))),
        key=lambda one: (one.code, one.question),
        twice="question",
    )


def _check_draw(rows: Rows, *, name: str, draw_id: str) -> None:
    said = find_number(rows, pattern=DRAW_ID)
    if said is None:
        raise FileError("file_without_draw", name=name)
    if said != draw_id:
        raise FileError("file_of_other_draw", name=name, found=said, wanted=draw_id)


def _finding(values: Values, *, draw_id: str, form: FindingForm, units: Mapping[str, dict]) -> Finding | None:
    """What a row says; None if nothing is filled in."""
    texts = {key: text_in(values, key) for key in (*KEYS, "answer", "found_value", "checked_by")}
    unit = units.get(texts["code"])
    if unit is None:
        raise RowError("code", texts["code"], "unit_not_drawn")
    question = _question(texts["question"], kind=unit["kind"])
    on = day_in(values, "found_on", earliest=form.earliest)
    if on is None and not any(texts[key] for key in ("answer", "found_value", "checked_by")):
        return None
    agrees = _agrees(values, form=form)
    if not agrees and not texts["found_value"]:
        raise RowError("found_value", "", "found_missing")
    if on is None:
        raise RowError("found_on", "", "found_on_missing")
    return new_finding(
        question,
        draw_id=draw_id,
        unit=unit,
        agrees=agrees,
        found_on=on,
        found_value=texts["found_value"] or None,
        note=texts["checked_by"] or None,
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
