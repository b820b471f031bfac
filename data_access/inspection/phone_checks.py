"""电话抽查: who was to be called in a month, who was called, and what was said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select

from data_access import disclosure
from data_access.cases.lists import case_states, is_lifted_out_or_monitored
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.population import registered_on
from data_access.schema.tables import household, phone_check
from data_access.scope import Scope
from data_access.sql import flag

ANSWERS = ("income_change", "housing_problem", "water_problem", "knows_helper", "satisfaction", "complaint")
"""What is asked; columns of `phone_check`."""

KINDS = ("open", "eliminated", "lifted_out", "general")
"""What a household is by which it is told who was asked, the first that holds; a general one is not to be called."""

SATISFIED = ("satisfied", "fairly")
"""群众满意度 counts these among all who were reached and asked (满意、基本满意)."""


def _due_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household due for the month-end calls (all lifted-out and all monitored ones); values households (1),
    called (1 if it was called in the month of the day, up to the day)."""
    state, called_on = case_states(on), snapshot.counted_on(phone_check.c.called_on)
    called = (
        select(phone_check.c.household_id)
        .where(called_on >= on.replace(day=1), called_on <= on)
        .distinct()
        .subquery("called")
    )
    was_called = called.c.household_id.is_not(None)
    return (
        select(
            *household.c["household_id", "village_code", "household_type"],
            func.coalesce(state.c.state, "never").label("monitoring_state"),
            case((was_called, "True"), else_="False").label("was_called"),
            literal(1).label("households"),
            flag(was_called).label("called"),
        )
        .outerjoin_from(household, state, state.c.household_id == household.c.household_id)
        .outerjoin(called, called.c.household_id == household.c.household_id)
        .where(
            registered_on(on),
            is_lifted_out_or_monitored(on),
            scope.rows(household.c.village_code),
        )
    )


def _call_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per call in the month of a day, up to the day; values calls (1), reached, and 1 or 0 for each answer,
    NULL if it was not given: asked (reached, and a satisfaction was recorded), satisfied, complaints, housing, water,
    knows_helper, helper_asked."""
    reached, called_on = phone_check.c.outcome == "reached", snapshot.counted_on(phone_check.c.called_on)
    return (
        select(
            *phone_check.c["household_id", "called_on", "outcome"],
            household.c.village_code,
            *phone_check.c["income_change", "satisfaction", "complaint"],
            *(
                _yes_no(phone_check.c[name]).label(name)
                for name in ("housing_problem", "water_problem", "knows_helper")
            ),
            literal(1).label("calls"),
            flag(reached).label("reached"),
            flag(and_(reached, phone_check.c.satisfaction.is_not(None))).label("asked"),
            flag(and_(reached, phone_check.c.satisfaction.in_(SATISFIED))).label("satisfied"),
            flag(phone_check.c.complaint != "none").label("complaints"),
            flag(phone_check.c.housing_problem).label("housing"),
            flag(phone_check.c.water_problem).label("water"),
            flag(and_(reached, phone_check.c.knows_helper)).label("knows"),
            flag(and_(reached, phone_check.c.knows_helper.is_not(None))).label("helper_asked"),
        )
        .join_from(phone_check, household, household.c.household_id == phone_check.c.household_id)
        .where(
            called_on >= on.replace(day=1),
            called_on <= on,
            scope.rows(household.c.village_code),
        )
    )


def _yes_no(column: ColumnElement[bool]) -> ColumnElement[str]:
    """A yes or no as a code of the list `boolean`; NULL if it was not asked."""
    return case((column, "True"), (~column, "False"))


def read_due(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The households to be called in the month of a day; one row per household. Columns: household_id, village_code."""
    entries = _due_entries(snapshot, scope, on).subquery("entries")
    query = select(*entries.c["household_id", "village_code"]).order_by(entries.c.household_id)
    return read_frame(snapshot.connection, query)


def read_phones(snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...]) -> Mapping[str, str]:
    """The telephone numbers of some households, masked for everybody; who has none is left out."""
    hidden = replace(scope, masked=True, opened=frozenset())
    number = disclosure.phone(household.c.phone, scope=hidden)
    query = select(household.c.household_id, number).where(
        household.c.household_id.in_(household_ids),
        household.c.phone.is_not(None),
        scope.rows(household.c.village_code),
    )
    return {row.household_id: row[1] for row in snapshot.connection.execute(query)}


def read_asked(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Who was to be called, called and asked in the month of a day, by what the household is that day; one row per
    kind.

    Columns: kind (one of KINDS), due and called (households), asked and satisfied (calls, as the metrics count them).
    """
    due, calls = (entries(snapshot, scope, on).subquery() for entries in (_due_entries, _call_entries))
    homes = _by_kind(due, on=on, columns={"due": due.c.households, "called": due.c.called}, scope=scope)
    said = _by_kind(calls, on=on, columns={"asked": calls.c.asked, "satisfied": calls.c.satisfied}, scope=scope)
    rows = (read_frame(snapshot.connection, query).set_index("kind").reindex(KINDS) for query in (homes, said))
    return pd.concat(rows, axis=1).fillna(0).astype("int64").rename_axis("kind").reset_index()


def _by_kind(entries: Subquery, *, on: date, columns: Mapping[str, ColumnElement[int]], scope: Scope) -> Select:
    state = case_states(on)
    kind = case(
        (state.c.state.in_(("open", "eliminated")), state.c.state),
        (household.c.household_type == "lifted_out", "lifted_out"),
        else_="general",
    ).label("kind")
    return (
        select(kind, *(func.sum(column).label(name) for name, column in columns.items()))
        .join_from(entries, household, household.c.household_id == entries.c.household_id)
        .outerjoin(state, state.c.household_id == household.c.household_id)
        .where(scope.rows(household.c.village_code))
        .group_by(kind)
    )


def read_calls(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The calls in the month of a day, up to the day; one row per call. Columns: household_id, called_on, outcome."""
    entries = _call_entries(snapshot, scope, on).subquery("entries")
    calls = select(*entries.c["household_id", "called_on", "outcome"])
    return read_frame(snapshot.connection, calls.order_by(entries.c.household_id, entries.c.called_on))


LISTINGS = {
    "calls_due": Listing(
        entries=_due_entries,
        details={"household_type": "household_type", "monitoring_state": "monitoring_state", "was_called": "boolean"},
        facets={
            "household_type": "household_type",
            "monitoring_state": "monitoring_state",
            "was_called": "boolean",
        },
    ),
    "calls": Listing(
        entries=_call_entries,
        order="called_on",
        details={
            "called_on": "date",
            "outcome": "call_outcome",
            "income_change": "income_change",
            "housing_problem": "boolean",
            "water_problem": "boolean",
            "knows_helper": "boolean",
            "satisfaction": "satisfaction",
            "complaint": "complaint",
        },
        facets={
            "outcome": "call_outcome",
            "income_change": "income_change",
            "satisfaction": "satisfaction",
            "complaint": "complaint",
        },
    ),
}
