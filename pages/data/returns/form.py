"""The form of a distributed list: what is filled in, which words are allowed, and how it is read back."""

from dataclasses import replace
from datetime import date

import pandas as pd

from data_access.access.purposes import Purpose
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import FileColumn
from data_access.handouts import forms
from data_access.handouts.forms import COLUMNS, Form
from data_access.handouts.handouts import ANSWERED, Handout
from data_access.handouts.parts import PartWords
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import every, language, t
from pages.shell.view_state import View
from pages.widgets import list_file

_KINDS = {"settle_by": "date"}


def form_of(metric: str, *, day: date) -> Form:
    """The form for a list as of a day; it can be read back whichever language it was sent out in."""
    titles = {key: every(f"returns.column.{key}") for key in COLUMNS}
    titles["phone"] |= every("returns.column.phone_before")  # of lists that are still on their way
    before = titles | {"number": every("returns.column.position")}
    return forms.form_of(metric, day=day, titles=titles, titles_before=before)


def columns(metric: str, *, page: pd.DataFrame, day: date, purpose: Purpose | None) -> list[FileColumn]:
    """The columns of the form: 序号 within the file, what a row is recognised by, the list's own, and the blank ones,
    with their drop-downs."""
    own = [
        replace(column, title=t("returns.column.household_id")) if column.key == "household_id" else column
        for column in list_file.columns(metric, page=page, purpose=purpose)
    ]
    numbers = [
        FileColumn(key=key, title=t(f"returns.column.{key}"), kind="number", definition=t(f"returns.means_{key}"))
        for key in ("position", "number")
    ]
    return [*numbers, *own, *_columns_to_fill_in(form_of(metric, day=day))]


def _columns_to_fill_in(form: Form) -> list[FileColumn]:
    """The blank columns; none shares a key with a column of the list, whose values it would otherwise show."""
    choices = {"verdict": _words(form.verdicts), "reason": _words(form.reasons)}
    return [
        FileColumn(
            key=f"answer_{key}",
            title=t(f"returns.column.{key}"),
            kind=_KINDS.get(key, "text"),
            choices=choices.get(key, ()),
        )
        for key in ANSWERED
    ]


def _words(codes: str | None) -> tuple[str, ...]:
    if codes is None:
        return ()
    return tuple(code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes])


def part_words(part: str, *, sent: Handout, rows: int, annex: str, view: View) -> PartWords:
    """The name of the workbook for a township or village, and the two lines above its headings."""
    title = load_metrics()[sent.metric].label[language()]
    place = view.names.get(part, part)
    upper = view.names.get(township_of(part), "")
    names = (place,) if upper == place else (upper, place)
    return PartWords(
        file_name=export.file_name(*names, title, sent.day.isoformat(), suffix="xlsx"),
        heading=(
            t("returns.annex_line", annex=annex, number=sent.handout_id),
            t("returns.title_line", place=place, list=title, day=sent.day, due=sent.due_on, rows=rows),
        ),
    )
