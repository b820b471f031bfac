"""Which file, what kind of file it is, and the day it refers to."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from data_access.files.errors import ReadError
from data_access.files.reading import SourceFile, open_file
from data_access.files.temporary import temporary_folder
from data_access.load.kinds import FileKind, load_kinds
from pages.shell import notices
from pages.shell.texts import language, t
from pages.shell.view_state import View

_HELD = "imports.file"


@dataclass(frozen=True)
class ChosenFile:
    """A file that was uploaded and inspected."""

    source: SourceFile
    kind: FileKind
    as_of: date


def file(view: View) -> ChosenFile | None:
    """The choice; None until a readable file has been uploaded."""
    kinds = load_kinds()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key = st.selectbox(
                t("imports.kind"),
                list(kinds),
                format_func=lambda name: kinds[name].label[language()],
                key="imports_kind",
                width=420,
            )
            as_of = st.date_input(
                t("imports.as_of"),
                value=view.current.facts.months.cut_off,
                key="imports_as_of",
                width=200,
                help=t("imports.as_of_help"),
                max_value="today",
            )
        uploaded = st.file_uploader(t("imports.upload"), key="imports_upload")
    if uploaded is None or not isinstance(as_of, date):
        return None
    try:
        source = _looked_at(uploaded.file_id, uploaded.name, uploaded.getbuffer())
    except ReadError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return None
    return ChosenFile(source=source, kind=kinds[key], as_of=as_of)


def _looked_at(file_id: str, name: str, content: memoryview) -> SourceFile:
    """The file on disk, inspected only once while it remains the uploaded one."""
    held = st.session_state.get(_HELD)
    if held is not None and held[0] == file_id:
        return held[2]
    folder = temporary_folder("import-")
    path = Path(folder.name) / f"upload{Path(name).suffix}"
    path.write_bytes(content)
    source = open_file(path, name=name)
    st.session_state[_HELD] = (file_id, folder, source)
    return source
