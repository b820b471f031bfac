"""Merging what a file says into the database, keeping the former rows for an undo.

What is new is added, what differs is changed, the rest is left alone. Indicators keep their history: a change closes
the current interval and opens the next.
"""

from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    MetaData,
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

from data_access.load.incoming import Incoming
from data_access.load.lookups import make_findable, temporary_table
from data_access.load.staging import Staged
from data_access.risk.scoring import net_income
from data_access.schema.tables import employment, household_indicator, metadata

_journal = MetaData()

BEFORE: dict[str, Table] = {
    table.name: Table(
        f"before_{table.name}",
        _journal,
        *(Column(column.name, column.type) for column in table.c),
        Column("was_there", Boolean, nullable=False),
    )
    for table in metadata.tables.values()
}
"""For every table: the rows that the last load changed, as they were, and the keys of those it added."""


@dataclass(frozen=True)
class Merged:
    """What became of a table."""

    added: int
    changed: int
    keys: Table | None
    """The keys of what was added or changed; None where the file says nothing of the table."""


def merge(connection: Connection, incoming: Incoming, *, staged: Staged, journal: bool = True) -> Merged:
    """Merge what a file says about one table; the former rows go into the journal.

    Args:
        journal: false where whoever merges rows without intervals keeps the former ones: an undo leaves them alone.
    """
    if not incoming.filled:
        return Merged(added=0, changed=0, keys=None)
    connection.execute(CreateTable(BEFORE[incoming.target.name], if_not_exists=True))
    if incoming.target.name == household_indicator.name and staged.kind.dated:
        return _merge_intervals(connection, incoming, staged=staged)
    merged = _merge_rows(connection, incoming, staged=staged, journal=journal)
    if staged.kind.one_at_a_time and incoming.target is employment and merged.keys is not None and merged.added:
        _end_earlier_jobs(connection, keys=merged.keys)
    return merged


def _merge_rows(connection: Connection, incoming: Incoming, *, staged: Staged, journal: bool) -> Merged:
    target, rows = incoming.target, incoming.rows
    there = incoming.same_key(target)
    differs = or_(false(), *(_differs(rows.c[column.name], column) for column in incoming.said()))
    keys = key_table(connection, target)
    names = [column.name for column in target.primary_key.columns]
    is_new = target.c[names[0]].is_(None)
    found = select(*(rows.c[name] for name in names), is_new).outerjoin_from(rows, target, there)
    connection.execute(insert(keys).from_select([*names, "is_new"], found.where(or_(is_new, differs))))
    make_findable(connection, keys, keys.c[names[0]])
    counted = connection.execute(select(keys.c.is_new, func.count()).group_by(keys.c.is_new))
    counts: dict[bool, int] = dict(counted.all())
    added, changed = counts.get(True, 0), counts.get(False, 0)
    if journal:
        keep(connection, target, keys, added=bool(added), changed=bool(changed))
    touched = and_(*(rows.c[name] == keys.c[name] for name in names))
    new_values = {column.name: func.coalesce(rows.c[column.name], column) for column in incoming.said()}
    if changed and new_values:
        connection.execute(update(target).values(new_values).where(there, touched, keys.c.is_new.is_(False)))
    if added:
        values = [_new_value(column, rows=rows, staged=staged) for column in target.c]
        query = select(*values).join_from(rows, keys, and_(touched, keys.c.is_new.is_(True)))
        connection.execute(insert(target).from_select([column.name for column in target.c], query))
    return Merged(added=added, changed=changed, keys=keys)


def _differs(said: ColumnElement, held: ColumnElement) -> ColumnElement[bool]:
    return and_(said.is_not(None), said.is_distinct_from(held))


def _new_value(column: Column, *, rows: Table, staged: Staged) -> ColumnElement:
    """The value in a new row: what the file says, else the default of its kind."""
    usual = staged.kind.defaults.get(column.table.name, {}).get(column.name)
    if usual is None:
        return rows.c[column.name]
    value = literal(staged.as_of, Date) if usual == "as_of" else literal(usual, column.type)
    return func.coalesce(rows.c[column.name], value)


def key_table(connection: Connection, target: Table) -> Table:
    """A temporary table for the keys of a table's rows, and whether each `is_new`."""
    columns = ((column.name, column.type) for column in target.primary_key.columns)
    keys = temporary_table(f"merged_{target.name}", *columns, ("is_new", Boolean))
    keys.create(connection)
    return keys


def insert_counted(connection: Connection, table: Table, query: object) -> int:
    """Insert what a query finds; returns how many rows that were."""
    before = connection.execute(select(func.count()).select_from(table)).scalar_one()
    connection.execute(insert(table).from_select([column.name for column in table.c], query))  # type: ignore[arg-type]
    return connection.execute(select(func.count()).select_from(table)).scalar_one() - before


def keep(connection: Connection, target: Table, keys: Table, *, added: bool = True, changed: bool = True) -> None:
    """Write into the journal the rows that are about to change, and the keys of those about to be added.

    Args:
        added, changed: whether there are any.
    """
    before, names = BEFORE[target.name], [column.name for column in target.primary_key.columns]
    if changed:
        same = and_(*(target.c[name] == keys.c[name] for name in names))
        rows = select(*target.c, true()).join_from(target, keys, same).where(keys.c.is_new.is_(False))
        connection.execute(insert(before).from_select([column.name for column in before.c], rows))
    if added:
        own = select(*(keys.c[name] for name in names), false()).where(keys.c.is_new.is_(True))
        connection.execute(insert(before).from_select([*names, "was_there"], own))


def _merge_intervals(connection: Connection, incoming: Incoming, *, staged: Staged) -> Merged:
    """Indicators as of the day of the file: an interval that began that day is corrected; an older one ends and the
    next begins, which takes over what the file does not say."""
    held, rows, as_of = household_indicator, incoming.rows, staged.as_of
    skipped = ("valid_from", "valid_to", "source")
    said = [column for column in held.c if not column.primary_key and column.name not in skipped]
    own = held.c.household_id == rows.c.household_id
    open_now = and_(own, held.c.valid_to.is_(None))
    differs = or_(*(_differs(rows.c[column.name], column) for column in said))
    something = or_(*(rows.c[column.name].is_not(None) for column in said))
    keys = key_table(connection, held)
    begins = literal(as_of, Date)
    is_new = held.c.household_id.is_(None)
    found = (
        select(rows.c.household_id, func.coalesce(held.c.valid_from, begins), is_new)
        .outerjoin_from(rows, held, open_now)
        .where(or_(and_(is_new, something), and_(differs, held.c.valid_from <= as_of)))
    )
    connection.execute(insert(keys).from_select(["household_id", "valid_from", "is_new"], found))
    make_findable(connection, keys, keys.c.household_id)
    is_ended = and_(keys.c.is_new.is_(False), keys.c.valid_from < as_of)
    sort = (keys.c.is_new, is_ended.label("is_ended"))
    counted = connection.execute(select(*sort, func.count()).group_by(*sort))
    counts = {(new, ends): count for new, ends, count in counted}
    added, corrected, ended = (counts.get(one, 0) for one in ((True, False), (False, False), (False, True)))
    keep(connection, held, keys, added=bool(added), changed=bool(corrected or ended))
    corrections = {column.name: func.coalesce(rows.c[column.name], column) for column in said}
    if corrected:
        connection.execute(update(held).values(corrections).where(open_now, differs, held.c.valid_from == as_of))
    if added or ended:
        _open_intervals(connection, incoming, said=said, staged=staged, keys=keys)
    if ended:
        opened = select(keys.c.household_id, begins, false()).where(is_ended)
        before = BEFORE[held.name]
        connection.execute(insert(before).from_select(["household_id", "valid_from", "was_there"], opened))
        now_closed = and_(
            held.c.household_id == keys.c.household_id,
            held.c.valid_from == keys.c.valid_from,
            keys.c.is_new.is_(False),
            held.c.valid_from < as_of,
            held.c.valid_to.is_(None),
        )
        connection.execute(update(held).values(valid_to=as_of).where(now_closed))
    return Merged(added=added + ended, changed=corrected, keys=keys)


def _open_intervals(
    connection: Connection, incoming: Incoming, *, said: list[Column], staged: Staged, keys: Table
) -> None:
    """Open the intervals that begin on the day of the file, from what it says and from the values until then."""
    held, rows = household_indicator, incoming.rows
    ending = and_(
        held.c.household_id == rows.c.household_id, held.c.valid_to.is_(None), held.c.valid_from < staged.as_of
    )
    next_year = rows.c.income_period_end > held.c.income_period_end
    earlier = {column.name: column for column in held.c}
    last = {
        "last_net_income": case((next_year, net_income(earlier)), else_=held.c.last_net_income),
        "last_income_persons": case((next_year, held.c.income_persons), else_=held.c.last_income_persons),
    }
    begins, source = literal(staged.as_of, Date), literal(staged.kind.defaults["household_indicator"]["source"])
    values = [func.coalesce(rows.c[column.name], last.get(column.name, column)) for column in said]
    touched = and_(keys.c.household_id == rows.c.household_id)
    names = ["household_id", "valid_from", "valid_to", "source", *(column.name for column in said)]
    query = (
        select(rows.c.household_id, begins, null(), source, *values)
        .join_from(rows, keys, touched)
        .outerjoin(held, ending)
        .where(or_(keys.c.is_new.is_(True), keys.c.valid_from < staged.as_of))
    )
    connection.execute(insert(held).from_select(names, query))


def _end_earlier_jobs(connection: Connection, *, keys: Table) -> None:
    """A person's new job ends the previous one if that was still open."""
    job = employment
    later = and_(
        keys.c.household_id == job.c.household_id,
        keys.c.member_id == job.c.member_id,
        keys.c.is_new.is_(True),
        keys.c.started_on > job.c.started_on,
    )
    ends = and_(job.c.ended_on.is_(None), exists().where(later))
    known = select(BEFORE[job.name].c.started_on).where(
        *(BEFORE[job.name].c[column.name] == column for column in job.primary_key.columns)
    )
    earlier = select(*job.c, true()).where(ends, ~exists(known))
    before = BEFORE[job.name]
    connection.execute(insert(before).from_select([column.name for column in before.c], earlier))
    first_later = select(func.min(keys.c.started_on)).where(later).scalar_subquery()
    connection.execute(update(job).values(ended_on=first_later).where(ends))
