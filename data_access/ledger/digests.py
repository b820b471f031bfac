"""What stands for records in the chain: a keyed hash of every value, so that what was written can be proved, and a
value can be erased without what is left losing its proof."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnClause,
    Connection,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from data_access.ledger.declaration import in_utc, record_table
from data_access.ledger.keys import Key

erased_value = record_table(
    "erased_value",
    "一个按期限删除的内容",
    "a value that was erased at the end of its time",
    Column("table_name", String, nullable=False, comment="表 / table"),
    Column("row_number", Integer, nullable=False, comment="记录序号 / number of the record"),
    Column("column_name", String, nullable=False, comment="列 / column"),
    Column("remains", Text, comment="留下的内容 / what stands in its place"),
    Column("key_id", String, nullable=False, comment="密钥编号 / key of the digest"),
    Column("digest", String, nullable=False, comment="删除内容的摘要 / digest of what was erased"),
    action=None,
)

Claims = Mapping[str, Mapping[str, Any]]
"""What an entry says of records, by table: `ids`, ranges of their numbers, and the `digest` of them all."""

Batch = tuple[Table, Sequence[Mapping[Any, Any]]]
"""A table of records and rows for it."""

_PAGE = 100
"""Records held at a time: few, for one can be an edition of some megabytes."""


@dataclass(frozen=True)
class Erased:
    """The values that were erased."""

    digests: Mapping[tuple[str, int, str], Mapping[str, str]] = field(default_factory=dict)
    """Table, number of the record, column -> the digests of the value, by key, the first one first."""
    remains: Mapping[tuple[str, int, str], str | None] = field(default_factory=dict)

    def digest(self, key: Key, table: str, number: int, column: str, value: object) -> str | None:
        """What stands for an erased value; None for one that was not erased, or was put back since."""
        place = (table, number, column)
        if place not in self.digests or self.remains[place] != (None if value is None else _plain(value)):
            return None
        known = self.digests[place]
        return known.get(key.key_id) or next(iter(known.values()))


def read_erased(connection: Connection) -> Erased:
    """The values that were erased from a ledger; none in one of an earlier revision."""
    if not inspect(connection).has_table(erased_value.name):
        return Erased()
    digests: dict[tuple[str, int, str], dict[str, str]] = {}
    remains: dict[tuple[str, int, str], str | None] = {}
    told = erased_value.c["table_name", "row_number", "column_name", "remains", "key_id", "digest"]
    for row in connection.execute(select(*told).order_by(erased_value.c.record_id)):
        place = (row.table_name, row.row_number, row.column_name)
        digests.setdefault(place, {})[row.key_id] = row.digest
        remains[place] = row.remains
    return Erased(digests, remains)


def value_digest(key: Key, table: str, column: str, value: object) -> str:
    """What stands for one value."""
    return key.sign(f"{table}\0{column}\0{_plain(value)}".encode())


def row_digest(key: Key, table: str, row: Mapping[Any, Any], erased: Erased, *, number: int) -> bytes:
    """What stands for one record, given its number. Columns without a value count for nothing: one can be added to a
    table later."""
    told = []
    for name, value in sorted(row.items()):
        kept = erased.digest(key, table, number, name, value) if erased.digests else None
        if kept is None and value is not None:
            kept = value_digest(key, table, name, value)
        if kept is not None:
            told.append(f"{name}={kept}")
    return hashlib.sha256("\n".join(told).encode()).digest()


def claim(key: Key, table: str, rows: Iterable[Mapping[Any, Any]], erased: Erased) -> Mapping[str, Any]:
    """What an entry says of some records of a table, in the order of their numbers."""
    ids: list[list[int]] = []
    whole = hashlib.sha256()
    for row in rows:
        number = row["record_id"]
        if ids and isinstance(number, int) and ids[-1][1] == number - 1:
            ids[-1][1] = number
        else:
            ids.append([number, number])
        whole.update(row_digest(key, table, row, erased, number=number))
    return {"ids": ids, "digest": whole.hexdigest()}


def add_rows(connection: Connection, key: Key, batches: Sequence[Batch]) -> Claims:
    """Write records; returns what their entry says of them: of what was written, not of what a trigger that somebody
    planted made of it."""
    by_table: dict[Table, list[Mapping[Any, Any]]] = {}
    for table, rows in batches:
        by_table.setdefault(table, []).extend(rows)
    claims: dict[str, Mapping[str, Any]] = {}
    for table, rows in by_table.items():
        if rows:
            # Columns without their types: what the database gives is what will be read when it is verified.
            plain: list[ColumnClause] = [sql_column(column.name) for column in table.c]
            written = connection.execute(insert(table).returning(*plain), rows).mappings().all()
            in_order = sorted(written, key=lambda row: row["record_id"])
            claims[table.name] = claim(key, table.name, in_order, Erased())
    return claims


def read_rows(connection: Connection, table: str, *, after: int | None = None) -> Iterator[RowMapping]:
    """The records of a table by their numbers, as the database keeps them: in a table that somebody exchanged, a number
    may be none."""
    names = [part["name"] for part in inspect(connection).get_columns(table)]
    number = sql_column("record_id", Integer)
    query: Select = select(*(sql_column(name) for name in names)).select_from(sql_table(table)).order_by(number)
    if after is not None:
        query = query.where(number > after)
    yield from connection.execute(query, execution_options={"yield_per": _PAGE}).mappings()


def _plain(value: object) -> str:
    """A value as a text, the same however either database gives it back; a number and the text of it are the same."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return in_utc(value).isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
