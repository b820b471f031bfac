"""拟纳入 → 立案: households of which a clue, once checked, says that they are to be included, and for which no case was
opened yet. The fifteen days of the procedure count from the day the risk was found: that of the clue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql import Subquery

from data_access.cases.lists import is_open
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.errors import LedgerError
from data_access.households.population import member_on
from data_access.ledger.ledger import Ledger
from data_access.reports.records import ALONE, PAGE, FieldReport, add_reports
from data_access.schema.limits import limit_if_any
from data_access.schema.tables import clue, household, member, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag

ACTION, KIND = "open_cases", "case_opened"

TO_INCLUDE = "case"
"""The result of a clue whose household is to be included."""

CATEGORIES = {"lifted_out": "unstable", "general": "marginal"}
"""Type of a household -> the category under which it is monitored, unless the difficulty is sudden."""

CHANNELS = {
    "department": "department",
    "video": "self_report",
    "form": "self_report",
    "hotline": "self_report",
    "cadre": "cadre",
}
"""The way a clue came (`clue_way`) -> the channel by which the risk was found (`discovery_channel`)."""


def read_openings(
    snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...], on: date
) -> tuple[Mapping[str, Any], ...]:
    """What is known of some households before a case is opened; one row per household.

    Keys: household_id, village_code, household_type, persons (current members), in_hand (whether a case is open or
    in the procedure), way and received_on of the clue that is to lead to a case (None without one).
    """
    to_open = _to_open(snapshot, on)
    query = (
        _before_a_case(household_ids, to_open.c["way", "received_on"], scope=scope, on=on)
        .outerjoin_from(household, to_open, to_open.c.household_id == household.c.household_id)
        .order_by(household.c.household_id)
    )
    return tuple(dict(row) for row in snapshot.connection.execute(query).mappings())


def read_openings_by_clue(
    snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...], on: date
) -> tuple[Mapping[str, Any], ...]:
    """What is known before a case is opened because of a clue, whatever that said; one row per clue of households.

    Keys: as `read_openings` has them, of that clue, and clue_id.
    """
    query = (
        _before_a_case(household_ids, clue.c["clue_id", "way", "received_on"], scope=scope, on=on)
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .order_by(clue.c.household_id, clue.c.received_on, clue.c.clue_id)
    )
    return tuple(dict(row) for row in snapshot.connection.execute(query).mappings())


def _before_a_case(
    household_ids: tuple[str, ...], of_clue: Iterable[ColumnElement], *, scope: Scope, on: date
) -> Select:
    """What is known of some households before a case is opened, with columns of a clue; the caller joins it."""
    persons = select(func.count()).where(member.c.household_id == household.c.household_id, member_on(on))
    return select(
        *household.c["household_id", "village_code", "household_type"],
        persons.scalar_subquery().label("persons"),
        _in_hand(household, on).label("in_hand"),
        *of_clue,
    ).where(household.c.household_id.in_(household_ids), scope.rows(household.c.village_code))


def _in_hand(of: FromClause, on: date) -> ColumnElement[bool]:
    """SQL: whether a household has a case that is open, or in the procedure."""
    own = monitoring_case.c
    under_way = and_(own.identified_on.is_(None), own.outcome == "open", own.discovered_on.is_not(None))
    return exists().where(own.household_id == of.c.household_id, or_(is_open(on), under_way))


def _to_open(snapshot: Snapshot, on: date) -> Subquery:
    """The clue of each household by which a case is to be opened, the one that came first; one row per household."""
    own = monitoring_case.c
    opened_since = exists().where(own.household_id == clue.c.household_id, own.discovered_on >= clue.c.received_on)
    first = func.row_number().over(partition_by=clue.c.household_id, order_by=(clue.c.received_on, clue.c.clue_id))
    waiting = (
        select(*clue.c["household_id", "clue_id", "way", "kind", "received_on", "checked_on"], first.label("place"))
        .where(
            clue.c.result == TO_INCLUDE,
            snapshot.counted_on(clue.c.checked_on) <= on,
            clue.c.case_id.is_(None),
            ~opened_since,
            ~_in_hand(clue, on),
        )
        .subquery("clues_to_open")
    )
    return (
        select(*(column for column in waiting.c if column.name != "place"))
        .where(waiting.c.place == 1)
        .subquery("to_open")
    )


def _to_open_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household for which a case is to be opened; values households (1), overdue (1 if the fifteen days
    from the discovery have passed)."""
    to_open, days = _to_open(snapshot, on), limit_if_any("identify_within_days", on=on)
    due_on = cast(null(), Date) if days is None else to_open.c.received_on + literal(days, Integer)
    return (
        select(
            household.c.village_code,
            *to_open.c["household_id", "clue_id", "way", "kind", "received_on", "checked_on"],
            due_on.label("step_due_on"),
            literal(1, Integer).label("households"),
            flag(func.coalesce(due_on < on, false())).label("overdue"),
        )
        .join_from(to_open, household, household.c.household_id == to_open.c.household_id)
        .where(scope.rows(household.c.village_code))
    )


def open_cases(
    ledger: Ledger,
    homes: Sequence[Mapping[str, Any]],
    *,
    found_on: date | None,
    values: Mapping[str, Any],
    words: str | None,
    recorded_by: str,
    alone: bool,
    scope: Scope,
) -> int:
    """Record that cases are opened for households; returns how many are new. The number of a case is made of the
    household and the day, so that two people who open it open one.

    Args:
        homes: rows of `read_openings`.
        found_on: the day the risk was found; None: the day on which the clue of each household came.
        values: cause_1; category, by default that of the household's type; channel, by default that of the clue;
            helped_first.

    Raises LedgerError where a case is in hand already, and as `add_reports` does; ScopeError.
    """
    reports = []
    for home in homes:
        if home["in_hand"]:
            raise LedgerError("case_in_hand", household=home["household_id"])
        with ledger.refusals_noted(recorded_by=recorded_by, place=home["village_code"]):
            scope.require(ACTION)
        reports.append(
            case_report(
                home,
                found_on=home["received_on"] if found_on is None else found_on,
                values=values,
                words=words,
                opened_by=recorded_by,
                origin=ALONE if alone else PAGE,
            )
        )
    return add_reports(ledger, reports, recorded_by=recorded_by, scope=scope)


def case_number(household_id: str, *, found_on: date) -> str:
    """The number of a case that is opened here: one for a household and a day, whoever opens it."""
    return f"{household_id}-{found_on:%Y%m%d}"


def case_report(
    home: Mapping[str, Any],
    *,
    found_on: date,
    values: Mapping[str, Any],
    words: str | None,
    opened_by: str,
    origin: str,
) -> FieldReport:
    """The report that opens a case; its arguments are those of `open_cases`, `home` is a row of `read_openings`."""
    own = {"category": CATEGORIES.get(home["household_type"]), "channel": CHANNELS.get(home["way"]), **values}
    return FieldReport(
        kind=KIND,
        household_id=home["household_id"],
        village_code=home["village_code"],
        thing=case_number(home["household_id"], found_on=found_on),
        happened_on=found_on,
        values={**own, "outcome": "open", "persons": int(home["persons"])},
        words=words,
        reported_by=opened_by,
        origin=origin,
    )


LISTINGS = {
    "clues_to_open": Listing(
        entries=_to_open_entries,
        order="received_on",
        details={
            "step_due_on": "date",
            "kind": "clue_kind",
            "way": "clue_way",
            "received_on": "date",
            "checked_on": "date",
            "clue_id": "text",
        },
        facets={"kind": "clue_kind", "way": "clue_way"},
    ),
}
