"""Where the indicators and the cases of one household come from: which load brought them, and what they replaced."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby, pairwise
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Column, Select, String, Table, func, select

from data_access.database.engine import Snapshot
from data_access.load.provenance import BROUGHT, REPLACED
from data_access.schema.contract import present_tables
from data_access.schema.tables import data_load, household, household_indicator, metadata
from data_access.scope import Scope

ORIGIN = ("table", "row", "source", "kind", "loaded_at")
REPLACED_VALUE = ("table", "row", "column", "before", "after", "brought_by", "replaced_by", "replaced_at")

INDICATORS = household_indicator.name

_ENDS = "valid_to"
"""An interval that ended because the next one began still says what it said."""

Row = Mapping[str, Any]


def read_origins(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> pd.DataFrame:
    """Which load brought the indicators in force on a day, and each case of a household. One row for each of which that
    is recorded: not for what was there before it was, nor for reports from the field.

    Columns: ORIGIN; row is the first day of the interval, or the number of the case, source the file.
    """
    in_force = select(func.max(household_indicator.c.valid_from)).where(
        household_indicator.c.household_id == household_id, household_indicator.c.valid_from <= on
    )
    found = []
    for name, brought in _there(snapshot, BROUGHT).items():
        key = brought.c[_key(name).name]
        query = (
            select(key.label("row"), *data_load.c["source", "kind", "loaded_at"])
            .join_from(brought, data_load, data_load.c.load_id == brought.c.load_id)
            .join(household, household.c.household_id == brought.c.household_id)
            .where(brought.c.household_id == household_id, scope.rows(household.c.village_code))
            .order_by(key)
        )
        if name == INDICATORS:
            query = query.where(key == in_force.scalar_subquery())
        found += [{"table": name, **row} for row in _rows(snapshot, query)]
    return _as_frame(found, ORIGIN)


def read_replaced(snapshot: Snapshot, *, scope: Scope, household_id: str) -> pd.DataFrame:
    """What loads, and undoing them, replaced in the indicators and cases of a household, the newest first; one row per
    value that was known before. Texts, which may name persons, are left out.

    Columns: REPLACED_VALUE; before and after are values of the column, brought_by the file that said what was replaced
    (None where that is not recorded), replaced_by the file that replaced it.
    """
    files = {row["load_id"]: row for row in _rows(snapshot, select(*data_load.c["load_id", "source", "loaded_at"]))}
    found = []
    for name, replaced in _there(snapshot, REPLACED).items():
        kept = [column for column in metadata.tables[name].c if snapshot.keeps(column)]
        own = (_of_household(columns, scope=scope, household_id=household_id) for columns in (replaced.c, kept))
        said, now = (_rows(snapshot, query) for query in own)
        for before, after in _versions(said, now, key=_key(name).name):
            brought, by = files.get(before["brought_by"], {}), files.get(before["replaced_by"], {})
            found += [
                {
                    "table": name,
                    "row": before[_key(name).name],
                    "column": column.name,
                    "before": before[column.name],
                    "after": after.get(column.name),
                    "brought_by": brought.get("source"),
                    "replaced_by": by.get("source"),
                    "replaced_at": by.get("loaded_at"),
                    "load": before["replaced_by"],
                }
                for column in metadata.tables[name].c
                if _is_told(column) and before[column.name] not in (None, after.get(column.name))
            ]
    newest_first = sorted(found, key=lambda row: row["load"], reverse=True)
    return _as_frame(newest_first, REPLACED_VALUE)


def label_of(table: str, column: str, *, language: str) -> str:
    """What a column is called."""
    return str(metadata.tables[table].c[column].info[language])


def codes_of(table: str, column: str) -> str | None:
    """The code list of a column; None where it holds no codes."""
    one = metadata.tables[table].c[column]
    return "boolean" if isinstance(one.type, Boolean) else one.info["codes"]


def _of_household(columns: Iterable[Column], *, scope: Scope, household_id: str) -> Select:
    """Some columns of a table, of the rows of a household."""
    table = next(iter(columns)).table
    return (
        select(*columns)
        .join_from(table, household, household.c.household_id == table.c.household_id)
        .where(table.c.household_id == household_id, scope.rows(household.c.village_code))
    )


def _versions(said: Iterable[Row], now: Iterable[Row], *, key: str) -> Iterator[tuple[Row, Row]]:
    """What each row said, and what it said next: as far as it is still there."""
    held = {row[key]: row for row in now}
    in_order = sorted(said, key=lambda row: (row[key], row["replaced_by"]))
    for number, rows in groupby(in_order, key=lambda row: row[key]):
        yield from pairwise([*rows, *([held[number]] if number in held else [])])


def _is_told(column: Column) -> bool:
    """Whether a column is shown: not a key, and no free text, which may name persons."""
    is_text = isinstance(column.type, String) and column.info["codes"] is None
    return not column.primary_key and not is_text and column.name != _ENDS


def _key(name: str) -> Column:
    """The column of a row's own key, beside the household."""
    return next(one for one in metadata.tables[name].primary_key.columns if one.name != household.c.household_id.name)


def _there(snapshot: Snapshot, tables: Mapping[str, Table]) -> dict[str, Table]:
    present = present_tables(snapshot.connection)
    return {name: table for name, table in tables.items() if table.name in present}


def _rows(snapshot: Snapshot, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in snapshot.connection.execute(query).mappings()]


def _as_frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype=object)
