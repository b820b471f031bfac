"""Which files, what kind of files they are, and the day they refer to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from data_access.files.errors import ReadError
from data_access.files.reading import SourceFile, open_file
from data_access.files.temporary import temporary_folder
from data_access.load.kinds import FileKind, load_kinds
from data_access.load.templates import template
from pages.shell import notices
from pages.shell.texts import language, t

_HELD = "imports.file"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ChosenFile:
    """A file that was uploaded and inspected."""

    source: SourceFile
    kind: FileKind
    as_of: date


def files(*, as_of: date, kinds: Collection[str] | None = None) -> list[ChosenFile]:
    """The choice: the files that can be read; of the others is said why not.

    Args:
        as_of: the day that is offered.
        kinds: the kinds to choose from; by default all of them.
    """
    known = load_kinds()
    offered = {key: known[key] for key in kinds or known}
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key = st.selectbox(
                t("imports.kind"),
                list(offered),
                format_func=lambda name: offered[name].label[language()],
                key="imports_kind",
                width=420,
            )
            day = st.date_input(
                t("imports.as_of"),
                value=as_of,
                key="imports_as_of",
                width=200,
                help=t("imports.as_of_help"),
                max_value="today",
            )
            _offer_template(offered[key])
        uploaded = st.file_uploader(t("imports.upload"), key="imports_upload", accept_multiple_files=True)
    if not uploaded or not isinstance(day, date):
        return []
    held: dict[str, _Held] = st.session_state.get(_HELD, {})
    held = st.session_state[_HELD] = {one.file_id: held[one.file_id] for one in uploaded if one.file_id in held}
    chosen = []
    for one in uploaded:
        try:
            if one.file_id not in held:
                held[one.file_id] = _looked_at(one.name, one.getbuffer())
        except ReadError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            continue
        chosen.append(ChosenFile(source=held[one.file_id].source, kind=offered[key], as_of=day))
    return chosen


def _offer_template(kind: FileKind) -> None:
    """The empty workbook of the kind; it says nothing about anybody, so that its download is no entry of the record."""
    st.download_button(
        t("imports.template"),
        lambda: template(kind, language=language()),
        file_name=f"{kind.key}.xlsx",
        mime=_XLSX,
        key="imports_template",
        on_click="ignore",
        icon=":material/table_view:",
        help=t("imports.template_help"),
    )


@dataclass(frozen=True)
class _Held:
    """A file on disk, inspected only once while it remains uploaded."""

    source: SourceFile
    folder: TemporaryDirectory[str]


def _looked_at(name: str, content: memoryview) -> _Held:
    folder = temporary_folder("import-")
    path = Path(folder.name) / f"upload{Path(name).suffix}"
    path.write_bytes(content)
    return _Held(open_file(path, name=name), folder=folder)
