"""疑似符合消除条件: open cases for which every condition of an elimination has held for months: a list to verify, never
ranked, without share or target. Who is eliminated is decided by people, by the steps of an elimination.

What goes on by contract (posts, loans) may run on. A household without anybody able to work stays watched.
"""

from datetime import date

from sqlalchemy import Date, Integer, Select, and_, func, literal, select

from data_access.cases.deadlines import dated_cases, open_times
from data_access.cases.elimination import CASE_CONDITIONS, RULE_CONDITIONS, case_conditions, conditions
from data_access.cases.lists import cases_on
from data_access.clock import months_after
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.households.judged import judged_spells
from data_access.schema.limits import limit
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.sql import flag
from data_access.warnings.lists import lamps_on


def _met_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with open risk, no warning, all conditions of the case met, and those of the indicators met
    in every interval for as long as the limit says; value households (1).

    Days of which nothing was collected count as not met.
    """
    since = months_after(on, -limit("elimination_steady_months", on=on))
    spells = judged_spells(rulebook=snapshot.rulebook, on=on)
    cases, lamps = cases_on(on), lamps_on(snapshot, scope=scope, on=on)
    dated = dated_cases(open_times(snapshot, scope=scope), on=on)
    row = {**dict(spells.c), "household_type": household.c.household_type}
    judged = conditions(row, rulebook=snapshot.rulebook, on=on)
    # A household under relief because nobody can work is watched on, whatever else is true of it.
    able = and_(judged["has_labour"], ~func.coalesce(spells.c.no_labor_backstop, False))
    first, after = literal(since, Date), literal(on, Date) + literal(1, Integer)
    days = func.least(spells.c.spell_to, after) - func.greatest(spells.c.spell_from, first)
    steady = (
        select(spells.c.household_id)
        .join_from(spells, household, household.c.household_id == spells.c.household_id)
        .where(spells.c.spell_from <= on, spells.c.spell_to > since, scope.rows(household.c.village_code))
        .group_by(spells.c.household_id)
        .having(
            func.min(flag(func.coalesce(and_(able, *(judged[name] for name in RULE_CONDITIONS)), False))) == 1,
            func.sum(days) == (on - since).days + 1,
        )
        .subquery("steady")
    )
    of_case = case_conditions(dated, on=on, counted_on=snapshot.counted_on)
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "category", "identified_on"],
            cases.c.cause_1.label("cause"),
            (literal(on, Date) - cases.c.identified_on).label("days"),
            literal(1, Integer).label("households"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .join(steady, steady.c.household_id == cases.c.household_id)
        .join(dated, and_(dated.c.household_id == cases.c.household_id, dated.c.case_id == cases.c.case_id))
        .join(lamps, lamps.c.household_id == cases.c.household_id)
        .where(
            cases.c.state == "open",
            lamps.c.lamp == "none",
            *(of_case[name] for name in CASE_CONDITIONS),
            scope.rows(household.c.village_code),
        )
    )


LISTINGS = {
    "conditions_met": Listing(
        entries=_met_entries,
        details={
            "case_id": "text",
            "identified_on": "date",
            "days": "number",
            "category": "monitor_category",
            "cause": "cause",
        },
        facets={"category": "monitor_category", "cause": "cause"},
    )
}
