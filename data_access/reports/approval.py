"""Reports that count only once a second person has approved them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data_access.errors import LedgerError
from data_access.ledger.ledger import Ledger
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import APPROVED, REFUSED, add_review, read_reports
from data_access.scope import Scope

ACTION = "approve_corrections"


def unapproved(reports: pd.DataFrame) -> pd.Series:
    """Whether each of some reports waits for its approval; one flag per row of `records.read_reports`."""
    kinds = [key for key, kind in load_report_kinds().items() if kind.approved]
    return reports["kind"].isin(kinds) & reports["state"].isna() & reports["takes_back"].isna()


def is_unapproved(report: Mapping[str, Any]) -> bool:
    """Whether a report, a row of `records.read_reports`, waits for its approval."""
    return bool(unapproved(pd.DataFrame([report])).iloc[0])


def waiting_for_approval(reports: pd.DataFrame) -> pd.DataFrame:
    """Those of some reports that wait for their approval."""
    return reports[unapproved(reports) & ~reports["taken_back"]]


def approve(
    ledger: Ledger, *, report_no: str, recorded_by: str, alone: bool, scope: Scope, refused: str | None = None
) -> None:
    """Record that a report is approved, or why it is refused.

    Args:
        alone: whether nobody signs in, so that one person may record and approve.
        refused: the reason; None where it is approved.

    Raises LedgerError where it no longer waits for approval, where whoever recorded or reported it approves, where a
    refusal has no reason, and as `Ledger.append` does; ScopeError where the reader may not approve.
    """
    known = waiting_for_approval(read_reports(ledger, scope=scope, numbers=[report_no]))
    if known.empty:
        raise LedgerError("approval_not_waiting")
    report: Mapping[Any, Any] = known.iloc[0].to_dict()
    with ledger.refusals_noted(recorded_by=recorded_by, place=report["village_code"]):
        scope.require(ACTION)
    if not alone and any(is_same_person(report[name], recorded_by) for name in ("recorded_by", "reported_by")):
        raise LedgerError("approval_by_recorder")
    if refused is not None and not refused.strip():
        raise LedgerError("approval_reason_missing")
    add_review(
        ledger,
        report_no=report_no,
        village_code=report["village_code"],
        state=APPROVED if refused is None else REFUSED,
        why=refused,
        recorded_by=recorded_by,
        scope=scope,
    )


def is_same_person(one: str | None, other: str | None) -> bool:
    """Whether two names may be one person: a name that somebody typed, and one with the number of an account behind it
    (张三（zhangsan）)."""
    if not one or not other:
        return False
    numbered = "（" in one and "（" in other
    return one == other if numbered else one.partition("（")[0].strip() == other.partition("（")[0].strip()
