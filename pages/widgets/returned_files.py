"""Forms that come back filled in: several files at once, each with its own verdict."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from data_access.errors import FileError
from data_access.files.forms import Filled, without_repeats
from data_access.load.errors import note_text
from pages.shell import notices
from pages.shell.texts import language, t
from pages.widgets import rejected_rows

Entry = TypeVar("Entry")


def upload(
    label: str,
    *,
    key: str,
    words: str,
    read: Callable[[bytes, str], Filled[Entry]],
    say: Callable[[Filled[Entry]], str],
) -> list[Filled[Entry]]:
    """The uploader, and what each file says; returns what the files say that could be read.

    Args:
        key: of the uploader.
        words: as `rejected_rows.show` takes it.
        read: reads the content of a file, given with its name; raises FileError.
        say: a sentence about a file.
    """
    files = st.file_uploader(label, key=key, accept_multiple_files=True, label_visibility="collapsed")
    found: list[Filled[Entry]] = []
    for file in files:
        if len(files) > 1:
            st.text(file.name)
        try:
            filled = without_repeats(read(file.getvalue(), file.name), found)
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
