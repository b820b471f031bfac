"""Reports from the field as records of the ledger, and what people decided where a report and the data disagree.

The ledger is what counts: whatever of it is not in the household database is put there (`posting`), however often the
one or the other is lost, restored or taken back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Column, Date, String, Text, func, select

from data_access import clock
from data_access.errors import LedgerError
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.reports import corrections
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.scope import Scope

ACTION, DECIDE = "record_reports", "decide_reports"

field_report = record_table(
    "field_report",
    "一条基层上报",
    "one report from the field",
    Column("report_no", String, nullable=False, unique=True, comment="上报编号 / number of the report"),
    Column("kind", String, nullable=False, comment="种类 / kind"),
    Column("household_id", String, nullable=False, index=True, comment="户编号 / household number"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("thing", String, nullable=False, comment="事项编号 / number of the thing"),
    Column("happened_on", Date, nullable=False, comment="日期 / day"),
    Column("content", Text, nullable=False, comment="内容（JSON） / what it says"),
    Column("words", String(LONGEST_TEXT), comment="说明 / in words"),
    Column("reported_by", String(LONGEST_TEXT), nullable=False, comment="上报人 / who reports it"),
    Column("origin", String, nullable=False, comment="来自 / where it was written: page, form, call sheet"),
    Column("takes_back", String, comment="撤回的上报编号 / number of the report that it takes back"),
    action=ACTION,
)

report_review = record_table(
    "report_review",
    "对一条上报的核对",
    "one look at a report that disagrees with the data",
    Column("report_no", String, nullable=False, index=True, comment="上报编号 / number of the report"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("state", String, nullable=False, comment="状态 / state"),
    Column("why", String, comment="原因 / why"),
    Column("held", Text, comment="数据中的值（JSON） / what the data held"),
    action=DECIDE,
)

DOUBT, CONFIRMED, DISMISSED = "doubt", "confirmed", "dismissed"
"""The states of a report that disagrees with the data: to be looked at; the report counts; the data count."""

NEW_HOUSEHOLD = "NEW-"
"""How the number begins by which a household is called that has none yet."""

APPROVED, REFUSED = "approved", "refused"
"""The states of a report that a second person has to approve (`approval`)."""

PAGE, FORM, CALLS, ALONE = "page", "form", "calls", "alone"
"""Where a report was written: on a page, in a returned form, on a call sheet; on a page where nobody signs in, so that
one person may have taken steps that two should take."""


@dataclass(frozen=True)
class FieldReport:
    """What somebody reports of a household, on a day."""

    kind: str
    household_id: str
    village_code: str
    thing: str
    happened_on: date
    reported_by: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """Column -> value; a day as text."""
    words: str | None = None
    origin: str = PAGE
    takes_back: str | None = None
    token: str = ""
    """What tells apart two reports that say the same: that of the form on a page; empty where the content does."""

    @property
    def declared(self) -> ReportKind:
        """Its kind."""
        return load_report_kinds()[self.kind]

    @cached_property
    def number(self) -> str:
        """Its number, made of what it says: twice the same is one report."""
        own = (self.kind, self.household_id, self.thing, self.happened_on.isoformat(), self.reported_by)
        said = json.dumps(self.values, sort_keys=True, ensure_ascii=False)
        text = "\n".join((*own, said, self.words or "", self.takes_back or "", self.token))
        return f"R{hashlib.sha256(text.encode()).hexdigest()[:20]}"

    def check(self) -> None:
        """Raises LedgerError for what such a report cannot say."""
        if not self.reported_by.strip():
            raise LedgerError("ledger_name_missing")
        self.declared.check(self.values, on=self.happened_on, today=clock.today())
        if self.declared.corrects:
            corrections.check(self.declared, self.thing, self.values)


def correction(
    *,
    kind: str = corrections.INDICATOR,
    household_id: str,
    village_code: str,
    column: str,
    old: object,
    new: object,
    basis: str,
    happened_on: date,
    words: str | None,
    reported_by: str,
    alone: bool,
    token: str = "",
) -> FieldReport:
    """A correction as a report, for `records.add_reports`.

    Args:
        happened_on: from which day on the new value holds.
        alone: whether nobody signs in, so that one person may record and approve; the report then says so.
        token: tells apart two corrections that say the same, of which the first was refused or taken back.
    """
    return FieldReport(
        kind=kind,
        household_id=household_id,
        village_code=village_code,
        thing=column,
        happened_on=happened_on,
        values={
            corrections.OLD: corrections.as_text(old),
            corrections.NEW: corrections.as_text(new),
            corrections.BASIS: basis,
        },
        words=words,
        reported_by=reported_by,
        origin=ALONE if alone else PAGE,
        token=token,
    )


def arrival(
    *, village_code: str, household_type: str, happened_on: date, words: str, reported_by: str, token: str
) -> FieldReport:
    """That a household is new that has no number yet, for `records.add_reports`: it is called by its village and the
    token of the form, so that two of a day are two.

    Args:
        words: what whoever enters it has to know, but no name and no ID number.
    """
    number = f"{NEW_HOUSEHOLD}{village_code}-{token[:6]}"
    said = {"village_code": village_code, "household_type": household_type}
    kind = load_report_kinds()["household_arrived"].key
    return FieldReport(kind, number, village_code, number, happened_on, reported_by, values=said, words=words)


def add_reports(ledger: Ledger, reports: Sequence[FieldReport], *, recorded_by: str, scope: Scope) -> int:
    """Record reports, all or none; returns how many of them are new. Raises LedgerError for what a report cannot say,
    and as `Ledger.append` does."""
    new = reports_batch(ledger, reports)
    ledger.append(new, recorded_by=recorded_by, scope=scope)
    return len(new[1])


def reports_batch(ledger: Ledger, reports: Sequence[FieldReport]) -> Batch:
    """Those of some reports that were not recorded yet, as rows for `Ledger.append`, to be recorded together with what
    they came from. Raises LedgerError for what a report cannot say."""
    for one in reports:
        one.check()
    by_number = {one.number: one for one in reports}
    asked = select(field_report.c.report_no).where(field_report.c.report_no.in_(by_number))
    known = set(ledger.read(asked)["report_no"]) if by_number else set()
    return field_report, [_row(one) for number, one in by_number.items() if number not in known]


def _row(one: FieldReport) -> dict[str, Any]:
    return {
        "report_no": one.number,
        "kind": one.kind,
        "household_id": one.household_id,
        "village_code": one.village_code,
        "thing": one.thing,
        "happened_on": one.happened_on,
        "content": json.dumps(one.values, sort_keys=True, ensure_ascii=False),
        "words": one.words,
        "reported_by": one.reported_by,
        "origin": one.origin,
        "takes_back": one.takes_back,
    }


def read_reports(
    ledger: Ledger, *, scope: Scope, household_id: str | None = None, numbers: Sequence[str] | None = None
) -> pd.DataFrame:
    """Reports, oldest first; one row per report: the columns of the table, `content` as a mapping, and of its newest
    review state, why, held and decided_by (empty where nobody looked), taken_back (whether another report takes it
    back).

    Args:
        household_id, numbers: only those of a household, or with these numbers. Raises LedgerError.
    """
    inside = scope.rows(report_review.c.village_code)
    newest = select(func.max(report_review.c.record_id)).where(inside).group_by(report_review.c.report_no)
    review = select(report_review).where(report_review.c.record_id.in_(newest), inside).subquery("review")
    again = field_report.alias("again")
    back = select(again.c.takes_back).where(again.c.takes_back.is_not(None), scope.rows(again.c.village_code))
    query = (
        select(
            *field_report.c,
            *review.c["state", "why", "held"],
            review.c.recorded_by.label("decided_by"),
            field_report.c.report_no.in_(back).label("taken_back"),
        )
        .outerjoin_from(field_report, review, review.c.report_no == field_report.c.report_no)
        .where(scope.rows(field_report.c.village_code), field_report.c.kind.in_(list(load_report_kinds())))
        .order_by(field_report.c.record_id)
    )
    if household_id is not None:
        query = query.where(field_report.c.household_id == household_id)
    if numbers is not None:
        query = query.where(field_report.c.report_no.in_(list(numbers)))
    rows = ledger.read(query)
    rows["content"] = [json.loads(text) for text in rows["content"]]
    rows["taken_back"] = rows["taken_back"].astype(bool)
    return rows


def records_of(reports: pd.DataFrame) -> list[dict[str, Any]]:
    """Some reports, each as a mapping."""
    return [{str(name): value for name, value in row.items()} for row in reports.to_dict("records")]


@dataclass(frozen=True)
class ReportDoubt:
    """A report that cannot be put into the data as it is."""

    report_no: str
    village_code: str
    why: str
    """`older`, `against`, `unknown`, `changed_since`, `case_goes_on`, or a rule of the load."""
    held: Mapping[str, Any]


def add_doubts(ledger: Ledger, doubts: Sequence[ReportDoubt], *, recorded_by: str) -> None:
    """Record that reports disagree with the data. Raises LedgerError."""
    rows = [_review(one.report_no, one.village_code, state=DOUBT, why=one.why, held=one.held) for one in doubts]
    ledger.append((report_review, rows), recorded_by=recorded_by, scope=Scope.everything())


def decide(ledger: Ledger, *, report_no: str, village_code: str, counts: bool, recorded_by: str, scope: Scope) -> None:
    """Record that a report counts although the data say otherwise, or that the data count. Raises LedgerError."""
    state = CONFIRMED if counts else DISMISSED
    add_review(
        ledger,
        report_no=report_no,
        village_code=village_code,
        state=state,
        why=None,
        recorded_by=recorded_by,
        scope=scope,
    )


def add_review(
    ledger: Ledger,
    *,
    report_no: str,
    village_code: str,
    state: str,
    why: str | None,
    recorded_by: str,
    scope: Scope,
) -> None:
    """Record what somebody decided about a report. Raises LedgerError."""
    row = _review(report_no, village_code, state=state, why=why, held=None)
    ledger.append((report_review, [row]), recorded_by=recorded_by, scope=scope)


def _review(
    report_no: str, village_code: str, *, state: str, why: str | None, held: Mapping[str, Any] | None
) -> dict[str, Any]:
    said = None if held is None else json.dumps(held, sort_keys=True, ensure_ascii=False)
    return {"report_no": report_no, "village_code": village_code, "state": state, "why": why, "held": said}


def take_back(ledger: Ledger, *, report: Mapping[str, Any], reported_by: str, recorded_by: str, scope: Scope) -> None:
    """Record that a report is taken back: a report of its own. Raises LedgerError."""
    counter = FieldReport(
        kind=report["kind"],
        household_id=report["household_id"],
        village_code=report["village_code"],
        thing=report["thing"],
        happened_on=report["happened_on"],
        values=report["content"],
        reported_by=reported_by,
        takes_back=report["report_no"],
    )
    add_reports(ledger, [counter], recorded_by=recorded_by, scope=scope)
