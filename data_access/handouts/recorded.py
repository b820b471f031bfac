"""What people recorded about one household: conclusions, findings of inspections, problems, calls, answers to lists."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from data_access.clock import in_place
from data_access.handouts.asked import load_asked
from data_access.handouts.handouts import handout_answer
from data_access.inspection.calls import call_result
from data_access.inspection.findings import finding
from data_access.inspection.problems import problem, problem_step
from data_access.ledger.ledger import Ledger
from data_access.reports.corrections import BASES
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from data_access.warnings.dispositions import read_dispositions

RECORDED: dict[str, tuple[str, ...]] = {
    "conclusion": ("recorded",),
    "finding": ("agrees", "differs"),
    "problem": tuple(load_codes()["problem_step"]),
    "call": ("called",),
    "answer": ("answered",),
}
"""Kind of record -> what can happen; what happens to a problem are the codes of `problem_step`."""

_COLUMNS = ("on", "kind", "event", "details", "words", "by")


def read_recorded(ledger: Ledger, *, scope: Scope, household_id: str, until: date) -> pd.DataFrame:
    """What was recorded about a household up to a day, newest first; one row per record, one per step of a problem.

    Columns: on (day it speaks of), kind (of RECORDED), event, details (pairs of a code list and a code), words (free
    text or None), by (who recorded it). Raises LedgerError when the ledger cannot be read.
    """
    rows = [
        *_conclusions(ledger, scope, household_id),
        *_findings(ledger, scope, household_id),
        *_problems(ledger, scope, household_id),
        *_calls(ledger, scope, household_id),
        *_answers(ledger, scope, household_id),
    ]
    known = [row for row in rows if row[0] <= until]
    newest_first = sorted(known, key=lambda row: row[0], reverse=True)
    return pd.DataFrame(newest_first, columns=_COLUMNS, dtype=object)


Row = tuple[date, str, str, tuple[tuple[str, str], ...], str | None, str]


def _conclusions(ledger: Ledger, scope: Scope, household_id: str) -> Iterator[Row]:
    for one in _each(read_dispositions(ledger, scope=scope, household_ids=[household_id])):
        said = _said(disposition=one["conclusion"], reject_reason=one["reason"])
        yield in_place(one["recorded_at"]).date(), "conclusion", "recorded", said, one["note"], one["recorded_by"]


def _findings(ledger: Ledger, scope: Scope, household_id: str) -> Iterator[Row]:
    query = select(finding).where(
        finding.c.kind == "household", finding.c.code == household_id, scope.rows(finding.c.village_code)
    )
    for one in _each(ledger.read(query)):
        event = "agrees" if one["agrees"] else "differs"
        words = "；".join(text for text in (one["found_value"], one["note"]) if text) or None
        yield one["found_on"], "finding", event, _said(finding_question=one["question"]), words, one["recorded_by"]


def _problems(ledger: Ledger, scope: Scope, household_id: str) -> Iterator[Row]:
    found = {
        one["problem_id"]: one
        for one in _each(
            ledger.read(
                select(problem).where(problem.c.household_id == household_id, scope.rows(problem.c.village_code))
            )
        )
    }
    for one in found.values():
        said = _said(problem_class=one["problem_class"], problem_source=one["source"])
        yield one["found_on"], "problem", "opened", said, one["description"], one["recorded_by"]
    steps = select(problem_step).where(
        problem_step.c.problem_id.in_(list(found)),
        problem_step.c.step != "opened",
        scope.rows(problem_step.c.township_code),
    )
    for one in _each(ledger.read(steps.order_by(problem_step.c.record_id))):
        said = _said(problem_class=found[one["problem_id"]]["problem_class"])
        yield one["done_on"], "problem", one["step"], said, one["evidence"] or one["measures"], one["recorded_by"]


def _calls(ledger: Ledger, scope: Scope, household_id: str) -> Iterator[Row]:
    query = select(call_result).where(
        call_result.c.household_id == household_id, scope.rows(call_result.c.village_code)
    )
    for one in _each(ledger.read(query)):
        said = _said(
            call_outcome=one["outcome"],
            income_change=one["income_change"],
            satisfaction=one["satisfaction"],
            complaint=one["complaint"],
        )
        yield one["called_on"], "call", "called", said, one["note"], one["caller"]


def _answers(ledger: Ledger, scope: Scope, household_id: str) -> Iterator[Row]:
    query = select(handout_answer).where(
        handout_answer.c.household_id == household_id, scope.rows(handout_answer.c.village_code)
    )
    for one in _each(ledger.read(query)):
        # A list that points to a lamp is answered with a conclusion, others with what `asked.yaml` declares.
        lists = ("handout_verdict", "disposition", *(asked.verdicts for asked in load_asked().values()), BASES)
        codes = next(codes for codes in lists if one["verdict"] in load_codes()[codes])
        reasons = load_codes()["reject_reason"]
        said = _said(**{codes: one["verdict"]}, reject_reason=one["reason"] if one["reason"] in reasons else None)
        words = None if one["reason"] in reasons else one["reason"]
        yield in_place(one["recorded_at"]).date(), "answer", "answered", said, words, one["checked_by"]


def _said(**codes: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((codes_of, code) for codes_of, code in codes.items() if code is not None)


def _each(rows: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """The rows with None for whatever is missing."""
    return ({name: None if _is_missing(value) else value for name, value in row.items()} for row in _records(rows))


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or value != value
