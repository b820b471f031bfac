"""Which open cases seem to meet the conditions of an elimination: each condition alone keeps a household out; half a
year is counted to the day; the reference counts the same."""

from datetime import date
from typing import Any

from data_access.database.engine import Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.lists import ListRequest, read_list
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.reference.elimination import met_for_months
from tests.reference.frames import tables_from_rows
from tests.support.households import CUT_OFF, Rows, household, merged, village

CASE = {"identified_on": date(2021, 9, 1)}
HELPED = [{"started_on": date(2021, 9, 20)}]
SINCE = date(2022, 3, 30)
"""Half a year before the cut-off."""
BAD = {"water_problem": True}


def home(number: str, *indicators: dict[str, Any], **changes: Any) -> Rows:
    spells = list(indicators) or [{}]
    return household(number, indicators=spells, **{"cases": [CASE], "measures": HELPED, **changes})


def until(day: date) -> list[dict[str, Any]]:
    """Something was wrong before a day, and nothing since."""
    return [{**BAD, "valid_from": date(2021, 1, 1), "valid_to": day}, {"valid_from": day}]


WORLD = merged(
    village(),
    home("fine"),
    home("right since the day", *until(SINCE)),
    home("right a day too late", *until(date(2022, 3, 31))),
    home("wrong now", BAD),
    home("nobody able", {"labor_n": 0, "weak_labor_n": 0}),
    home("under relief", {"no_labor_backstop": True}),
    home("no measure", measures=[]),
    home("just identified", cases=[{"identified_on": date(2022, 4, 1)}], measures=[{"started_on": date(2022, 4, 2)}]),
    home("measure runs on", measures=[{**HELPED[0], "due_on": date(2023, 9, 1)}]),
    home("not collected", {"water_problem": None}),
    home("eliminated", cases=[{**CASE, "eliminated_on": date(2022, 9, 1)}]),
    household("never watched"),
)


def test_a_household_is_listed_where_everything_held_for_half_a_year(make_database: MakeDatabase) -> None:
    database = make_database(WORLD)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        request = ListRequest(metric="conditions_met", on=CUT_OFF)
        found = read_list(snapshot, scope=Scope.district(), request=request, language="zh")
    assert set(found["household_id"]) == {"fine", "right since the day", "measure runs on"}
    assert set(found["household_id"]) == met_for_months(tables_from_rows(WORLD), on=CUT_OFF)
    assert list(found["household_id"]) == sorted(found["household_id"])  # no rank
