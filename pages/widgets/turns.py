"""Work that takes many seconds: one piece at a time for each reader and few for all together, in the order in which
they came. One reader with many tabs does not keep the others waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data_access.access.capacity import load_capacity
from pages.shell import identity
from pages.shell.texts import t

_LOOK_SECONDS = 0.5
"""How often somebody who waits is told the place: in between nobody would notice that the page was closed."""


@dataclass(eq=False)
class _Piece:
    """A piece of work that waits or runs."""

    reader: str
    runs: bool = False


class Turns:
    """Who may work at the moment, and who waits."""

    def __init__(self, *, together: int) -> None:
        self._together = together
        self._pieces: list[_Piece] = []
        self._changed = Condition()

    @contextmanager
    def taken(self, reader: str, *, waiting: Callable[[int], None]) -> Iterator[None]:
        """Waits for a turn and holds it. `waiting` is called with the place in the queue, again and again."""
        piece = _Piece(reader)
        with self._changed:
            self._pieces.append(piece)
        try:
            while place := self._place(piece):
                waiting(place)
                with self._changed:
                    self._changed.wait(_LOOK_SECONDS)
            yield
        finally:
            with self._changed:
                self._pieces.remove(piece)
                self._changed.notify_all()

    def _place(self, piece: _Piece) -> int:
        """The place in the queue; 0 when it is this one's turn, which it then has."""
        with self._changed:
            free = self._together - sum(one.runs for one in self._pieces)
            readers = {one.reader for one in self._pieces if one.runs}
            place = 0
            for one in self._pieces:
                if one.runs:
                    continue
                place += 1
                if free > 0 and one.reader not in readers:
                    free -= 1
                    readers.add(one.reader)
                    if one is piece:
                        piece.runs = True
                        return 0
                if one is piece:
                    return place
        raise LookupError("a piece of work that is not in the queue")


@st.cache_resource
def _turns() -> Turns:
    return Turns(together=load_capacity().long_work)


@contextmanager
def taken() -> Iterator[None]:
    """The reader's turn on this server; the place in the queue is shown until it comes."""
    said = st.empty()
    user = identity.user()
    with _turns().taken("" if user is None else user.user_id, waiting=lambda place: _say(said, place)):
        said.empty()
        yield


def _say(said: DeltaGenerator, place: int) -> None:
    said.info(t("turns.waiting", place=place), icon=":material/hourglass_empty:")
