"""Groups and grids of a village: counted as everywhere, complete, and the number is the list."""

from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import ScopeError
from data_access.lists import lists, village_parts
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, VILLAGE, Rows, household, merged, village
from tests.support.rulebooks import FEW, of_rules

METRICS = ("households", "persons", "open_households", "open_share", "red_households", "undetermined_households")
OTHER_VILLAGE = "610902100202"
RULES = of_rules(*FEW)
OPEN = {"identified_on": date(2022, 9, 30)}


def read(
    database: HouseholdDatabase, *, by: str = "group_no", on: date = CUT_OFF, place: str = VILLAGE
) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        scope = Scope.district().narrowed(place)
        return village_parts.read_groups(snapshot, scope=scope, by=by, on=on, metrics=METRICS)


def count_list(database: HouseholdDatabase, metric: str, *filters: tuple[str, str]) -> int:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        scope = Scope.district().narrowed(VILLAGE)
        return lists.count_list(
            snapshot, scope=scope, request=lists.ListRequest(metric=metric, on=CUT_OFF, filters=filters)
        ).amount


def town() -> Rows:
    """Groups 2, 10 and none in one village; another household in group 2 of another village."""
    return merged(
        village(),
        village(OTHER_VILLAGE),
        household("H1", group_no=2, grid_code=f"{VILLAGE}01", members=3, cases=[OPEN]),
        household("H2", group_no=2, grid_code=f"{VILLAGE}02", indicators={"water_problem": True}),
        household("H3", group_no=10, grid_code=f"{VILLAGE}02", indicators=None),
        household("H4"),
        household("H5", village_code=OTHER_VILLAGE, group_no=2, cases=[OPEN]),
        household("H6", group_no=3, closed_on=CUT_OFF),
    )


@pytest.fixture(scope="module")
def in_town(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(town())


def test_every_part_has_its_figures_in_order_and_those_of_no_part_come_last(in_town: HouseholdDatabase) -> None:
    parts = read(in_town)
    assert parts["part"].fillna("none").tolist() == ["2", "10", "none"]
    assert parts["households"].tolist() == [2, 1, 1]
    assert parts["persons"].tolist() == [5, 2, 2]
    assert parts["open_households"].tolist() == [1, 0, 0]
    assert parts[["open_share", "open_share:of"]].to_numpy().tolist() == [[1, 2], [0, 1], [0, 1]]
    assert parts["red_households"].tolist() == [1, 0, 0]
    assert parts["undetermined_households"].tolist() == [0, 1, 0]


def test_grids_are_counted_alike(in_town: HouseholdDatabase) -> None:
    parts = read(in_town, by="grid_code")
    assert parts["part"].fillna("none").tolist() == [f"{VILLAGE}01", f"{VILLAGE}02", "none"]
    assert parts["households"].tolist() == [1, 2, 1]


def test_a_case_counts_from_its_day_and_a_household_until_the_day_it_is_closed(in_town: HouseholdDatabase) -> None:
    before = read(in_town, on=date(2022, 9, 29))
    assert before["part"].fillna("none").tolist() == ["2", "3", "10", "none"]
    assert before["open_households"].sum() == 0


def test_a_village_without_households_has_no_parts(make_database: MakeDatabase) -> None:
    assert read(make_database(merged(village()))).empty


def test_the_number_of_a_part_is_what_its_list_adds_up_to(in_town: HouseholdDatabase) -> None:
    for by in village_parts.PARTS:
        parts = read(in_town, by=by).dropna(subset="part")
        for metric in ("open_households", "red_households", "undetermined_households"):
            assert parts[metric].tolist() == [count_list(in_town, metric, (by, part)) for part in parts["part"]]


def test_a_part_of_a_list_that_is_not_there_is_empty(in_town: HouseholdDatabase) -> None:
    assert [count_list(in_town, "open_households", ("group_no", code)) for code in ("99", "", "' OR 1=1 --")] == [0] * 3


def test_only_lists_of_households_can_be_restricted_to_a_part(in_town: HouseholdDatabase) -> None:
    with pytest.raises(ScopeError):
        count_list(in_town, "factories", ("group_no", "2"))


def test_grid_workers_are_those_of_the_scope(make_database: MakeDatabase) -> None:
    grids = [
        {"code": f"{place}01", "village_code": place, "worker": worker}
        for place, worker in ((VILLAGE, "李江军"), (OTHER_VILLAGE, None))
    ]
    database = make_database(merged(town(), {"grid": grids}))
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        workers = village_parts.read_grid_workers(snapshot, scope=Scope.district().narrowed(VILLAGE))
    assert workers.to_dict("records") == [{"code": f"{VILLAGE}01", "worker": "李江军"}]
