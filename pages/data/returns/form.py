"""The form of a distributed list: what is filled in, which words are allowed, and how it is read back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from data_access import clock
from data_access.files import export
from data_access.files.export import FileColumn
from data_access.handouts import forms
from data_access.handouts.asked import AskedOfRows, Besides, asked_besides, asked_of, choices_of, is_day
from data_access.handouts.forms import COLUMNS, Form
from data_access.handouts.handouts import Handout
from data_access.handouts.parts import PartWords
from data_access.lists.selection import SELECTION, Condition
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import every, language, t
from pages.shell.view_state import View
from pages.widgets import conditions

OF_CLUES, OF_REPORTS = ("verdict", "reason"), ("verdict", "checked_on", "words", "checked_by", "phone")
"""What is called otherwise in the form of a list of clues, and of another list whose answers report something."""


OF_CORRECTIONS = ("verdict", "checked_on")
"""The same in a form that is sent out to correct an indicator."""

NEW, INDICATOR, HELD = "new", "correction_indicator", "correction_held"
"""Columns of such a form: the new value, and what it says of each row."""


def form_of(metric: str, *, day: date, reports: bool = True, corrected: str | None = None) -> Form:
    """The form for a list as of a day; it can be read back whichever language it was sent out in.

    Args:
        reports: false for a list that was sent out before its answers reported anything.
        corrected: the indicator that it is sent out to correct.
    """
    titles = {key: every(f"returns.column.{key}") for key in (*COLUMNS, *asked_besides())}
    titles["phone"] |= every("returns.column.phone_before")  # of lists that are still on their way
    for key in OF_CLUES:
        titles[key] |= every(f"returns.column.{key}_of_thing")
    asked = asked_of(metric)
    if corrected is not None:
        titles[corrected] = every(f"returns.column.{NEW}")
        for key in OF_CORRECTIONS:
            titles[key] |= every(f"returns.column.{key}_of_correction")
        for key in OF_REPORTS:
            titles[key] |= every(f"returns.column.{key}_of_report")
    elif asked is not None:
        titles["thing"] |= every(f"list.{asked.thing}") if asked.thing else frozenset()
        titles["step"] |= every(f"list.{asked.step}") if asked.step else frozenset()
        for key in OF_REPORTS:
            titles[key] |= every(f"returns.column.{key}_of_report")
    before = titles | {"number": every("returns.column.position")}
    return forms.form_of(
        metric,
        day=day,
        titles=titles,
        titles_before=before,
        reports=reports,
        latest=clock.today(),
        corrected=corrected,
    )


def columns(
    metric: str,
    *,
    own: Sequence[FileColumn],
    day: date,
    restricted: Sequence[Condition],
    corrected: str | None = None,
) -> list[FileColumn]:
    """The columns of the form: 序号 within the file, what a row is recognised by, the list's own, and the blank ones,
    with their drop-downs.

    Args:
        own: the columns of the list.
        restricted: what the list is restricted by: of one step alone it asks what that demands.
        corrected: the indicator that the list is sent out to correct.
    """
    answers = form_of(metric, day=day, corrected=corrected)
    asked = answers.asked
    thing = [_thing_column(asked)] if asked is not None and asked.thing else []
    steps = (one.wanted[0] for one in restricted if asked is not None and one.field == asked.step)
    besides = {} if asked is None else asked.besides(on=day, step=next(steps, None))
    to_fill_in = _columns_to_fill_in(answers, besides=besides)
    if corrected is not None:
        to_fill_in = [
            *(FileColumn(key=key, title=t(f"returns.column.{key}")) for key in (INDICATOR, HELD)),
            *to_fill_in,
        ]
    # What is asked stands in the list, too: a heading twice could not be read back.
    there = {column.title for column in (*thing, *to_fill_in)}
    kept = [
        replace(column, title=t("returns.column.household_id")) if column.key == "household_id" else column
        for column in own
        if column.title not in there
    ]
    numbers = [
        FileColumn(key=key, title=t(f"returns.column.{key}"), kind="number", definition=t(f"returns.means_{key}"))
        for key in ("position", "number")
    ]
    return [*numbers, *thing, *kept, *to_fill_in]


def _thing_column(asked: AskedOfRows) -> FileColumn:
    """The number of the thing, by which an answer closes exactly that."""
    return FileColumn(key="thing", title=t(f"list.{asked.thing}"), definition=t("returns.means_thing"))


def _columns_to_fill_in(form: Form, *, besides: Besides) -> list[FileColumn]:
    """The blank columns; none shares a key with a column of the list, whose values it would otherwise show.

    Args:
        besides: what is asked of these rows besides.
    """
    choices = {"verdict": _words(form.verdicts), "reason": _words(form.reasons)}
    choices |= {name: _words(choices_of(column)) for name, column in besides.items()}
    days = {"settle_by", "checked_on"} | {name for name, one in besides.items() if is_day(one)}
    return [
        FileColumn(
            key=f"answer_{key}",
            title=_title(key, form=form),
            kind="date" if key in days else "text",
            choices=choices.get(key, ()),
        )
        for key in form.answered
        if key not in form.besides or key in besides
    ]


def _title(key: str, *, form: Form) -> str:
    if form.asked is not None and form.asked.column is not None:
        if key == form.asked.column:
            return t(f"returns.column.{NEW}")
        if key in OF_CORRECTIONS:
            return t(f"returns.column.{key}_of_correction")
    of_clues = form.asked is not None and form.asked.reasons is not None
    if of_clues and key in OF_CLUES:
        return t(f"returns.column.{key}_of_thing")
    if form.asked is not None and not of_clues and key in OF_REPORTS:
        return t(f"returns.column.{key}_of_report")
    return t(f"returns.column.{key}")


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
