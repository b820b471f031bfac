"""Jobs of lifted-out households, and the duty that every household able to work has somebody in work."""

from datetime import date

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
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

from data_access.cases.spells import NEVER_ENDS, case_spells
from data_access.clock import Months, count_spells, stocks
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.tables import employment, household, member, workplace
from data_access.scope import Scope

OFF_FARM_CHANNELS = ("transfer", "community_factory", "self")
"""Channels that count as 转移就业; public-welfare posts are counted apart."""

ABLE_LABOUR = ("ordinary", "skilled")
"""Labour of a person who can be expected to work (劳动力); weak labour is not."""


_ANY_JOB = (literal("any").label("channel"), literal("any").label("place"))
"""Fills the columns that only jobs have."""


def read_employment_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> dict[str, pd.DataFrame]:
    """Jobs, this year's workers and the duty to have somebody in work; three facts from one look at the jobs.

    jobs: members of lifted-out households in work at each month end, each counted once; one row per village, month,
        channel and place. Columns: village_code, channel, place, month, workers (人).
    year_workers: persons of lifted-out households who worked off the farm at any time of the year so far; one row per
        village and month, of the whole year before the first month too: it is the base of 占去年比 (this year so far
        ÷ all of last year). Columns: village_code, month, workers (人, each once a year).
    duty: lifted-out or monitored households with somebody able and willing to work, and of them those with nobody in
        work (零就业户); one row per village and month. Columns: village_code, month, households (户), zero (户).
    """
    wide = Months(first=(months.first // 12 - 1) * 12, cut_off=months.cut_off)
    jobs = select(jobs_of_bound(scope=scope, months=wide)).cte("jobs")
    counts = ["workers", "year_workers", "households", "zero"]
    query = union_all(
        count_spells(_job_spells(jobs, months=months), values=counts, counted="workers"),
        count_spells(_year_spells(jobs, months=wide), values=counts, counted="year_workers"),
        count_spells(
            _duty_spells(jobs, scope=scope, months=months), values=counts, counted="households", summed=["zero"]
        ),
    )
    spells = read_frame(snapshot.connection, query)
    job, year, duty = (spells[spells[count] > 0] for count in ("workers", "year_workers", "households"))
    when = ["village_code", "first_month", "end_month"]
    workers = year[[*when, "year_workers"]].rename(columns={"year_workers": "workers"})
    return {
        "jobs": stocks(job[[*when, "channel", "place", "workers"]], months=months, values=["workers"]),
        "year_workers": stocks(workers, months=wide, values=["workers"]),
        "duty": stocks(duty[[*when, "households", "zero"]], months=months, values=["households", "zero"]),
    }


def jobs_of_bound(*, scope: Scope, months: Months) -> Subquery:
    """Jobs of members of lifted-out or once monitored households, while they belong to them; one row per person and
    job, in days and in months.

    A person has one job at a time: a job ends at the latest when the person's next one starts.
    """
    next_start = func.lead(employment.c.started_on).over(
        partition_by=(employment.c.household_id, employment.c.member_id), order_by=employment.c.started_on
    )
    far = literal(NEVER_ENDS, Date)
    job = (
        select(
            *household.c["village_code", "household_type"],
            *employment.c["household_id", "member_id", "channel", "place", "started_on"],
            func.least(func.coalesce(employment.c.ended_on, far), func.coalesce(next_start, far)).label("ended_on"),
        )
        .join_from(employment, household, household.c.household_id == employment.c.household_id)
        .where(scope.rows(household.c.village_code), _ever_bound(months))
        .subquery("job")
    )
    start = func.greatest(job.c.started_on, member.c.joined_on)
    end = func.least(job.c.ended_on, func.coalesce(member.c.left_on, far))
    return (
        select(
            *job.c["village_code", "household_type", "household_id", "member_id", "channel", "place"],
            start.label("start"),
            end.label("end"),
            months.number(start).label("first_month"),
            months.number(end).label("end_month"),
        )
        .join_from(job, member, (member.c.household_id == job.c.household_id) & (member.c.member_id == job.c.member_id))
        .where(start < end)
        .subquery("all_jobs")
    )


def _ever_bound(months: Months) -> ColumnElement[bool]:
    """Households that are lifted out or were monitored at some time: only theirs are looked at."""
    cases = case_spells(months=months)
    return or_(
        household.c.household_type == "lifted_out",
        household.c.household_id.in_(select(cases.c.household_id).where(cases.c.state == "ever")),
    )


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
        case((states.c.working == 0, 1), else_=0).label("zero"),
    ).where(states.c.bound > 0, states.c.able > 0)


def _duty_changes(jobs: CTE, *, scope: Scope, months: Months) -> Subquery:
    """What changes a household's duty, one row per household, month and change: +1 where something begins, −1 where
    it ends.

    `bound`: the household is lifted out or monitored; `able`: members able and willing; `working`: members in work.
    """
    number = months.number
    cases = case_spells(months=months)
    spells = {
        "bound": [
            select(
                household.c.village_code,
                household.c.household_id,
                number(household.c.registered_on).label("first_month"),
                number(household.c.closed_on).label("end_month"),
            ).where(household.c.household_type == "lifted_out"),
            select(household.c.village_code, household.c.household_id, cases.c.first_month, cases.c.end_month)
            .join_from(cases, household, household.c.household_id == cases.c.household_id)
            .where(cases.c.state != "ever"),
        ],
        "able": [
            select(
                household.c.village_code,
                household.c.household_id,
                number(member.c.joined_on).label("first_month"),
                number(member.c.left_on).label("end_month"),
            )
            .join_from(member, household, household.c.household_id == member.c.household_id)
            .where(
                member.c.labour.in_(ABLE_LABOUR),
                member.c.wants_work,
                _ever_bound(months),
            )
        ],
        "working": [
            select(
                *jobs.c["village_code", "household_id"],
                func.greatest(jobs.c.first_month, months.first).label("first_month"),
                jobs.c.end_month,
            )
        ],
    }
    signs = values(column("sign", Integer), name="signs").data([(1,), (-1,)])
    changes = []
    for name, queries in spells.items():
        for query in queries:
            spell = query.subquery()
            month = case((signs.c.sign == 1, spell.c.first_month), else_=spell.c.end_month)
            amounts = ((signs.c.sign if name == other else literal(0, Integer)).label(other) for other in spells)
            changes.append(
                select(*spell.c["village_code", "household_id"], month.label("month"), *amounts)
                .join_from(spell, signs, true())
                .where(
                    scope.rows(spell.c.village_code),
                    spell.c.first_month < spell.c.end_month,
                    # What ends after the cut-off has not changed yet.
                    month < months.after,
                )
            )
    return union_all(*changes).subquery("changes")


def read_factories_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Community factories open at each month end; one row per village and month. Columns: village_code, month,
    factories (个)."""
    spells = select(
        workplace.c.village_code,
        months.number(workplace.c.opened_on).label("first_month"),
        months.number(workplace.c.closed_on).label("end_month"),
    ).where(scope.rows(workplace.c.village_code), workplace.c.kind == "community_factory")
    query = count_spells(spells, values=["factories"], counted="factories")
    return stocks(read_frame(snapshot.connection, query), months=months, values=["factories"])
