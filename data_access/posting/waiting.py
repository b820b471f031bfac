"""Which reports are not in the data yet."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from data_access.database.engine import Snapshot
from data_access.facts.metrics import load_metrics
from data_access.load.posted import read_posted
from data_access.load.target import can_load
from data_access.posting.entered import entered
from data_access.posting.rows import (
    correction_of,
    held_of_household,
    held_rows,
    holds,
    holds_correction,
    holds_old,
    key_of,
)
from data_access.reports.approval import unapproved
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import APPROVED, DISMISSED, DOUBT, REFUSED
from data_access.scope import Scope


def read_posted_numbers(snapshot: Snapshot, *, scope: Scope) -> frozenset[str]:
    """The numbers of the reports that are in the data; they say nothing about households, so every scope sees them."""
    del scope
    return read_posted(snapshot.connection)


Asked = tuple[tuple[str, str, str, str, str, str], ...]
"""Reports as an argument of a query: number, kind, household, thing, day, what else it says as JSON."""


def asked_of(reports: pd.DataFrame) -> Asked:
    """Some reports as an argument of `read_arrived_numbers`."""
    columns = ["report_no", "kind", "household_id", "thing", "happened_on", "content"]
    return tuple(
        (number, kind, home, thing, day.isoformat(), json.dumps(content, sort_keys=True))
        for number, kind, home, thing, day, content in reports[columns].itertuples(index=False)
    )


def read_arrived_numbers(snapshot: Snapshot, *, scope: Scope, asked: Asked) -> frozenset[str]:
    """The numbers of those reports which the data hold as they say it: what was entered elsewhere has come back."""
    arrived = set[str]()
    for key, kind in load_report_kinds().items():
        own = [
            {
                "report_no": number,
                "household_id": home,
                "thing": thing,
                "happened_on": date.fromisoformat(day),
                "content": json.loads(content),
            }
            for number, of, home, thing, day, content in asked
            if of == key
        ]
        if kind.enters and own:
            arrived |= entered(snapshot.connection, own, kind=kind, scope=scope)
            continue
        if kind.corrects:
            arrived |= {one["report_no"] for one in own if _is_corrected(snapshot, one, kind=kind, scope=scope)}
            continue
        held = held_rows(snapshot.connection, own, kind=kind, scope=scope) if own else {}
        arrived |= {one["report_no"] for one in own if holds(held.get(key_of(one, kind=kind)), one, kind=kind)}
    return frozenset(arrived)


def standing_corrections(reports: pd.DataFrame, *, posted: Collection[str]) -> pd.DataFrame:
    """Those of some reports that were approved and are in the data: of each value the newest correction."""
    approved = reports[(reports["state"] == APPROVED) & ~reports["taken_back"] & reports["report_no"].isin(posted)]
    return approved.drop_duplicates(["household_id", "thing"], keep="last")


def read_undone_numbers(snapshot: Snapshot, *, scope: Scope, asked: Asked) -> frozenset[str]:
    """The numbers of those corrections, once in the data, of which a file has brought the old value back since."""
    undone = set[str]()
    for number, of, home, thing, day, content in asked:
        kind = load_report_kinds()[of]
        if kind.corrects:
            told = {"thing": thing, "happened_on": date.fromisoformat(day), "content": json.loads(content)}
            held = held_of_household(snapshot.connection, home, kind=kind, scope=scope)
            correction = correction_of(told, kind=kind, cut_off=snapshot.cut_off)
            undone |= {number} if holds_old(held, correction, kind=kind) else set()
    return frozenset(undone)


def _is_corrected(snapshot: Snapshot, report: Mapping[str, Any], *, kind: ReportKind, scope: Scope) -> bool:
    held = held_of_household(snapshot.connection, report["household_id"], kind=kind, scope=scope)
    return holds_correction(held, correction_of(report, kind=kind, cut_off=snapshot.cut_off))


def is_posted(kind: str) -> bool:
    """Whether reports of a kind are put into the data here; otherwise they are entered elsewhere, and come back with
    the data."""
    return load_report_kinds()[kind].way == "post" and can_load()


def to_be_posted(reports: pd.DataFrame, *, posted: Collection[str]) -> pd.DataFrame:
    """Those of some reports that are to come into the data, counter-records too, in their order; without those that
    nobody has approved yet, or looked at.

    Args:
        reports: as returned by `records.read_reports`.
    """
    # A report that is taken back is closed together with the record that does so, whatever became of it.
    looked_at = (reports["state"].isin([DOUBT, DISMISSED, REFUSED]) | unapproved(reports)) & ~reports["taken_back"]
    return reports[~reports["report_no"].isin(posted) & ~looked_at]


def not_in_data(reports: pd.DataFrame, *, posted: Collection[str]) -> pd.DataFrame:
    """Those of some reports that the figures do not hold yet and are about to: without what was taken back, what takes
    back, and what has to be looked at first."""
    waiting = to_be_posted(reports, posted=posted)
    return waiting[~waiting["taken_back"] & waiting["takes_back"].isna()]


def being_taken_back(reports: pd.DataFrame, *, posted: Collection[str]) -> frozenset[str]:
    """The numbers of the reports that somebody takes back and that the data still hold."""
    waiting = to_be_posted(reports, posted=posted)["takes_back"].dropna()
    return frozenset(waiting) & frozenset(posted)


def in_doubt(reports: pd.DataFrame) -> pd.DataFrame:
    """Those of some reports that disagree with the data and wait for somebody to decide."""
    return reports[(reports["state"] == DOUBT) & ~reports["taken_back"]]


def count_touching(metrics: Iterable[str], reports: pd.DataFrame, *, place: str) -> tuple[int, int]:
    """How many of some reports of a place change one of some metrics once they are in the data: those that are put
    there, and those that are entered elsewhere."""
    if reports.empty:
        return 0, 0
    own = _touching([key for key in metrics if key in load_metrics()], reports)
    here = own[own["village_code"].astype("str").str.startswith(place)]
    put = sum(is_posted(kind) for kind in here["kind"])
    return put, len(here) - put


def _touching(metrics: Iterable[str], reports: pd.DataFrame) -> pd.DataFrame:
    """Those of some reports that change one of some metrics."""
    declared = [load_metrics()[key] for key in metrics]
    terms = [term for one in declared for term in (one.numerator, one.denominator) if term is not None]
    kinds = load_report_kinds().items()
    own = [key for key, kind in kinds if any(kind.touches(term.fact, *term.read) for term in terms)]
    return reports[reports["kind"].isin(own)]
