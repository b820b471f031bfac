"""How many households match the filter, the first of them, and the file of all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.access import purposes
from data_access.access.purposes import Contents, Purpose
from data_access.disclosure import PERSONAL
from data_access.files import export
from data_access.files.export import Chunks, FileColumn
from data_access.lists.selection import (
    Concluded,
    Selection,
    count_selection,
    load_fields,
    read_selection,
    stream_selection,
)
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import column_meaning, conditions, download, list_file, sheet
from pages.widgets.purposes import approve, choose

ROWS = 50
WHO = ("household_id", "head_name", "phone", "township", "village")


def show(selection: Selection, *, view: View) -> None:
    """Count, preview, file."""
    arguments: dict[str, Any] = {
        "scope": view_state.scope().narrowed(view.place),
        "on": view.on,
        "selection": selection,
        "concluded": _concluded(selection, view=view),
    }
    total = door.read(count_selection, **arguments)
    where = t("list.heading", place=view.name(view.place), month=view.month_name(), rows=total)
    st.markdown(where)
    if total == 0:
        st.info(t("downloads.none"))
        return
    rows = door.read(read_selection, **arguments, language=language(), offset=0, limit=ROWS)
    columns = _columns(selection)
    sheet.show(
        _in_words(rows),
        hide_index=True,
        column_config={column.key: column.title for column in columns},
        placeholder=t("value.none"),
    )
    if total > ROWS:
        st.caption(t("downloads.first", rows=ROWS, total=total))

    _offer(selection, arguments=arguments, total=total, view=view)
    if selection.conditions:
        approve.show(_contents(selection, rows=total, view=view), titles=_to_approve())


def _offer(selection: Selection, *, arguments: dict[str, Any], total: int, view: View) -> None:
    """The file; under a purpose, with its columns instead of the chosen ones."""
    contents = _contents(selection, rows=total, view=view)
    purpose = choose.show(contents)
    kept = selection
    if purpose is not None:
        kept = replace(selection, columns=tuple(name for name in purpose.columns if name not in PERSONAL))

    @contextmanager
    def opened() -> Iterator[Chunks]:
        scope = choose.opened(purpose, contents=contents, scope=arguments["scope"])
        asked = arguments | {"selection": kept, "scope": scope, "concluded": _concluded(kept, view=view)}
        with door.stream(stream_selection, **asked, language=language(), rows=export.CHUNK_ROWS) as frames:
            yield (_in_words(frame) for frame in frames)

    source = download.FileSource(
        name=(view.name(view.place), t("downloads.list"), view.on.isoformat()),
        columns=_columns(kept, purpose=purpose),
        about=list_file.about_file(
            view,
            scope=view_state.scope(),
            title=t("downloads.list"),
            definition=t("downloads.definition"),
            restricted=t("list.separator").join(conditions.in_words(condition) for condition in selection.conditions),
            purpose=purpose,
        ),
        rows=total,
        open=opened,
        asked=(kept, view.on, arguments["scope"]),
        purpose=purpose,
    )
    download.offer(source, key="selection")


def _contents(selection: Selection, *, rows: int, view: View) -> Contents:
    """What a purpose is approved for."""
    return Contents(purposes.SELECTION, view.place, view.on, rows, selection.conditions)


def _concluded(selection: Selection, *, view: View) -> Concluded:
    """The conclusions that hold, where the selection refers to them."""
    spoken_of = {*selection.columns, *(condition.field for condition in selection.conditions)}
    if "disposition" not in spoken_of:
        return ()
    held = view.concluded
    return tuple(sorted(zip(held["household_id"], held["conclusion"], strict=True)))


def _columns(selection: Selection, *, purpose: Purpose | None = None) -> tuple[FileColumn, ...]:
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


def _to_approve() -> dict[str, str]:
    """The columns that a purpose for this kind of list may include -> their headings."""
    fields = load_fields()
    return {
        name: fields[name].label[language()] if name in fields else t(f"list.{name}")
        for name in purposes.columns_of(purposes.SELECTION)
    }


def _in_words(rows: pd.DataFrame) -> pd.DataFrame:
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
