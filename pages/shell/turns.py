"""Pages are drawn one at a time, so that they do not slow each other down: two that take turns are both done sooner
than two that run at once. A page that takes long keeps nobody waiting; of one reader one page runs at a time.

Work that takes many seconds waits for a turn of its own, one piece for each reader and few for all together; the
reader's other pages go on meanwhile. Everybody has a turn in the order in which they came.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event, Lock

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data_access.access.capacity import load_capacity
from data_access.one_look import look_again
from pages.shell import identity
from pages.shell.texts import t

_LOOK_SECONDS = 0.5
"""How often somebody who waits is told the place: in between nobody would notice that the page was closed."""


@dataclass(eq=False)
class _Piece:
    """A piece of work that waits or runs."""

    reader: object
    turn: Event = field(default_factory=Event)
    """Set while it runs."""
    began: float = 0.0


class Turns:
    """Who may work at the moment, and who waits.

    Args:
        together: so many pieces at once.
        yields_after: seconds after which a piece no longer counts among them: it goes on, and the next one begins.
    """

    def __init__(self, *, together: int, yields_after: float = math.inf) -> None:
        self._together, self._yields_after = together, yields_after
        self._pieces: list[_Piece] = []
        self._lock = Lock()

    @contextmanager
    def taken(self, reader: object, *, waiting: Callable[[int], None]) -> Iterator[_Piece]:
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
        with self._lock:
            self._pieces.append(piece)
            self._deal()
        while not piece.turn.is_set():
            waiting(self._place(piece))
            if not piece.turn.wait(min(_LOOK_SECONDS, self._yields_after)):
                with self._lock:
                    self._deal()

    def _leave(self, piece: _Piece) -> None:
        with self._lock:
            piece.turn.clear()
            if piece in self._pieces:
                self._pieces.remove(piece)
            self._deal()

    def _deal(self) -> None:
        """Gives the turns that are free to those who wait."""
        now = time.monotonic()
        running = [one for one in self._pieces if one.turn.is_set()]
        free = self._together - sum(now - one.began < self._yields_after for one in running)
        readers = {one.reader for one in running}
        for one in self._pieces:
            if free > 0 and not one.turn.is_set() and one.reader not in readers:
                free -= 1
                readers.add(one.reader)
                one.began = now
                one.turn.set()

    def _place(self, piece: _Piece) -> int:
        """The place in the queue, from 1; that of a piece whose turn has just come does not matter."""
        with self._lock:
            waiting = [one for one in self._pieces if one is piece or not one.turn.is_set()]
            return waiting.index(piece) + 1


_RUN: ContextVar[_Piece | None] = ContextVar("_RUN", default=None)
"""The turn of the page that runs in this thread."""


@st.cache_resource
def _pages() -> Turns:
    capacity = load_capacity()
    return Turns(together=capacity.pages_at_once, yields_after=capacity.page_yields_after)


@st.cache_resource
def _long_work() -> Turns:
    return Turns(together=load_capacity().long_work)


@contextmanager
def of_page() -> Iterator[None]:
    """The reader's turn for a page. Where nobody signs in every page is that of a reader of its own."""
    user = identity.user()
    with _pages().taken(object() if user is None else user.user_id, waiting=_until_given_up) as piece:
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
        look_again()
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
