"""Forms that come back filled in: several files at once, each with its own verdict. One that asks for a password opens
with that of what it belongs to, or with what is typed here."""

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

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
    of: Hashable,
) -> list[Filled[Entry]]:
    """The uploader, and what each file says; returns what the files say that could be read. A file is read once: a
    click on something else of the page takes what was read.

    Args:
        key: of the uploader.
        words: as `rejected_rows.show` takes it.
        about: the handouts or draws whose passwords open the files.
        read: reads the content of a file, given with its name and passwords; raises FileError.
        say: a sentence about a file.
        of: what files are compared with; where it changes, they are read again.
    """
    files = st.file_uploader(label, key=key, accept_multiple_files=True, label_visibility="collapsed")
    found: list[Filled[Entry]] = []
    place = f"{key}_read"
    reading = _Reading(read, of, before=st.session_state.get(place, {}))
    passwords = read_passwords(door.ledger(), about=about, scope=view_state.scope()) if files else ()
    for file in files:
        if len(files) > 1:
            st.text(file.name)
        said = reading.of_file(file, key=key, passwords=passwords)
        if isinstance(said, FileError):
            st.error(notices.error_text(said), icon=":material/error:")
            continue
        filled = without_repeats(said, found)
        st.markdown(say(filled))
        if filled.replacing:
            st.warning(t("returned.replacing", rows=filled.replacing), icon=":material/warning:")
        for note in filled.notes:
            st.caption(note_text(note, language=language()))
        rejected_rows.show(filled.rejected, words=words)
        found.append(filled)
    st.session_state[place] = reading.known
    if len(found) > 1:
        st.markdown(t("rejected.files", files=len(found), entries=sum(len(one.entries) for one in found)))
    return found


_PROTECTED = ("old_or_encrypted", "wrong_password")
"""Errors of a file that asks for a password."""

Said = Filled[Entry] | FileError
"""What a file says, or why it could not be read."""


@dataclass
class _Reading(Generic[Entry]):
    """What files said, as they were read before where that still holds."""

    read: Callable[[bytes, str, Sequence[str]], Filled[Entry]]
    of: Hashable
    before: Mapping[Hashable, Said[Entry]]
    known: dict[Hashable, Said[Entry]] = field(default_factory=dict)

    def of_file(self, file: UploadedFile, *, key: str, passwords: Sequence[str]) -> Said[Entry]:
        """What a file says. One that no kept password opens asks for another."""
        said = self._once(file, passwords)
        if not (isinstance(said, ReadError) and said.key in _PROTECTED):
            return said
        typed = st.text_input(
            t("returned.password", file=file.name),
            type="password",
            key=f"{key}_password_{file.file_id}",
            width=320,
            help=t("returned.password_help"),
        )
        return self._once(file, (typed,)) if typed else said

    def _once(self, file: UploadedFile, passwords: Sequence[str]) -> Said[Entry]:
        content = file.getvalue()
        about = (hashlib.sha256(content).hexdigest(), file.name, self.of, tuple(passwords))
        if about not in self.known:
            self.known[about] = self.before[about] if about in self.before else self._read(content, file, passwords)
        return self.known[about]

    def _read(self, content: bytes, file: UploadedFile, passwords: Sequence[str]) -> Said[Entry]:
        try:
            return self.read(content, file.name, passwords)
        except FileError as error:
            return error
