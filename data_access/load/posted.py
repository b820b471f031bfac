"""Which reports from the field are in a household database, and what each replaced.

The table lies beside the contract, as the journal of an undo does, and is written in the transaction that puts a report
into the data. What is not in it is put there again: after a crash, a restored backup, or an undo, which takes out what
came after the load that is undone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.schema import CreateTable

from data_access.schema.contract import present_tables
from data_access.schema.tables import metadata

posted_report = Table(
    "posted_report",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("report_no", String, nullable=False),
    Column("load_id", Integer, nullable=False),
    Column("table_name", String),
    Column("row_before", String),
    Column("row_after", String),
)
"""One row per report that is in the data, and per row that it changed: the first number of its load; the row as it was
before (NULL: there was none) and after (NULL: it is gone), as JSON; both are NULL where it changed none."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PostedRow:
    """What became of a report in the data."""

    report_no: str
    load_id: int
    table: str | None = None
    before: Row | None = None
    after: Row | None = None

    @property
    def key(self) -> Row | None:
        """A row with the key of the one that was changed; None if none was."""
        return self.after or self.before


def is_there(connection: Connection) -> bool:
    """Whether a database keeps the table."""
    return posted_report.name in present_tables(connection)


def make_table(connection: Connection) -> None:
    """Make the table where it is not there yet."""
    if not is_there(connection):
        connection.execute(CreateTable(posted_report, if_not_exists=True))


def read_posted(connection: Connection) -> frozenset[str]:
    """The numbers of the reports that are in a database."""
    if not is_there(connection):
        return frozenset()
    return frozenset(connection.execute(select(posted_report.c.report_no)).scalars())


def read_rows(connection: Connection, *, report_no: str) -> list[PostedRow]:
    """What became of a report, one per row that it changed, in order; none if it is not in the data."""
    own = select(posted_report).where(posted_report.c.report_no == report_no).order_by(posted_report.c.number)
    return [_posted(row) for row in connection.execute(own)]


def mark(connection: Connection, rows: list[PostedRow]) -> None:
    """Note that reports are in the data."""
    first = (connection.execute(select(func.max(posted_report.c.number))).scalar() or 0) + 1
    values = [
        {
            "number": first + at,
            "report_no": one.report_no,
            "load_id": one.load_id,
            "table_name": one.table,
            "row_before": _as_text(one.before),
            "row_after": _as_text(one.after),
        }
        for at, one in enumerate(rows)
    ]
    if values:
        connection.execute(insert(posted_report), values)


def take_out(connection: Connection, *, after: int) -> list[str]:
    """Take the reports out of the data that came after a load, the last first; returns their numbers."""
    if not is_there(connection):
        return []
    later = select(posted_report).where(posted_report.c.load_id > after).order_by(posted_report.c.number.desc())
    found = [_posted(row) for row in connection.execute(later)]
    for one in found:
        restore(connection, one)
    connection.execute(delete(posted_report).where(posted_report.c.load_id > after))
    return [one.report_no for one in found]


def restore(connection: Connection, one: PostedRow) -> None:
    """Put the row that a report changed back as it was before."""
    if one.table is None or one.key is None:
        return
    target = metadata.tables[one.table]
    connection.execute(delete(target).where(*_same(target, one.key)))
    if one.before is not None:
        connection.execute(insert(target).values(one.before))


def put(connection: Connection, one: PostedRow) -> None:
    """Make a row what it becomes: as `restore`, the other way round."""
    restore(connection, PostedRow(one.report_no, one.load_id, one.table, before=one.after, after=one.before))


def row_now(connection: Connection, one: PostedRow) -> Row | None:
    """The row that a report changed, as it is now."""
    if one.table is None or one.key is None:
        return None
    target = metadata.tables[one.table]
    row = connection.execute(select(target).where(*_same(target, one.key))).mappings().first()
    return None if row is None else dict(row)


def is_as_left(one: PostedRow, now: Row | None) -> bool:
    """Whether a row still says what a report made of it."""
    after = one.after or {}
    return now is not None and all(now[name] == after[name] for name in _changed(one))


def put_back(connection: Connection, one: PostedRow, now: Row | None) -> Row | None:
    """Put back what a report changed in a row, whatever else changed in it since; returns the row as it is then."""
    if now is not None and one.table is not None:
        target = metadata.tables[one.table]
        own, before = _same(target, now), one.before
        if before is None:
            connection.execute(delete(target).where(*own))
        else:
            connection.execute(update(target).where(*own).values({name: before[name] for name in _changed(one)}))
    return row_now(connection, one)


def _changed(one: PostedRow) -> list[str]:
    before, after = one.before, one.after or {}
    return [name for name in after if before is None or before[name] != after[name]]


def _same(target: Table, row: Row) -> list[Any]:
    return [column == row[column.name] for column in target.primary_key.columns]


def _posted(row: Any) -> PostedRow:
    return PostedRow(
        report_no=row.report_no,
        load_id=row.load_id,
        table=row.table_name,
        before=_as_row(row.table_name, row.row_before),
        after=_as_row(row.table_name, row.row_after),
    )


def _as_text(row: Row | None) -> str | None:
    return None if row is None else json.dumps(row, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} is not in a row of the contract")


def _as_row(table: str | None, text: str | None) -> Row | None:
    if table is None or text is None:
        return None
    columns = metadata.tables[table].c
    return {name: _meant(columns[name], value) for name, value in json.loads(text).items() if name in columns}


def _meant(column: Column, value: Any) -> Any:
    if value is not None and isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value
