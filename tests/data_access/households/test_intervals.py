"""Which indicators are in force: of some households the same as of all, also where intervals overlap."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.facts.store import FactsStore
from data_access.households.intervals import intervals_in_force
from data_access.households.judged import judged_on, judged_spells
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF as ON
from tests.support.households import household, merged, village

SPRING, SUMMER, AUTUMN = date(2022, 3, 1), date(2022, 6, 1), date(2022, 9, 1)
INTERVALS: dict[str, list[dict[str, Any]]] = {
    "one after the other": [{"valid_from": SPRING, "valid_to": SUMMER}, {"valid_from": SUMMER}],
    "a newer one beside one that never ends": [{"valid_from": SPRING}, {"valid_from": SUMMER, "dropout_n": 1}],
    "one within another": [{"valid_from": SPRING}, {"valid_from": SUMMER, "valid_to": AUTUMN, "dropout_n": 1}],
    "one": [{"valid_from": SPRING}],
}
ROWS = merged(village(), *(household(name, indicators=kept) for name, kept in INTERVALS.items()))


@pytest.fixture(scope="module")
def store(shared_database: MakeDatabase) -> FactsStore:
    return FactsStore(shared_database(ROWS))


@pytest.mark.parametrize("name", INTERVALS)
def test_of_one_household_the_same_is_in_force_as_of_it_among_all(store: FactsStore, name: str) -> None:
    def rows(snapshot: Snapshot, part: Any) -> list[dict[str, Any]]:
        query = select(part).where(part.c.household_id == name).order_by(*part.c)
        return [dict(row) for row in snapshot.connection.execute(query).mappings()]

    with store.snapshot() as snapshot:
        judged: dict[str, Any] = {"rulebook": snapshot.rulebook, "on": ON}
        for ask in (
            intervals_in_force,
            lambda **of: judged_on(scope=Scope.district(), **judged, **of),
            lambda **of: judged_spells(**judged, **of),
        ):
            assert rows(snapshot, ask(of=(name,))) == rows(snapshot, ask())
            others = select(ask(of=(name,)).c.household_id).distinct()
            assert set(snapshot.connection.scalars(others)) == {name}
