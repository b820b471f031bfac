"""The app's own records, in a small database of its own: the household database is never written to.

The first of them: dispositions (核查结论), what people concluded about a household that a lamp had them look at.
Records are evidence: they are added, never changed and never deleted; a new conclusion follows the old one.

`LEDGER_DATABASE_URL` names the database; by default a SQLite file beside the program.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from data_access.indicators import load_codes
from data_access.problems import LedgerProblemError
from data_access.scope import Scope

DEFAULT_FILE = Path(__file__).parent.parent / "ledger" / "ledger.sqlite"

metadata = MetaData()

disposition = Table(
    "disposition",
    metadata,
    Column("disposition_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
    Column("household_id", String, nullable=False, index=True, comment="户编号 / household number"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("conclusion", String, nullable=False, comment="核查结论 / conclusion"),
    Column("reason", String, comment="不纳入原因 / reason for not including"),
    Column("note", String, comment="说明 / note"),
    Column("until", Date, comment="关注至 / holds until (included)"),
    Column("lamp", String, nullable=False, comment="核查时预警等级 / lamp at the time"),
    Column("fingerprint", String, nullable=False, comment="核查时触发规则的输入 / inputs of the rules that fired"),
    Column("decided_by", String, nullable=False, comment="核查人 / who concluded"),
    Column("decided_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
)

LONGEST_TEXT = 200
"""Letters that a note or a name may have."""


@dataclass(frozen=True)
class Disposition:
    """What somebody concluded about a household."""

    household_id: str
    village_code: str
    conclusion: str
    lamp: str
    fingerprint: str
    decided_by: str
    reason: str | None = None
    note: str | None = None
    until: date | None = None


class Ledger:
    """The ledger at an address; made there when it is not there yet."""

    def __init__(self, url: URL) -> None:
        self._name = url.render_as_string(hide_password=True)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(url)
        if url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
        with self._problems_named():
            metadata.create_all(self._engine)

    @property
    def engine(self) -> Engine:
        """The engine, for tests and maintenance."""
        return self._engine

    def version(self) -> int:
        """The number of the newest record: another number, another state. Raises LedgerProblemError."""
        with self._connect() as connection:
            return connection.execute(select(func.coalesce(func.max(disposition.c.disposition_id), 0))).scalar_one()

    def add_dispositions(self, dispositions: Sequence[Disposition], *, scope: Scope) -> int:
        """Record conclusions, all or none; returns how many.

        Raises LedgerProblemError for a household outside the scope, a conclusion that is not one, a missing name or
        reason, and when the ledger cannot be written.
        """
        for one in dispositions:
            _check(one, scope=scope)
        rows = [{**vars(one), "decided_at": datetime.now(UTC)} for one in dispositions]
        if rows:
            with self._problems_named(), self._engine.begin() as connection:
                connection.execute(insert(disposition), rows)
        return len(rows)

    def read_dispositions(self, *, scope: Scope, household_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Conclusions, newest first; one row per conclusion, all columns of the table.

        Args:
            household_ids: only these households; None means all in the scope.
        """
        query = select(disposition).where(scope.rows(disposition.c.village_code))
        if household_ids is not None:
            query = query.where(disposition.c.household_id.in_(household_ids))
        with self._connect() as connection:
            result = connection.execute(query.order_by(disposition.c.disposition_id.desc()))
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._problems_named(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _problems_named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise LedgerProblemError("ledger_unreachable", ledger=self._name, reason=reason) from error


def ledger_url() -> URL:
    """Where the ledger is. Raises LedgerProblemError when the environment names no address."""
    text = os.environ.get("LEDGER_DATABASE_URL") or f"sqlite:///{DEFAULT_FILE.as_posix()}"
    try:
        return make_url(text)
    except ArgumentError as error:
        raise LedgerProblemError("ledger_bad_url", variable="LEDGER_DATABASE_URL") from error


def _check(one: Disposition, *, scope: Scope) -> None:
    if not scope.covers(one.village_code):
        raise LedgerProblemError("ledger_outside_scope", household=one.household_id)
    if one.conclusion not in load_codes()["disposition"]:
        raise LedgerProblemError("ledger_unknown_conclusion", conclusion=one.conclusion[:40])
    if (one.conclusion == "not_include") != (one.reason is not None):
        raise LedgerProblemError("ledger_reason_missing", household=one.household_id)
    if one.reason is not None and one.reason not in load_codes()["reject_reason"]:
        raise LedgerProblemError("ledger_unknown_conclusion", conclusion=one.reason[:40])
    if not one.decided_by.strip():
        raise LedgerProblemError("ledger_name_missing", household=one.household_id)
    if max(len(one.decided_by), len(one.note or "")) > LONGEST_TEXT:
        raise LedgerProblemError("ledger_text_too_long", most=str(LONGEST_TEXT))


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Write-ahead log: readers and the writer do not wait for each other.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
