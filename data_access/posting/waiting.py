"""Which reports are not in the data yet."""

from collections.abc import Collection

import pandas as pd

from data_access.database.engine import Snapshot
from data_access.load.posted import read_posted
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import DISMISSED, DOUBT
from data_access.scope import Scope


def read_posted_numbers(snapshot: Snapshot, *, scope: Scope) -> frozenset[str]:
    """The numbers of the reports that are in the data; they say nothing about households, so every scope sees them."""
    del scope
    return read_posted(snapshot.connection)


def to_be_posted(reports: pd.DataFrame, *, posted: Collection[str]) -> pd.DataFrame:
    """Those of some reports that are to be put into the data, counter-records too, in their order.

    Args:
        reports: as returned by `records.read_reports`.
    """
    by_post = reports["kind"].isin([key for key, kind in load_report_kinds().items() if kind.way == "post"])
    # A report that is taken back is closed together with the record that does so, whatever became of it.
    looked_at = reports["state"].isin([DOUBT, DISMISSED]) & ~reports["taken_back"]
    return reports[by_post & ~reports["report_no"].isin(posted) & ~looked_at]


def not_in_data(reports: pd.DataFrame, *, posted: Collection[str]) -> pd.DataFrame:
    """Those of some reports that the figures do not hold yet and are about to: without what was taken back, what takes
    back, and what has to be looked at first."""
    waiting = to_be_posted(reports, posted=posted)
    return waiting[~waiting["taken_back"] & waiting["takes_back"].isna()]


def in_doubt(reports: pd.DataFrame) -> pd.DataFrame:
    """Those of some reports that disagree with the data and wait for somebody to decide."""
    return reports[(reports["state"] == DOUBT) & ~reports["taken_back"]]
