"""`connect refresh`: everything that the mapping names, read and written as one load. Readers never see half of it; a
run that fails leaves everything as it was."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import pandas as pd
from sqlalchemy import URL, Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from data_access.clock import moment_now
from data_access.connect import assembling
from data_access.connect.counting import count_persons
from data_access.connect.errors import ConnectError
from data_access.connect.fetching import Fetched, Part, Progress, fetch, newest_value
from data_access.connect.mapping import SourceMapping, SourceRows
from data_access.connect.meaning import tell_meaning
from data_access.connect.reading import Told, read_part
from data_access.connect.references import drop_unknown
from data_access.connect.source import source_engine
from data_access.connect.writing import TableChanges, tables_written, write_table
from data_access.database.coverage import CONNECTED
from data_access.database.engine import open_engine
from data_access.errors import DatabaseError
from data_access.files.cells import CellRuleError, day
from data_access.load import provenance
from data_access.load.target import open_target
from data_access.load.undo import add_load, clear_journal, remember_load
from data_access.schema.tables import data_load, household_indicator, metadata


@dataclass(frozen=True)
class Assembled:
    """What the source says, as tables of the contract, and what of it could not be taken."""

    cut_off: date
    tables: dict[str, pd.DataFrame]
    """In the order in which they refer to each other."""
    told: Told
    read: dict[str, int]
    """Table of ours -> rows of theirs that were read."""


@dataclass(frozen=True)
class RunState:
    """From what to what a run came: where both are as they were, the next run has nothing to do."""

    digest: str
    """Of what was read, see `fetching.Fetched`."""
    load: str | None
    """The newest load of the household database afterwards."""


@dataclass(frozen=True)
class Refreshed:
    """What became of a run."""

    cut_off: date
    assembled: Assembled | None
    """None where everything is as the last run left it."""
    written: dict[str, TableChanges]
    state: RunState

    @property
    def changed(self) -> int:
        """Rows that were added, changed, ended or removed."""
        return sum(sum(vars(one).values()) for one in self.written.values())


def assemble(source: URL, mapping: SourceMapping, *, progress: Progress = lambda _done, _what: None) -> Assembled:
    """Read the source by its mapping. Raises ConnectError for a source that cannot be reached or lacks something."""
    return _assemble(_fetch(source, mapping, progress=progress), mapping, progress=progress)


def refresh(
    source: URL,
    mapping: SourceMapping,
    *,
    target: URL,
    name: str,
    last: RunState | None = None,
    create: bool = False,
    accept_loss: bool = False,
    progress: Progress = lambda _done, _what: None,
) -> Refreshed:
    """Bring the household database to what the source says, in one load.

    Args:
        name: what the load is recorded as.
        last: what the last run left; if nothing changed since, this one ends once the source is read.
        create: make the household database where there is none.
        accept_loss: whether many rows may be gone.

    Raises ConnectError for the source or a loss, LoadError for the household database; nothing was changed then.
    """
    fetched = _fetch(source, mapping, progress=progress)
    cut_off, digest = fetched.cut_off, fetched.digest
    if last is not None and last.digest == digest and _is_as_left(target, last):
        progress(1.0, "done")
        return Refreshed(cut_off=cut_off, assembled=None, written={}, state=last)
    assembled = _assemble(fetched, mapping, progress=progress)
    written, load = write(
        assembled, target=target, name=name, sample=mapping.is_sample, create=create, accept_loss=accept_loss
    )
    progress(1.0, "done")
    return Refreshed(cut_off=cut_off, assembled=assembled, written=written, state=RunState(digest, load))


def write(
    assembled: Assembled, *, target: URL, name: str, sample: bool, create: bool, accept_loss: bool
) -> tuple[dict[str, TableChanges], str | None]:
    """Write what was read as one load, if anything in it is new; table -> what became of it, and the newest load then.
    Raises as `refresh` does."""
    with open_target(target, create=create) as opened:
        connection = opened.connection
        before = _newest_load(connection)
        clear_journal(connection)
        written = {
            table: write_table(connection, table, rows, cut_off=assembled.cut_off, accept_loss=accept_loss)
            for table, rows in assembled.tables.items()
        }
        changed = tables_written(written)
        if changed or _is_later(connection, assembled.cut_off):
            first, last = add_load(
                connection,
                source=name,
                tables={table: sum(vars(written[table]).values()) for table in changed} or {"": 0},
                sha256=None,
                cut_off=assembled.cut_off,
                sample=sample,
                kind=CONNECTED,
                as_of=assembled.cut_off,
            )
            provenance.record(connection, load_id=first)
            remember_load(connection, first=first, last=last, source=name)
        newest = _newest_load(connection)
        if newest != before:
            opened.publish()
    return written, newest


def _is_as_left(target: URL, last: RunState) -> bool:
    """Whether nothing was loaded into the household database since a run."""
    try:
        engine = open_engine(target)
    except DatabaseError:  # there is none any more
        return False
    try:
        with engine.connect() as connection:
            return _newest_load(connection) == last.load
    except SQLAlchemyError:  # it has no tables
        return False
    finally:
        engine.dispose()


def _newest_load(connection: Connection) -> str | None:
    """The newest load and when it was; None where nothing was ever loaded."""
    load = data_load.c
    newest = connection.execute(select(load.load_id, load.loaded_at).order_by(load.load_id.desc()).limit(1)).first()
    return None if newest is None else f"{newest.load_id} {newest.loaded_at}"


def _is_later(connection: Connection, cut_off: date) -> bool:
    """Whether the source speaks of a later day than the household database."""
    held = connection.execute(select(func.max(data_load.c.cut_off))).scalar()
    return held is None or held < cut_off


def _fetch(source: URL, mapping: SourceMapping, *, progress: Progress) -> Fetched:
    with source_engine(source) as engine:
        return fetch(engine, mapping, cut_off=partial(_cut_off, mapping), progress=progress)


def _assemble(source: Fetched, mapping: SourceMapping, *, progress: Progress) -> Assembled:
    cut_off = source.cut_off
    told, read = Told(), dict[str, int]()
    frames: assembling.Frames = {}
    steps = len(mapping.tables) + len(mapping.indicators)

    def rows_of(part: SourceRows, fetched: Part, table: str) -> pd.DataFrame:
        progress(0.4 + 0.4 * len(read) / steps, table)
        rows = read_part(fetched, part, table=table, as_of=cut_off, told=told)
        read[table] = read.get(table, 0) + len(rows)
        return rows

    for table in metadata.tables:
        if table in mapping.tables:
            part = mapping.tables[table]
            rows = rows_of(part, source.tables.pop(table), table)
            frames[table] = _finished(rows, part, frames, table=table, told=told)
    fetched = zip(source.indicators, mapping.indicators, strict=True)
    said = [(rows_of(part, columns, household_indicator.name), part) for columns, part in fetched]
    indicators = assembling.intervals(said, as_of=cut_off, told=told)
    if mapping.count_persons and "member" in frames:
        indicators = count_persons(indicators, frames["member"], as_of=cut_off)
    if len(indicators):
        frames[household_indicator.name] = indicators
    drop_unknown(frames, told=told)
    tell_meaning(frames, told=told)
    return Assembled(cut_off=cut_off, tables=frames, told=told, read=read)


def _finished(
    rows: pd.DataFrame, part: SourceRows, frames: assembling.Frames, *, table: str, told: Told
) -> pd.DataFrame:
    """The rows of a table of ours, one per key."""
    if table == "region":
        rows = assembling.region_by_level(rows, told=told)
    if table == "member":
        rows = assembling.by_certificate(rows)
    rows = assembling.household_of_persons(rows, part, frames, table=table, told=told)
    rows = assembling.case_of_household(rows, part, frames)
    if part.month_of_work is not None:
        rows = assembling.jobs_of_months(rows, told=told)
    return assembling.one_per_key(rows, part, table=table, told=told)


def _cut_off(mapping: SourceMapping, connection: Connection) -> date:
    said = mapping.cut_off
    if said.day is not None:
        return said.day
    newest = newest_value(connection, table=str(said.table), column=str(said.column), schema=mapping.source_schema)
    try:
        found = newest if isinstance(newest, date) and not isinstance(newest, datetime) else day(newest)
    except (CellRuleError, TypeError, AttributeError) as error:
        raise ConnectError("no_cut_off", table=str(said.table), column=str(said.column)) from error
    return min(found, moment_now().date())
