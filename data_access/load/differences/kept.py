"""How many differences every load found, by matter and township. Rows about households and persons are not kept.

The table lies beside the contract, as the journal of an undo does, and grows; an undo leaves it: it says what differed
before the load.
"""

import pandas as pd
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert, select
from sqlalchemy.schema import CreateTable

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.contract import present_tables
from data_access.schema.tables import data_load
from data_access.scope import Scope

KEPT = Table(
    "differences_of_load",
    MetaData(),
    Column("load_id", Integer, nullable=False),
    Column("matter", String, nullable=False),
    Column("township_code", String, nullable=False),
    Column("rows", Integer, nullable=False),
)
"""One row per load (its first number), matter and township."""


def keep_counts(connection: Connection, counts: pd.DataFrame, *, load_id: int) -> None:
    """Record the counts of a load; columns matter, township_code, rows."""
    connection.execute(CreateTable(KEPT, if_not_exists=True))
    parts = zip(counts["matter"], counts["township_code"], counts["rows"].tolist(), strict=True)
    rows = [
        {"load_id": load_id, "matter": matter, "township_code": township, "rows": count}
        for matter, township, count in parts
    ]
    if rows:
        connection.execute(insert(KEPT), rows)


def read_kept(snapshot: Snapshot, *, scope: Scope) -> pd.DataFrame:
    """The counts of all loads, the newest load first; one row per load, matter and township in the scope.

    Columns: load_id, source (the file), loaded_at, matter, township_code, rows.
    """
    wanted = (*data_load.c["load_id", "source", "loaded_at"], *KEPT.c["matter", "township_code", "rows"])
    if KEPT.name not in present_tables(snapshot.connection):
        return pd.DataFrame(columns=[column.name for column in wanted])
    query = (
        select(*wanted)
        .join_from(KEPT, data_load, data_load.c.load_id == KEPT.c.load_id)
        .where(scope.rows(KEPT.c.township_code))
        .order_by(KEPT.c.load_id.desc(), KEPT.c.matter, KEPT.c.township_code)
    )
    return read_frame(snapshot.connection, query)
