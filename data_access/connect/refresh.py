"""`connect refresh`: everything that the mapping names, read and written as one load. Readers never see half of it; a
run that fails leaves everything as it was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import URL, Connection, Engine, func, select

from data_access.clock import moment_now
from data_access.connect import assembling
from data_access.connect.counting import count_persons
from data_access.connect.errors import ConnectError
from data_access.connect.mapping import SourceMapping, SourceRows
from data_access.connect.meaning import tell_meaning
from data_access.connect.reading import Told, newest_value, read_part
from data_access.connect.references import drop_unknown
from data_access.connect.source import source_engine
from data_access.connect.writing import TableChanges, tables_written, write_table
from data_access.database.coverage import CONNECTED
from data_access.files.cells import CellRuleError, day
from data_access.load import provenance
from data_access.load.target import open_target
from data_access.load.undo import add_load, clear_journal, remember_load
from data_access.schema.tables import data_load, household_indicator, metadata

Progress = Callable[[float, str], None]
"""Called with the progress of a run (0 to 1) and the table it has come to."""


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
class Refreshed:
    """What became of a run."""

    assembled: Assembled
    written: dict[str, TableChanges]

    @property
    def changed(self) -> int:
        """Rows that were added, changed, ended or removed."""
        return sum(sum(vars(one).values()) for one in self.written.values())


def assemble(source: URL, mapping: SourceMapping, *, progress: Progress = lambda _done, _what: None) -> Assembled:
    """Read the source by its mapping. Raises ConnectError for a source that cannot be reached or lacks something."""
    with source_engine(source) as engine:
        return _assemble(engine, mapping, progress=progress)


def refresh(
    source: URL,
    mapping: SourceMapping,
    *,
    target: URL,
    name: str,
    create: bool = False,
    accept_loss: bool = False,
    progress: Progress = lambda _done, _what: None,
) -> Refreshed:
    """Bring the household database to what the source says, in one load.

    Args:
        name: what the load is recorded as.
        create: make the household database where there is none.
        accept_loss: whether many rows may be gone.

    Raises ConnectError for the source or a loss, LoadError for the household database; nothing was changed then.
    """
    assembled = assemble(source, mapping, progress=progress)
    written = write(
        assembled, target=target, name=name, sample=mapping.is_sample, create=create, accept_loss=accept_loss
    )
    progress(1.0, "done")
    return Refreshed(assembled=assembled, written=written)


def write(
    assembled: Assembled, *, target: URL, name: str, sample: bool, create: bool, accept_loss: bool
) -> dict[str, TableChanges]:
    """Write what was read as one load, if anything in it is new; table -> what became of it. Raises as `refresh`
    does."""
    with open_target(target, create=create) as opened:
        connection = opened.connection
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
            opened.publish()
    return written


def _is_later(connection: Connection, cut_off: date) -> bool:
    """Whether the source speaks of a later day than the household database."""
    held = connection.execute(select(func.max(data_load.c.cut_off))).scalar()
    return held is None or held < cut_off


def _assemble(engine: Engine, mapping: SourceMapping, *, progress: Progress) -> Assembled:
    cut_off = _cut_off(engine, mapping)
    told, read = Told(), dict[str, int]()
    frames: assembling.Frames = {}
    steps = len(mapping.tables) + len(mapping.indicators)

    def rows_of(part: SourceRows, table: str) -> pd.DataFrame:
        progress(0.8 * len(read) / steps, table)
        rows = read_part(engine, part, table=table, schema=mapping.source_schema, as_of=cut_off, told=told)
        read[table] = read.get(table, 0) + len(rows)
        return rows

    for table in metadata.tables:
        if table in mapping.tables:
            part = mapping.tables[table]
            frames[table] = _finished(rows_of(part, table), part, frames, table=table, told=told)
    said = [(rows_of(part, household_indicator.name), part) for part in mapping.indicators]
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


def _cut_off(engine: Engine, mapping: SourceMapping) -> date:
    said = mapping.cut_off
    if said.day is not None:
        return said.day
    newest = newest_value(engine, table=str(said.table), column=str(said.column), schema=mapping.source_schema)
    try:
        found = newest if isinstance(newest, date) and not isinstance(newest, datetime) else day(newest)
    except (CellRuleError, TypeError, AttributeError) as error:
        raise ConnectError("no_cut_off", table=str(said.table), column=str(said.column)) from error
    return min(found, moment_now().date())
