"""One reader with many tabs does not keep the others waiting: of each reader one page runs at a time.

Work that takes many seconds waits for a turn of its own, one piece for each reader and few for all together; the
reader's other pages go on meanwhile. Everybody has a turn in the order in which they came.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
    def taken(self, reader: str, *, waiting: Callable[[int], None]) -> Iterator[_Piece]:
        """Waits for a turn and holds it. `waiting` is called with the place in the queue, again and again."""
        piece = _Piece(reader)
        try:
            self._come(piece, waiting=waiting)
            yield piece
        finally:
            self._leave(piece)

    @contextmanager
    def left(self, piece: _Piece, *, waiting: Callable[[int], None]) -> Iterator[None]:
        """Lets others have a turn that is held, and takes it again at the end, unless what is inside was given up."""
        self._leave(piece)
        yield
        self._come(piece, waiting=waiting)

    def _come(self, piece: _Piece, *, waiting: Callable[[int], None]) -> None:
        with self._changed:
            self._pieces.append(piece)
        while place := self._place(piece):
            waiting(place)
            with self._changed:
                self._changed.wait(_LOOK_SECONDS)

    def _leave(self, piece: _Piece) -> None:
        with self._changed:
            piece.runs = False
            if piece in self._pieces:
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


_RUN: ContextVar[_Piece | None] = ContextVar("_RUN", default=None)
"""The turn of the page that runs in this thread."""


@st.cache_resource
def _pages() -> Turns:
    return Turns(together=load_capacity().connections)


@st.cache_resource
def _long_work() -> Turns:
    return Turns(together=load_capacity().long_work)


@contextmanager
def of_page() -> Iterator[None]:
    """The reader's turn for a page. Where nobody signs in nobody waits: it is not known whose page it is."""
    user = identity.user()
    if user is None:
        yield
        return
    with _pages().taken(user.user_id, waiting=_until_given_up) as piece:
        before = _RUN.set(piece)
        try:
            yield
        finally:
            _RUN.reset(before)


@contextmanager
def of_long_work() -> Iterator[None]:
    """The reader's turn for long work on this server; the place in the queue is shown until it comes."""
    said = st.empty()
    user = identity.user()
    with (
        _page_left(),
        _long_work().taken("" if user is None else user.user_id, waiting=lambda place: _say(said, place)),
    ):
        said.empty()
        yield


@contextmanager
def _page_left() -> Iterator[None]:
    piece = _RUN.get()
    if piece is None:
        yield
        return
    with _pages().left(piece, waiting=_until_given_up):
        yield


def _until_given_up(_place: int) -> None:
    """Streamlit ends a run that gave way to a newer one, or whose page was closed, when it touches the session."""
    st.session_state.get("turns")


def _say(said: DeltaGenerator, place: int) -> None:
    said.info(t("turns.waiting", place=place), icon=":material/hourglass_empty:")
