"""Help that ends within the next three months: each kind to the day, and only what is in force."""

from collections import Counter
from datetime import date
from typing import Any

from data_access.database.engine import Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.lists import ListRequest, read_list
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, household, merged, village

LAST, AFTER = date(2022, 12, 31), date(2023, 1, 1)
CASE = [{"identified_on": date(2022, 1, 1)}]
BEGUN = date(2022, 1, 5)


def test_what_is_in_force_and_ends_within_three_months_is_listed_by_kind(make_database: MakeDatabase) -> None:
    measures: list[dict[str, Any]] = [
        {"started_on": BEGUN, "ends_on": LAST},
        {"started_on": BEGUN, "ends_on": AFTER},
        {"started_on": BEGUN, "ends_on": CUT_OFF},
        {"started_on": BEGUN, "ends_on": LAST, "done_on": date(2022, 6, 1)},
        {"started_on": None, "ends_on": LAST},
        {"started_on": BEGUN},
    ]
    persons = [
        {"relief": "dibao", "relief_until": LAST, "insured_until": LAST},
        {"relief": "none", "relief_until": LAST, "insured_until": AFTER},
        {"relief": "dibao", "relief_until": LAST, "left_on": date(2022, 5, 1), "leave_reason": "died"},
    ]
    post = {"channel": "public_post", "ended_on": date(2022, 10, 31)}
    rows = merged(
        village(),
        household("H1", cases=CASE, measures=measures, members=persons, jobs=[post]),
        household("H2", members=[{"insured_until": LAST}], jobs=[{"channel": "contact", "ended_on": LAST}]),
    )
    database = make_database(rows)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        request = ListRequest(metric="endings", on=CUT_OFF)
        found = read_list(snapshot, scope=Scope.district(), request=request, language="zh")
    assert Counter(found["ending"]) == {"measure": 1, "post": 1, "relief": 1, "insurance": 1}
    assert found["ending"].iloc[0] == "post"  # what ends first comes first
    assert set(found["household_id"]) == {"H1"}
