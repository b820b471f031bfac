"""Taking words about people out of records when their time is over: what stands for them in the chain stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Table, and_, bindparam, select, update

from data_access.ledger import audit_chain
from data_access.ledger.audit_chain import ERASED, Event, audit_entry, read_head
from data_access.ledger.declaration import keep_for_ever, let_change, metadata
from data_access.ledger.digests import add_rows, erased_value, value_digest
from data_access.ledger.keys import Key, key_file, load_keys
from data_access.ledger.ledger import Ledger, opened
from data_access.ledger.turn import alone


@dataclass(frozen=True)
class Expired:
    """The words of one column that were recorded before some time."""

    table: str
    column: str
    before: datetime
    events: tuple[str, ...] = ()
    """In the audit record: of which events."""


def erase(url: URL, expired: Sequence[Expired], *, recorded_by: str) -> Mapping[str, int]:
    """Take words out, all or nothing, with an entry in the audit record; returns how many, by table and column.

    On a server the user of the address must own the tables. Raises LedgerError.
    """
    Ledger(url).dispose()  # says what is wrong with the ledger or its key
    keys, counts = load_keys(key_file(url)), {}
    with opened(url) as engine:
        with alone(engine) as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON")  # the file does not keep what was taken out
            at, rows = datetime.now(UTC), []
            for words in expired:
                taken = _take_out(connection, words, keys=keys)
                counts[f"{words.table}.{words.column}"] = len({row["row_number"] for row in taken})
                rows += [{**row, "recorded_by": recorded_by, "recorded_at": at} for row in taken]
            head = read_head(connection)
            key = next(key for key in keys if key.key_id == head.key_id) if head.key_id else keys[-1]
            claims = add_rows(connection, key, [(erased_value, rows)])
            event = Event(ERASED, detail={name: count for name, count in counts.items() if count})
            if rows:
                audit_chain.write(
                    connection, [event], head=head, key=key, recorded_by=recorded_by, at=at, records=claims
                )
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return counts


def _take_out(connection: Connection, words: Expired, *, keys: Sequence[Key]) -> list[dict[str, Any]]:
    """Take the words of a column out; returns the rows of `erased_value` for them."""
    table = metadata.tables[words.table]
    column, remains = table.c[words.column], _remains(table, words.column)
    due: list[ColumnElement[bool]] = [table.c.recorded_at < words.before, column.is_not(None)]
    if remains is not None:
        due.append(column != remains)
    if table is audit_entry:
        due.append(table.c.event.in_(words.events))
    found = connection.execute(select(table.c.record_id, column).where(and_(*due))).all()
    if not found:
        return []
    let_change(connection, table.name)
    change = update(table).where(table.c.record_id == bindparam("number")).values({column: remains})
    connection.execute(change, [{"number": number} for number, _ in found])
    keep_for_ever(connection, table.name)
    return [
        {
            "table_name": table.name,
            "row_number": number,
            "column_name": column.name,
            "remains": remains,
            "key_id": key.key_id,
            "digest": value_digest(key, table.name, column.name, value),
        }
        for number, value in found
        for key in keys
    ]


def _remains(table: Table, column: str) -> str | None:
    """What stands in the place of a word: nothing where the column may be empty."""
    if table.c[column].nullable:
        return None
    return "{}" if table is audit_entry else ""
