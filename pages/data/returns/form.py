"""The form of a distributed list: what is filled in, which words are allowed, and how it is read back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from data_access import clock
from data_access.files import export
from data_access.files.export import FileColumn
from data_access.handouts import forms
from data_access.handouts.forms import COLUMNS, Form
from data_access.handouts.handouts import Handout
from data_access.handouts.parts import PartWords
from data_access.lists.selection import SELECTION
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import every, language, t
from pages.shell.view_state import View
from pages.widgets import conditions

_KINDS = {"settle_by": "date", "checked_on": "date"}


def form_of(metric: str, *, day: date, of_things: bool = True) -> Form:
    """The form for a list as of a day; it can be read back whichever language it was sent out in.

    Args:
        of_things: false for a list that was sent out before its rows named things.
    """
    titles = {key: every(f"returns.column.{key}") for key in COLUMNS}
    titles["phone"] |= every("returns.column.phone_before")  # of lists that are still on their way
    titles["verdict"] |= every("returns.column.verdict_of_thing")
    titles["reason"] |= every("returns.column.reason_of_thing")
    before = titles | {"number": every("returns.column.position")}
    return forms.form_of(
        metric, day=day, titles=titles, titles_before=before, of_things=of_things, latest=clock.today()
    )


def columns(metric: str, *, own: Sequence[FileColumn], day: date) -> list[FileColumn]:
    """The columns of the form: 序号 within the file, what a row is recognised by, the list's own, and the blank ones,
    with their drop-downs."""
    answers = form_of(metric, day=day)
    thing = [] if answers.report is None else [_thing_column()]
    # What is asked stands in the list, too: a heading twice could not be read back.
    asked = set[str]() if answers.report is None else {answers.report.thing, *answers.report.columns}
    kept = [
        replace(column, title=t("returns.column.household_id")) if column.key == "household_id" else column
        for column in own
        if column.key not in asked
    ]
    numbers = [
        FileColumn(key=key, title=t(f"returns.column.{key}"), kind="number", definition=t(f"returns.means_{key}"))
        for key in ("position", "number")
    ]
    return [*numbers, *thing, *kept, *_columns_to_fill_in(answers)]


def _thing_column() -> FileColumn:
    """The number of the thing, by which an answer closes exactly that."""
    return FileColumn(key="thing", title=t("returns.column.thing"), definition=t("returns.means_thing"))


def _columns_to_fill_in(form: Form) -> list[FileColumn]:
    """The blank columns; none shares a key with a column of the list, whose values it would otherwise show."""
    choices = {"verdict": _words(form.verdicts), "reason": _words(form.reasons)}
    return [
        FileColumn(
            key=f"answer_{key}",
            title=_title(key, form=form),
            kind=_KINDS.get(key, "text"),
            choices=choices.get(key, ()),
        )
        for key in form.answered
    ]


def _title(key: str, *, form: Form) -> str:
    if form.report is None or key not in ("verdict", "reason"):
        return t(f"returns.column.{key}")
    return t("returns.column.verdict_of_thing") if key == "verdict" else t("returns.column.reason_of_thing")


def _words(codes: str | None) -> tuple[str, ...]:
    if codes is None:
        return ()
    return tuple(code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes])


def part_words(part: str, *, sent: Handout, rows: int, annex: str, view: View) -> PartWords:
    """The name of the workbook for a township or village, and the two lines above its headings."""
    name = conditions.list_name(sent.metric)
    listed = full_name(sent.metric, filters=sent.filters)
    place = view.names.get(part, part)
    upper = view.names.get(township_of(part), "")
    names = (place,) if upper == place else (upper, place)
    return PartWords(
        file_name=export.file_name(*names, name, sent.day.isoformat(), suffix="xlsx"),
        heading=(
            t("returns.annex_line", annex=annex, number=sent.handout_id),
            t("returns.title_line", place=place, list=listed, day=sent.day, due=sent.due_on, rows=rows),
        ),
    )


def full_name(metric: str, *, filters: str) -> str:
    """The name of a list that was sent out; of households chosen by conditions, with these."""
    name = conditions.list_name(metric)
    return t("returns.list_chosen", name=name, conditions=filters) if metric == SELECTION else name
