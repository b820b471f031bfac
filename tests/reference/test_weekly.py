"""The weekly table recounted from the tables as they are."""

from datetime import date

import pandas as pd

from data_access.database.engine import HouseholdDatabase
from data_access.dispatch.weekly import DONE, week_of
from tests.data_access.dispatch.test_weekly import weekly


def test_the_weeks_of_the_sample_are_what_a_plain_count_of_the_tables_finds(
    database: HouseholdDatabase, tables: dict[str, pd.DataFrame]
) -> None:
    until = date(2022, 9, 30)
    found = weekly(database, until=until, weeks=4)
    homes = tables["household"].set_index("household_id")["village_code"].str[:9]
    for kind, (table, day) in DONE.items():
        rows = tables[str(table)].dropna(subset=day.name)
        days = pd.to_datetime(rows[day.name]).dt.date
        kept = rows[(days >= date(2022, 9, 5)) & (days <= until)]
        weeks = pd.to_datetime(kept[day.name]).dt.date.map(week_of)
        expected = kept.groupby([kept["household_id"].map(homes), weeks]).size()
        own = found[found["kind"] == kind].set_index(["township_code", "week"])["amount"]
        assert own.sort_index().to_dict() == expected.to_dict(), kind
