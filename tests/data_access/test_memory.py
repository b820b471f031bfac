"""What was worked out is kept, the oldest dropped first, and worked out once for all who ask at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import sleep

import pytest

from data_access.memory import Memory


def test_the_one_that_nobody_asked_for_the_longest_is_dropped() -> None:
    memory = Memory(2)
    for key in ("a", "b", "a", "c"):
        memory.get(key, partial(str, key))
    assert [memory.find(key) for key in "abc"] == ["a", None, "c"]


def test_of_each_key_only_the_newest_moment_is_held() -> None:
    memory, worked = Memory(2), list[int]()
    for moment in (1, 1, 2, 2):
        memory.get_of("a", moment=moment, work_out=partial(worked.append, moment))
    memory.get_of("b", moment=2, work_out=lambda: None)
    assert worked == [1, 2]
    assert {*memory.newest_first()} == {"a", "b"}


def test_nothing_is_a_result_too() -> None:
    memory, asked = Memory(2), list[int]()
    for _ in range(2):
        assert memory.get("a", lambda: asked.append(1)) is None
    assert asked == [1]


def test_who_asks_for_the_same_meanwhile_waits_for_it() -> None:
    memory, together, worked = Memory(2), Barrier(2), list[int]()

    def work_out() -> int:
        worked.append(1)
        sleep(0.05)
        return len(worked)

    def ask() -> int:
        together.wait()
        return memory.get("a", work_out)

    with ThreadPoolExecutor(2) as threads:
        assert {done.result() for done in [threads.submit(ask), threads.submit(ask)]} == {1}


def test_what_fails_is_tried_again_by_the_next() -> None:
    memory = Memory(2)

    def fail() -> int:
        raise ValueError

    tries: list[Callable[[], int]] = [fail, lambda: 1]
    with pytest.raises(ValueError, match=""):
        memory.get("a", tries[0])
    assert memory.get("a", tries[1]) == 1
