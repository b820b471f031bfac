"""人居环境, as far as it is collected: whether a household has a sanitary toilet."""

from datetime import date

from sqlalchemy import Integer, Select, literal, select

from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.households.intervals import in_force_on
from data_access.households.population import registered_on
from data_access.schema.tables import household, household_indicator
from data_access.scope import Scope
from data_access.sql import flag


def _toilet_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register of which it is known; values known (1), equipped (1 if it has one), lacking
    (1 if it has none)."""
    toilet = household_indicator.c.toilet
    return (
        select(
            *household.c["household_id", "village_code", "household_type"],
            toilet.label("toilet"),
            literal(1, Integer).label("known"),
            flag(toilet.is_(True)).label("equipped"),
            flag(toilet.is_(False)).label("lacking"),
        )
        .join_from(household, household_indicator, household_indicator.c.household_id == household.c.household_id)
        .where(registered_on(on), scope.rows(household.c.village_code), in_force_on(on), toilet.is_not(None))
    )


LISTINGS = {
    "toilets": Listing(
        entries=_toilet_entries,
        details={"household_type": "household_type", "toilet": "boolean"},
        facets={"household_type": "household_type"},
    )
}
