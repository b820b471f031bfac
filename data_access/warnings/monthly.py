"""Lamps of all households over time: every interval of indicators is scored by the rule book, and grouped in the
database."""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, func, literal, select, union_all
from sqlalchemy.sql import CompoundSelect, Subquery

from data_access.cases.spells import case_pieces, case_spells
from data_access.clock import Months, month_first_day, month_number
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.history import count_spells, stocks
from data_access.households.judged import judged_spells
from data_access.households.population import households_since
from data_access.risk.rulebook import RuleBook
from data_access.risk.scoring import scored
from data_access.schema.indicators import counted_columns
from data_access.schema.tables import clue, screening
from data_access.scope import Scope
from data_access.sql import computed_once, flag

VALUES = ["households", "filled"]


def read_lamps_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lamps at each month end, and the red households that nobody has looked at.

    A household on the register without indicators counts as undetermined.

    Returns two frames:
        lamps: one row per village, month, household type, state of monitoring (never, open, eliminated, ended) and
            lamp; `households` (户), `filled` (values collected, of those that completeness counts).
        unchecked: one row per village and month; `households` (户): red, never monitored, and with neither a clue
            checked nor the household met in a screening since the current indicators came into force.
    """
    scored_spells = snapshot.read_result(_spells_query(snapshot, scope=scope, months=months))
    registered = snapshot.read_result(_registered_query(snapshot, scope=scope, months=months))
    unchecked = scored_spells[scored_spells["state"] == "unchecked"]
    collected = scored_spells[scored_spells["state"] != "unchecked"]
    lamps = stocks(_by_state(collected, registered), months=months, values=VALUES)
    return lamps[lamps["households"] != 0].reset_index(drop=True), stocks(
        unchecked[["village_code", "first_month", "end_month", "households"]], months=months, values=["households"]
    )


def read_unchecked_monthly(snapshot: Snapshot, *, scope: Scope, months: Months) -> pd.DataFrame:
    """The second of the frames of `read_lamps_monthly` alone, where only what people looked at has changed."""
    spells = _spells_by_kind(snapshot, scope=scope, months=months)["unchecked"]
    found = read_frame(
        snapshot.connection, count_spells(spells, values=VALUES, counted="households", summed=["filled"])
    )
    return stocks(
        found[["village_code", "first_month", "end_month", "households"]], months=months, values=["households"]
    )


def _spells_query(snapshot: Snapshot, *, scope: Scope, months: Months) -> CompoundSelect:
    """Scored intervals grouped by village, type, lamp and months; `state` is `all` or a state of the household's
    case, or `unchecked`."""
    return union_all(
        *(
            count_spells(spells, values=VALUES, counted="households", summed=["filled"])
            for spells in _spells_by_kind(snapshot, scope=scope, months=months).values()
        )
    )


def _spells_by_kind(snapshot: Snapshot, *, scope: Scope, months: Months) -> dict[str, Select]:
    """Scored intervals of everybody, of those monitored, and of the red ones that nobody looked at."""
    lamps = snapshot.begin_with_result(_lamp_spells(snapshot.rulebook, scope=scope, months=months), name="lamp_spells")
    cases = case_spells(case_pieces(snapshot, scope=scope), months=months)
    never_until = (
        select(cases.c.household_id, cases.c.first_month).where(cases.c.state == "ever").subquery("never_until")
    )
    looked_at = _looked_at(lamps, snapshot=snapshot, months=months)
    key = lamps.c["village_code", "household_type", "lamp"]
    everybody = select(*key, literal("all").label("state"), *lamps.c["first_month", "end_month", "filled"])
    monitored = select(
        *key,
        cases.c.state,
        func.greatest(lamps.c.first_month, cases.c.first_month).label("first_month"),
        func.least(lamps.c.end_month, cases.c.end_month).label("end_month"),
        lamps.c.filled,
    ).join_from(lamps, cases, cases.c.household_id == lamps.c.household_id)
    unchecked = (
        select(
            *key,
            literal("unchecked").label("state"),
            lamps.c.first_month,
            func.least(
                lamps.c.end_month,
                func.coalesce(never_until.c.first_month, months.after),
                func.coalesce(looked_at.c.checked_month, months.after),
            ).label("end_month"),
            lamps.c.filled,
        )
        .outerjoin_from(lamps, never_until, never_until.c.household_id == lamps.c.household_id)
        .outerjoin(
            looked_at,
            and_(looked_at.c.household_id == lamps.c.household_id, looked_at.c.first_month == lamps.c.first_month),
        )
        .where(lamps.c.lamp == "red")
    )
    return {"everybody": everybody, "monitored": monitored, "unchecked": unchecked}


def _looked_at(lamps: FromClause, *, snapshot: Snapshot, months: Months) -> Subquery:
    """The month in which somebody first looked at a red household under the indicators in force; one row per red spell
    that was looked at."""
    looked = checks()
    return (
        select(
            lamps.c.household_id,
            lamps.c.first_month,
            func.min(months.number(snapshot.counted_on(looked.c.checked_on))).label("checked_month"),
        )
        .join_from(
            lamps,
            looked,
            and_(looked.c.household_id == lamps.c.household_id, looked.c.checked_on >= lamps.c.valid_from),
        )
        .where(lamps.c.lamp == "red")
        .group_by(lamps.c.household_id, lamps.c.first_month)
        .subquery("looked_at")
    )


def _lamp_spells(rulebook: RuleBook, *, scope: Scope, months: Months) -> CompoundSelect:
    """One row per household, interval of indicators and period of unchanged rules, with its lamp, in months."""
    starts = [
        month_first_day(months.first),
        *rulebook.changes(after=month_first_day(months.first), until=months.cut_off),
    ]
    ends = [*starts[1:], months.cut_off + timedelta(days=1)]
    periods = [
        _scored_period(rulebook, scope=scope, months=months, start=start, end=end)
        for start, end in zip(starts, ends, strict=True)
    ]
    return union_all(*periods)


def _scored_period(rulebook: RuleBook, *, scope: Scope, months: Months, start: date, end: date) -> Select:
    # Rules that start within a month already apply at its end: the state of a month is that of its last day.
    period_first = month_number(start)
    period_end = months.after if end > months.cut_off else month_number(end)
    judged_as_of = max(start, _day_before(end))
    home, spells = households_since(), judged_spells(rulebook=rulebook, on=judged_as_of)
    first = func.greatest(months.number(spells.c.spell_from), months.number(home.c.since), period_first)
    last = func.least(months.number(spells.c.spell_to), months.number(home.c.closed_on), period_end)
    filled: ColumnElement[int] = literal(0, Integer)
    for name in counted_columns():
        filled = filled + flag(spells.c[name].is_not(None))
    held = (
        select(
            *home.c["village_code", "household_type"],
            first.label("first_month"),
            last.label("end_month"),
            filled.label("filled"),
            *spells.c,
        )
        .join_from(spells, home, home.c.household_id == spells.c.household_id)
        .where(
            scope.rows(home.c.village_code),
            # What follows for days from the months below: most intervals are left out before months are counted.
            spells.c.spell_from < month_first_day(period_end),
            spells.c.spell_to > min(months.cut_off, _day_before(month_first_day(period_first + 1))),
        )
    )
    counted = computed_once(held, name="intervals_of_period")
    source = select(counted).where(counted.c.first_month < counted.c.end_month).subquery("intervals")
    kept = ("household_id", "village_code", "household_type", "valid_from", "first_month", "end_month", "filled")
    lamps = scored(source, rulebook=rulebook, on=judged_as_of, keep=kept).subquery("scored")
    return select(*(lamps.c[name] for name in kept), lamps.c.lamp)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def checks() -> Subquery:
    """Days on which somebody looked at a household: a clue checked, or the household met in a screening; columns
    household_id, checked_on."""
    clues = select(clue.c.household_id, clue.c.checked_on).where(clue.c.checked_on.is_not(None))
    met = select(screening.c.household_id, screening.c.screened_on).where(screening.c.result != "away")
    return union_all(clues, met).subquery("checks")


def _registered_query(snapshot: Snapshot, *, scope: Scope, months: Months) -> CompoundSelect:
    """All households on the register grouped by village, type and months; `state` as in `_spells_query`."""
    cases = case_spells(case_pieces(snapshot, scope=scope), months=months)
    home = households_since()
    registered, closed = months.number(home.c.since), months.number(home.c.closed_on)
    key = home.c["village_code", "household_type"]
    everybody = select(
        *key, literal("all").label("state"), registered.label("first_month"), closed.label("end_month")
    ).where(scope.rows(home.c.village_code))
    monitored = (
        select(
            *key,
            cases.c.state,
            func.greatest(cases.c.first_month, registered).label("first_month"),
            func.least(cases.c.end_month, closed).label("end_month"),
        )
        .join_from(cases, home, home.c.household_id == cases.c.household_id)
        .where(scope.rows(home.c.village_code))
    )
    counted = (count_spells(spells, values=VALUES, counted="households") for spells in (everybody, monitored))
    return union_all(*counted)


_STATES = (
    ("all", "never", 1),
    ("ever", "never", -1),
    ("ever", "ended", 1),
    ("open", "ended", -1),
    ("open", "open", 1),
    ("eliminated", "ended", -1),
    ("eliminated", "eliminated", 1),
)
"""How the mutually exclusive states are made up from the overlapping ones that the queries count."""


def _by_state(collected: pd.DataFrame, registered: pd.DataFrame) -> pd.DataFrame:
    """Spells of lamps by mutually exclusive states; households without indicators count as undetermined."""
    known = collected.assign(households=-collected["households"], filled=0)
    uncollected = pd.concat([registered, known]).assign(lamp="undetermined")
    parts = pd.concat([collected, uncollected])
    by_state = dict(list(parts.groupby("state")))
    signed = [
        rows.assign(state=state, households=sign * rows["households"], filled=sign * rows["filled"])
        for counted, state, sign in _STATES
        if (rows := by_state.get(counted)) is not None
    ]
    return pd.concat([parts.head(0), *signed])
