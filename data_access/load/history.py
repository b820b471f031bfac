"""The loads that produced the present database."""

import pandas as pd
from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.load.undo import LAST, last_load
from data_access.schema.contract import present_tables
from data_access.schema.tables import data_load
from data_access.scope import Scope


def read_loads(snapshot: Snapshot, *, scope: Scope, limit: int) -> pd.DataFrame:
    """The newest loads, the newest first; one row per load and table, all columns of `data_load` that are kept.

    They contain nothing about households, so every scope sees all of them.
    """
    del scope
    kept = (column for column in data_load.c if snapshot.keeps(column))
    return read_frame(snapshot.connection, select(*kept).order_by(data_load.c.load_id.desc()).limit(limit))


def read_undoable(snapshot: Snapshot, *, scope: Scope) -> str | None:
    """The name of the load that can be undone; None if there is none. Every scope sees it."""
    del scope
    if LAST.name not in present_tables(snapshot.connection):
        return None
    last = last_load(snapshot.connection)
    return None if last is None else last.source
