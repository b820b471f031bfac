"""Who works, for what, and who came back: at the edges, on both databases."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import make_url

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.employment.workers import FEWEST_WAGES, read_wages
from data_access.facts.metrics import MetricTable
from data_access.facts.store import FactsStore
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import COUNTY, VILLAGE, Changes, Rows, household, merged, village

ON = date(2022, 9, 30)
OTHER_VILLAGE = "610902100202"


def lifted_out(household_id: str = "H1", **parts: Any) -> Rows:
    return household(household_id, **{"household_type": "lifted_out", **parts})


def count(database: HouseholdDatabase, metric: str, *, scope: Scope | None = None, **filters: str) -> int:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        size = lists.count_list(
            snapshot,
            scope=scope or Scope.district(),
            request=lists.ListRequest(metric=metric, on=ON, filters=tuple(filters.items())),
        )
    return size.amount


def wages(database: HouseholdDatabase) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return read_wages(snapshot, scope=Scope.district(), on=ON)


def listed(database: HouseholdDatabase, metric: str) -> set[str]:
    """The households on a list."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        request = lists.ListRequest(metric=metric, on=ON)
        found = lists.read_list(snapshot, scope=Scope.district(), request=request, language="zh")
    return set(found["household_id"])


def test_a_job_counts_from_its_first_day_up_to_its_end(make_database: MakeDatabase) -> None:
    held: dict[str, Changes] = {
        "long ago": {},
        "begins on the day": {"started_on": ON},
        "ends the day after": {"ended_on": date(2022, 10, 1)},
        "a public post": {"channel": "public_post"},
    }
    not_held: dict[str, Changes] = {
        "begins the day after": {"started_on": date(2022, 10, 1)},
        "ends on the day": {"ended_on": ON},
    }
    homes = [lifted_out(name, jobs=[job]) for name, job in (held | not_held).items()]
    assert listed(make_database(merged(village(), *homes)), "workers_in_work") == set(held)


def test_the_job_that_began_last_is_the_one_held(make_database: MakeDatabase) -> None:
    jobs: list[Changes] = [
        {"started_on": date(2022, 1, 1), "industry": "construction"},
        {"started_on": date(2022, 6, 1), "industry": "catering"},
    ]
    database = make_database(merged(village(), lifted_out(jobs=jobs)))
    assert count(database, "workers_in_work") == 1
    assert count(database, "workers_in_work", industry="catering") == 1


def test_who_has_left_or_is_of_a_general_household_is_not_counted(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        lifted_out("H1", members=[{"left_on": ON}], jobs=[{}]),
        household("H2", jobs=[{}]),
        lifted_out("H3", members=[{"left_on": date(2022, 10, 1)}], jobs=[{}]),
    )
    assert count(make_database(rows), "workers_in_work") == 1


def test_a_wage_lies_in_the_band_that_starts_at_or_below_it(make_database: MakeDatabase) -> None:
    bands = {0: "0", 999: "0", 1000: "1000", 1499: "1000", 4000: "4000", 90_000: "4000"}
    homes = [lifted_out(f"W{wage}", jobs=[{"monthly_wage": wage}]) for wage in bands]
    database = make_database(merged(village(), *homes))
    counts = {code: count(database, "waged_workers", wage_band=code) for code in load_codes()["wage_band"]}
    assert counts == dict.fromkeys(counts, 0) | {"0": 2, "1000": 2, "4000": 2}


def test_a_wage_that_was_not_collected_is_in_no_band_but_the_worker_is_counted(make_database: MakeDatabase) -> None:
    jobs = ({"monthly_wage": None}, {"monthly_wage": 3_000})
    homes = [lifted_out(f"H{number}", jobs=[job]) for number, job in enumerate(jobs)]
    database = make_database(merged(village(), *homes))
    assert (count(database, "workers_in_work"), count(database, "waged_workers")) == (2, 1)
    assert wages(database)[["workers", "wage_known"]].to_numpy().tolist() == [[2, 1]]


def test_a_median_is_told_from_five_wages_on_and_posts_are_left_out(make_database: MakeDatabase) -> None:
    homes = [
        *(lifted_out(f"C{n}", jobs=[{"industry": "construction", "monthly_wage": 1000 + n}]) for n in range(5)),
        *(lifted_out(f"R{n}", jobs=[{"industry": "retail", "monthly_wage": 2000}]) for n in range(FEWEST_WAGES - 1)),
        lifted_out("P", jobs=[{"industry": "public", "channel": "public_post", "monthly_wage": 500}]),
    ]
    rows = wages(make_database(merged(village(), *homes))).set_index("industry")
    assert rows["wage_known"].to_dict() == {"construction": 5, "retail": 4}
    assert rows["median"].loc["construction"] == 1002
    assert pd.isna(rows["median"].loc["retail"])


def test_returned_is_whose_last_job_off_the_farm_ended_within_a_year(make_database: MakeDatabase) -> None:
    back: dict[str, Changes] = {"a year ago": {"ended_on": date(2021, 10, 1)}, "on the day": {"ended_on": ON}}
    others: dict[str, Changes] = {
        "a day longer ago": {"ended_on": date(2021, 9, 30)},
        "the day after": {"ended_on": date(2022, 10, 1)},
        "still away": {"ended_on": None},
        "on a public post": {"ended_on": ON, "channel": "public_post"},
    }
    homes = [lifted_out(name, jobs=[{"started_on": date(2020, 5, 1), **job}]) for name, job in (back | others).items()]
    assert listed(make_database(merged(village(), *homes)), "returned_not_working") == set(back)


def test_who_found_a_job_again_has_not_returned(make_database: MakeDatabase) -> None:
    jobs: list[Changes] = [
        {"started_on": date(2021, 1, 1), "ended_on": date(2022, 8, 1)},
        {"started_on": date(2022, 9, 30), "channel": "public_post"},
    ]
    assert count(make_database(merged(village(), lifted_out(jobs=jobs))), "returned_not_working") == 0


def test_nobody_outside_the_scope_is_counted(make_database: MakeDatabase) -> None:
    back: Changes = {"member_id": "H2-P2", "ended_on": date(2022, 8, 1)}
    rows = merged(village(), village(OTHER_VILLAGE), lifted_out("H1", jobs=[{}]), lifted_out("H2", jobs=[{}, back]))
    rows["household"][1]["village_code"] = OTHER_VILLAGE
    database = make_database(rows)
    for metric, everywhere, here in (("workers_in_work", 2, 1), ("returned_not_working", 1, 0)):
        assert count(database, metric) == everywhere
        assert count(database, metric, scope=Scope(regions=(VILLAGE,))) == here


def test_channels_and_places_and_the_list_add_up_to_the_facts(sample_url: str) -> None:
    database = HouseholdDatabase(make_url(sample_url))
    table = MetricTable(FactsStore(database).current().facts)
    by_channel = {code: count(database, "workers_in_work", channel=code) for code in load_codes()["work_channel"]}
    by_place = {code: count(database, "workers_in_work", place=code) for code in load_codes()["work_place"]}
    off_farm = table.count("off_farm_workers", place=COUNTY, month="2022-09")
    posts = table.count("public_post_workers", place=COUNTY, month="2022-09")
    assert sum(by_channel.values()) == sum(by_place.values()) == off_farm + posts > 0
    assert by_channel["public_post"] == posts
    database.dispose()
