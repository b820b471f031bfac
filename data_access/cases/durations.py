"""How long it takes from identification to elimination of the risk.

It is not yet known how long an open case will take, and leaving it out would make the work look faster than it is. So
shares are computed only over cases that could be followed long enough: those identified at least that many months
before. Cases that ended without an elimination (自然减少) are left out; a case that was rolled back keeps the
elimination it had, and the case that follows it starts from zero.
"""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, select

from data_access.cases.lists import cases_on
from data_access.cases.spells import open_end
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.intervals import in_force_on
from data_access.schema.tables import household, household_indicator, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later

SHORT, LONG = 6, 12
"""Months after which the share eliminated is reported."""

KEYS = ("category", "cause", "case_group")


def read_durations(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """How many cases were eliminated, and how soon; one row per category, main cause and group.

    Columns: category, cause, case_group (`backstop`: households with nobody able to work, which for now must not be
    marked as eliminated; otherwise `other`), households (户: open or eliminated on the day), eliminated (户: those of
    them whose risk is eliminated), followed_6 and followed_12 (cases identified at least 6 or 12 months before it),
    eliminated_6 (of those followed 6 months, eliminated within them), eliminated_in_1 … eliminated_in_12 (of those
    followed 12 months, eliminated within 1 … 12 months).
    """
    entries = _duration_entries(snapshot, scope, on).subquery("entries")
    counted = {
        **{name: entries.c[name] for name in ("households", "eliminated", "followed_6", "followed_12", "eliminated_6")},
        **{
            f"eliminated_in_{months}": flag(and_(entries.c.followed_12 == 1, _within(entries, months=months)))
            for months in range(1, LONG + 1)
        },
    }
    query = select(
        *entries.c[KEYS],
        *(func.sum(value).label(name) for name, value in counted.items()),
    ).group_by(*entries.c[KEYS])
    return read_frame(snapshot.connection, query).astype(dict.fromkeys(counted, "int64"))


def _duration_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per case identified up to a day, except those that ended uneliminated; values households (1 for the case
    that speaks for a household open or eliminated on the day), eliminated (on the day), followed_6, eliminated_6,
    followed_12, eliminated_12 (1 or 0)."""
    identified, eliminated = monitoring_case.c.identified_on, monitoring_case.c.eliminated_on
    ended_first = and_(open_end() <= on, func.coalesce(eliminated > open_end(), True))
    no_labour, standing = _households_without_labour(on), cases_on(on)
    cases = (
        select(
            household.c.village_code,
            *monitoring_case.c["household_id", "case_id", "category", "identified_on"],
            monitoring_case.c.cause_1.label("cause"),
            case((eliminated <= on, eliminated)).label("eliminated_on"),
            flag(standing.c.case_id.is_not(None)).label("households"),
            flag(standing.c.state == "eliminated").label("eliminated"),
            case((no_labour.c.household_id.is_not(None), "backstop"), else_="other").label("case_group"),
        )
        .join_from(monitoring_case, household, household.c.household_id == monitoring_case.c.household_id)
        .outerjoin(no_labour, no_labour.c.household_id == monitoring_case.c.household_id)
        .outerjoin(
            standing,
            and_(
                standing.c.household_id == monitoring_case.c.household_id,
                standing.c.case_id == monitoring_case.c.case_id,
            ),
        )
        .where(identified <= on, ~ended_first, scope.rows(household.c.village_code))
        .subquery("cases")
    )
    flags: dict[str, ColumnElement[int]] = {}
    for months in (SHORT, LONG):
        followed = months_later(cases.c.identified_on, months) <= on
        flags[f"followed_{months}"] = flag(followed)
        flags[f"eliminated_{months}"] = flag(and_(followed, _within(cases, months=months)))
    return select(cases, *(value.label(name) for name, value in flags.items()))


def _within(cases: FromClause, *, months: int) -> ColumnElement[bool]:
    return cases.c.eliminated_on <= months_later(cases.c.identified_on, months)


def _households_without_labour(on: date) -> FromClause:
    """Households known to have nobody able to work on a day (整户无劳动能力兜底保障户). Columns: household_id."""
    indicators = household_indicator.c
    return (
        select(indicators.household_id)
        .where(in_force_on(on), indicators.no_labor_backstop.is_(True))
        .subquery("no_labour")
    )


LISTINGS = {
    "durations": Listing(
        entries=_duration_entries,
        details={
            "category": "monitor_category",
            "cause": "cause",
            "case_group": "case_group",
            "identified_on": "date",
            "eliminated_on": "date",
        },
        facets={"category": "monitor_category", "cause": "cause", "case_group": "case_group"},
    ),
}
