"""How many households match the filter, the first of them, and the file of all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from data_access import door
from data_access.access import purposes
from data_access.files.export import Chunks
from data_access.lists.selection import (
    Selection,
    count_selection,
    load_fields,
    read_selection,
)
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, numbers, selection_file, selection_link, sheet
from pages.widgets.purposes import approve, choose

ROWS = 50
WHO = ("household_id", "head_name", "phone", "township", "village")


def show(selection: Selection, *, view: View) -> None:
    """Count, preview, file."""
    arguments: dict[str, Any] = {
        "scope": view_state.scope().narrowed(view.place),
        "on": view.on,
        "selection": selection,
        "concluded": selection_file.concluded(selection, view=view),
    }
    total = door.read(count_selection, **arguments)
    where = t("list.heading", place=view.name(view.place), month=view.month_name(), rows=numbers.exact(total))
    st.markdown(where)
    if total == 0:
        st.info(t("downloads.none"))
        return
    rows = door.read(read_selection, **arguments, language=language(), offset=0, limit=ROWS)
    columns = selection_file.columns(selection)
    sheet.show(
        selection_file.in_words(rows).drop(columns="village_code"),
        hide_index=True,
        column_config={column.key: column.title for column in columns},
        placeholder=t("value.none"),
    )
    if total > ROWS:
        st.caption(t("downloads.first", rows=ROWS, total=numbers.exact(total)))

    _offer(selection, arguments=arguments, total=total, view=view)
    if selection.conditions:
        approve.show(selection_file.contents(selection, rows=total, view=view), titles=_to_approve())
        selection_link.send_out(selection, view=view)


def _offer(selection: Selection, *, arguments: dict[str, Any], total: int, view: View) -> None:
    """The file; under a purpose, with its columns instead of the chosen ones."""
    contents = selection_file.contents(selection, rows=total, view=view)
    purpose = choose.show(contents)
    kept = selection_file.under(purpose, selection)

    @contextmanager
    def opened() -> Iterator[Chunks]:
        scope = choose.opened(purpose, contents=contents, scope=arguments["scope"])
        concluded = selection_file.concluded(kept, view=view)
        with selection_file.chunks(kept, on=arguments["on"], concluded=concluded, scope=scope) as parts:
            yield parts

    def source() -> download.FileSource:
        return download.FileSource(
            name=(view.name(view.place), t("downloads.list"), view.on.isoformat()),
            columns=selection_file.columns(kept, purpose=purpose),
            about=selection_file.about(selection, view=view, purpose=purpose),
            rows=total,
            open=opened,
            asked=(kept, view.on, arguments["scope"]),
            purpose=purpose,
        )

    download.offer(source, key="selection")


def _to_approve() -> dict[str, str]:
    """The columns that a purpose for this kind of list may include -> their headings."""
    fields = load_fields()
    return {
        name: fields[name].label[language()] if name in fields else t(f"list.{name}")
        for name in purposes.columns_of(purposes.SELECTION)
    }
