"""Workers of lifted-out households one by one: the job each one holds on a day, what it pays, and who has returned."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, literal, or_, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.employment.monthly import OFF_FARM_CHANNELS, kept_jobs
from data_access.households.jobs import is_held
from data_access.households.population import member_on
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from data_access.scope import Scope
from data_access.sql import flag, months_later

FEWEST_WAGES = 5
"""The fewest wages for which a median is shown: with fewer it would reveal an individual's wage."""


def _wage_band(wage: ColumnElement[int]) -> ColumnElement[str]:
    """SQL: the code of the wage band, which is its lowest wage; NULL if no wage was collected."""
    lowest = sorted((int(code) for code in load_codes()["wage_band"]), reverse=True)
    return case(*((wage >= low, literal(str(low))) for low in lowest))


def _work_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member of a lifted-out household in work on a day, in any channel; values workers (1), wage_known (1
    if the wage was collected)."""
    jobs = kept_jobs(snapshot, scope=scope)
    return select(
        *jobs.c["village_code", "household_id", "member_id", "channel", "place", "industry", "post_kind"],
        _wage_band(jobs.c.monthly_wage).label("wage_band"),
        *jobs.c["monthly_wage", "started_on"],
        literal(1, Integer).label("workers"),
        flag(jobs.c.monthly_wage.is_not(None)).label("wage_known"),
    ).where(jobs.c.household_type == "lifted_out", is_held(jobs, on=on))


def _returned_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member of a lifted-out household who is not in work and whose last job, off the farm, ended no longer
    ago than the limit; value persons (1)."""
    jobs = kept_jobs(snapshot, scope=scope)
    return select(
        *jobs.c["village_code", "household_id", "member_id", "place", "industry"],
        jobs.c.end.label("ended_on"),
        jobs.c.no_work_reason,
        literal(1, Integer).label("persons"),
    ).where(
        jobs.c.household_type == "lifted_out",
        member_on(on, person=jobs),
        # The job begun last, up to the day.
        jobs.c.started_on <= on,
        or_(jobs.c.next_started_on.is_(None), jobs.c.next_started_on > on),
        ~is_held(jobs, on=on),
        months_later(jobs.c.end, limit("returned_within_months", on=on)) > on,
        jobs.c.channel.in_(OFF_FARM_CHANNELS),
    )


def read_wages(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Monthly wages off the farm on a day; one row per industry found.

    Columns: industry (missing if not collected), workers (人), wage_known (人), median (yuan a month of the known
    wages; missing below `FEWEST_WAGES`).
    """
    entries = _work_entries(snapshot, scope, on).subquery("entries")
    known = func.sum(entries.c.wage_known)
    query = (
        select(
            entries.c.industry,
            func.count().label("workers"),
            cast(known, Integer).label("wage_known"),
            case((known >= FEWEST_WAGES, func.percentile_disc(0.5).within_group(entries.c.monthly_wage))).label(
                "median"
            ),
        )
        .where(entries.c.channel.in_(OFF_FARM_CHANNELS))
        .group_by(entries.c.industry)
        .order_by(entries.c.industry)
    )
    return read_frame(snapshot.connection, query).astype({"industry": "str", "median": "Float64"})


LISTINGS = {
    "work": Listing(
        entries=_work_entries,
        details={
            "channel": "work_channel",
            "place": "work_place",
            "industry": "industry",
            "post_kind": "post_kind",
            "monthly_wage": "yuan",
            "started_on": "date",
        },
        facets={
            "channel": "work_channel",
            "place": "work_place",
            "industry": "industry",
            "post_kind": "post_kind",
            "wage_band": "wage_band",
        },
    ),
    "returned": Listing(
        entries=_returned_entries,
        details={
            "place": "work_place",
            "industry": "industry",
            "ended_on": "date",
            "no_work_reason": "no_work_reason",
        },
        facets={"place": "work_place", "industry": "industry", "no_work_reason": "no_work_reason"},
    ),
}
