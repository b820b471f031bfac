"""Jobs of lifted-out households, and the duty of every household able to work to have somebody in work."""

from datetime import date

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.sql import Subquery

from data_access.cases.spells import lifted_out_or_monitored
from data_access.clock import Months
from data_access.database.engine import Snapshot
from data_access.database.history import count_spells, stocks
from data_access.households.jobs import job_spells
from data_access.schema.tables import household, member, workplace
from data_access.scope import Scope
from data_access.sql import flag

OFF_FARM_CHANNELS = ("transfer", "community_factory", "self")
"""Channels that count as 转移就业; public-welfare posts are counted separately."""

ABLE_LABOUR = ("ordinary", "skilled")
"""Labour of a person who can be expected to work (劳动力); weak labour does not count."""

_IS_FACTORY = workplace.c.kind == "community_factory"

_ANY_JOB = (literal("any").label("channel"), literal("any").label("place"))
"""Fills the columns that only jobs have."""


def read_employment_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> dict[str, pd.DataFrame]:
    """Jobs, this year's workers and the duty to have somebody in work; three facts from one pass over the jobs.

    jobs: members of lifted-out households in work at each month end, each counted once; one row per village, month,
        channel and place. Columns: village_code, channel, place, month, workers (人).
    year_workers: persons of lifted-out households who worked off the farm at any time of the year so far; one row per
        village and month, including the whole year before the first month: it is the base of 占去年比 (this year so far
        ÷ all of last year). Columns: village_code, month, workers (人, each once a year).
    duty: lifted-out or monitored households with somebody able and willing to work, and those of them with nobody in
        work (零就业户); one row per village and month. Columns: village_code, month, households (户), zero (户).
    """
    wide = Months(first=(months.first // 12 - 1) * 12, cut_off=months.cut_off)
    held = _jobs_to_count(snapshot, scope=scope)
    numbers = (wide.number(held.c[day]).label(name) for day, name in (("start", "first_month"), ("end", "end_month")))
    kept = held.c["village_code", "household_type", "household_id", "member_id", "channel", "place", "start", "end"]
    jobs = select(*kept, *numbers).cte("jobs")
    counts = ["workers", "year_workers", "households", "zero"]
    query = union_all(
        count_spells(_job_spells(jobs, months=months), values=counts, counted="workers"),
        count_spells(_year_spells(jobs, months=wide), values=counts, counted="year_workers"),
        count_spells(
            _duty_spells(jobs, scope=scope, months=months), values=counts, counted="households", summed=["zero"]
        ),
    )
    spells = snapshot.read_result(query)
    job, year, duty = (spells[spells[count] > 0] for count in ("workers", "year_workers", "households"))
    when = ["village_code", "first_month", "end_month"]
    workers = year[[*when, "year_workers"]].rename(columns={"year_workers": "workers"})
    return {
        "jobs": stocks(job[[*when, "channel", "place", "workers"]], months=months, values=["workers"]),
        "year_workers": stocks(workers, months=wide, values=["workers"]),
        "duty": stocks(duty[[*when, "households", "zero"]], months=months, values=["households", "zero"]),
    }


def kept_jobs(snapshot: Snapshot, *, scope: Scope) -> Subquery:
    """Every job, kept for everybody who begins with them: 300,000 persons are sorted otherwise; one row per job.
    Columns as in `job_spells`, and those of the member (joined_on, left_on, no_work_reason)."""
    return snapshot.begin_with("jobs", scope=scope, make=_all_jobs)


def _all_jobs(scope: Scope) -> Select:
    return job_spells(scope=scope).add_columns(*member.c["joined_on", "left_on", "no_work_reason"])


def bound_jobs(snapshot: Snapshot, *, scope: Scope) -> Subquery:
    """Those of households that were ever lifted out or monitored, which were held for at least a day."""
    jobs = kept_jobs(snapshot, scope=scope)
    return select(jobs).where(_ever_bound(jobs), jobs.c.start < jobs.c.end).subquery("jobs_of_bound")


def _jobs_to_count(snapshot: Snapshot, *, scope: Scope) -> Subquery:
    """Of those the months are counted. A load into a server keeps the counts themselves, made of the tables alone."""
    if snapshot.connection.dialect.name == "duckdb":
        return bound_jobs(snapshot, scope=scope)
    jobs = job_spells(scope=scope).where(_ever_bound()).subquery("jobs_begun")
    return select(jobs).where(jobs.c.start < jobs.c.end).subquery("jobs_of_bound")


def _ever_bound(rows: FromClause = household) -> ColumnElement[bool]:
    """Rows of households that are lifted out or were monitored at some time: only their jobs are looked at."""
    return rows.c.household_id.in_(select(lifted_out_or_monitored().c.household_id))


def _job_spells(jobs: CTE, *, months: Months) -> Select:
    return select(
        *jobs.c["village_code", "channel", "place"],
        func.greatest(jobs.c.first_month, months.first).label("first_month"),
        jobs.c.end_month,
    ).where(jobs.c.household_type == "lifted_out")


def _year_spells(jobs: CTE, *, months: Months) -> Select:
    first_months = [
        select(
            jobs.c.village_code,
            jobs.c.member_id,
            func.min(func.greatest(jobs.c.first_month, year * 12)).label("first_month"),
            literal((year + 1) * 12, Integer).label("end_month"),
        )
        .where(
            jobs.c.household_type == "lifted_out",
            jobs.c.channel.in_(OFF_FARM_CHANNELS),
            jobs.c.start <= min(months.cut_off, date(year, 12, 31)),
            jobs.c.end > date(year, 1, 1),
        )
        .group_by(jobs.c.village_code, jobs.c.member_id)
        for year in range(months.first // 12, months.last // 12 + 1)
    ]
    persons = union_all(*first_months).subquery("persons")
    return select(persons.c.village_code, *_ANY_JOB, *persons.c["first_month", "end_month"])


def _duty_spells(jobs: CTE, *, scope: Scope, months: Months) -> Select:
    changes = _duty_changes(jobs, scope=scope, months=months)
    by_month = (
        select(
            func.min(changes.c.village_code).label("village_code"),
            changes.c.household_id,
            changes.c.month,
            *(func.sum(changes.c[name]).label(name) for name in ("bound", "able", "working")),
        )
        .group_by(changes.c.household_id, changes.c.month)
        .subquery("by_month")
    )
    household_id, month = by_month.c.household_id, by_month.c.month
    states = select(
        by_month.c.village_code,
        month.label("first_month"),
        func.coalesce(
            func.lead(month).over(partition_by=household_id, order_by=month), literal(months.after, Integer)
        ).label("end_month"),
        *(
            func.sum(by_month.c[name]).over(partition_by=household_id, order_by=month).label(name)
            for name in ("bound", "able", "working")
        ),
    ).subquery("states")
    return select(
        states.c.village_code,
        *_ANY_JOB,
        *states.c["first_month", "end_month"],
        flag(states.c.working == 0).label("zero"),
    ).where(states.c.bound > 0, states.c.able > 0)


def _duty_changes(jobs: CTE, *, scope: Scope, months: Months) -> Subquery:
    """What changes a household's duty, one row per household, month and change: +1 when something begins, −1 when it
    ends.

    `bound`: the household is lifted out or monitored; `able`: members able and willing; `working`: members in work.
    """
    number, bound = months.number, lifted_out_or_monitored()
    spells = {
        "bound": select(
            *household.c["village_code", "household_id"],
            number(bound.c.start).label("first_month"),
            number(bound.c.end).label("end_month"),
        ).join_from(bound, household, household.c.household_id == bound.c.household_id),
        "able": select(
            *household.c["village_code", "household_id"],
            number(member.c.joined_on).label("first_month"),
            number(member.c.left_on).label("end_month"),
        )
        .join_from(member, household, household.c.household_id == member.c.household_id)
        .where(member.c.labour.in_(ABLE_LABOUR), member.c.wants_work, _ever_bound()),
        "working": select(
            *jobs.c["village_code", "household_id"],
            func.greatest(jobs.c.first_month, months.first).label("first_month"),
            jobs.c.end_month,
        ),
    }
    signs = values(column("sign", Integer), name="signs").data([(1,), (-1,)])
    changes = []
    for name, query in spells.items():
        spell = query.subquery()
        month = case((signs.c.sign == 1, spell.c.first_month), else_=spell.c.end_month)
        amounts = ((signs.c.sign if name == other else literal(0, Integer)).label(other) for other in spells)
        changes.append(
            select(*spell.c["village_code", "household_id"], month.label("month"), *amounts)
            .join_from(spell, signs, true())
            .where(
                scope.rows(spell.c.village_code),
                spell.c.first_month < spell.c.end_month,
                # Whatever ends after the cut-off has not changed yet.
                month < months.after,
            )
        )
    return union_all(*changes).subquery("changes")


def is_open_factory(on: date) -> ColumnElement[bool]:
    """SQL: whether a workplace is a community factory open on a day."""
    return and_(
        _IS_FACTORY,
        workplace.c.opened_on <= on,
        or_(workplace.c.closed_on.is_(None), workplace.c.closed_on > on),
    )


def read_factories_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Community factories open at each month end; one row per village and month. Columns: village_code, month,
    factories (个)."""
    spells = select(
        workplace.c.village_code,
        months.number(workplace.c.opened_on).label("first_month"),
        months.number(workplace.c.closed_on).label("end_month"),
    ).where(scope.rows(workplace.c.village_code), _IS_FACTORY)
    query = count_spells(spells, values=["factories"], counted="factories")
    return stocks(snapshot.read_result(query), months=months, values=["factories"])
