"""The validation rules about jobs: about one in force what must be filled in, and who can hardly hold it; about any
job what it outlives, and what it coincides with."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, literal, or_, select

from data_access.households.jobs import is_held, job_spells
from data_access.households.population import registered_on
from data_access.quality.expressions import Check, Columns, Condition, Day, years_before
from data_access.quality.rows import ended_after, rows_of
from data_access.schema.ranges import range_of
from data_access.schema.tables import employment, member, workplace
from data_access.scope import Scope
from data_access.sql import months_later

_YEAR = 12
_AWAY = ("province", "outside")
"""Places of work outside the district."""


def jobs_in_force(day: Day, *, scope: Scope) -> FromClause:
    """Jobs in force on a day of members of the households on the register; one row per job.

    Columns: those of `job_spells`, birth_date, relief.
    """
    jobs = job_spells(scope=scope).add_columns(*member.c["birth_date", "relief"]).where(registered_on(day.on))
    spells = jobs.subquery("jobs")
    return select(spells).where(is_held(spells, on=day.on)).subquery("jobs_in_force")


def all_jobs(day: Day, *, scope: Scope) -> FromClause:
    """Jobs; one row per job, with birth_date, school_stage and left_on of the person, factory_closed_on,
    next_started_on and last_unended (start of the person's next job, and of the last one without an end)."""
    columns = employment.c
    person = columns["household_id", "member_id"]
    next_started_on = func.lead(columns.started_on).over(partition_by=person, order_by=columns.started_on)
    last_unended = func.max(case((columns.ended_on.is_(None), columns.started_on))).over(partition_by=person)
    same = and_(member.c.household_id == columns.household_id, member.c.member_id == columns.member_id)
    return (
        rows_of("work", day, scope=scope)
        .outerjoin(member, same)
        .outerjoin(workplace, workplace.c.workplace_id == columns.workplace_id)
        .add_columns(
            *member.c["birth_date", "school_stage", "left_on"],
            workplace.c.closed_on.label("factory_closed_on"),
            next_started_on.label("next_started_on"),
            last_unended.label("last_unended"),
        )
        .subquery("all_jobs")
    )


def _wage_out_of_range(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    # What no wage can be is found as such.
    wage, possible = row["monthly_wage"], range_of(employment.c.monthly_wage)
    unlikely = or_(wage < values["lowest"], wage > values["highest"])
    return Check(unlikely if possible is None else and_(unlikely, wage.between(*possible)), found=wage)


def _job_blank(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    return Check(or_(*(row[name].is_(None) for name in values["columns"])))


def _away_in_local_post(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["place"].in_(_AWAY), row["channel"].in_(("public_post", "community_factory"))))


def _tekun_working_away(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["relief"] == "tekun", row["place"].in_(_AWAY)))


def _post_too_old(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    old = row["birth_date"] <= years_before(day.on, values["from_age"])
    return Check(and_(row["channel"] == "public_post", old))


def _worker_too_young(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    return Check(months_later(row["birth_date"], values["below_age"] * _YEAR) > row["started_on"])


def _pupil_in_work(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    # The school stage is that of the cut-off.
    now = and_(row["started_on"] <= day.known, ended_after(row["ended_on"], literal(day.known)))
    return Check(and_(row["school_stage"].in_(values["stages"]), row["left_on"].is_(None), now))


def _job_after_leaving(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    left = and_(row["left_on"] <= day.on, ended_after(row["ended_on"], row["left_on"]))
    return Check(and_(left, ended_after(row["home_closed_on"], literal(day.on))))


def _job_of_closed_household(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    return Check(and_(row["home_closed_on"] <= day.on, ended_after(row["ended_on"], row["home_closed_on"])))


def _job_of_closed_factory(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    there = and_(row["workplace_id"].is_not(None), row["factory_closed_on"] <= day.on)
    return Check(and_(there, ended_after(row["ended_on"], row["factory_closed_on"])))


def _two_open_jobs(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(_is_followed_by_another(row))


def _jobs_overlap(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    # A job that ends before it begins is found as such.
    goes_on = and_(
        ended_after(row["ended_on"], row["next_started_on"]), ended_after(row["ended_on"], row["started_on"])
    )
    return Check(and_(goes_on, ~func.coalesce(_is_followed_by_another(row), false())))


def _is_followed_by_another(row: Columns) -> ColumnElement[bool]:
    """Whether neither this job nor a later one of the person has an end."""
    return and_(row["ended_on"].is_(None), row["last_unended"] > row["started_on"])


CONDITIONS: Mapping[str, Condition] = {
    "wage_out_of_range": _wage_out_of_range,
    "job_blank": _job_blank,
    "away_in_local_post": _away_in_local_post,
    "tekun_working_away": _tekun_working_away,
    "post_too_old": _post_too_old,
}
WORK: Mapping[str, Condition] = {
    "worker_too_young": _worker_too_young,
    "pupil_in_work": _pupil_in_work,
    "job_after_leaving": _job_after_leaving,
    "job_of_closed_household": _job_of_closed_household,
    "job_of_closed_factory": _job_of_closed_factory,
    "two_open_jobs": _two_open_jobs,
    "jobs_overlap": _jobs_overlap,
}
