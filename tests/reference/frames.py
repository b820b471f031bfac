"""The tables as typed frames, for the reference implementation: from a database, or straight from rows made by hand.

The types come from the declaration in `data_access.tables`, whatever the database returned: whole numbers are `Int64`,
dates are days, a missing value stays missing. A column that no row names is there all the same, and empty.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Column, Date, DateTime, Engine, Float, Integer, Table, select

from data_access.schema.tables import metadata


class Frames(dict[str, pd.DataFrame]):
    """Table name -> its rows. Nobody changes them, so what was worked out from them once is kept (`once`)."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__

    def with_tables(self, **tables: pd.DataFrame) -> "Frames":
        """The same with other rows in some tables."""
        return Frames({**self, **tables})


once = lru_cache(maxsize=64)
"""For what is worked out from `Frames` and a day again and again; the result is shared, so nobody changes it."""


def read_tables(engine: Engine) -> Frames:
    """Every table of the household database, whole: table name -> one row per row of the table."""
    with engine.connect() as connection:
        return Frames(
            (name, _frame(table, [dict(row) for row in connection.execute(select(table)).mappings()]))
            for name, table in metadata.tables.items()
        )


def tables_from_rows(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> Frames:
    """The same frames from rows in memory, without a database; a table that is not named is empty."""
    return Frames(
        (name, _frame(table, list(rows[name])) if rows.get(name) else _without_rows(table))
        for name, table in metadata.tables.items()
    )


def cut_off(tables: Frames) -> date:
    """The day up to which the data speak: the cut-off of the newest load."""
    loads = tables["data_load"]
    if loads.empty:
        raise ValueError("data_load is empty: there is no cut-off")
    return loads.sort_values("load_id")["cut_off"].iloc[-1].date()


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain dictionaries with Python values: None where a value is missing, `date` for days."""
    plain = {str(name): _plain(values) for name, values in frame.items()}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


@once
def rows_by_household(tables: Frames, name: str) -> dict[str, list[dict[str, Any]]]:
    """Household -> its rows in a table, as `records`; none for a household without one."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(tables[name]):
        rows[row["household_id"]].append(row)
    return rows


def with_village(rows: pd.DataFrame, tables: Frames) -> pd.DataFrame:
    """The rows of a table below `household`, each with the village of its household."""
    return rows.merge(tables["household"][["household_id", "village_code"]], on="household_id")


@cache
def _without_rows(table: Table) -> pd.DataFrame:
    return _frame(table, [])


def _frame(table: Table, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {column.name: _series(column, [row.get(column.name) for row in rows]) for column in table.columns}
    )


def _series(column: Column[Any], values: list[Any]) -> pd.Series:
    series = pd.Series(values, dtype=object)
    if isinstance(column.type, Integer):
        return series.astype("Int64")
    if isinstance(column.type, Float):
        return series.astype("Float64")
    if isinstance(column.type, Boolean):
        return series.astype("boolean")
    if isinstance(column.type, Date | DateTime):
        return pd.to_datetime(series).astype("datetime64[us]")
    return series.astype("str")


def _plain(values: pd.Series) -> list[Any]:
    days = pd.api.types.is_datetime64_any_dtype(values.dtype)
    objects = (values.dt.date if days else values.astype(object)).tolist()
    return [
        None if not known else one.item() if isinstance(one, np.generic) else one
        for one, known in zip(objects, values.notna().tolist(), strict=True)
    ]
