"""Values near a threshold of a rule, on either side, to the yuan; and what changed shortly before an elimination."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from data_access.database.engine import Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.figures import read_figures
from data_access.lists.lists import ListRequest, read_list
from data_access.quality.near_threshold import load_near
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, Rows, household, merged, village

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


def listed(make_database: MakeDatabase, rows: Rows, metric: str) -> list[dict[str, Any]]:
    database = make_database(rows)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        request = ListRequest(metric=metric, on=CUT_OFF)
        found = read_list(snapshot, scope=Scope.district(), request=request, language="zh").to_dict("records")
        counted = read_figures(snapshot, scope=Scope.district(), metrics=(metric,), by=("source",), on=CUT_OFF)
    assert Counter(row["source"] for row in found) == dict(counted.itertuples(index=False, name=None))
    return [{str(name): value for name, value in row.items()} for row in found]


@pytest.mark.parametrize(
    ("metric", "expected"), [("near_under", {"first below", "just below"}), ("near_over", {"on it", "last above"})]
)
def test_values_on_either_side_of_a_threshold_are_listed_by_source(
    make_database: MakeDatabase, metric: str, expected: set[str]
) -> None:
    homes = (
        household(name, indicators={"compliant_self_pay": paid, "source": "cadre"}) for name, paid in PLANTED.items()
    )
    rows = [
        row for row in listed(make_database, merged(village(), *homes), metric) if row["rule"] == "self_pay_general"
    ]
    assert {row["household_id"] for row in rows} == expected
    assert {row["source"] for row in rows} == {"cadre"}


def changed(number: str, on: date, **values: Any) -> Rows:
    before = {"compliant_self_pay": 30_000, "valid_from": date(2021, 1, 1), "valid_to": on}
    after = {"compliant_self_pay": 30_000, "valid_from": on, "source": "case", **values}
    return household(number, cases=[ELIMINATED], indicators=[before, after])


def test_what_changed_within_thirty_days_before_an_elimination_is_listed(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        changed("on the day", date(2022, 9, 1), compliant_self_pay=0),
        changed("thirty days before", date(2022, 8, 3), compliant_self_pay=0),
        changed("too early", date(2022, 8, 2), compliant_self_pay=0),
        changed("afterwards", date(2022, 9, 2), compliant_self_pay=0),
        changed("nothing that counts", date(2022, 8, 20), farmland_mu=9),
        household("collected first", cases=[ELIMINATED], indicators=[{"valid_from": date(2022, 8, 20)}]),
        household("still open", cases=[{"identified_on": date(2021, 5, 1)}]),
    )
    found = listed(make_database, rows, "changed_before_elimination")
    assert {row["household_id"] for row in found} == {"on the day", "thirty days before"}
    assert {row["changed"] for row in found} == {1}
