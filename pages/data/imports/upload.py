"""Which files, what kind of files they are, and the day they refer to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data_access import clock
from data_access.errors import FileError
from data_access.files.export import XLSX_TYPE
from data_access.files.limits import load_limits
from data_access.files.reading import SourceFile, open_file
from data_access.files.temporary import Folder, temporary_folder
from data_access.load.inbox import Waiting, inbox, path_of, waiting_files
from data_access.load.kinds import FileKind, load_kinds
from data_access.load.templates import template
from pages.shell import identity, notices
from pages.shell.texts import language, t

_HELD = "imports.file"


@dataclass(frozen=True)
class ChosenFile:
    """A file that was uploaded, or lay on the server, and was inspected."""

    source: SourceFile
    kind: FileKind
    as_of: date
    folder: Folder
    """Where files about it are written; where it was uploaded it lies there itself."""


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
                max_value=clock.today(),
            )
            _offer_template(offered[key])
        uploaded = st.file_uploader(t("imports.upload"), key="imports_upload", accept_multiple_files=True)
        lying = _choose_waiting()
    if not (uploaded or lying) or not isinstance(day, date):
        return []
    opens = {one.file_id: partial(_uploaded, one) for one in uploaded} | {
        one.key: partial(_lying, one.name) for one in lying
    }
    held: dict[str, _Held] = st.session_state.get(_HELD, {})
    held = st.session_state[_HELD] = {file_id: held[file_id] for file_id in opens if file_id in held}
    chosen = []
    for file_id, look in opens.items():
        try:
            if file_id not in held:
                with st.spinner(t("imports.looking")):
                    held[file_id] = look()
        except FileError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            continue
        one = held[file_id]
        chosen.append(ChosenFile(source=one.source, kind=offered[key], as_of=day, folder=one.folder))
    return chosen


def _choose_waiting() -> list[Waiting]:
    """Files of the server's folder; nothing where it has none, or for a reader who may not load."""
    if inbox() is None or not identity.may("load"):
        return []
    try:
        waiting = {one.key: one for one in waiting_files()}
    except FileError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return []
    picked = st.multiselect(
        t("imports.inbox"),
        list(waiting),
        format_func=lambda key: _named(waiting[key]),
        placeholder=t("imports.inbox_hint") if waiting else t("imports.inbox_none"),
        key="imports_inbox",
    )
    return [waiting[key] for key in picked]


def _named(file: Waiting) -> str:
    at = f"{clock.in_place(file.changed_at):%Y-%m-%d %H:%M}"
    return t("imports.inbox_file", name=file.name, megabytes=file.size / 2**20, at=at)


def _offer_template(kind: FileKind) -> None:
    """The empty workbook of the kind; it says nothing about anybody, so that its download is no entry of the record."""
    st.download_button(
        t("imports.template"),
        lambda: template(kind, language=language()),
        file_name=f"{kind.key}.xlsx",
        mime=XLSX_TYPE,
        key="imports_template",
        on_click="ignore",
        icon=":material/table_view:",
        help=t("imports.template_help"),
    )


@dataclass(frozen=True)
class _Held:
    """A file on disk, inspected only once while it remains chosen."""

    source: SourceFile
    folder: Folder


def _uploaded(one: UploadedFile) -> _Held:
    folder = temporary_folder("import-")
    path = Path(folder.name) / f"upload{Path(one.name).suffix}"
    path.write_bytes(one.getbuffer())
    return _Held(open_file(path, name=one.name), folder=folder)


def _lying(name: str) -> _Held:
    return _Held(open_file(path_of(name), name=name, budget=load_limits().folder), folder=temporary_folder("import-"))
