"""Values near a threshold of a rule, on either side, to the yuan; and what changed shortly before an elimination."""

from collections import Counter
from datetime import date
from typing import Any

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.figures import read_figures
from data_access.lists.lists import ListRequest, read_list
from data_access.quality.near_threshold import load_near
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, Changes, Rows, household, merged, village

NEAR = load_near().distances["compliant_self_pay"]
ELIMINATED = {"identified_on": date(2021, 5, 1), "eliminated_on": date(2022, 9, 1)}
# 20,000 yuan is a threshold of general households; 14,000 and 20,000 of lifted-out ones do not concern them.
PLANTED = {
    "far below": 20_000 - NEAR - 1,
    "first below": 20_000 - NEAR,
    "just below": 19_999,
    "on it": 20_000,
    "last above": 20_000 + NEAR - 1,
    "far above": 20_000 + NEAR,
}


def listed(database: HouseholdDatabase, metric: str) -> list[dict[str, Any]]:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        request = ListRequest(metric=metric, on=CUT_OFF)
        found = read_list(snapshot, scope=Scope.district(), request=request, language="zh").to_dict("records")
        counted = read_figures(snapshot, scope=Scope.district(), metrics=(metric,), by=("source",), on=CUT_OFF)
    assert Counter(row["source"] for row in found) == dict(counted.itertuples(index=False, name=None))
    return [{str(name): value for name, value in row.items()} for row in found]


def test_values_on_either_side_of_a_threshold_are_listed_by_source(make_database: MakeDatabase) -> None:
    homes = (
        household(name, indicators={"compliant_self_pay": paid, "source": "cadre"}) for name, paid in PLANTED.items()
    )
    database = make_database(merged(village(), *homes))
    for metric, expected in (("near_under", {"first below", "just below"}), ("near_over", {"on it", "last above"})):
        rows = [row for row in listed(database, metric) if row["rule"] == "self_pay_general"]
        assert {row["household_id"] for row in rows} == expected
        assert {row["source"] for row in rows} == {"cadre"}


FAILED = {"compliant_self_pay": 30_000, "source": "case"}


def turned(number: str, on: date, before: Changes = FAILED, **after: Any) -> Rows:
    spells = [
        {"valid_from": date(2021, 1, 1), "valid_to": on, **before},
        {**FAILED, "valid_from": on, **after},
    ]
    return household(number, cases=[ELIMINATED], indicators=spells)


def test_what_failed_thirty_days_before_an_elimination_and_held_on_the_day_is_listed(
    make_database: MakeDatabase,
) -> None:
    rows = merged(
        village(),
        turned("on the day", date(2022, 9, 1), compliant_self_pay=0),
        turned("thirty days before", date(2022, 8, 3), compliant_self_pay=0),
        turned("two conditions", date(2022, 8, 3), {**FAILED, "water_problem": True}, compliant_self_pay=0),
        turned("too early", date(2022, 8, 2), compliant_self_pay=0),
        turned("afterwards", date(2022, 9, 2), compliant_self_pay=0),
        turned("changed and still fails", date(2022, 8, 20), compliant_self_pay=29_000),
        turned("held all the time", date(2022, 8, 20), {"compliant_self_pay": 100}, compliant_self_pay=0),
        turned("fails now", date(2022, 8, 20), {"compliant_self_pay": 0}),
        turned("was not collected", date(2022, 8, 20), {"compliant_self_pay": None}, compliant_self_pay=0),
        household("collected first", cases=[ELIMINATED], indicators=[{"valid_from": date(2022, 8, 20)}]),
        household("still open", cases=[{"identified_on": date(2021, 5, 1)}]),
    )
    found = listed(make_database(rows), "changed_before_elimination")
    assert {row["household_id"]: row["changed"] for row in found} == {
        "on the day": 1,
        "thirty days before": 1,
        "two conditions": 2,
    }
