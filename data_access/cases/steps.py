"""The eight steps of a case, from the discovery of a risk to its elimination: which cases are waiting for which step,
for how long, and which are past their limit.

A case waits for the step after the last one it has taken; rejected, ended and eliminated cases wait for none. Help
counts from the first measure that began, as in the metric `measures_overdue`, so that both give the same number; the
column `helped_on` of a case is entered separately and may differ.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
from pydantic import field_validator
from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, false, func, literal, select
from sqlalchemy.sql import Subquery

from data_access.cases.deadlines import dated_cases
from data_access.cases.lists import cases_on
from data_access.cases.spells import open_end
from data_access.clock import NEVER_ENDS
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.declarations import Declared, Keyed, Status, Words, one_of, only_of, read_declared
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit, limit_if_any, load_limits
from data_access.schema.tables import household, measure, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later

_FILE = Path(__file__).with_name("steps.yaml")
_FIRST_MEASURE = "first_measure"
_IDENTIFIED = "identified"


class Step(Declared):
    """One of the eight steps; `limit` is the key in `limits.yaml` of the limit for cases that wait for it."""

    key: str
    date: str
    limit: str | None = None

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, name: str) -> str:
        days = [column.name for column in monitoring_case.c if isinstance(column.type, Date)]
        return one_of(name, (_FIRST_MEASURE, *days))

    @field_validator("limit")
    @classmethod
    def _is_a_limit(cls, key: str | None) -> str | None:
        return key if key is None else one_of(key, load_limits())


class _Declaration(Declared):
    """What `steps.yaml` declares."""

    status: Status
    reference: Words
    steps: Keyed[Step]

    @field_validator("steps")
    @classmethod
    def _have_words(cls, steps: dict[str, Step]) -> dict[str, Step]:
        return only_of(steps, load_codes()["case_step"])


@dataclass(frozen=True)
class Steps:
    """The steps in order, and the source of their names."""

    steps: tuple[Step, ...]
    placeholder: bool
    reference: Words


@cache
def load_steps(file: Path = _FILE) -> Steps:
    """The steps as declared in `steps.yaml`. Raises DeclarationError."""
    declared = read_declared(file, _Declaration)
    return Steps(
        steps=tuple(declared.steps.values()),
        placeholder=declared.status == "placeholder",
        reference=declared.reference,
    )


def read_steps(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The cases waiting on a day; one row per step that any case is waiting for.

    Columns: step, households (户), overdue (户), median_days and longest_days (whole days since the step before).
    """
    waiting = step_entries(snapshot, scope, on).subquery("waiting")
    query = select(
        waiting.c.step,
        func.sum(waiting.c.households).label("households"),
        func.sum(waiting.c.overdue).label("overdue"),
        func.percentile_disc(0.5).within_group(waiting.c.days).label("median_days"),
        func.max(waiting.c.days).label("longest_days"),
    ).group_by(waiting.c.step)
    numbers = ("households", "overdue", "median_days", "longest_days")
    return read_frame(snapshot.connection, query).astype(dict.fromkeys(numbers, "int64"))


def step_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with a case that is waiting for a step on a day; values households (1), overdue (1 if its
    limit has passed). Of several such cases the one identified last is taken, or discovered last if none is identified.

    A case is past the limit for identification from the day after it, and past the limit for the first measure from the
    day on which the months are complete.
    """
    taken = _taken_steps(snapshot, on)
    steps = load_steps().steps
    later_first = list(reversed(list(pairwise(steps))))
    newest = func.row_number().over(
        partition_by=taken.c.household_id,
        order_by=(
            flag(taken.c[_IDENTIFIED] <= on).desc(),
            *(taken.c[key].desc().nulls_last() for key in (_IDENTIFIED, steps[0].key)),
            taken.c.case_id.desc(),
        ),
    )
    waiting = (
        select(
            taken,
            newest.label("place"),
            case(*((taken.c[last.key] <= on, following.key) for last, following in later_first)).label("step"),
            case(*((taken.c[last.key] <= on, taken.c[last.key]) for last, _ in later_first)).label("since"),
        )
        .where(taken.c.discovered <= on, taken.c.left_on > on)
        .subquery("waiting_cases")
    )
    overdue = case(*((waiting.c.step == step.key, _is_late(step, waiting, on)) for step in steps), else_=false())
    return (
        select(
            household.c.village_code,
            *waiting.c["household_id", "case_id", "category", "cause", "step", "since"],
            waiting.c.discovered.label("discovered_on"),
            (literal(on, Date) - waiting.c.since).label("days"),
            literal(1, Integer).label("households"),
            flag(overdue).label("overdue"),
        )
        .join_from(waiting, household, household.c.household_id == waiting.c.household_id)
        .where(waiting.c.place == 1, scope.rows(household.c.village_code))
    )


def _is_late(step: Step, waiting: Subquery, on: date) -> ColumnElement[bool]:
    if step.limit == "measure_within_months":
        return waiting.c.deadline <= on
    days = None if step.limit is None else limit_if_any(step.limit, on=on)
    return false() if days is None else literal(on, Date) - waiting.c.discovered > days


def _taken_steps(snapshot: Snapshot, on: date) -> Subquery:
    """The day every case took each step; one row per case.

    Columns: household_id, case_id, category, cause, one per step (its key), deadline (for the first measure), left_on
    (the day it was eliminated, ended or rejected; far in the future if none of these).
    """
    identified = dated_cases(on=on, undated_kept=snapshot.keeps(measure.c.begun))
    columns = {
        step.key: _help_began(identified) if step.date == _FIRST_MEASURE else monitoring_case.c[step.date]
        for step in load_steps().steps
    }
    rejected = func.coalesce(monitoring_case.c.rejected_on, literal(NEVER_ENDS, Date))
    return (
        select(
            *monitoring_case.c["household_id", "case_id", "category"],
            monitoring_case.c.cause_1.label("cause"),
            *(day.label(key) for key, day in columns.items()),
            identified.c.deadline,
            func.least(open_end(), rejected).label("left_on"),
        )
        .outerjoin_from(
            monitoring_case,
            identified,
            and_(
                identified.c.household_id == monitoring_case.c.household_id,
                identified.c.case_id == monitoring_case.c.case_id,
            ),
        )
        .subquery("taken_steps")
    )


def _help_began(identified: Subquery) -> ColumnElement[date]:
    """Help may come before the procedure is over (先行救助); the step is taken when both have happened. Of help that
    began on an unknown day only the procedure is dated."""
    helped, procedure = identified.c.helped, identified.c.identified_on
    return case((identified.c.undated, procedure), (helped.is_not(None), func.greatest(helped, procedure)))


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
    "steps": Listing(
        entries=step_entries,
        details={
            "step": "case_step",
            "since": "date",
            "days": "number",
            "discovered_on": "date",
            "category": "monitor_category",
            "cause": "cause",
        },
        facets={"step": "case_step", "category": "monitor_category", "cause": "cause"},
    ),
    "early_eliminations": Listing(
        entries=_early_entries,
        details={"identified_on": "date", "eliminated_on": "date", "category": "monitor_category", "cause": "cause"},
        facets={"category": "monitor_category", "cause": "cause"},
    ),
}
