"""The lists of work equal a slow and obvious pandas count over the small sample, village by village."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.lists import figures
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.reference import work_life
from tests.reference.frames import Frames

DAYS = [date(2021, 6, 30), date(2021, 12, 31), date(2022, 9, 30)]
EXPECTED = {
    "in_work": {"workers_in_work": "workers", "waged_workers": "wage_known"},
    "able": {
        "able_members": "persons",
        "able_not_working": "idle",
        "zero_employment_members": "idle_zero",
        "worked_this_year": "worked",
        "average_months_worked": "months",
    },
    "returned": {"returned_not_working": "persons"},
    "factories": {
        "factory_jobs": "jobs",
        "factory_workers": "workers",
        "factory_lifted_out_workers": "lifted_out_workers",
    },
    "large_sites": {"large_sites": "sites", "large_sites_covered_share": "covered"},
}
"""Function of the reference -> metric -> its column."""


@pytest.fixture(scope="module")
def snapshot(database: HouseholdDatabase) -> Iterator[Snapshot]:
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())


def reference(name: str, tables: Frames, day: date) -> pd.DataFrame:
    on = pd.Timestamp(day)
    if name == "returned":
        return work_life.returned(tables, on, months=limit("returned_within_months", on=day))
    if name == "large_sites":
        return work_life.large_sites(tables, on, fewest=limit("factory_for_site_households", on=day))
    return getattr(work_life, name)(tables, on)


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("name", list(EXPECTED))
def test_every_village_counts_what_the_reference_counts(
    snapshot: Snapshot, tables: Frames, name: str, day: date
) -> None:
    rows = reference(name, tables, day)
    for metric, column in EXPECTED[name].items():
        expected = rows.groupby("village_code")[column].sum().astype("int64")
        counted = figures.read_amounts(snapshot, scope=Scope.district(), metric=metric, on=day)
        assert counted.set_index("village_code")["count"].to_dict() == expected[expected != 0].to_dict()
        assert expected.sum() > 0 or name == "large_sites"
