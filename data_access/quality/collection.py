"""How far the yearly collection has come: which households have been collected since it began, and in which month."""

from datetime import date

import pandas as pd
from sqlalchemy import Integer, Select, and_, func, literal, select
from sqlalchemy.sql import Subquery

from data_access.clock import month_number, month_text
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.population import registered_on
from data_access.schema.limits import limit
from data_access.schema.tables import household, household_indicator
from data_access.scope import Scope
from data_access.sql import flag, month_of

_COLLECTION = "collection"


def collection_start(on: date) -> date:
    """The first day of the collection year that a day falls in. Raises LookupError for a day before the first one
    declared."""
    month = limit("collection_year_first_month", on=on)
    return date(on.year if on.month >= month else on.year - 1, month, 1)


def _collected(scope: Scope, on: date) -> Subquery:
    """Households on the register on a day, and when they were first and last collected in the year so far; NULL: not
    yet."""
    kept = household_indicator.c
    days = (
        select(
            kept.household_id,
            func.min(kept.valid_from).label("first_on"),
            func.max(kept.valid_from).label("collected_on"),
        )
        .where(kept.source == _COLLECTION, kept.valid_from >= collection_start(on), kept.valid_from <= on)
        .group_by(kept.household_id)
        .subquery("days")
    )
    return (
        select(*household.c["household_id", "village_code", "household_type"], *days.c["first_on", "collected_on"])
        .outerjoin_from(household, days, days.c.household_id == household.c.household_id)
        .where(registered_on(on), scope.rows(household.c.village_code))
        .subquery("collected")
    )


def _entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register; values households (1), collected (1 if collected since the collection year
    began), waiting (1 if not), this_month (1 if first collected in the month)."""
    homes = _collected(scope, on)
    first = homes.c.first_on
    return select(
        *homes.c["household_id", "village_code", "household_type", "collected_on"],
        literal(1, Integer).label("households"),
        flag(first.is_not(None)).label("collected"),
        flag(first.is_(None)).label("waiting"),
        flag(and_(first >= on.replace(day=1), first <= on)).label("this_month"),
    )


def read_collection_progress(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """How many of the households on the register on a day had been collected by each month end of the collection year.

    One row per month from its first to that of the day. Columns: month (text), collected (户, since the start of the
    year), households (户, the same in every row).
    """
    homes = _collected(scope, on)
    first = homes.c.first_on
    numbered = select(month_of(first).label("number")).subquery("numbered")
    query = select(numbered.c.number, func.count().label("households")).group_by(numbered.c.number)
    found = read_frame(snapshot.connection, query)
    months = range(month_number(collection_start(on)), month_number(on) + 1)
    by_month = found.dropna(subset="number").set_index("number")["households"]
    collected = by_month.reindex(list(months), fill_value=0).cumsum()
    return pd.DataFrame(
        {
            "month": [month_text(number) for number in months],
            "collected": collected.astype("int64").to_numpy(),
            "households": int(found["households"].sum()),
        }
    )


LISTINGS = {
    "collection": Listing(
        entries=_entries,
        details={"collected_on": "date", "household_type": "household_type"},
        facets={"household_type": "household_type"},
        order="collected_on",
    )
}
