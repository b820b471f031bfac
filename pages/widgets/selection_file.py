"""A selection of households as it stands in a file: its columns, its rows in words, what the file says about itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from data_access import door
from data_access.access.purposes import Contents, Purpose
from data_access.disclosure import PERSONAL
from data_access.files import export
from data_access.files.export import About, Chunks, FileColumn
from data_access.lists.selection import SELECTION, Concluded, Selection, load_fields, stream_selection
from data_access.schema.indicators import code_label, load_codes
from data_access.scope import Scope
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import column_meaning, conditions, list_file

WHO = ("household_id", "head_name", "phone", "township", "village")


def contents(selection: Selection, *, rows: int, view: View) -> Contents:
    """What a purpose is approved for."""
    return Contents(SELECTION, view.place, view.on, rows, selection.conditions)


def under(purpose: Purpose | None, selection: Selection) -> Selection:
    """The selection as a file shows it: under a purpose, with its columns instead of the chosen ones."""
    if purpose is None:
        return selection
    return replace(selection, columns=tuple(name for name in purpose.columns if name not in PERSONAL))


def concluded(selection: Selection, *, view: View) -> Concluded:
    """The conclusions that hold, where the selection refers to them."""
    spoken_of = {*selection.columns, *(condition.field for condition in selection.conditions)}
    if "disposition" not in spoken_of:
        return ()
    held = view.concluded
    return tuple(sorted(zip(held["household_id"], held["conclusion"], strict=True)))


@contextmanager
def chunks(selection: Selection, *, on: date, concluded: Concluded, scope: Scope) -> Iterator[Chunks]:
    """The selected households in parts, as a file has them."""
    asked: dict[str, Any] = {"selection": selection, "on": on, "concluded": concluded}
    with door.stream(stream_selection, scope=scope, language=language(), rows=export.CHUNK_ROWS, **asked) as frames:
        yield map(in_words, frames)


def columns(selection: Selection, *, purpose: Purpose | None = None) -> tuple[FileColumn, ...]:
    """Who and where, then the chosen columns."""
    fields = load_fields()
    who = [
        FileColumn(key=name, title=t(f"list.{name}"), definition=column_meaning.of(name, kind="text"))
        for name in list_file.who(WHO, purpose=purpose)
    ]
    kinds = {"number": "decimal"}
    chosen = [
        FileColumn(
            key=name,
            title=fields[name].label[language()],
            kind=kinds.get(fields[name].kind, "text"),
            definition=column_meaning.of(name, kind=fields[name].codes or fields[name].kind),
        )
        for name in selection.columns
    ]
    return (*who, *chosen)


def in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Codes and booleans in words; a missing value stays missing."""
    fields = load_fields()
    shown = rows.copy()
    for name in rows.columns:
        field = fields.get(str(name))
        if name in list_file.WHO or field is None or field.kind not in ("code", "boolean"):
            continue
        codes = "boolean" if field.kind == "boolean" else str(field.codes)
        known = {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}
        shown[name] = [None if pd.isna(value) else known.get(str(value), str(value)) for value in rows[name]]
    return shown


def restricted(selection: Selection) -> str:
    """Its conditions in words."""
    return t("list.separator").join(conditions.in_words(condition) for condition in selection.conditions)


def about(selection: Selection, *, view: View, purpose: Purpose | None) -> About:
    """What the file says about itself."""
    return list_file.about_file(
        view,
        scope=view_state.scope(),
        title=t("downloads.list"),
        definition=t("downloads.definition"),
        restricted=restricted(selection),
        purpose=purpose,
    )
