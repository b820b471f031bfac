"""What was assembled becomes what the household database holds, in the transaction of a load: what is new is added,
what differs is changed, what is gone from the source is ended where the table has an end, else removed. The journal
keeps the former rows, as for any load."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Table,
    and_,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.schema import CreateTable

from data_access.connect.errors import ConnectError
from data_access.connect.mapping import END_DAYS
from data_access.connect.reading import as_table
from data_access.load.bulk import append_rows
from data_access.load.lookups import temporary_table
from data_access.load.merge import BEFORE, insert_counted, keep, key_table
from data_access.schema.limits import limit
from data_access.schema.tables import household_indicator, metadata

ENDS = {"household": "closed_on", "member": "left_on", "employment": "ended_on", "workplace": "closed_on"}
"""Tables whose rows end: the column that says when."""


@dataclass(frozen=True)
class TableChanges:
    """What became of a table: numbers of rows."""

    added: int
    changed: int
    gone: int
    """Ended or removed."""


def write_table(
    connection: Connection,
    table: str,
    rows: pd.DataFrame,
    *,
    cut_off: date,
    accept_loss: bool = False,
    anew: bool = False,
) -> TableChanges:
    """Bring a table to what the source says. Columns that are not mapped are not touched.

    Args:
        anew: of indicators also what was held before is what the source says of that time.

    Raises ConnectError where more rows are gone than is plausible, unless that is accepted.
    """
    target = metadata.tables[table]
    connection.execute(CreateTable(BEFORE[table], if_not_exists=True))
    there = connection.execute(select(func.count()).select_from(target)).scalar_one()
    if not there:
        return _fill(connection, target, rows)
    said = _staged(connection, target, rows)
    if target is household_indicator and anew:
        return _write_anew(connection, said)
    if target is household_indicator:
        return _write_intervals(connection, said, cut_off=cut_off)
    names = [column.name for column in target.primary_key.columns]
    same = and_(*(said.c[name] == target.c[name] for name in names))
    mapped = [column for column in target.c if column.name in said.c and column.name not in names]
    keys = key_table(connection, target)
    values = {column.name: _new_value(said, column, cut_off=cut_off) for column in mapped}
    found = _compare(connection, target, said, keys, same=same, values=values)
    share = 100 * found.gone / there
    if share > limit("connected_loss_percent", on=cut_off) and not accept_loss:
        raise ConnectError("mass_loss", table=target.name, rows=str(found.gone), share=f"{share:.0f}")
    keep(connection, target, keys)
    touched = and_(*(target.c[name] == keys.c[name] for name in names), keys.c.is_new.is_(False))
    if found.changed:
        connection.execute(update(target).values(values).where(same, exists().where(touched)))
    if found.gone:
        _end_or_remove(connection, target, touched=touched, same=same, said=said, cut_off=cut_off)
    fresh = and_(*(said.c[name] == keys.c[name] for name in names), keys.c.is_new.is_(True))
    columns = [column.name for column in said.c]
    connection.execute(insert(target).from_select(columns, select(*said.c).join_from(said, keys, fresh)))
    return found


def _new_value(said: Table, held: Column, *, cut_off: date) -> ColumnElement:
    """What a column holds from now on. An end on the cut-off is that of a row whose day is not known: it stays as it
    was first read."""
    own = said.c[held.name]
    if END_DAYS.get(held.table.name) != held.name:
        return own
    return case((and_(own == literal(cut_off, Date), held < own), held), else_=own)


def _fill(connection: Connection, target: Table, rows: pd.DataFrame) -> TableChanges:
    """Rows of a table that is empty so far: there is nothing to compare."""
    append_rows(connection, target, as_table(rows, target))
    before, keys = BEFORE[target.name], list(target.primary_key.columns)
    added = select(*keys, false())
    connection.execute(insert(before).from_select([*(key.name for key in keys), "was_there"], added))
    return TableChanges(added=len(rows), changed=0, gone=0)


def _staged(connection: Connection, target: Table, rows: pd.DataFrame) -> Table:
    """The rows in a temporary table, with the columns of ours that they have."""
    columns = ((column.name, column.type) for column in target.c if column.name in rows)
    said = temporary_table(f"connected_{target.name}", *columns)
    said.create(connection)
    append_rows(connection, said, as_table(rows, said))
    return said


def _compare(
    connection: Connection,
    target: Table,
    said: Table,
    keys: Table,
    *,
    same: ColumnElement[bool],
    values: dict[str, ColumnElement],
) -> TableChanges:
    """Note the keys of all rows that are not the same on both sides, in one pass; returns how many those are."""
    own = list(target.primary_key.columns)
    is_new, is_gone = own[0].is_(None), said.c[own[0].name].is_(None)
    differs = or_(false(), *(value.is_distinct_from(target.c[name]) for name, value in values.items()))
    not_ended = true() if target.name not in ENDS else target.c[ENDS[target.name]].is_(None)
    query = (
        select(*(func.coalesce(said.c[key.name], key) for key in own), is_new)
        .select_from(said.outerjoin(target, same, full=True))
        .where(or_(is_new, and_(is_gone, not_ended), and_(~is_new, ~is_gone, differs)))
    )
    connection.execute(insert(keys).from_select([column.name for column in keys.c], query))
    is_said = exists().where(*(said.c[key.name] == keys.c[key.name] for key in own))
    kinds = select(keys.c.is_new, is_said.label("is_said")).subquery("kinds")
    counted = connection.execute(select(*kinds.c).add_columns(func.count()).group_by(*kinds.c))
    numbers = {(bool(new), bool(here)): count for new, here, count in counted}
    return TableChanges(
        added=numbers.get((True, True), 0), changed=numbers.get((False, True), 0), gone=numbers.get((False, False), 0)
    )


def _end_or_remove(
    connection: Connection,
    target: Table,
    *,
    touched: ColumnElement[bool],
    same: ColumnElement[bool],
    said: Table,
    cut_off: date,
) -> None:
    gone = and_(exists().where(touched), ~exists().where(same))
    if end := ENDS.get(target.name):
        connection.execute(update(target).values({end: literal(cut_off, Date)}).where(gone))
    else:
        connection.execute(target.delete().where(gone))


def _write_intervals(connection: Connection, said: Table, *, cut_off: date) -> TableChanges:
    """Indicators: a household that is new here comes with its history. Of others the newest interval counts: where it
    says something else than is held, the held one ends and the next begins, on the day on which the source says so,
    or on the cut-off where it does not say; one that began that day is corrected."""
    held = household_indicator
    columns = [column.name for column in said.c if column.name not in ("household_id", "valid_from", "valid_to")]
    keys = key_table(connection, held)
    known = exists().where(held.alias("home").c.household_id == said.c.household_id)
    begins = func.greatest(said.c.valid_from, literal(cut_off, Date))
    now = and_(held.c.household_id == said.c.household_id, held.c.valid_to.is_(None), said.c.valid_to.is_(None))
    differs = or_(false(), *(said.c[name].is_distinct_from(held.c[name]) for name in columns))
    found = select(held.c.household_id).join_from(held, said, now).where(differs)
    first = select(said.c.household_id, said.c.valid_from, literal(True)).where(~known)
    added = insert_counted(connection, keys, first)
    changed = insert_counted(connection, keys, found.add_columns(held.c.valid_from, literal(False)))
    insert_counted(connection, keys, found.add_columns(begins, literal(True)).where(held.c.valid_from < begins))
    keep(connection, held, keys)
    was, next_one = keys.alias("was"), keys.alias("next_one")
    is_next = and_(next_one.c.household_id == held.c.household_id, next_one.c.is_new.is_(True))
    is_changed = and_(
        was.c.household_id == held.c.household_id, was.c.valid_from == held.c.valid_from, was.c.is_new.is_(False)
    )
    corrected = {name: said.c[name] for name in columns}
    connection.execute(update(held).values(corrected).where(now, exists().where(is_changed), ~exists().where(is_next)))
    ends = select(next_one.c.valid_from).where(is_next).scalar_subquery()
    connection.execute(update(held).values(valid_to=ends).where(exists().where(is_changed), exists().where(is_next)))
    opened = {name: said.c[name] for name in columns} | {"valid_from": next_one.c.valid_from, "valid_to": null()}
    following = (
        select(*(opened.get(column.name, column) for column in held.c))
        .join_from(held, next_one, and_(is_next, held.c.valid_to == next_one.c.valid_from))
        .join(said, and_(said.c.household_id == held.c.household_id, said.c.valid_to.is_(None)))
    )
    connection.execute(insert(held).from_select([column.name for column in held.c], following))
    connection.execute(insert(held).from_select([column.name for column in said.c], select(*said.c).where(~known)))
    return TableChanges(added=added, changed=changed, gone=0)


def _write_anew(connection: Connection, said: Table) -> TableChanges:
    """Indicators of every household that the source speaks of, with the history that it keeps, instead of all that was
    held of them."""
    held = household_indicator
    keys = key_table(connection, held)
    is_said = exists().where(said.c.household_id == held.c.household_id)
    same = and_(said.c.household_id == held.c.household_id, said.c.valid_from == held.c.valid_from)
    begins = select(said.c.household_id, said.c.valid_from, literal(True))
    added = insert_counted(connection, keys, begins.where(~exists().where(same)))
    changed = insert_counted(
        connection, keys, select(held.c.household_id, held.c.valid_from, literal(False)).where(is_said)
    )
    keep(connection, held, keys)
    connection.execute(held.delete().where(is_said))
    connection.execute(insert(held).from_select([column.name for column in said.c], select(*said.c)))
    return TableChanges(added=added, changed=changed, gone=0)


def tables_written(rows: dict[str, TableChanges]) -> Sequence[str]:
    """The tables in which anything changed."""
    return [name for name, one in rows.items() if one.added or one.changed or one.gone]
