"""Jobs one by one: who works, who worked this year, which household has nobody in work, which factories are open."""

from datetime import date

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.sql import Subquery

from data_access.cases.lists import case_states, is_lifted_out_or_monitored
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.employment.monthly import ABLE_LABOUR, OFF_FARM_CHANNELS, bound_jobs, is_open_factory
from data_access.households.jobs import is_held
from data_access.households.population import member_on
from data_access.schema.tables import household, member, workplace
from data_access.scope import Scope
from data_access.sql import flag


def _job_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member of a lifted-out household in work on a day; value workers (1)."""
    jobs = bound_jobs(snapshot, scope=scope)
    return select(
        *jobs.c["village_code", "household_id", "member_id", "channel", "place"],
        jobs.c.start.label("started_on"),
        literal(1).label("workers"),
    ).where(jobs.c.household_type == "lifted_out", is_held(jobs, on=on))


def _year_worker_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per person of a lifted-out household who worked off the farm this year up to a day; value workers (1)."""
    jobs = bound_jobs(snapshot, scope=scope)
    key = jobs.c["village_code", "household_id", "member_id"]
    return (
        select(*key, func.max(jobs.c.start).label("started_on"), literal(1).label("workers"))
        .where(
            jobs.c.household_type == "lifted_out",
            jobs.c.channel.in_(OFF_FARM_CHANNELS),
            jobs.c.start <= on,
            jobs.c.end > on.replace(month=1, day=1),
        )
        .group_by(*key)
    )


def _duty_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per lifted-out or monitored household with somebody able and willing; values households (1), zero (1 if
    nobody is in work)."""
    jobs, states = bound_jobs(snapshot, scope=scope), case_states(on)
    able_ones = (member_on(on), member.c.labour.in_(ABLE_LABOUR), member.c.wants_work)
    able = _persons(member.c.household_id, *able_ones, name="able")
    working = _persons(jobs.c.household_id, is_held(jobs, on=on), name="working")
    at_work = func.coalesce(working.c.persons, 0)
    return (
        select(
            *household.c["household_id", "village_code", "household_type"],
            states.c.state,
            able.c.persons.label("able"),
            at_work.label("working"),
            literal(1).label("households"),
            flag(at_work == 0).label("zero"),
        )
        .join_from(household, able, able.c.household_id == household.c.household_id)
        .outerjoin(working, working.c.household_id == household.c.household_id)
        .outerjoin(states, states.c.household_id == household.c.household_id)
        .where(is_lifted_out_or_monitored(on), scope.rows(household.c.village_code))
    )


def _persons(household_id: ColumnElement[str], *where: ColumnElement[bool], name: str) -> Subquery:
    """How many there are of each household that has any; columns household_id, persons."""
    return select(household_id, func.count().label("persons")).where(*where).group_by(household_id).subquery(name)


def _factory_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per community factory open on a day; value factories (1)."""
    return select(
        *workplace.c["village_code", "workplace_id", "industry", "jobs", "opened_on"],
        workplace.c.name_zh.label("name"),
        literal(1).label("factories"),
    ).where(
        is_open_factory(on),
        scope.rows(workplace.c.village_code),
    )


LISTINGS = {
    "jobs": Listing(
        entries=_job_entries,
        details={"channel": "work_channel", "place": "work_place", "started_on": "date"},
        facets={"channel": "work_channel", "place": "work_place"},
    ),
    "year_workers": Listing(entries=_year_worker_entries, details={"started_on": "date"}),
    "duty": Listing(
        entries=_duty_entries,
        details={"household_type": "household_type", "state": "outcome", "able": "number", "working": "number"},
        facets={"household_type": "household_type"},
    ),
    "factories": Listing(
        entries=_factory_entries,
        details={"name": "text", "industry": "industry", "jobs": "number", "opened_on": "date"},
        facets={"industry": "industry"},
    ),
}
