"""Cases one by one on their way to elimination: which step of it they wait for, which are long open, which early."""

from datetime import date
from itertools import pairwise

from sqlalchemy import Date, Integer, Select, String, case, literal, select

from data_access.cases.lists import cases_on
from data_access.cases.procedure import load_steps
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.limits import limit
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.sql import months_later


def elimination_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with open risk that was checked again with a view to its elimination and waits for a step
    of that; value households (1)."""
    steps = load_steps(on=on).elimination
    later_first = list(reversed(list(pairwise(steps))))
    cases = cases_on(on)
    day = {step.key: snapshot.counted_on(cases.c[step.date]) for step in steps}
    step = case(*((day[last.key] <= on, following.key) for last, following in later_first))
    since = case(*((day[last.key] <= on, day[last.key]) for last, _ in later_first))
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "category", "identified_on"],
            cases.c.cause_1.label("cause"),
            step.label("elimination_step"),
            case(*((step == one.key, literal(one.acts, String)) for one in steps)).label("acts"),
            since.label("since"),
            (literal(on, Date) - since).label("days"),
            literal(1, Integer).label("households"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .where(
            cases.c.state == "open",
            day[steps[0].key] <= on,
            scope.rows(household.c.village_code),
        )
    )


def _long_open_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household whose case has been open for longer than the limit; value households (1)."""
    cases = cases_on(on)
    long = months_later(cases.c.identified_on, limit("open_long_after_months", on=on))
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "category", "identified_on"],
            cases.c.cause_1.label("cause"),
            (literal(on, Date) - cases.c.identified_on).label("days"),
            literal(1, Integer).label("households"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .where(cases.c.state == "open", long <= on, scope.rows(household.c.village_code))
    )


def _early_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household that was eliminated sooner than the limit allows and still counts as eliminated; value
    households (1)."""
    cases = cases_on(on)
    earliest = months_later(cases.c.identified_on, limit("eliminate_after_months", on=on))
    return (
        select(
            household.c.village_code,
            *cases.c["household_id", "case_id", "category", "identified_on", "eliminated_on"],
            cases.c.cause_1.label("cause"),
            literal(1, Integer).label("households"),
        )
        .join_from(cases, household, household.c.household_id == cases.c.household_id)
        .where(cases.c.state == "eliminated", cases.c.eliminated_on < earliest, scope.rows(household.c.village_code))
    )


LISTINGS = {
    "elimination_steps": Listing(
        entries=elimination_entries,
        order="since",
        details={
            "elimination_step": "elimination_step",
            "case_id": "text",
            "acts": "step_level",
            "since": "date",
            "days": "number",
            "identified_on": "date",
            "category": "monitor_category",
            "cause": "cause",
        },
        thing="case_id",
        facets={
            "elimination_step": "elimination_step",
            "acts": "step_level",
            "category": "monitor_category",
            "cause": "cause",
        },
    ),
    "long_open": Listing(
        entries=_long_open_entries,
        order="identified_on",
        details={
            "case_id": "text",
            "identified_on": "date",
            "days": "number",
            "category": "monitor_category",
            "cause": "cause",
        },
        facets={"category": "monitor_category", "cause": "cause"},
    ),
    "early_eliminations": Listing(
        entries=_early_entries,
        details={"identified_on": "date", "eliminated_on": "date", "category": "monitor_category", "cause": "cause"},
        facets={"category": "monitor_category", "cause": "cause"},
    ),
}
