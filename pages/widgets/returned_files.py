"""Forms that come back filled in: several files at once, each with its own verdict. One that asks for a password opens
with that of what it belongs to, or with what is typed here."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data_access import door
from data_access.errors import FileError
from data_access.files.errors import ReadError
from data_access.files.forms import Filled, without_repeats
from data_access.ledger.file_passwords import read_passwords
from data_access.load.errors import note_text
from pages.shell import notices, view_state
from pages.shell.texts import language, t
from pages.widgets import rejected_rows

Entry = TypeVar("Entry")


def upload(
    label: str,
    *,
    key: str,
    words: str,
    about: Sequence[str],
    read: Callable[[bytes, str, Sequence[str]], Filled[Entry]],
    say: Callable[[Filled[Entry]], str],
) -> list[Filled[Entry]]:
    """The uploader, and what each file says; returns what the files say that could be read.

    Args:
        key: of the uploader.
        words: as `rejected_rows.show` takes it.
        about: the handouts or draws whose passwords open the files.
        read: reads the content of a file, given with its name and passwords; raises FileError.
        say: a sentence about a file.
    """
    files = st.file_uploader(label, key=key, accept_multiple_files=True, label_visibility="collapsed")
    found: list[Filled[Entry]] = []
    for file in files:
        if len(files) > 1:
            st.text(file.name)
        try:
            filled = without_repeats(_read(file, key=key, about=about, read=read), found)
        except FileError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            continue
        st.markdown(say(filled))
        for note in filled.notes:
            st.caption(note_text(note, language=language()))
        rejected_rows.show(filled.rejected, words=words)
        found.append(filled)
    if len(found) > 1:
        st.markdown(t("rejected.files", files=len(found), entries=sum(len(one.entries) for one in found)))
    return found


_PROTECTED = ("old_or_encrypted", "wrong_password")
"""Errors of a file that asks for a password."""


def _read(
    file: UploadedFile,
    *,
    key: str,
    about: Sequence[str],
    read: Callable[[bytes, str, Sequence[str]], Filled[Entry]],
) -> Filled[Entry]:
    """What a file says; raises FileError. One that no kept password opens asks for another."""
    content, kept = file.getvalue(), read_passwords(door.ledger(), about=about, scope=view_state.scope())
    try:
        return read(content, file.name, kept)
    except ReadError as error:
        if error.key not in _PROTECTED:
            raise
        typed = st.text_input(
            t("returned.password", file=file.name),
            type="password",
            key=f"{key}_password_{file.file_id}",
            width=320,
            help=t("returned.password_help"),
        )
        if not typed:
            raise
    return read(content, file.name, (typed,))
