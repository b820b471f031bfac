"""What is taken out of the mapping is not collected any more: the columns that the source filled are emptied, and the
tables. The journal keeps the former rows; what the source never filled is left alone."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, insert, or_, select, true, update
from sqlalchemy.schema import CreateTable

from data_access.connect.writing import TableChanges
from data_access.database.coverage import CONNECTED
from data_access.load.filled import Filled
from data_access.load.merge import BEFORE
from data_access.load.provenance import BROUGHT
from data_access.schema.contract import present_tables
from data_access.schema.tables import data_load, household_indicator, metadata


def empty_unmapped(
    connection: Connection,
    before: Filled,
    now: Mapping[str, Collection[str]],
    *,
    written: Mapping[str, TableChanges],
) -> dict[str, TableChanges]:
    """Empty what the source filled and does not fill any more, once its tables are written.

    Args:
        before: what it filled at last.
        now: table -> its columns that the mapping fills.
        written: what became of the tables that were written.

    Returns what became of each table, in all.
    """
    found = dict(written)
    for table, columns in before.items():
        target = metadata.tables[table]
        connection.execute(CreateTable(BEFORE[table], if_not_exists=True))
        gone = [column for column in target.c if column.name in columns and column.name not in now.get(table, ())]
        so_far = found.get(table, TableChanges(added=0, changed=0, gone=0))
        if table not in now and target is not household_indicator:
            removed = _keep(connection, target, true())
            connection.execute(delete(target))
            found[table] = TableChanges(added=0, changed=0, gone=removed)
        elif optional := [column for column in gone if column.nullable]:
            holds = and_(or_(*(column.is_not(None) for column in optional)), _is_of_source(connection, target))
            emptied = _keep(connection, target, holds)
            connection.execute(update(target).values({column.name: None for column in optional}).where(holds))
            found[table] = TableChanges(added=so_far.added, changed=so_far.changed + emptied, gone=so_far.gone)
    return found


def _keep(connection: Connection, target: Table, condition: ColumnElement[bool]) -> int:
    """Write rows into the journal that are not in it yet; returns how many."""
    before = BEFORE[target.name]
    is_kept = exists().where(*(before.c[key.name] == key for key in target.primary_key.columns))
    rows = select(*target.c, true()).where(condition, ~is_kept)
    number = connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    connection.execute(insert(before).from_select(before.c.keys(), rows))
    return number


def _is_of_source(connection: Connection, target: Table) -> ColumnElement[bool]:
    """Whether the source may have filled a row: of indicators not those that files brought, and that had ended when the
    source was connected."""
    brought = BROUGHT.get(household_indicator.name)
    if target is not household_indicator or brought is None or brought.name not in present_tables(connection):
        return true()
    connected = select(data_load.c.load_id).where(data_load.c.kind == CONNECTED)
    first = select(func.min(data_load.c.cut_off)).where(data_load.c.kind == CONNECTED).scalar_subquery()
    keys = [brought.c[key.name] == key for key in target.primary_key.columns]
    by_source = exists().where(*keys, brought.c.load_id.in_(connected))
    return or_(target.c.valid_to.is_(None), target.c.valid_to > first, by_source)
