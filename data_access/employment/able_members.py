"""The persons behind the duty to have one person in work: members able and willing to work, one by one.

They belong to lifted-out or monitored households, as in the monthly fact `duty`. The reason for not working is the last
one collected; it has no history.
"""

from datetime import date

import pandas as pd
from sqlalchemy import CTE, Integer, Select, String, and_, case, cast, func, literal, select
from sqlalchemy.sql import Subquery

from data_access.cases.lists import is_lifted_out_or_monitored
from data_access.clock import last_day, month_first_day, month_number, month_text
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.employment.monthly import ABLE_LABOUR, bound_jobs
from data_access.households.jobs import is_held
from data_access.households.population import member_on
from data_access.schema.tables import household, member
from data_access.scope import Scope
from data_access.sql import flag


def _able_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member able and willing on a day, of a lifted-out or monitored household.

    Values: persons (1), idle (1 if not in work), idle_zero (1 if nobody in the household is in work), worked (1 with
    any month in work this year), months (in work this year, from January to the day; a single day makes a month count).
    """
    jobs = _jobs_of_year(snapshot, scope=scope, on=on)
    working = select(jobs.c.household_id).where(is_held(jobs, on=on)).distinct().subquery("working")
    own = _own_work(jobs, on=on)
    months = func.coalesce(own.c.months, 0)
    idle = func.coalesce(own.c.held, 0) == 0
    return (
        select(
            household.c.village_code,
            *member.c["household_id", "member_id"],
            case((idle, member.c.no_work_reason)).label("no_work_reason"),
            cast(months, String).label("months_worked"),
            literal(1, Integer).label("persons"),
            flag(idle).label("idle"),
            flag(working.c.household_id.is_(None)).label("idle_zero"),
            flag(months > 0).label("worked"),
            months.label("months"),
        )
        .join_from(member, household, household.c.household_id == member.c.household_id)
        .outerjoin(working, working.c.household_id == member.c.household_id)
        .outerjoin(own, and_(own.c.household_id == member.c.household_id, own.c.member_id == member.c.member_id))
        .where(
            scope.rows(household.c.village_code),
            is_lifted_out_or_monitored(on),
            member_on(on),
            member.c.labour.in_(ABLE_LABOUR),
            member.c.wants_work,
        )
    )


def _jobs_of_year(snapshot: Snapshot, *, scope: Scope, on: date) -> CTE:
    """The jobs held at any time from January to a day."""
    jobs = bound_jobs(snapshot, scope=scope)
    columns = jobs.c["household_id", "member_id", "start", "end"]
    return select(*columns).where(jobs.c.start <= on, jobs.c.end > on.replace(month=1, day=1)).cte("jobs")


def _own_work(jobs: CTE, *, on: date) -> Subquery:
    """Each person's work in the year of a day; one row per person with a job in it. Columns: household_id, member_id,
    held (1 if in work on the day), months (in work from January to the day)."""
    january = month_number(on.replace(month=1))
    months = [
        func.max(
            case(
                (
                    and_(
                        jobs.c.start <= min(on, last_day(month_text(number))),
                        jobs.c.end > month_first_day(number),
                    ),
                    1,
                ),
                else_=0,
            )
        )
        for number in range(january, month_number(on) + 1)
    ]
    key = jobs.c["household_id", "member_id"]
    return (
        select(
            *key,
            func.max(flag(is_held(jobs, on=on))).label("held"),
            cast(sum(months[1:], months[0]), Integer).label("months"),
        )
        .group_by(*key)
        .subquery("own_work")
    )


def read_able_members(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Members able and willing on a day; one row per combination found of reason for not working and months in work.

    Columns: no_work_reason (missing: in work, or not collected), months_worked (text, 0 to 12), persons, idle,
    idle_zero, worked (人), months (person-months).
    """
    rows = _able_entries(snapshot, scope, on).subquery("entries")
    keys = rows.c["no_work_reason", "months_worked"]
    amounts = ("persons", "idle", "idle_zero", "worked", "months")
    query = (
        select(*keys, *(cast(func.sum(rows.c[name]), Integer).label(name) for name in amounts))
        .group_by(*keys)
        .order_by(*keys)
    )
    return read_frame(snapshot.connection, query).astype({"no_work_reason": "str", "months_worked": "str"})


LISTINGS = {
    "able": Listing(
        entries=_able_entries,
        details={"no_work_reason": "no_work_reason", "months_worked": "months_worked"},
        facets={"no_work_reason": "no_work_reason", "months_worked": "months_worked"},
    ),
}
