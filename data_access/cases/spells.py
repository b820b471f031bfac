"""Monitored households: their states over time, and the flows from one state to the next.

A household is counted once however many cases it has, and only while it is on the register: `case_pieces` says which
case speaks for it.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnCollection,
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data_access.clock import NEVER_ENDS, Months
from data_access.database.engine import Snapshot
from data_access.database.history import count_spells, one_in_force, stocks
from data_access.households.population import households_since
from data_access.schema.tables import household, member, monitoring_case
from data_access.scope import Scope

_case = monitoring_case.c
_FAR = literal(NEVER_ENDS, Date)


def open_end() -> ColumnElement[date]:
    """The day a case leaves the open state: eliminated, ended, or its household off the register, whichever comes
    first; far in the future while it is open."""
    return func.least(*(func.coalesce(day, _FAR) for day in (_case.eliminated_on, _case.ended_on, _closed_on())))


def eliminated_end() -> ColumnElement[date]:
    """The day a case leaves the eliminated state: rolled back, ended, or its household off the register, whichever
    comes first; far in the future while it stays."""
    return func.least(*(func.coalesce(day, _FAR) for day in (_case.rolled_back_on, _case.ended_on, _closed_on())))


def _closed_on() -> ColumnElement[date]:
    # A query of its own, so that no query of cases has to join their households for it.
    home = household.alias("case_household")
    closed = select(home.c.closed_on).where(home.c.household_id == _case.household_id)
    return closed.correlate(monitoring_case).scalar_subquery()


def precedence(state: ColumnElement[str], cases: ColumnCollection) -> tuple[ColumnElement, ...]:
    """SQL: the order of a household's cases where more than one is open or eliminated on a day: an open one comes
    first, then the one identified last. The first one speaks for the household, which is counted once."""
    return (case((state == "open", 0), else_=1), cases.identified_on.desc(), cases.case_id.desc())


def case_pieces(snapshot: Snapshot, *, scope: Scope) -> FromClause:
    """The case that speaks for a household, over time: on any day one at most, so that households are counted and not
    cases; one row per piece of time.

    Columns: household_id, village_code, case_id, category, cause, identified_on, eliminated_on, persons (frozen at the
    elimination), state (open, eliminated), start, end, came (how the household came to the open state on `start`:
    identified, rolled_back), went (how it left it on `end`: eliminated, ended); both NULL where another case was or
    stays open.
    """
    kept = snapshot.kept_rows("case_pieces", scope=scope, make=_pieces)
    return _computed(scope) if kept is None else kept


@lru_cache(maxsize=32)  # the same one wherever a statement speaks of it
def _computed(scope: Scope) -> CTE:
    return _pieces(scope).cte("case_pieces")


def _pieces(scope: Scope) -> Select:
    kept = (*_case["household_id", "case_id", "category", "identified_on", "eliminated_on", "persons"],)
    held = union_all(
        *(
            select(
                *kept,
                _case.cause_1.label("cause"),
                literal(state).label("state"),
                _came().label("came"),
                _went().label("went"),
                start.label("start"),
                end.label("end"),
            ).where(start < end)
            for state, start, end in (
                ("open", _case.identified_on, open_end()),
                ("eliminated", _case.eliminated_on, eliminated_end()),
            )
        )
    ).subquery("cases_held")
    pieces = one_in_force(held, order=precedence(held.c.state, held.c)).subquery("cases_in_force")
    window: dict[str, Any] = {"partition_by": pieces.c.household_id, "order_by": pieces.c.start}

    def goes_on(beside: Callable[..., ColumnElement], *, far: str, near: str) -> ColumnElement[bool]:
        touches = beside(pieces.c[far]).over(**window) == pieces.c[near]
        return func.coalesce(and_(touches, beside(pieces.c.state).over(**window) == "open"), False)

    is_open = pieces.c.state == "open"
    came = case((and_(is_open, ~goes_on(func.lag, far="end", near="start")), pieces.c.came))
    went = case((and_(is_open, ~goes_on(func.lead, far="start", near="end")), pieces.c.went))
    plain = (column for column in pieces.c if column.name not in ("came", "went"))
    return (
        select(household.c.village_code, *plain, came.label("came"), went.label("went"))
        .join_from(pieces, household, household.c.household_id == pieces.c.household_id)
        .where(scope.rows(household.c.village_code))
    )


def lifted_out_or_monitored() -> FromClause:
    """Households while they are lifted out and on the register, or in a case that is open or eliminated: those subject
    to the duty to have somebody in work and to the calls at the month end; one row per household and spell.

    Columns: household_id, start, end (not included, far in the future while it lasts).
    """
    home = households_since()
    registered_until = func.coalesce(home.c.closed_on, _FAR)
    return union_all(
        select(home.c.household_id, home.c.since.label("start"), registered_until.label("end")).where(
            home.c.household_type == "lifted_out"
        ),
        *(
            select(monitoring_case.c.household_id, start.label("start"), end.label("end")).where(start.is_not(None))
            for start, end in (
                (monitoring_case.c.identified_on, open_end()),
                (monitoring_case.c.eliminated_on, eliminated_end()),
            )
        ),
    ).subquery("lifted_out_or_monitored")


def case_spells(pieces: FromClause, *, months: Months) -> FromClause:
    """Spells of households in the states of a case, in months, without overlaps; one row per household, state and
    spell.

    States: `open`, `eliminated`, and `ever` (identified at some time, never ends; one row per household).
    Columns: household_id, state, first_month, end_month.
    """
    number = months.number
    spells = select(
        *pieces.c["household_id", "state"],
        number(pieces.c.start).label("first_month"),
        number(pieces.c.end).label("end_month"),
    )
    ever = (
        select(
            _case.household_id,
            literal("ever").label("state"),
            func.min(number(_case.identified_on)).label("first_month"),
            literal(months.after).label("end_month"),
        )
        .where(_case.identified_on.is_not(None))
        .group_by(_case.household_id)
    )
    return union_all(spells, ever).subquery("case_spells")


def read_cases_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """Monitored households at each month end; one row per village, month, category, main cause and state (open,
    eliminated).

    Columns: village_code, category, cause, state, month, households (户), persons (人: current members while open,
    frozen at elimination).
    """
    number = months.number
    values = ["households", "persons"]
    pieces = case_pieces(snapshot, scope=scope)
    spell = person_spells(pieces)
    homes = {
        state: select(
            *pieces.c["village_code", "category", "cause", "state"],
            number(pieces.c.start).label("first_month"),
            number(pieces.c.end).label("end_month"),
            pieces.c.persons,
        ).where(pieces.c.state == state)
        for state in ("open", "eliminated")
    }
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
    return stocks(snapshot.read_result(counts), months=months, values=values)


def _without(rows: Select, name: str) -> Select:
    return rows.with_only_columns(*(column for column in rows.selected_columns if column.name != name))


def read_flows_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """How households and persons entered the open state and left it; one row per village, month, category and flow.

    Flows: identified, rolled_back (back in after an elimination), eliminated, ended; for persons only, also joined and
    left. Open at the start of a month plus what came minus what left is open at its end, both for households and for
    persons.
    Columns: village_code, category, flow, month, households (户), persons (人).
    """
    values, pieces = ["households", "persons"], case_pieces(snapshot, scope=scope)
    counts = [
        count_spells(
            select(
                *spell.c["village_code", "category"],
                flow.label("flow"),
                months.number(day).label("first_month"),
                (months.number(day) + 1).label("end_month"),
            ).where(scope.rows(spell.c.village_code), flow.is_not(None), months.contains(day)),
            values=values,
            counted=counted,
        )
        for counted, spell in (("households", homes_that_moved(pieces)), ("persons", persons_that_moved(pieces)))
        for flow, day in ((spell.c.came, spell.c.start), (spell.c.went, spell.c.end))
    ]
    return stocks(snapshot.read_result(union_all(*counts)), months=months, values=values)


def _came() -> ColumnElement[str]:
    return case((_case.follows_case_id.is_(None), "identified"), else_="rolled_back")


def _went() -> ColumnElement[str]:
    return case((_case.eliminated_on <= open_end(), "eliminated"), else_="ended")


def open_spells(pieces: FromClause) -> FromClause:
    """Households in the open state; one row per piece of `case_pieces`.

    Columns: household_id, case_id, village_code, category, cause, start, end, came, went.
    """
    columns = ("household_id", "case_id", "category", "cause", "start", "end", "came", "went")
    return select(*pieces.c["village_code", *columns]).where(pieces.c.state == "open").subquery("open_spells")


def homes_that_moved(pieces: FromClause) -> FromClause:
    """Households that came to the open state or left it: those of `open_spells`, and those that did both on one day, as
    where a sheet knows the month alone; columns as there."""
    spells, none = open_spells(pieces), _open_for_no_time()
    return union_all(select(*(spells.c[column.name] for column in none.c)), select(none)).subquery("homes_that_moved")


def persons_that_moved(pieces: FromClause) -> FromClause:
    """The same for persons: those of `person_spells`, and the members on that day."""
    homes = _open_for_no_time()
    left_on = func.coalesce(member.c.left_on, _FAR)
    persons = (
        select(homes)
        .join_from(homes, member, member.c.household_id == homes.c.household_id)
        .where(member.c.joined_on <= homes.c.start, left_on > homes.c.start)
    )
    spells = person_spells(pieces)
    return union_all(select(*(spells.c[column.name] for column in homes.c)), persons).subquery("persons_that_moved")


def _open_for_no_time() -> FromClause:
    """Cases that were identified and left the open state on the same day, of households that had no other open case on
    it; columns of `open_spells`."""
    other, day = monitoring_case.alias("other_case"), _case.identified_on
    end = func.least(*(func.coalesce(other.c[name], _FAR) for name in ("eliminated_on", "ended_on")))
    beside = exists().where(
        other.c.household_id == _case.household_id,
        other.c.identified_on <= day,
        end >= day,
        or_(other.c.identified_on < end, other.c.case_id < _case.case_id),
    )
    return (
        select(
            *_case["household_id", "case_id"],
            household.c.village_code,
            _case.category,
            _case.cause_1.label("cause"),
            day.label("start"),
            day.label("end"),
            _came().label("came"),
            _went().label("went"),
        )
        .join_from(monitoring_case, household, household.c.household_id == _case.household_id)
        .where(open_end() == day, ~beside)
        .subquery("open_for_no_time")
    )


def person_spells(pieces: FromClause) -> FromClause:
    """Members of households in the open state; one row per piece and person, from the day both hold to the day either
    ends.

    Columns as in `open_spells`; came may also be joined, went may also be left. Those who belong to a household until
    the day on which its monitoring ends go with it (ended): they have not left it.
    """
    homes = open_spells(pieces)
    left = func.coalesce(member.c.left_on, _FAR)
    start, end = func.greatest(homes.c.start, member.c.joined_on), func.least(homes.c.end, left)
    left_first = or_(left < homes.c.end, and_(left == homes.c.end, func.coalesce(homes.c.went, "") != "ended"))
    joined_later = or_(
        member.c.joined_on > homes.c.start, and_(member.c.joined_on == homes.c.start, homes.c.came.is_(None))
    )
    return (
        select(
            *homes.c["village_code", "household_id", "case_id", "category", "cause"],
            start.label("start"),
            end.label("end"),
            case((joined_later, "joined"), else_=homes.c.came).label("came"),
            case((left_first, "left"), else_=homes.c.went).label("went"),
        )
        .join_from(homes, member, member.c.household_id == homes.c.household_id)
        .where(start < end)
        .subquery("person_spells")
    )
