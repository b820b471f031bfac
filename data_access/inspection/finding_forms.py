"""Reads the forms that inspection groups fill in without a network: one row per unit and question, each of which ends
in exactly one of found, unchanged, blank or rejected."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from data_access.errors import FileError
from data_access.files.forms import Rejected, RowError, day_in, find_number, read_filled_rows, text_in
from data_access.files.workbook import Cell, read_first_sheet
from data_access.inspection.findings import Finding, load_questions

DRAW_ID = re.compile(r"C\d{6}-[0-9A-F]{6}")
"""What the number of a draw looks like: it stands above the heading of the form."""

KEYS = ("code", "question")
"""Columns that say what is answered."""

FILLED = ("answer", "found_value", "found_on", "checked_by")
"""Columns that are filled in."""

RULES = frozenset(
    {
        "unit_not_drawn",
        "question_unknown",
        "answer_unknown",
        "answer_missing",
        "found_missing",
        "found_on_missing",
        "row_twice",
        "digits_lost",
        "text_too_long",
        "not_a_date",
        "before_the_list",
    }
)
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class FindingForm:
    """What the form can say, in every language."""

    titles: Mapping[str, frozenset[str]]
    answers: Mapping[str, bool]
    """Word -> whether system and place agree."""
    questions: Mapping[str, str]
    """Label -> key of the question."""
    earliest: date
    """The first day of the month of the draw."""


@dataclass(frozen=True)
class FilledForm:
    """What a filled-in form says; `rows` = findings + unchanged + blank + rejected."""

    rows: int
    findings: list[Finding] = field(default_factory=list)
    unchanged: int = 0
    blank: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def read_filled(
    content: bytes, *, name: str, draw_id: str, form: FindingForm, units: pd.DataFrame, known: pd.DataFrame
) -> FilledForm:
    """Read a filled-in form of a draw.

    Args:
        units: the units that are to be inspected, as `draws.read_units` gives them.
        known: the newest findings of the draw, as `findings.read_findings` gives them.

    The findings have no value of the system yet. Raises FileError for a file that is not the form of the draw.
    """
    cells = read_first_sheet(content, name=name)
    _check_draw(cells, name=name, draw_id=draw_id)
    by_code = {row["code"]: row for row in units.to_dict("records")}
    before = {(row["code"], row["question"]): row for row in known.to_dict("records")}
    filled = read_filled_rows(
        cells,
        titles=form.titles,
        name=name,
        read=lambda values: _finding(values, draw_id=draw_id, form=form, units=by_code),
        same=lambda one: _same(one, before.get((one.code, one.question))),
        key=lambda one: (one.code, one.question),
        twice="question",
    )
    return FilledForm(
        rows=filled.rows,
        findings=filled.entries,
        unchanged=filled.unchanged,
        blank=filled.blank,
        rejected=filled.rejected,
    )


def _check_draw(cells: list[list[Cell]], *, name: str, draw_id: str) -> None:
    said = find_number(cells, pattern=DRAW_ID)
    if said is None:
        raise FileError("file_without_draw", name=name)
    if said != draw_id:
        raise FileError("file_of_other_draw", name=name, found=said, wanted=draw_id)


def _finding(
    values: Mapping[str, Cell], *, draw_id: str, form: FindingForm, units: Mapping[str, dict]
) -> Finding | None:
    """What a row says; None where nothing is filled in."""
    texts = {key: text_in(values, key) for key in (*KEYS, "answer", "found_value", "checked_by")}
    unit = units.get(texts["code"])
    if unit is None:
        raise RowError("code", texts["code"], "unit_not_drawn")
    question = load_questions()[unit["kind"]].get(form.questions.get(texts["question"], ""))
    if question is None:
        raise RowError("question", texts["question"], "question_unknown")
    on = day_in(values, "found_on", earliest=form.earliest)
    if on is None and not any(texts[key] for key in ("answer", "found_value", "checked_by")):
        return None
    if texts["answer"] not in form.answers:
        rule = "answer_unknown" if texts["answer"] else "answer_missing"
        raise RowError("answer", texts["answer"], rule)
    agrees = form.answers[texts["answer"]]
    if not agrees and not texts["found_value"]:
        raise RowError("found_value", "", "found_missing")
    if on is None:
        raise RowError("found_on", "", "found_on_missing")
    return Finding(
        finding_id=f"F{secrets.token_hex(6).upper()}",
        draw_id=draw_id,
        kind=unit["kind"],
        code=unit["code"],
        township_code=unit["township_code"],
        village_code=unit["village_code"],
        question=question.key,
        problem_class=question.problem_class,
        agrees=agrees,
        found_on=on,
        found_value=texts["found_value"] or None,
        note=texts["checked_by"] or None,
    )


def _same(one: Finding, before: Mapping | None) -> bool:
    if before is None:
        return False
    said = before["found_value"]
    return (one.agrees, one.found_value) == (bool(before["agrees"]), None if pd.isna(said) else said)
