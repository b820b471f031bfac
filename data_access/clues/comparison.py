"""Recent clues and what became of them: matched, compared with the survey, checked, led to a case.

A clue is compared with the newest interval of indicators that was collected by people (yearly collection, update by
cadres, update of a case) and began before the day the clue came in. An interval pushed by a department is left out even
if it was in force: the department would be compared with itself. The interval may be a year old, and a clue may report
something that happened since; so a conflict means a household to look at, not an error on either side.
"""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import Subquery

from data_access.clock import month_first_day, month_number
from data_access.clues.clue_tests import AGREEMENTS, agreement, load_clue_tests
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import clue, clue_unmatched, household, household_indicator
from data_access.scope import Scope
from data_access.sql import flag, month_text_of

PUSHED = "department"
"""The `way` of a clue sent by a department; all others are reports by households or cadres."""


def first_day(on: date) -> date:
    """The first day of the recent months: whole months, including the month of the day."""
    return month_first_day(month_number(on) - limit("clue_look_back_months", on=on) + 1)


def _received(column: ColumnElement[date], *, on: date) -> ColumnElement[bool]:
    return and_(column >= first_day(on), column <= on)


def _pushed_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per clue that a department sent in the recent months, whether or not it has a household yet; values
    received (1), matched, unmatched. Unmatched clues without a village belong to no place and are left out
    (`count_unplaced`)."""
    matched = (
        select(
            household.c.village_code,
            *clue.c["clue_id", "kind", "department", "received_on"],
            month_text_of(clue.c.received_on).label("received_month"),
            cast(household.c.household_id, String).label("matched_household"),
            literal("True").label("is_matched"),
            literal(1).label("matched"),
            literal(0).label("unmatched"),
        )
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .where(clue.c.way == PUSHED, _received(clue.c.received_on, on=on), scope.rows(household.c.village_code))
    )
    unmatched = select(
        clue_unmatched.c.village_code,
        *clue_unmatched.c["clue_id", "kind", "department", "received_on"],
        month_text_of(clue_unmatched.c.received_on).label("received_month"),
        cast(null(), String).label("matched_household"),
        literal("False").label("is_matched"),
        literal(0).label("matched"),
        literal(1).label("unmatched"),
    ).where(
        clue_unmatched.c.village_code.is_not(None),
        _received(clue_unmatched.c.received_on, on=on),
        scope.rows(clue_unmatched.c.village_code),
    )
    both = union_all(matched, unmatched).subquery("both")
    return select(both, literal(1).label("received"))


def count_unplaced(snapshot: Snapshot, *, scope: Scope, on: date) -> int:
    """Clues of the recent months that have neither a household nor a village; 0 for a scope limited to some places."""
    if scope.regions is not None:
        return 0
    query = select(func.count()).where(
        clue_unmatched.c.village_code.is_(None), _received(clue_unmatched.c.received_on, on=on)
    )
    return snapshot.connection.execute(query).scalar_one()


def _surveys(*, scope: Scope, received: ColumnElement[bool]) -> Select:
    """What the survey says of each clue that was received so; one row per clue. Columns: village_code, household_id,
    clue_id, survey_from (the first day of the survey; NULL without one), agreement."""
    intervals = household_indicator.c
    key = clue.c["household_id", "clue_id"]
    compared = (
        select(*key, func.max(intervals.valid_from).label("valid_from"))
        .join_from(clue, household_indicator, intervals.household_id == clue.c.household_id)
        .where(
            intervals.valid_from < clue.c.received_on,
            intervals.source.in_(load_clue_tests().survey),
            received,
        )
        .group_by(*key)
        .subquery("compared_with")
    )
    said = agreement(kind=clue.c.kind, amount=clue.c.amount, row={one.name: one for one in intervals})
    return (
        select(household.c.village_code, *key, compared.c.valid_from.label("survey_from"), said.label("agreement"))
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .outerjoin(compared, and_(compared.c.household_id == clue.c.household_id, compared.c.clue_id == clue.c.clue_id))
        .outerjoin(
            household_indicator,
            and_(intervals.household_id == compared.c.household_id, intervals.valid_from == compared.c.valid_from),
        )
        .where(received, scope.rows(household.c.village_code))
    )


def kept_surveys(snapshot: Snapshot, *, scope: Scope) -> Subquery | None:
    """The rows of `_surveys` for all clues, which loads keep on a server: of a survey and a clue nothing changes with
    the month that is looked at. None where they are not kept."""

    def make(scope: Scope) -> Select:
        return _surveys(scope=scope, received=true())

    return snapshot.kept_rows("surveys", scope=scope, make=make, server_only=True)


def _recent_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per clue received in the recent months and matched to a household, as known on the day; values
    clues (1), agree, conflict, not_comparable, passed (handed down with a due date), checked, in_time (checked by that
    date), led (to a case), waiting (to be checked)."""
    received = _received(snapshot.counted_on(clue.c.received_on), on=on)
    surveys = kept_surveys(snapshot, scope=scope)
    if surveys is None:
        surveys = _surveys(scope=scope, received=received).subquery("surveys")
    is_checked = snapshot.counted_on(clue.c.checked_on) <= on
    result = case((is_checked, clue.c.result))
    rows = (
        select(
            household.c.village_code,
            *clue.c["household_id", "clue_id", "way", "kind", "department", "received_on", "due_on", "case_id"],
            month_text_of(clue.c.received_on).label("received_month"),
            clue.c.amount.label("clue_amount"),
            case((is_checked, clue.c.checked_on)).label("checked_on"),
            result.label("result"),
            *surveys.c["agreement", "survey_from"],
        )
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .join(surveys, and_(surveys.c.household_id == clue.c.household_id, surveys.c.clue_id == clue.c.clue_id))
        .where(received, scope.rows(household.c.village_code))
        .subquery("rows")
    )
    checked = rows.c.checked_on.is_not(None)
    values = {
        **{name: rows.c.agreement == name for name in AGREEMENTS},
        "passed": rows.c.due_on.is_not(None),
        "checked": checked,
        "in_time": rows.c.checked_on <= rows.c.due_on,
        "led": or_(rows.c.result == "case", and_(checked, rows.c.case_id.is_not(None))),
        "waiting": ~checked,
    }
    return select(
        rows,
        literal(1).label("clues"),
        *(flag(holds).label(name) for name, holds in values.items()),
    )


LISTINGS = {
    "pushed_clues": Listing(
        entries=_pushed_entries,
        order="-received_on",
        details={
            "kind": "clue_kind",
            "department": "department",
            "received_on": "date",
            "is_matched": "boolean",
            "matched_household": "text",
        },
        facets={"kind": "clue_kind", "is_matched": "boolean"},
    ),
    "recent_clues": Listing(
        entries=_recent_entries,
        order="-received_on",
        details={
            "way": "clue_way",
            "kind": "clue_kind",
            "clue_amount": "yuan",
            "department": "department",
            "received_on": "date",
            "agreement": "clue_agreement",
            "survey_from": "date",
            "due_on": "date",
            "checked_on": "date",
            "result": "clue_result",
            "clue_id": "text",
        },
        thing="clue_id",
        facets={
            "way": "clue_way",
            "kind": "clue_kind",
            "agreement": "clue_agreement",
            "result": "clue_result",
        },
    ),
}
