"""A table on the screen as a file: the same rows, columns and words."""

from collections.abc import Mapping

import pandas as pd

from data_access.files.export import FileColumn
from pages.shell import view_state
from pages.shell.view_state import View
from pages.widgets import download, list_file


def offer(
    shown: pd.DataFrame, *, title: str, headings: Mapping[str, str], view: View, key: str, definition: str = ""
) -> None:
    """Offer a small table as a file; nothing if it has no rows.

    Args:
        shown: the table as it appears on the screen.
        title: names the file and appears in the sheet about it.
        headings: column -> its heading; columns without one are left out.
        key: names the file on its page.
        definition: what the table is, if the title does not say so.
    """
    if shown.empty:
        return

    def source() -> download.FileSource:
        return download.of_rows(
            shown,
            name=(view.name(view.place), title, view.on.isoformat()),
            columns=tuple(
                FileColumn(key=name, title=heading, kind=_kind(shown[name])) for name, heading in headings.items()
            ),
            about=list_file.about_file(
                view, scope=view_state.scope(), title=title, definition=definition or title, restricted=""
            ),
        )

    download.offer(source, key=key, action="export_figures")


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "text"
    if pd.api.types.is_integer_dtype(values):
        return "number"
    return "decimal" if pd.api.types.is_float_dtype(values) else "text"
