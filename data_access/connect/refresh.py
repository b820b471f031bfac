"""`connect refresh`: everything that the mapping names, read and written as one load. Readers never see half of it; a
run that fails leaves everything as it was."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import URL, Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from data_access.connect.emptying import empty_unmapped
from data_access.connect.fetching import Fetched, Progress, fetch
from data_access.connect.mapping import SourceMapping
from data_access.connect.source import source_engine
from data_access.connect.tables import Assembled, assemble_tables
from data_access.connect.writing import TableChanges, tables_written, write_table
from data_access.database.coverage import CONNECTED
from data_access.database.engine import open_engine
from data_access.errors import DatabaseError
from data_access.load import provenance
from data_access.load.filled import read_filled, record_filled
from data_access.load.target import open_target
from data_access.load.undo import add_load, clear_journal, remember_load
from data_access.schema.tables import data_load, metadata


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
        return sum(map(self.changed_in, self.written))

    def changed_in(self, table: str) -> int:
        """The same of one table of ours."""
        return sum(vars(self.written[table]).values()) if table in self.written else 0


def assemble(source: URL, mapping: SourceMapping, *, progress: Progress = lambda _done, _what: None) -> Assembled:
    """Read the source by its mapping. Raises ConnectError for a source that cannot be reached or lacks something."""
    fetched = _fetch(source, mapping, progress=progress)
    assembled = Assembled(cut_off=fetched.cut_off)
    for _ in assemble_tables(fetched, mapping, into=assembled, progress=progress):
        pass
    return assembled


def refresh(
    source: URL,
    mapping: SourceMapping,
    *,
    target: URL,
    name: str,
    last: RunState | None = None,
    create: bool = False,
    accept_loss: bool = False,
    anew: bool = False,
    progress: Progress = lambda _done, _what: None,
) -> Refreshed:
    """Bring the household database to what the source says, in one load.

    Args:
        name: what the load is recorded as.
        last: what the last run left; if nothing changed since, this one ends once the source is read.
        create: make the household database where there is none.
        accept_loss: whether many rows may be gone.
        anew: whether the history of indicators is written again, as this mapping reads it.

    Raises ConnectError for the source or a loss, LoadError for the household database; nothing was changed then.
    """
    fetched = _fetch(source, mapping, progress=progress)
    cut_off, digest = fetched.cut_off, fetched.digest
    if not anew and last is not None and last.digest == digest and _is_as_left(target, last):
        progress(1.0, "done")
        return Refreshed(cut_off=cut_off, assembled=None, written={}, state=last)
    assembled = Assembled(cut_off=cut_off)
    written, load = write(
        assemble_tables(fetched, mapping, into=assembled, progress=progress),
        cut_off=cut_off,
        target=target,
        name=name,
        mapping=mapping,
        create=create,
        accept_loss=accept_loss,
        anew=anew,
    )
    progress(1.0, "done")
    return Refreshed(cut_off=cut_off, assembled=assembled, written=written, state=RunState(digest, load))


def write(
    tables: Iterable[tuple[str, pd.DataFrame]],
    *,
    cut_off: date,
    target: URL,
    name: str,
    mapping: SourceMapping,
    create: bool,
    accept_loss: bool,
    anew: bool = False,
) -> tuple[dict[str, TableChanges], str | None]:
    """Write tables as one load, if anything in them is new: each while the next one is still being assembled. What was
    taken out of the mapping is emptied.

    Returns what became of each table, and the newest load then. Raises as `refresh` does.
    """
    with open_target(target, create=create) as opened, ThreadPoolExecutor(max_workers=1) as writer:
        connection = opened.connection
        before = _newest_load(connection)
        clear_journal(connection)
        filled, pending = read_filled(connection), {}
        now = {table: columns for table, columns in filled.items() if table in mapping.filled_tables()}
        for table, rows in tables:
            now[table] = frozenset(metadata.tables[table].c.keys()) & frozenset(rows)
            pending[table] = writer.submit(
                write_table, connection, table, rows, cut_off=cut_off, accept_loss=accept_loss, anew=anew
            )
        written = {table: one.result() for table, one in pending.items()}
        written = empty_unmapped(connection, filled, now, written=written)
        changed = tables_written(written)
        if changed or _is_later(connection, cut_off):
            first, last = add_load(
                connection,
                source=name,
                tables={table: sum(vars(written[table]).values()) for table in changed} or {"": 0},
                sha256=None,
                cut_off=cut_off,
                sample=mapping.is_sample,
                kind=CONNECTED,
                as_of=cut_off,
            )
            provenance.record(connection, load_id=first, tables=changed)
            record_filled(connection, now, load_id=first)
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
        return fetch(engine, mapping, progress=progress)
