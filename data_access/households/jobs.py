"""Who holds a job on a day: figures, lists, selections, the household's page and the validation rules all use this.

A job ends when the person's next one begins, when the person leaves the household or the household the register, or
when it is ended, whichever comes first. So nobody holds two jobs, and a person whose newest job has ended holds none,
even if an older one was never ended.
"""

from datetime import date

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, func, literal, select

from data_access.clock import NEVER_ENDS
from data_access.schema.tables import employment, household, member
from data_access.scope import Scope


def job_spells(*, scope: Scope) -> Select:
    """SQL: the jobs of everybody who ever belonged to a household in a scope; one row per job.

    Columns: village_code, household_type, those of `employment` except `ended_on`, next_started_on (of the person's
    next job, NULL without one), start and end (the job is held from `start` up to, not including, `end`, which is far
    in the future while it lasts; it is never held if there is no day between them).

    Narrow it by conditions on `household` and `member`, never on `employment`: a job left out would not end the one
    before it.
    """
    far = literal(NEVER_ENDS, Date)
    next_started_on = func.lead(employment.c.started_on).over(
        partition_by=(employment.c.household_id, employment.c.member_id), order_by=employment.c.started_on
    )
    ends = (next_started_on, member.c.left_on, household.c.closed_on, employment.c.ended_on)
    return (
        select(
            *household.c["village_code", "household_type"],
            *(column for column in employment.c if column.name != "ended_on"),
            next_started_on.label("next_started_on"),
            func.greatest(employment.c.started_on, member.c.joined_on).label("start"),
            func.least(*(func.coalesce(end, far) for end in ends)).label("end"),
        )
        .join_from(employment, household, household.c.household_id == employment.c.household_id)
        .join(
            member,
            and_(member.c.household_id == employment.c.household_id, member.c.member_id == employment.c.member_id),
        )
        .where(scope.rows(household.c.village_code))
    )


def is_held(jobs: FromClause, *, on: date) -> ColumnElement[bool]:
    """SQL: whether a job from `job_spells` is held on a day."""
    return and_(jobs.c.start <= on, jobs.c.end > on)
