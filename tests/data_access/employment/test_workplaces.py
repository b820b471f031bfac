"""Community factories, large resettlement sites and targets: at the edges, on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.database.engine import Snapshot
from data_access.employment.workplaces import read_factories, read_large_sites, read_targets
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import (
    COUNTY,
    CUT_OFF,
    TOWNSHIP,
    VILLAGE,
    Changes,
    Rows,
    factory,
    household,
    merged,
    village,
)

FEWEST = limit("factory_for_site_households", on=CUT_OFF)
ELSEWHERE = Scope(regions=("610902101",))


def read(
    make_database: MakeDatabase, query: Callable[..., pd.DataFrame], *parts: Rows, **arguments: Any
) -> pd.DataFrame:
    arguments = {"scope": Scope.district(), **arguments}
    with make_database(merged(village(), *parts)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return query(snapshot, **arguments)


def site(households: int | None = FEWEST, *, village_code: str = VILLAGE) -> Rows:
    return {"resettlement_site": [{"site_id": "S1", "village_code": village_code, "households": households}]}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, 1),
        ({"opened_on": CUT_OFF}, 1),
        ({"opened_on": date(2022, 10, 1)}, 0),
        ({"closed_on": CUT_OFF}, 0),
        ({"closed_on": date(2022, 10, 1)}, 1),
        ({"kind": "workshop"}, 0),
    ],
)
def test_a_factory_is_open_from_its_first_day_up_to_its_closing(
    make_database: MakeDatabase, columns: Changes, expected: int
) -> None:
    assert len(read(make_database, read_factories, factory(**columns), on=CUT_OFF)) == expected


def test_workers_are_those_who_hold_a_job_there_now_of_any_household(make_database: MakeDatabase) -> None:
    here: Changes = {"workplace_id": "F1", "channel": "community_factory", "place": "township"}
    rows = read(
        make_database,
        read_factories,
        factory(jobs=None),
        factory("F2", jobs=5),
        household("H1", household_type="lifted_out", jobs=[here]),
        household("H2", jobs=[here]),
        household("H3", jobs=[{**here, "ended_on": CUT_OFF}]),
        household("H4", jobs=[here], members=[{"left_on": CUT_OFF}]),
        household("H5", jobs=[{**here, "started_on": date(2021, 6, 1)}, {"started_on": date(2022, 9, 1)}]),
        on=CUT_OFF,
    ).set_index("workplace_id")
    assert rows["workers"].to_dict() == {"F1": 2, "F2": 0}
    assert rows["lifted_out_workers"].to_dict() == {"F1": 1, "F2": 0}
    assert rows["jobs"].isna().to_dict() == {"F1": True, "F2": False}
    assert list(rows.index) == ["F1", "F2"]


def test_a_worker_counts_wherever_the_person_lives_but_only_factories_of_the_scope_are_seen(
    make_database: MakeDatabase,
) -> None:
    lives_elsewhere = household("H1", village_code="610902101201", jobs=[{"workplace_id": "F1"}])
    parts = (village("610902101201", township="610902101"), factory(), lives_elsewhere)
    assert read(make_database, read_factories, *parts, on=CUT_OFF, scope=ELSEWHERE).empty
    seen = read(make_database, read_factories, *parts, on=CUT_OFF, scope=Scope(regions=(TOWNSHIP,)))
    assert seen["workers"].tolist() == [1]


@pytest.mark.parametrize(("households", "expected"), [(FEWEST - 1, 0), (FEWEST, 1), (None, 0)])
def test_a_site_must_have_a_factory_from_the_limit_on(
    make_database: MakeDatabase, households: int | None, expected: int
) -> None:
    assert len(read(make_database, read_large_sites, site(households), on=CUT_OFF)) == expected


@pytest.mark.parametrize(
    ("columns", "covered"),
    [
        ({}, 1),
        ({"closed_on": CUT_OFF}, 0),
        ({"kind": "workshop"}, 0),
        ({"village_code": "610902100202"}, 0),
    ],
)
def test_a_site_is_covered_by_an_open_factory_of_its_village(
    make_database: MakeDatabase, columns: Changes, covered: int
) -> None:
    rows = read(make_database, read_large_sites, site(), factory(**columns), on=CUT_OFF)
    assert rows["covered"].tolist() == [covered]


def test_sites_and_targets_outside_the_scope_are_not_seen(make_database: MakeDatabase) -> None:
    assert read(make_database, read_large_sites, site(), on=CUT_OFF, scope=ELSEWHERE).empty
    target = {"metric": "migrant_workers", "year": 2022, "target": 9}
    rows: Rows = {"target": [{**target, "region_code": code} for code in (COUNTY, TOWNSHIP, "610902101")]}
    arguments = {"metric": "migrant_workers", "year": 2022}
    seen = read(make_database, read_targets, rows, **arguments, scope=ELSEWHERE)
    assert seen["region_code"].tolist() == ["610902101"]
    everything = read(make_database, read_targets, rows, **arguments)
    assert everything["region_code"].tolist() == [COUNTY, TOWNSHIP, "610902101"]
    assert read(make_database, read_targets, rows, metric="migrant_workers", year=2021).empty
