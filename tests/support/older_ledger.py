"""A ledger as programs wrote it before its entries were signed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Connection, insert, make_url

from data_access.ledger import migration
from data_access.ledger.audit_chain import BEFORE_THE_FIRST, audit_entry
from data_access.ledger.declaration import keep_for_ever, record_tables
from data_access.ledger.filter_templates import filter_template
from data_access.ledger.ledger import opened
from data_access.ledger.turn import alone

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = ("甲", "乙")


def make_older(address: str) -> None:
    """A ledger of the first revision with two records and three entries."""
    with opened(make_url(address)) as engine, alone(engine) as connection:
        command.upgrade(migration.configured(migration.VERSIONS, connection), "0001")
        for name in record_tables(connection):
            keep_for_ever(connection, name)
        previous = BEFORE_THE_FIRST
        for number, name in enumerate((*NAMES, "")):
            at = BEGUN + timedelta(minutes=number)
            if name:
                row = {"name": name, "link": "f=lamp.is.red", "removed": False}
                connection.execute(insert(filter_template), [{**row, "recorded_by": "张三", "recorded_at": at}])
            previous = enter(connection, "recorded" if name else "exported", previous=previous, at=at)


def enter(connection: Connection, event: str, *, previous: str, at: datetime, **told: Any) -> str:
    """An entry as those programs wrote it, without a key; returns its hash."""
    row: dict[str, Any] = {"event": event, "place": None, "household_id": None, "detail": '{"filter_template": 1}'}
    row |= {"recorded_by": "张三", **told}
    words = json.dumps([*row.values(), at.isoformat()], ensure_ascii=False)
    row |= {"recorded_at": at, "previous_hash": previous}
    row["hash"] = hashlib.sha256((previous + words).encode()).hexdigest()
    columns = [audit_entry.c[name] for name in row]
    connection.execute(insert(audit_entry).values({column: row[column.name] for column in columns}))
    return str(row["hash"])
