"""What the answers of a returned form report: a result, a visit, a measure, a need, a case, the steps that it took."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from data_access.cases import opening
from data_access.cases.recording import CaseFile, StepTaken, after_step, due_step, step_report
from data_access.errors import LedgerError
from data_access.handouts.asked import CAUSE, AskedOfRows
from data_access.handouts.handouts import Answer
from data_access.reports import corrections
from data_access.reports.kinds import ReportKind
from data_access.reports.records import FORM, FieldReport, correction
from data_access.scope import Scope

CaseKey = tuple[str, str]
"""A household, and the number of its case."""

Thing = tuple[str, str]
"""A household, and the number of the thing that a row is about; empty where a row is a household."""


@dataclass(frozen=True)
class Reporting:
    """Who enters a returned form, and what is known of the cases that it names."""

    on: date
    """The day whose procedure holds."""
    scope: Scope
    recorded_by: str = ""
    """Who enters it; empty while nobody does, and where nobody signs in: then only who the form names counts."""
    cases: Mapping[CaseKey, CaseFile] = field(default_factory=dict)
    """As they are once what waits is in the data."""
    homes: Mapping[Thing, Mapping[str, Any]] = field(default_factory=dict)
    """What is known before a case is opened, as `opening.read_openings` has it."""
    begins: Mapping[Thing, date] = field(default_factory=dict)
    """The days of things before which nothing can be reported of them."""
    intervals: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """The intervals of the indicators of households, where one is corrected."""
    token: str = ""
    """Tells a correction apart from the same one of another form, which was refused."""


def reports_of(answer: Answer, *, asked: AskedOfRows, reporting: Reporting) -> list[FieldReport]:
    """What an answer reports; nothing where it says that nothing was done.

    Raises LedgerError for what cannot be reported, ScopeError where the reader may not take the step.
    """
    step = asked.steps(on=reporting.on).get(answer.step or "")
    kinds = asked.kinds_of(answer.verdict, step=step)
    if not kinds or answer.checked_on is None:
        return []
    if asked.step is not None:
        return _steps(answer, kinds=kinds, waits_for=None if step is None else step.date, reporting=reporting)
    if asked.column is not None:
        reports = [_correction(answer, on=answer.checked_on, column=asked.column, reporting=reporting)]
    else:
        reports = [_report(answer, kind=kind, reporting=reporting) for kind in kinds if kind.key != opening.KIND]
    if answer.verdict == asked.opens:
        reports += _opening(answer, reporting=reporting)
    for report in reports:
        report.check()
    return reports


def _report(answer: Answer, *, kind: ReportKind, reporting: Reporting) -> FieldReport:
    on = answer.checked_on or reporting.on
    values = {name: value for name, value in answer.besides.items() if name in kind.says}
    begins = reporting.begins.get((answer.household_id, answer.thing or ""))
    if begins is not None and on < begins:
        raise LedgerError("report_too_early", kind=kind.named, day=begins.isoformat())
    if kind.result is not None:
        values[kind.result] = answer.verdict
    if answer.reason and kind.needs.get(answer.verdict):
        values[kind.needs[answer.verdict]] = answer.reason
    return FieldReport(
        kind=kind.key,
        household_id=answer.household_id,
        village_code=answer.village_code,
        thing=answer.thing or kind.number(answer.household_id, on=on, values=values),
        happened_on=on,
        values=values,
        words=answer.words,
        reported_by=answer.checked_by,
        origin=FORM,
    )


def _correction(answer: Answer, *, on: date, column: str, reporting: Reporting) -> FieldReport:
    """The correction of an indicator from what the data hold of it on the day from which it is otherwise."""
    alone = not reporting.recorded_by
    report = correction(
        household_id=answer.household_id,
        village_code=answer.village_code,
        column=column,
        old=corrections.value_on(reporting.intervals.get(answer.household_id, ()), column=column, on=on),
        new=answer.besides[column],
        basis=answer.verdict,
        happened_on=on,
        words=answer.words,
        reported_by=answer.checked_by,
        alone=alone,
        token=reporting.token,
    )
    return report if alone else replace(report, origin=FORM)


def _opening(answer: Answer, *, reporting: Reporting) -> list[FieldReport]:
    """The case that an answer opens; nothing where one is in hand, or the cause is left open: then the household is
    listed with those for which a case is to be opened."""
    home = reporting.homes.get((answer.household_id, answer.thing or ""))
    if home is None or home["in_hand"] or CAUSE not in answer.besides or not reporting.scope.may(opening.ACTION):
        return []
    return [
        opening.case_report(
            home,
            found_on=home["received_on"],
            values={CAUSE: answer.besides[CAUSE]},
            words=answer.words,
            opened_by=answer.checked_by,
            origin=FORM,
        )
    ]


def each_once(reports: Iterable[FieldReport]) -> list[FieldReport]:
    """Reports of one file: of several that open a case for one household, that which found it first."""
    ordered = sorted(reports, key=lambda one: one.happened_on)  # stable: what came first stays first of its day
    opened = {one.household_id: one for one in reversed(ordered) if one.kind == opening.KIND}
    return [one for one in ordered if one.kind != opening.KIND or opened[one.household_id] is one]


def _steps(
    answer: Answer, *, kinds: tuple[ReportKind, ...], waits_for: str | None, reporting: Reporting
) -> list[FieldReport]:
    """The step of a case, and before it what has to come first, where the form gives its day."""
    case, on = reporting.cases.get((answer.household_id, answer.thing or "")), reporting.on
    due = None if case is None else due_step(case, on=on)
    if case is None or due is None or due.step.date != waits_for or answer.checked_on is None:
        raise LedgerError("step_not_due", household=answer.household_id)
    reports = []
    for kind in kinds:
        is_first = kind is not kinds[-1]
        day, held = answer.besides.get(kind.day) if is_first else None, case.get(kind.day)
        if is_first and held is not None and day not in (None, held.isoformat()):
            raise LedgerError("report_unknown_value", kind=kind.named, value=str(day))
        if is_first and (day is None or held is not None):
            continue
        own = {name: value for name, value in answer.besides.items() if name in kind.says}
        taken = StepTaken(
            kind,
            date.fromisoformat(day) if day is not None else answer.checked_on,
            taken_by=answer.checked_by,
            said=own,
            words=answer.words,
            origin=FORM,
        )
        report = step_report(case, taken, recorded_by=reporting.recorded_by, on=on, scope=reporting.scope)
        report.check()
        reports.append(report)
        case = after_step(case, report)
    return reports
