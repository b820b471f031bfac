"""What whoever runs the server should know: versions, what waits, when something was last written or saved."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import URL, select

from data_access.database.engine import open_engine
from data_access.errors import AppError
from data_access.ledger.audit_chain import ANCHORED, BACKED_UP, audit_entry
from data_access.ledger.declaration import in_utc
from data_access.ledger.ledger import Ledger
from data_access.ledger.migration import standing
from data_access.load.posted import read_posted
from data_access.posting import writer
from data_access.posting.post import POSTED
from data_access.posting.waiting import in_doubt, not_in_data
from data_access.reports.records import read_reports
from data_access.schema.contract import read_version
from data_access.scope import Scope

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@dataclass(frozen=True)
class RunningState:
    """The state of a server and of its databases; times are in UTC."""

    program: str
    ledger: str
    """The revision of its tables."""
    contract: int
    """The version of the contract that the household database was brought to."""
    waiting: int
    """Reports that are not in the data yet."""
    oldest: datetime | None
    """When the oldest of them was recorded."""
    doubts: int
    """Reports that disagree with the data."""
    posted_at: datetime | None
    post_error: AppError | None
    """Why the writer could not write the last time; None if it could."""
    backup_at: datetime | None
    anchor_at: datetime | None


def read_running_state(ledger: Ledger, *, url: URL) -> RunningState:
    """The state of now. Raises DatabaseError, LedgerError."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            posted, contract = read_posted(connection), read_version(connection)
    finally:
        engine.dispose()
    reports = read_reports(ledger, scope=Scope.everything())
    waiting = not_in_data(reports, posted=posted)
    with ledger.engine.connect() as connection:
        revision = standing(connection).found
    return RunningState(
        program=program_version(),
        ledger=revision,
        contract=contract,
        waiting=len(waiting),
        oldest=None if waiting.empty else in_utc(waiting["recorded_at"].iloc[0]),
        doubts=len(in_doubt(reports)),
        posted_at=_newest(ledger, POSTED),
        post_error=writer.state.error,
        backup_at=_newest(ledger, BACKED_UP),
        anchor_at=_newest(ledger, ANCHORED),
    )


def _newest(ledger: Ledger, event: str) -> datetime | None:
    query = select(audit_entry.c.recorded_at).where(audit_entry.c.event == event)
    rows = ledger.read(query.order_by(audit_entry.c.record_id.desc()).limit(1))
    return None if rows.empty else in_utc(rows["recorded_at"].iloc[0])


@cache
def program_version() -> str:
    """The version of the program."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
