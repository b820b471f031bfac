"""The things that reports are about, before anything is reported of them."""

from datetime import date

from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.reports.kinds import load_report_kinds
from data_access.schema.tables import household
from data_access.scope import Scope


def read_first_days(
    snapshot: Snapshot, *, scope: Scope, things_of: str, household_ids: tuple[str, ...]
) -> tuple[tuple[tuple[str, str], date], ...]:
    """The days of the things of some households before which a kind of report cannot be: a clue came, a need was
    raised; a pair of the thing (household and number) and the day each, in their order.

    Args:
        things_of: a kind of reports about things that are there already (`existing`), with such a day (`after`).
    """
    declared = load_report_kinds()[things_of]
    own = declared.filled.c
    thing, day = own[declared.thing], own[declared.after or declared.day]
    query = (
        select(own.household_id, thing, day)
        .join(household, household.c.household_id == own.household_id)
        .where(own.household_id.in_(household_ids), day.is_not(None), scope.rows(household.c.village_code))
        .order_by(own.household_id, thing)
    )
    return tuple(((home, number), begins) for home, number, begins in snapshot.connection.execute(query))
