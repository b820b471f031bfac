"""到期提醒: help that ends within the next months: measures, public-welfare posts, relief, insurance; one by one."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, FromClause, Integer, Select, String, and_, cast, literal, null, or_, select
from sqlalchemy import union_all as all_of

from data_access.cases.lists import is_eliminated, is_open
from data_access.clock import months_after
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import employment, household, measure, member, monitoring_case
from data_access.scope import Scope


def _ending_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per measure, post, relief and insurance of a person that is in force on a day and ends after it, within
    as many months as the limit says; value endings (1). Of insurances those of monitored households."""
    after = months_after(on + timedelta(days=1), limit("ending_within_months", on=on))
    watched = select(monitoring_case.c.household_id).where(or_(is_open(on), is_eliminated(on)))
    there = and_(member.c.joined_on <= on, or_(member.c.left_on.is_(None), member.c.left_on > on))
    running = and_(measure.c.started_on <= on, or_(measure.c.done_on.is_(None), measure.c.done_on > on))
    post = and_(
        employment.c.channel == "public_post",
        employment.c.started_on <= on,
        employment.c.member_id == member.c.member_id,
        there,
    )
    parts = [
        _part("measure", measure, measure.c.ends_on, running, of=measure.c.kind),
        _part("post", employment, employment.c.ended_on, post, of=null(), beside=member),
        _part("relief", member, member.c.relief_until, and_(there, member.c.relief != "none"), of=null()),
        _part("insurance", member, member.c.insured_until, and_(there, member.c.household_id.in_(watched)), of=null()),
    ]
    ending = all_of(*parts).subquery("ending")
    return (
        select(
            household.c.village_code,
            *ending.c["household_id", "ending", "measure_kind", "ends_on"],
            literal(1, Integer).label("endings"),
        )
        .join_from(ending, household, household.c.household_id == ending.c.household_id)
        .where(ending.c.ends_on > on, ending.c.ends_on < after, scope.rows(household.c.village_code))
    )


def _part(
    kind: str,
    source: FromClause,
    ends_on: ColumnElement[date],
    holds: ColumnElement[bool],
    *,
    of: ColumnElement,
    beside: FromClause | None = None,
) -> Select:
    things: FromClause = source
    if beside is not None:
        things = source.join(beside, beside.c.household_id == source.c.household_id)
    return (
        select(
            source.c.household_id,
            literal(kind, String).label("ending"),
            cast(of, String).label("measure_kind"),
            cast(ends_on, Date).label("ends_on"),
        )
        .select_from(things)
        .where(holds)
    )


LISTINGS = {
    "endings": Listing(
        entries=_ending_entries,
        order="ends_on",
        details={"ending": "ending", "measure_kind": "measure_kind", "ends_on": "date"},
        facets={"ending": "ending", "measure_kind": "measure_kind"},
    )
}
