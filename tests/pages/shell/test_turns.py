"""Long work: one piece at a time for a reader, few for all, in the order in which they came."""

from collections.abc import Iterator
from contextlib import ExitStack
from queue import Queue
from threading import Event, Thread

import pytest

from pages.shell.turns import Turns


class People:
    """Who works in threads of their own until they are told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: Queue[str] = Queue()
        self.places: Queue[tuple[str, int]] = Queue()
        self._ends: dict[str, Event] = {}
        self._threads: list[Thread] = []

    def come(self, name: str) -> None:
        """`name` is the reader and a number: `zhang 1`. Returns once it works or waits."""
        self._ends[name] = Event()
        arrived = Event()

        def waiting(place: int) -> None:
            if not arrived.is_set():
                self.places.put((name, place))
            arrived.set()

        def work() -> None:
            with self.turns.taken(name.split()[0], waiting=waiting):
                self.began.put(name)
                arrived.set()
                self._ends[name].wait(60)

        self._threads.append(Thread(target=work))
        self._threads[-1].start()
        assert arrived.wait(60)

    def end(self, name: str) -> None:
        self._ends[name].set()

    def all_end(self) -> None:
        for name in self._ends:
            self.end(name)
        for thread in self._threads:
            thread.join(60)


@pytest.fixture
def people() -> Iterator[People]:
    made = People(Turns(together=2))
    with ExitStack() as stack:
        stack.callback(made.all_end)
        yield made


def test_so_many_work_at_once_and_the_next_one_waits_its_turn(people: People) -> None:
    for name in ("zhang 1", "li 1", "wang 1", "zhao 1"):
        people.come(name)
    assert [people.began.get(), people.began.get()] == ["zhang 1", "li 1"]
    assert [people.places.get(), people.places.get()] == [("wang 1", 1), ("zhao 1", 2)]
    people.end("li 1")
    assert people.began.get(timeout=60) == "wang 1"
    assert people.began.empty()


def test_a_reader_with_many_tabs_works_in_one_and_others_pass(people: People) -> None:
    for name in ("zhang 1", "zhang 2", "zhang 3", "li 1"):
        people.come(name)
    assert [people.began.get(), people.began.get()] == ["zhang 1", "li 1"]
    people.end("zhang 1")
    assert people.began.get(timeout=60) == "zhang 2"
    assert people.began.empty()


def test_who_leaves_a_turn_lets_the_next_one_in_and_comes_back_after_it() -> None:
    turns = Turns(together=9)
    order: list[str] = []
    inside, outside = Event(), Event()

    def other_tab() -> None:
        with turns.taken("zhang", waiting=lambda _: None):
            order.append("other tab")
            inside.set()
            outside.wait(60)
            order.append("other tab ends")

    with turns.taken("zhang", waiting=lambda _: None) as page:
        other = Thread(target=other_tab)
        other.start()
        order.append("page")
        with turns.left(page, waiting=lambda _: outside.set()):
            assert inside.wait(60)
            order.append("long work")
        order.append("page again")
    other.join(60)
    assert order == ["page", "other tab", "long work", "other tab ends", "page again"]


def test_work_that_fails_or_is_given_up_while_waiting_frees_its_place() -> None:
    turns = Turns(together=1)
    with pytest.raises(ZeroDivisionError), turns.taken("zhang", waiting=lambda _: None):
        raise ZeroDivisionError

    def given_up(place: int) -> None:
        raise KeyError(place)

    with turns.taken("li", waiting=lambda _: None), pytest.raises(KeyError), turns.taken("wang", waiting=given_up):
        pass
    with turns.taken("wang", waiting=given_up):
        pass


def test_work_that_takes_long_no_longer_keeps_the_next_one_waiting_but_still_its_own_reader() -> None:
    turns = Turns(together=1, yields_after=0.05)
    places: list[int] = []

    def given_up(place: int) -> None:
        places.append(place)
        if len(places) > 2:
            raise KeyError(place)

    with (
        turns.taken("zhang", waiting=given_up),
        turns.taken("li", waiting=lambda _: None),
        pytest.raises(KeyError),
        turns.taken("zhang", waiting=given_up),
    ):
        pass
    assert places == [1, 1, 1]
