"""Visits due at monitored households, by the dated limits of `limits.yaml`: the work to be done, by place."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, select

from data_access import disclosure
from data_access.cases.lists import cases_on
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.population import registered_on
from data_access.schema.limits import limit
from data_access.schema.tables import grid, helper, household, visit
from data_access.scope import Scope
from data_access.sql import flag

_MET_NOBODY = "away"
"""The result of a visit that is none."""

PARTS = ("grid_code", "helper_id")
"""What workload can be grouped by; columns of `household`."""


def _visit_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per monitored household, open or eliminated, on the register; values watched (1), due (1 from the day
    after its next visit was due).

    The next visit is due some days after the last one, or after the identification if there was none since; how many
    days depends on the state. A call counts as a visit; a visit or a call that met nobody does not.
    """
    last = (
        select(visit.c.household_id, func.max(visit.c.visited_on).label("visited_on"))
        .where(snapshot.counted_on(visit.c.visited_on) <= on, visit.c.result.is_distinct_from(_MET_NOBODY))
        .group_by(visit.c.household_id)
        .subquery("last_visits")
    )
    cases = cases_on(on)
    since = func.greatest(cases.c.identified_on, func.coalesce(last.c.visited_on, cases.c.identified_on))
    days = case(
        (cases.c.state == "open", literal(limit("visit_open_within_days", on=on), Integer)),
        else_=literal(limit("visit_eliminated_within_days", on=on), Integer),
    )
    due_on: ColumnElement[date] = since + days
    return (
        select(
            *household.c["household_id", "village_code", "grid_code", "helper_id"],
            cases.c.state.label("monitoring_state"),
            disclosure.name(helper.c.name, scope=scope).label("helper"),
            last.c.visited_on.label("last_visited_on"),
            due_on.label("visit_due_on"),
            literal(1).label("watched"),
            flag(due_on < on).label("due"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .outerjoin(last, last.c.household_id == household.c.household_id)
        .outerjoin(helper, helper.c.helper_id == household.c.helper_id)
        .where(registered_on(on), scope.rows(household.c.village_code))
    )


def read_workload(
    snapshot: Snapshot, *, scope: Scope, by: str, on: date, visited: tuple[str, ...] = ()
) -> pd.DataFrame:
    """The workload of every grid or helper; one row per grid or helper that has households, by place and code.

    Columns: village_code (the first of its villages), part, name (of the grid worker or the helper, as the scope
    may see it), households (户, on the register), watched (户, monitored), due (户, visits due). For households that
    belong to none, part is None.

    Args:
        visited: households of which a visit was reported that the data do not hold yet: none is due there.

    Raises ValueError if `by` is not one of PARTS.
    """
    if by not in PARTS:
        raise ValueError(f"workload is counted by one of {', '.join(PARTS)}, not by {by}")
    visits = _visit_entries(snapshot, scope, on).subquery("visits")
    worker, key, name = (
        (grid, grid.c.code, grid.c.worker) if by == "grid_code" else (helper, helper.c.helper_id, helper.c.name)
    )
    part = household.c[by]
    due = case((visits.c.household_id.in_(visited), 0), else_=visits.c.due) if visited else visits.c.due
    query = (
        select(
            func.min(household.c.village_code).label("village_code"),
            part.label("part"),
            disclosure.name(func.min(name), scope=scope).label("name"),
            func.count().label("households"),
            func.coalesce(func.sum(visits.c.watched), 0).label("watched"),
            func.coalesce(func.sum(due), 0).label("due"),
        )
        .outerjoin_from(household, visits, visits.c.household_id == household.c.household_id)
        .outerjoin(worker, key == part)
        .where(registered_on(on), scope.rows(household.c.village_code))
        .group_by(part)
        .order_by(func.min(household.c.village_code), part)
    )
    found = read_frame(snapshot.connection, query)
    return found.astype({"households": "int64", "watched": "int64", "due": "int64"})


LISTINGS = {
    "visits": Listing(
        entries=_visit_entries,
        order="visit_due_on",
        details={
            "monitoring_state": "monitoring_state",
            "grid_code": "text",
            "helper": "text",
            "last_visited_on": "date",
            "visit_due_on": "date",
        },
        facets={"monitoring_state": "monitoring_state"},
    )
}
