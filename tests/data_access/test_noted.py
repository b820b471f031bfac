"""What something was made of: it stays as long as every answer stays."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_access.errors import DatabaseError
from data_access.noted import asked, is_noting, note, noting, same


def test_what_was_asked_holds_until_an_answer_is_another_one() -> None:
    held = {"one": 1, "two": 2}
    with noting() as notes:
        assert asked("one", lambda: held["one"]) == 1
    held["two"] = 3
    assert notes.hold(), "nobody asked for two"
    held["one"] = 4
    assert not notes.hold()


def test_the_answer_is_noted_and_not_what_it_was_made_of() -> None:
    held = {"rows": [1, 2, 3]}
    with noting() as notes:
        asked("how many", lambda: len(asked("rows", lambda: tuple(held["rows"]))))
    held["rows"] = [4, 5, 6]
    assert notes.hold(), "as many"
    held["rows"].pop()
    assert not notes.hold()


def test_what_is_noted_inside_is_noted_outside_but_for_what_stands_apart() -> None:
    held = {"inside": 1, "apart": 1}
    with noting() as outer:
        with noting() as inner:
            asked("inside", lambda: held["inside"])
        with noting(apart=True):
            asked("apart", lambda: held["apart"])
    held["apart"] = 2
    assert outer.hold() and inner.hold()
    held["inside"] = 2
    assert not outer.hold() and not inner.hold()
    assert not is_noting()


def test_the_newest_answer_is_held_and_not_the_one_it_was_made_of() -> None:
    first, second = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]})
    with noting() as notes:
        note("rows", ask=lambda: second, answer=first)
    assert notes.hold()
    assert [answer is second for _, answer in notes._answers.values()] == [True]


def test_where_it_can_no_longer_be_asked_nothing_holds() -> None:
    def ask() -> int:
        raise DatabaseError("unreachable", database="gone")

    with noting() as notes:
        note("rows", ask=ask, answer=1)
    assert not notes.hold()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (1, 1, True),
        ("a", "b", False),
        (pd.DataFrame({"a": [1, None]}), pd.DataFrame({"a": [1, None]}), True),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]}), False),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), False),
        (np.array([1, 2]), np.array([1, 2]), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (pd.DataFrame({"a": [1]}), None, False),
        (([1],), ([1],), False),
    ],
)
def test_what_cannot_be_compared_is_not_the_same(one: Any, other: Any, is_same: bool) -> None:
    assert same(one, other) is is_same
