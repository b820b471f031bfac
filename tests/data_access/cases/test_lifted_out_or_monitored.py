"""Lifted out or monitored: on a day and over all days the same households, at the edges, on both databases."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from data_access.cases.lists import is_lifted_out_or_monitored
from data_access.cases.spells import lifted_out_or_monitored
from data_access.database.engine import Snapshot
from data_access.schema import tables
from tests.data_access.conftest import MakeDatabase
from tests.support.asking import ask
from tests.support.households import CUT_OFF as ON
from tests.support.households import Changes, household, merged, village

THE_DAY_BEFORE, THE_DAY_AFTER = date(2022, 9, 29), date(2022, 10, 1)
SINCE = date(2022, 1, 10)

LIFTED_OUT: dict[str, Changes] = {
    "lifted out": {},
    "closed the day after": {"closed_on": THE_DAY_AFTER},
    "registered on the day": {"registered_on": ON},
}
NOT_LIFTED_OUT: dict[str, Changes] = {
    "closed on the day": {"closed_on": ON},
    "registered the day after": {"registered_on": THE_DAY_AFTER},
    "general": {"household_type": "general"},
    "of unknown type": {"household_type": None},
}
MONITORED: dict[str, Changes] = {
    "open": {"identified_on": SINCE},
    "identified on the day": {"identified_on": ON},
    "eliminated": {"identified_on": SINCE, "eliminated_on": ON},
    "ended the day after": {"identified_on": SINCE, "ended_on": THE_DAY_AFTER},
    "rolled back the day after": {
        "identified_on": SINCE,
        "eliminated_on": THE_DAY_BEFORE,
        "rolled_back_on": THE_DAY_AFTER,
    },
}
NOT_MONITORED: dict[str, Changes] = {
    "never identified": {"identified_on": None},
    "identified the day after": {"identified_on": THE_DAY_AFTER},
    "ended on the day": {"identified_on": SINCE, "ended_on": ON},
    "rolled back on the day": {"identified_on": SINCE, "eliminated_on": THE_DAY_BEFORE, "rolled_back_on": ON},
}


def test_on_a_day_and_over_all_days_they_are_the_same_households(make_database: MakeDatabase) -> None:
    homes = {
        name: household(name, **dict[str, Any]({"household_type": "lifted_out", **columns}))
        for name, columns in (LIFTED_OUT | NOT_LIFTED_OUT).items()
    }
    homes |= {name: household(name, cases=[case]) for name, case in (MONITORED | NOT_MONITORED).items()}
    database = make_database(merged(village(), *homes.values()))
    home, spells = tables.household, lifted_out_or_monitored()

    def found(query: Select) -> set[str]:
        def read(snapshot: Snapshot) -> set[str]:
            return set(snapshot.connection.execute(query).scalars())

        return ask(database, read)

    expected = {*LIFTED_OUT, *MONITORED}
    assert found(select(home.c.household_id).where(is_lifted_out_or_monitored(ON))) == expected
    assert found(select(spells.c.household_id).where(spells.c.start <= ON, spells.c.end > ON)) == expected
