"""The households behind a number: each list is counted and read, filtered and paged, in the database."""

from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy import FromClause, and_, func, or_, select
from sqlalchemy.sql import Select, Subquery

from data_access import disclosure
from data_access.cases import identified_until
from data_access.engine import Snapshot
from data_access.frames import read_frame
from data_access.lamps import checks
from data_access.risk.scoring import scored
from data_access.scope import Scope
from data_access.tables import clue, household, household_indicator, region
from data_access.work import dated_cases


def count_list(snapshot: Snapshot, *, scope: Scope, kind: str, on: date) -> int:
    """How many rows a list has on a day; equal to the metric of the same name at that month's end. `kind`: a key of
    LISTS."""
    entries = _entries(snapshot, scope=scope, kind=kind, on=on)
    return snapshot.connection.execute(select(func.count()).select_from(entries)).scalar_one()


def read_list(
    snapshot: Snapshot, *, scope: Scope, kind: str, on: date, language: str, offset: int, limit: int
) -> pd.DataFrame:
    """One page of a list, longest waiting first; one row per household (of `clues_overdue`: per clue).

    Columns: household_id, township, village, head_name, phone (both as the scope may see them), since (date), detail
    (a code or a score).
    """
    entries = _entries(snapshot, scope=scope, kind=kind, on=on)
    village, township = region.alias("village"), region.alias("township")
    name = "name_zh" if language == "zh" else "name_en"
    query = (
        select(
            household.c.household_id,
            func.coalesce(township.c[name], township.c.name_zh).label("township"),
            func.coalesce(village.c[name], village.c.name_zh).label("village"),
            disclosure.name(household.c.head_name, scope=scope).label("head_name"),
            disclosure.phone(household.c.phone, scope=scope).label("phone"),
            entries.c.since,
            entries.c.detail,
        )
        .join_from(entries, household, household.c.household_id == entries.c.household_id)
        .outerjoin(village, village.c.code == household.c.village_code)
        .outerjoin(township, township.c.code == village.c.parent_code)
        .order_by(entries.c.since, household.c.household_id, entries.c.detail)
        .offset(offset)
        .limit(limit)
    )
    return read_frame(snapshot.connection, query)


def _entries(snapshot: Snapshot, *, scope: Scope, kind: str, on: date) -> Subquery:
    entries = LISTS[kind](snapshot, on).subquery("entries")
    return (
        select(entries)
        .join(household, household.c.household_id == entries.c.household_id)
        .where(scope.rows(household.c.village_code))
        .subquery("entries_in_scope")
    )


def _measures_overdue(snapshot: Snapshot, on: date) -> Select:
    cases = dated_cases(on=snapshot.cut_off)
    no_help_yet = or_(cases.c.helped.is_(None), cases.c.helped > on)
    return select(cases.c.household_id, cases.c.identified_on.label("since"), cases.c.case_id.label("detail")).where(
        cases.c.deadline <= on, cases.c.end > on, no_help_yet
    )


def _clues_overdue(_snapshot: Snapshot, on: date) -> Select:
    unchecked = or_(clue.c.checked_on.is_(None), clue.c.checked_on > on)
    return select(clue.c.household_id, clue.c.due_on.label("since"), clue.c.kind.label("detail")).where(
        clue.c.received_on <= on, clue.c.due_on < on, unchecked
    )


def _red_unchecked(snapshot: Snapshot, on: date) -> Select:
    lamps = scored(households_on(on), rulebook=snapshot.rulebook, on=on, keep=("household_id", "valid_from")).subquery(
        "lamps"
    )
    known, looked_at = identified_until(on), checks()
    return select(lamps.c.household_id, lamps.c.valid_from.label("since"), lamps.c.score.label("detail")).where(
        lamps.c.lamp == "red",
        ~select(known).where(known.c.household_id == lamps.c.household_id).exists(),
        ~select(looked_at)
        .where(
            looked_at.c.household_id == lamps.c.household_id,
            looked_at.c.checked_on >= lamps.c.valid_from,
            looked_at.c.checked_on <= on,
        )
        .exists(),
    )


def households_on(on: date) -> FromClause:
    """Households on the register on a day with the indicators in force on it; one row per household, NULLs where
    nothing was collected."""
    indicators = household_indicator
    in_force = and_(
        indicators.c.household_id == household.c.household_id,
        indicators.c.valid_from <= on,
        or_(indicators.c.valid_to.is_(None), indicators.c.valid_to > on),
    )
    return (
        select(
            *household.c["household_id", "village_code", "household_type"],
            *(column for column in indicators.c if column.name != "household_id"),
        )
        .outerjoin_from(household, indicators, in_force)
        .where(household.c.registered_on <= on, or_(household.c.closed_on.is_(None), household.c.closed_on > on))
        .subquery("households_on")
    )


LISTS: dict[str, Callable[[Snapshot, date], Select]] = {
    "measures_overdue": _measures_overdue,
    "clues_overdue": _clues_overdue,
    "red_unchecked": _red_unchecked,
}
"""The lists by the key of the metric whose number they explain."""
