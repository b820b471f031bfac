"""What something was made of: its questions and their answers. Asked again, they tell whether the same would be made of
them now."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import pandas as pd

from data_access.errors import AppError

Result = TypeVar("Result")


@runtime_checkable
class Comparable(Protocol):
    """What can say whether another one is the same."""

    def is_same(self, other: Any) -> bool: ...


class Notes:
    """Questions and what was answered to them."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, tuple[Callable[[], Any], Any]] = {}

    def add(self, question: Hashable, *, ask: Callable[[], Any], answer: Any) -> None:
        """Notes an answer; `ask` is how to get the one that holds later."""
        self._answers[question] = (ask, answer)

    def add_all(self, others: "Notes") -> None:
        """Notes what others hold, too."""
        self._answers |= others._answers

    def hold(self) -> bool:
        """Whether every question has the answer that it had. The newest is held from now on: nothing old is kept."""
        for question, (ask, answer) in self._answers.items():
            try:
                now = ask()
            except AppError:  # it is said where it is drawn
                return False
            if not same(answer, now):
                return False
            self._answers[question] = (ask, now)
        return True


_NOTES: ContextVar[Notes | None] = ContextVar("_NOTES", default=None)


@contextmanager
def noting(*, apart: bool = False) -> Iterator[Notes]:
    """Inside, what is asked is noted, also for whoever notes outside.

    Args:
        apart: it is not noted outside, where something else says what becomes of it.
    """
    outer, notes = _NOTES.get(), Notes()
    before = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(before)
    if outer is not None and not apart:
        outer.add_all(notes)


def is_noting() -> bool:
    """Whether anybody notes."""
    return _NOTES.get() is not None


def note(question: Hashable, *, ask: Callable[[], Any], answer: Any) -> None:
    """Tells whoever notes of an answer, and how to get the one that holds later."""
    notes = _NOTES.get()
    if notes is not None:
        notes.add(question, ask=ask, answer=answer)


def note_all(others: Notes) -> None:
    """Tells whoever notes of what others hold: what was made of it is used."""
    notes = _NOTES.get()
    if notes is not None:
        notes.add_all(others)


def asked(question: Hashable, ask: Callable[[], Result]) -> Result:
    """The answer, noted as such, whatever it was made of."""
    with noting(apart=True):
        answer = ask()
    note(question, ask=ask, answer=answer)
    return answer


def same(one: Any, other: Any) -> bool:
    """Whether two answers are the same. Of what cannot be compared, only one and the same object is."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame | pd.Series):
        return bool(one.equals(other))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, Comparable):
        return one.is_same(other)
    try:
        hash(one), hash(other)
    except TypeError:
        return False
    return bool(one == other)
