"""Monitored households: their states over time, and the flows from one state to the next."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, case, func, literal, or_, select, union_all

from data_access.clock import NEVER_ENDS, Months
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.history import count_spells, stocks
from data_access.schema.tables import household, member, monitoring_case
from data_access.scope import Scope


def open_end() -> ColumnElement[date]:
    """The day a case leaves the open state: eliminated or ended, whichever comes first; far in the future while it is
    open."""
    far = literal(NEVER_ENDS, Date)
    return func.least(
        func.coalesce(monitoring_case.c.eliminated_on, far), func.coalesce(monitoring_case.c.ended_on, far)
    )


def eliminated_end() -> ColumnElement[date]:
    """The day a case leaves the eliminated state: rolled back or ended, whichever comes first; far in the future while
    it stays."""
    far = literal(NEVER_ENDS, Date)
    return func.least(
        func.coalesce(monitoring_case.c.rolled_back_on, far), func.coalesce(monitoring_case.c.ended_on, far)
    )


def lifted_out_or_monitored() -> FromClause:
    """Households while they are lifted out and on the register, or in a case that is open or eliminated: those subject
    to the duty to have somebody in work and to the calls at the month end; one row per household and spell.

    Columns: household_id, start, end (not included, far in the future while it lasts).
    """
    registered_until = func.coalesce(household.c.closed_on, literal(NEVER_ENDS, Date))
    return union_all(
        select(household.c.household_id, household.c.registered_on.label("start"), registered_until.label("end")).where(
            household.c.household_type == "lifted_out"
        ),
        *(
            select(monitoring_case.c.household_id, start.label("start"), end.label("end")).where(start.is_not(None))
            for start, end in (
                (monitoring_case.c.identified_on, open_end()),
                (monitoring_case.c.eliminated_on, eliminated_end()),
            )
        ),
    ).subquery("lifted_out_or_monitored")


def case_spells(*, months: Months) -> FromClause:
    """Spells of households in the states of a case, in months: one row per household, state and spell.

    States: `open`, `eliminated`, and `ever` (identified at some time, never ends; one row per household).
    Columns: household_id, state, first_month, end_month.
    """
    identified, eliminated = monitoring_case.c.identified_on, monitoring_case.c.eliminated_on
    number = months.number

    def spell(state: str, start: ColumnElement[date], end: ColumnElement[date]) -> Select:
        return select(
            monitoring_case.c.household_id,
            literal(state).label("state"),
            number(start).label("first_month"),
            number(end).label("end_month"),
        ).where(start.is_not(None))

    ever = (
        select(
            monitoring_case.c.household_id,
            literal("ever").label("state"),
            func.min(number(identified)).label("first_month"),
            literal(months.after).label("end_month"),
        )
        .where(identified.is_not(None))
        .group_by(monitoring_case.c.household_id)
    )
    return union_all(
        spell("open", identified, open_end()), spell("eliminated", eliminated, eliminated_end()), ever
    ).subquery("case_spells")


def read_cases_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Monitored households at each month end; one row per village, month, category, main cause and state (open,
    eliminated).

    Columns: village_code, category, cause, state, month, households (户), persons (人: current members while open,
    frozen at elimination).
    """
    number = months.number
    values = ["households", "persons"]
    homes = {
        state: select(
            household.c.village_code,
            monitoring_case.c.category,
            monitoring_case.c.cause_1.label("cause"),
            literal(state).label("state"),
            number(start).label("first_month"),
            number(end).label("end_month"),
            monitoring_case.c.persons,
        )
        .join_from(monitoring_case, household, household.c.household_id == monitoring_case.c.household_id)
        .where(scope.rows(household.c.village_code), start.is_not(None))
        for state, start, end in (
            ("open", monitoring_case.c.identified_on, open_end()),
            ("eliminated", monitoring_case.c.eliminated_on, eliminated_end()),
        )
    }
    spell = person_spells()
    people = select(
        *spell.c["village_code", "category", "cause"],
        literal("open").label("state"),
        number(spell.c.start).label("first_month"),
        number(spell.c.end).label("end_month"),
    ).where(scope.rows(spell.c.village_code))
    counts = union_all(
        count_spells(homes["eliminated"], values=values, counted="households", summed=["persons"]),
        count_spells(_without(homes["open"], "persons"), values=values, counted="households"),
        count_spells(people, values=values, counted="persons"),
    )
    return stocks(read_frame(snapshot.connection, counts), months=months, values=values)


def _without(rows: Select, name: str) -> Select:
    return rows.with_only_columns(*(column for column in rows.selected_columns if column.name != name))


def read_flows_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """How households and persons entered the open state and left it; one row per village, month, category and flow.

    Flows: identified, rolled_back (back in after an elimination), eliminated, ended; for persons only, also joined and
    left. Open at the start of a month plus what came minus what left is open at its end, both for households and for
    persons.
    Columns: village_code, category, flow, month, households (户), persons (人).
    """
    values = ["households", "persons"]
    counts = [
        count_spells(
            select(
                *spell.c["village_code", "category"],
                flow.label("flow"),
                months.number(day).label("first_month"),
                (months.number(day) + 1).label("end_month"),
            ).where(scope.rows(spell.c.village_code), months.contains(day)),
            values=values,
            counted=counted,
        )
        for counted, spell in (("households", open_spells()), ("persons", person_spells()))
        for flow, day in ((spell.c.came, spell.c.start), (spell.c.went, spell.c.end))
    ]
    return stocks(read_frame(snapshot.connection, union_all(*counts)), months=months, values=values)


def _came() -> ColumnElement[str]:
    return case((monitoring_case.c.follows_case_id.is_(None), "identified"), else_="rolled_back")


def _went() -> ColumnElement[str]:
    eliminated, ended = monitoring_case.c.eliminated_on, monitoring_case.c.ended_on
    return case((and_(eliminated.is_not(None), or_(ended.is_(None), eliminated <= ended)), "eliminated"), else_="ended")


def open_spells() -> FromClause:
    """Cases from identification to the day they leave the open state; one row per identified case.

    Columns: household_id, case_id, village_code, category, start, end, came (identified, rolled_back), went
    (eliminated, ended).
    """
    start, end = monitoring_case.c.identified_on, open_end()
    return (
        select(
            household.c.village_code,
            *monitoring_case.c["household_id", "case_id", "category"],
            start.label("start"),
            end.label("end"),
            _came().label("came"),
            _went().label("went"),
        )
        .join_from(monitoring_case, household, household.c.household_id == monitoring_case.c.household_id)
        .where(start.is_not(None), start < end)
        .subquery("open_spells")
    )


def person_spells() -> FromClause:
    """Members of open cases; one row per case and person, from the day both hold to the day either ends.

    Columns as in `open_spells`, and cause; came may also be joined, went may also be left.
    """
    identified, joined = monitoring_case.c.identified_on, member.c.joined_on
    left = func.coalesce(member.c.left_on, literal(NEVER_ENDS, Date))
    start, end = func.greatest(identified, joined), func.least(open_end(), left)
    return (
        select(
            household.c.village_code,
            *monitoring_case.c["household_id", "case_id", "category"],
            monitoring_case.c.cause_1.label("cause"),
            start.label("start"),
            end.label("end"),
            case((joined > identified, "joined"), else_=_came()).label("came"),
            case((left <= open_end(), "left"), else_=_went()).label("went"),
        )
        .join_from(monitoring_case, household, household.c.household_id == monitoring_case.c.household_id)
        .join(member, member.c.household_id == monitoring_case.c.household_id)
        .where(identified.is_not(None), start < end)
        .subquery("person_spells")
    )
