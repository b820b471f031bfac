"""The validation rules about one job in force: what must be filled in, and who can hardly hold it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, and_, or_, select

from data_access.households.jobs import is_held, job_spells
from data_access.households.population import registered_on
from data_access.quality.expressions import Check, Columns, Condition, Day, years_before
from data_access.schema.tables import member
from data_access.scope import Scope

_AWAY = ("province", "outside")
"""Places of work outside the district."""


def jobs_in_force(day: Day, *, scope: Scope) -> FromClause:
    """Jobs in force on a day of members of the households on the register; one row per job.

    Columns: those of `job_spells`, birth_date, relief.
    """
    jobs = job_spells(scope=scope).add_columns(*member.c["birth_date", "relief"]).where(registered_on(day.on))
    spells = jobs.subquery("jobs")
    return select(spells).where(is_held(spells, on=day.on)).subquery("jobs_in_force")


def _wage_out_of_range(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    wage = row["monthly_wage"]
    return Check(or_(wage < values["lowest"], wage > values["highest"]), found=wage)


def _job_blank(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    return Check(or_(*(row[name].is_(None) for name in values["columns"])))


def _away_in_local_post(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["place"].in_(_AWAY), row["channel"].in_(("public_post", "community_factory"))))


def _tekun_working_away(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["relief"] == "tekun", row["place"].in_(_AWAY)))


def _post_too_old(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    old = row["birth_date"] <= years_before(day.on, values["from_age"])
    return Check(and_(row["channel"] == "public_post", old))


def _worker_too_young(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    return Check(row["birth_date"] > years_before(day.on, values["below_age"]))


CONDITIONS: Mapping[str, Condition] = {
    "wage_out_of_range": _wage_out_of_range,
    "job_blank": _job_blank,
    "away_in_local_post": _away_in_local_post,
    "tekun_working_away": _tekun_working_away,
    "post_too_old": _post_too_old,
    "worker_too_young": _worker_too_young,
}
