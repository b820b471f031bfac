"""A week is Monday to Sunday; everything done in it is counted once, where the household lives."""

from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.dispatch.weekly import read_weekly, week_of
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import TOWNSHIP, household, merged, village

MONDAY, SUNDAY = date(2022, 9, 26), date(2022, 10, 2)


def weekly(database: HouseholdDatabase, *, until: date, weeks: int = 1, scope: Scope | None = None) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return read_weekly(snapshot, scope=scope or Scope.district(), until=until, weeks=weeks)


@pytest.mark.parametrize("day", [MONDAY, date(2022, 9, 30), SUNDAY])
def test_a_week_begins_on_monday(day: date) -> None:
    assert week_of(day) == MONDAY


def test_what_was_done_from_monday_until_the_day_is_counted(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household(
            "H1",
            screenings=[
                {"round": "a", "screened_on": date(2022, 9, 25)},
                {"round": "b", "screened_on": MONDAY},
                {"round": "c", "screened_on": date(2022, 9, 30)},
                {"round": "d", "screened_on": date(2022, 10, 1)},
            ],
            clues=[{"received_on": MONDAY, "checked_on": date(2022, 9, 29)}, {"received_on": MONDAY}],
            cases=[{"identified_on": date(2022, 9, 28)}],
            measures=[{"started_on": date(2022, 9, 29)}],
        ),
    )
    database = make_database(rows)
    found = weekly(database, until=date(2022, 9, 30))
    assert dict(zip(found["kind"], found["amount"], strict=True)) == {
        "screened": 2,
        "clues": 2,
        "checked": 1,
        "identified": 1,
        "measures": 1,
    }
    assert set(found["township_code"]) == {TOWNSHIP}
    two = weekly(database, until=date(2022, 9, 30), weeks=2)
    assert two.loc[two["kind"] == "screened"].sort_values("week")["amount"].tolist() == [1, 2]
    assert weekly(database, until=date(2022, 9, 30), scope=Scope(regions=("610902999",))).empty
