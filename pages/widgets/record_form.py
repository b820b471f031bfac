"""A form that is recorded: one form is one record, whatever is clicked and however often; and nobody writes over what
another recorded meanwhile.

A second click reaches the server as a run of its own, which may interrupt the first at any word it shows. So what a
form has become is kept in an object, which is changed in the same breath as the record is made. The fields and the
button of a form carry its number in their keys: once it is recorded the next form is on the screen, new and empty, and
a click on the old one finds nothing to press.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


@dataclass
class RecordForm:
    """A form on the screen of a reader."""

    number: int = 0
    """How many were recorded before it."""
    said: str | None = None
    """What is said once of the one before."""
    seen: dict[Hashable, int] = field(default_factory=dict)
    """What the form may be about -> its newest record when it was drawn."""
    token: str = field(default_factory=lambda: uuid4().hex)
    """Tells what is recorded by this form apart from the same recorded by another."""

    def key(self, name: str) -> str:
        """The key of a field or a button."""
        return f"{name}_{self.number}" if self.number else name

    def recorded(self, said: str | None = None) -> None:
        """Note that the form was recorded, and what is to be said of it; the next one is empty. What the reader did is
        nobody else's change, on no other form either."""
        self.number += 1
        self.said = said
        self.token = uuid4().hex
        for form in (self, *_all()):
            form.seen.clear()

    def say(self) -> None:
        """What became of the form before; nothing if that was said."""
        if self.said is not None:
            st.success(self.said)
            self.said = None

    def changed(self, newest: int, *, about: Hashable) -> bool:
        """Whether somebody else recorded something about the same thing since the form was drawn; from now on the
        reader knows."""
        before = self.seen.get(about)
        self.seen[about] = newest
        return before is not None and before != newest


def of(name: str) -> RecordForm:
    """The form of a name on the reader's screen."""
    form: RecordForm | None = st.session_state.get(f"form_{name}")
    if form is None:
        form = st.session_state[f"form_{name}"] = RecordForm()
    return form


def frame(name: str) -> DeltaGenerator:
    """The box in which the fields of a form stand; paper leaves it out."""
    return st.container(border=True, key=f"record_{name}")


def _all() -> list[RecordForm]:
    """Every form that was on the reader's screen."""
    return [one for one in st.session_state.values() if isinstance(one, RecordForm)]
