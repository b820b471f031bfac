"""Community factories, large resettlement sites and targets: at the edges, on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

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


def site(households: int | None = FEWEST, *, village_code: str = VILLAGE, site_id: str = "S1") -> Rows:
    return {"resettlement_site": [{"site_id": site_id, "village_code": village_code, "households": households}]}


def test_a_factory_is_open_from_its_first_day_up_to_its_closing(make_database: MakeDatabase) -> None:
    is_open: dict[str, Changes] = {
        "long open": {},
        "opens on the day": {"opened_on": CUT_OFF},
        "closes the day after": {"closed_on": date(2022, 10, 1)},
    }
    others: dict[str, Changes] = {
        "opens the day after": {"opened_on": date(2022, 10, 1)},
        "closes on the day": {"closed_on": CUT_OFF},
        "a workshop": {"kind": "workshop"},
    }
    factories = [factory(name, **columns) for name, columns in (is_open | others).items()]
    assert set(read(make_database, read_factories, *factories, on=CUT_OFF)["workplace_id"]) == set(is_open)


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


def test_a_site_must_have_a_factory_from_the_limit_on(make_database: MakeDatabase) -> None:
    sizes = {"below": FEWEST - 1, "large": FEWEST, "unknown": None}
    sites = [site(households, site_id=name) for name, households in sizes.items()]
    assert read(make_database, read_large_sites, *sites, on=CUT_OFF)["site_id"].tolist() == ["large"]


def test_a_site_is_covered_by_an_open_factory_of_its_village(make_database: MakeDatabase) -> None:
    factories: dict[str, Changes] = {"open": {}, "closed": {"closed_on": CUT_OFF}, "a workshop": {"kind": "workshop"}}
    parts = [site(village_code=f"{TOWNSHIP}209", site_id="in another village")]
    for number, (name, columns) in enumerate(factories.items(), start=202):
        code = f"{TOWNSHIP}{number}"
        parts += [village(code), site(village_code=code, site_id=name), factory(name, village_code=code, **columns)]
    rows = read(make_database, read_large_sites, village(f"{TOWNSHIP}209"), *parts, on=CUT_OFF)
    covered = rows.set_index("site_id")["covered"].to_dict()
    assert covered == {"open": 1, "closed": 0, "a workshop": 0, "in another village": 0}


def test_sites_and_targets_outside_the_scope_are_not_seen(make_database: MakeDatabase) -> None:
    target = {"metric": "migrant_workers", "year": 2022, "target": 9}
    targets = [{**target, "region_code": code} for code in (COUNTY, TOWNSHIP, "610902101")]
    with make_database(merged(village(), site(), {"target": targets})).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        assert read_large_sites(snapshot, on=CUT_OFF, scope=ELSEWHERE).empty
        everywhere = Scope.district()
        seen = {
            scope: read_targets(snapshot, scope=scope, metric="migrant_workers", year=2022)
            for scope in (ELSEWHERE, everywhere)
        }
        assert seen[ELSEWHERE]["region_code"].tolist() == ["610902101"]
        assert seen[everywhere]["region_code"].tolist() == [COUNTY, TOWNSHIP, "610902101"]
        assert read_targets(snapshot, scope=everywhere, metric="migrant_workers", year=2021).empty
