"""Steps of cases as reports from the field: which one a case waits for, who may take it, what the procedure forbids.

What the national system enters (the identification, the elimination) nobody reports here: it comes with a sheet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import select

from data_access.cases.procedure import Step, load_steps
from data_access.cases.procedure_rules import AUDITED, broken_rules
from data_access.database.engine import Snapshot
from data_access.errors import LedgerError
from data_access.ledger.ledger import Ledger
from data_access.reports import approval
from data_access.reports.approval import is_same_person
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import ALONE, PAGE, FieldReport, add_reports
from data_access.schema.tables import household, monitoring_case
from data_access.scope import Scope

ACTIONS = {"village": "take_village_steps", "township": "take_township_steps", "county": "take_county_steps"}
"""Level of a step (`step_level`) -> the action of roles.yaml that takes it."""

REJECTED = "case_rejected"

_OVER = ("rejected", "ended", "eliminated", "rolled_back")

CaseFile = Mapping[str, Any]
"""The columns of `monitoring_case` and the village of the household; None where nothing is known."""


@dataclass(frozen=True)
class DueStep:
    """What a case waits for."""

    step: Step
    kind: ReportKind | None
    """What is reported of it; None where the national system enters it."""
    acts: str
    """Who takes it: a level of `step_level`."""


@cache
def kind_of_day(column: str) -> ReportKind | None:
    """The kind of report that fills a day of a case; None where nobody reports it."""
    kinds = (kind for kind in load_report_kinds().values() if kind.filled is monitoring_case)
    return next((kind for kind in kinds if kind.day == column), None)


def read_case_files(snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...]) -> tuple[CaseFile, ...]:
    """The cases of some households that are not over, the newest first."""
    query = (
        select(household.c.village_code, *monitoring_case.c)
        .join_from(monitoring_case, household, household.c.household_id == monitoring_case.c.household_id)
        .where(
            monitoring_case.c.household_id.in_(household_ids),
            monitoring_case.c.outcome.not_in(_OVER),
            scope.rows(household.c.village_code),
        )
        .order_by(monitoring_case.c.household_id, monitoring_case.c.discovered_on.desc(), monitoring_case.c.case_id)
    )
    return tuple(dict(row) for row in snapshot.connection.execute(query).mappings())


def as_reported(held: Iterable[CaseFile], reports: pd.DataFrame) -> list[dict[str, Any]]:
    """Cases as they are once what waits is in the data; those that were opened meanwhile come last.

    Args:
        held: as `read_case_files` returns them.
        reports: what waits for these households, as `posting.waiting.not_in_data` returns it, in its order.
    """
    cases = {(row["household_id"], row["case_id"]): dict(row) for row in held}
    nothing = dict.fromkeys(monitoring_case.c.keys())
    for row in reports.to_dict("records"):
        kind = load_report_kinds()[row["kind"]]
        of_case = kind.filled is monitoring_case
        if not of_case or (kind.existing and (row["household_id"], row["thing"]) not in cases):
            continue  # what is reported of a case that nobody knows is looked at when it is put into the data
        key = {"household_id": row["household_id"], "case_id": row["thing"], "village_code": row["village_code"]}
        case = cases.setdefault((row["household_id"], row["thing"]), {**nothing, **key})
        case |= {name: _meant(name, value) for name, value in row["content"].items()}
        case[kind.day] = row["happened_on"]
    return [case for case in cases.values() if case["rejected_on"] is None]


def _meant(name: str, value: Any) -> Any:
    is_day = isinstance(value, str) and monitoring_case.c[name].type.python_type is date
    return date.fromisoformat(value) if is_day else value


def due_step(case: CaseFile, *, on: date) -> DueStep | None:
    """What a case waits for by the procedure of a day; None where it is over. An open case that nobody has checked
    again waits for that, with a view to its elimination."""
    if case["outcome"] in _OVER:
        return None
    declared, identified = load_steps(on=on), case["identified_on"] is not None
    before = [step.key for step in declared.steps].index("identified") + 1
    way = declared.elimination if identified else declared.steps[:before]
    taken = [at for at, step in enumerate(way) if case.get(step.date) is not None]
    step = way[taken[-1] + 1 if taken else 0]
    if step.first is not None and case.get(step.first.date) is None:
        return DueStep(step, kind_of_day(step.first.date), acts=step.first.acts)
    return DueStep(step, kind_of_day(step.date), acts=step.acts)


def take_step(
    ledger: Ledger,
    cases: Sequence[CaseFile],
    *,
    kind: ReportKind,
    happened_on: date,
    values: Mapping[str, Any],
    words: str | None,
    recorded_by: str,
    alone: bool,
    on: date,
    scope: Scope,
) -> int:
    """Record that a step was taken at some cases, or that they are not included; returns how many are new.

    Args:
        cases: as they are with what was reported, as `as_reported` returns them.
        alone: whether nobody signs in, so that one person takes the steps of all; the reports then say so.
        on: the day whose procedure holds.

    Raises LedgerError for a case that does not wait for this, for what the procedure forbids, and as `add_reports`
    does; ScopeError where the reader may not take the step.
    """
    origin = ALONE if alone else PAGE
    step = StepTaken(kind, happened_on, taken_by=recorded_by, said=values, words=words, origin=origin)
    reports = []
    for case in cases:
        with ledger.refusals_noted(recorded_by=recorded_by, place=case["village_code"]):
            reports.append(step_report(case, step, recorded_by=recorded_by, on=on, scope=scope))
    return add_reports(ledger, reports, recorded_by=recorded_by, scope=scope)


@dataclass(frozen=True)
class StepTaken:
    """What somebody says of a step: that it was taken, or that the household is not included."""

    kind: ReportKind
    happened_on: date
    taken_by: str
    said: Mapping[str, Any] = field(default_factory=dict)
    words: str | None = None
    origin: str = PAGE


def step_report(case: CaseFile, step: StepTaken, *, recorded_by: str, on: date, scope: Scope) -> FieldReport:
    """The report of a step of a case.

    Args:
        recorded_by: who enters it; empty where only who took the step counts.
        on: the day whose procedure holds.

    Raises LedgerError for a case that does not wait for this and for what the procedure forbids, ScopeError where the
    reader may not take the step.
    """
    due = due_step(case, on=on)
    refuses = step.kind.key == REJECTED and case["identified_on"] is None
    if due is None or not (refuses or due.kind is step.kind):
        raise LedgerError("step_not_due", household=case["household_id"])
    scope.require(ACTIONS[due.acts])
    values = dict(step.said) | ({"rejected_step": due.step.key} if step.kind.key == REJECTED else {})
    values |= {} if step.kind.by is None else {step.kind.by: step.taken_by}
    _check(case, step, values=values, names={step.taken_by, recorded_by})
    return FieldReport(
        kind=step.kind.key,
        household_id=case["household_id"],
        village_code=case["village_code"],
        thing=case["case_id"],
        happened_on=step.happened_on,
        values=values,
        words=step.words,
        reported_by=step.taken_by,
        origin=step.origin,
    )


def after_step(case: CaseFile, report: FieldReport) -> CaseFile:
    """A case as it is once a report of it is in the data."""
    said = {name: _meant(name, value) for name, value in dict(report.values).items()}
    return {**case, **said, report.declared.day: report.happened_on}


def may_take_back(report: Mapping[str, Any], *, scope: Scope) -> bool:
    """Whether a reader may take a report back: of a step, whoever may take it; what was approved, whoever may approve.

    Args:
        report: a row of `records.read_reports`.
    """
    kind = load_report_kinds()[report["kind"]]
    if kind.approved and not approval.is_unapproved(report):
        return scope.may(approval.ACTION)
    if kind.filled is not monitoring_case:
        return True
    declared = load_steps(on=report["happened_on"])
    key = report["content"].get("rejected_step")
    acts = {step.date: step.acts for step in (*declared.steps, *declared.elimination)}
    acts |= {step.first.date: step.first.acts for step in declared.steps if step.first is not None}
    level = next((step.acts for step in declared.steps if step.key == key), acts.get(kind.day))
    return level is None or scope.may(ACTIONS[level])


def _check(case: CaseFile, step: StepTaken, *, values: Mapping[str, Any], names: Collection[str]) -> None:
    """Raises LedgerError for what the procedure forbids; `names`: who takes and who enters the step."""
    household, on, day = case["household_id"], step.happened_on, step.kind.day
    before = [then for name in step_days() if (then := case.get(name)) is not None and name != "authorised_on"]
    if before and on < max(before):
        raise LedgerError("step_too_early", household=household, day=max(before).isoformat())
    after = {**case, **{name: _meant(name, value) for name, value in values.items()}, day: on}
    broken = set(broken_rules(after, on=on)) - set(broken_rules(case, on=on))
    checkers = [case.get(name) for name in AUDITED.get(day, ())]
    if any(is_same_person(checker, name) for checker in checkers for name in names):
        broken.add("audited_by_checker")
    broken -= {"audited_by_checker"} if step.origin == ALONE else set()
    for rule in sorted(broken):
        raise LedgerError(f"step_{rule}", household=household)


@cache
def step_days() -> tuple[str, ...]:
    """The days of a case that its own steps fill."""
    kinds = load_report_kinds().values()
    return tuple(kind.day for kind in kinds if kind.filled is monitoring_case)
