"""One load from file to database: read, check, merge, count, publish."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    cast,
    exists,
    func,
    insert,
    select,
)

from data_access.export import CHUNK_ROWS
from data_access.frames import read_frame, stream_frames
from data_access.load.clock import moment_now
from data_access.load.incoming import Incoming, build_incoming
from data_access.load.kinds import FileKind
from data_access.load.merge import Merged, merge
from data_access.load.places import Places
from data_access.load.problems import LoadProblemError
from data_access.load.pushes import drop_matched, match_rows
from data_access.load.reading import SourceFile, open_file
from data_access.load.rejects import files_about, write_problems, write_rejects
from data_access.load.review import review_incoming, review_rows
from data_access.load.rules import rejecting
from data_access.load.staging import READING_SHARE, Progress, Staged, stage_file
from data_access.load.target import Target, open_target
from data_access.load.undo import add_load, clear_journal, remember_load, undo_last
from data_access.tables import data_load

PROBLEMS_SHOWN = 1000
"""Problems that a report names one by one; the rejects file has all."""


@dataclass(frozen=True)
class Report:
    """What became of a file. `rows` = loaded + unchanged + rejected."""

    name: str
    kind: str
    sha256: str
    as_of: date
    rows: int
    loaded: int
    unchanged: int
    rejected: int
    published: bool
    """Whether the database was changed: not where everything is unchanged, where nothing may be rejected and something
    was, or where only a look was asked for."""
    tables: Mapping[str, tuple[int, int]]
    """Table -> rows added, rows changed."""
    rules: pd.DataFrame
    """One row per broken rule and column: rule, column, said (details of one of them), rows (how many), rejects
    (whether they were rejected)."""
    problems: pd.DataFrame
    """The first problems, in the order of the file: sheet, row, column, value, rule, said, rejects."""
    notes: tuple[tuple[str, str], ...]
    """What else a reader should know: (key of `problems.yaml`, detail)."""


class CountProblemError(RuntimeError):
    """Rows of a file went missing or were counted twice: a fault of the program; nothing is published."""


def load_file(
    path: Path,
    *,
    url: URL,
    kind: FileKind,
    as_of: date,
    name: str | None = None,
    mapped: Mapping[str, str] | None = None,
    partial: bool = False,
    dry_run: bool = False,
    create: bool = False,
    rejects: Path | None = None,
    problems: Path | None = None,
    language: str = "zh",
    progress: Progress = lambda _done, _what: None,
) -> Report:
    """Load a file into a household database.

    Args:
        kind: what file it is.
        as_of: the day it speaks of: indicators hold from then on, new persons are members from then on.
        name: what it was called where it comes from.
        mapped: headings mapped by hand, see `headings.recognise`.
        partial: load the rows that are right even where others are rejected; else all or nothing.
        dry_run: look only.
        create: make an empty database where there is none.
        rejects, problems: where the rejected rows and the list of all problems go, as Excel files; not written where
        there are none.
        language: of these files.

    Raises LoadProblemError for a file that cannot be read or lacks columns, and where the database cannot be
    written. Whatever is raised, the database is as it was.
    """
    if as_of > moment_now().date():
        raise LoadProblemError("day_to_come", day=as_of.isoformat())
    source = open_file(path, name=name)
    with open_target(url, create=create) as target:
        connection = target.connection
        sample = bool(connection.execute(select(func.max(_flag(data_load.c.is_sample)))).scalar())
        staged = stage_file(
            connection,
            source,
            kind=kind,
            as_of=as_of,
            sample=sample,
            mapped=mapped or {},
            places=Places(connection),
            progress=progress,
        )
        progress(READING_SHARE, "checking")
        incoming = _prepare(connection, staged)
        progress(0.8, "merging")
        rejected = _count(connection, staged, ~staged.alive())
        merged: dict[str, Merged] = {}
        clear_journal(connection)
        for table, one in incoming.items():
            merged[table] = merge(connection, one, staged=staged)
        if kind.department is not None:
            drop_matched(connection, incoming["clue"])
        progress(0.95, "counting")
        report = _report(connection, staged, source, incoming=incoming, merged=merged, rejected=rejected)
        files = files_about(staged, name=source.name, language=language)
        if rejects is not None and rejected:
            write_rejects(rejects, connection, staged, files=files)
        if problems is not None and len(report.problems):
            rows = stream_frames(connection, problem_rows(staged), rows=CHUNK_ROWS)
            write_problems(problems, rows, files=files)
        if not dry_run and report.loaded and (partial or not rejected):
            _publish(target, report, sample=sample)
            progress(1.0, "done")
            return replace(report, published=True)
    progress(1.0, "done")
    return report


def _flag(column: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(column, Integer)


def _prepare(connection: Connection, staged: Staged) -> dict[str, Incoming]:
    if staged.kind.department is not None:
        match_rows(connection, staged)
    review_rows(connection, staged)
    incoming = {table: build_incoming(connection, staged, table) for table in staged.kind.targets}
    review_incoming(connection, staged, incoming)
    return incoming


def _report(
    connection: Connection,
    staged: Staged,
    source: SourceFile,
    *,
    incoming: Mapping[str, Incoming],
    merged: Mapping[str, Merged],
    rejected: int,
) -> Report:
    touched = Table("touched_rows", MetaData(), Column("row_no", Integer), prefixes=["TEMPORARY"])
    touched.create(connection)
    for table, one in merged.items():
        links = [one.keys.c[name] == staged.column(table, name) for name in incoming[table].links]
        own = select(staged.rows.c.row_no).where(exists().where(*links), staged.alive())
        connection.execute(insert(touched).from_select(["row_no"], own))
    is_touched = staged.rows.c.row_no.in_(select(touched.c.row_no))
    loaded = _count(connection, staged, and_(staged.alive(), is_touched))
    unchanged = _count(connection, staged, and_(staged.alive(), ~is_touched))
    if loaded + unchanged + rejected != staged.count:
        raise CountProblemError(f"{staged.count} rows: {loaded} loaded, {unchanged} unchanged, {rejected} rejected")
    notes = [*source.notes, *(("note_sheet_skipped", sheet) for sheet in staged.skipped)]
    return Report(
        name=source.name,
        kind=staged.kind.key,
        sha256=source.sha256,
        as_of=staged.as_of,
        rows=staged.count,
        loaded=loaded,
        unchanged=unchanged,
        rejected=rejected,
        published=False,
        tables={name: (one.added, one.changed) for name, one in merged.items() if one.added or one.changed},
        rules=_rules(connection, staged),
        problems=read_frame(connection, problem_rows(staged).limit(PROBLEMS_SHOWN)),
        notes=tuple(notes),
    )


def _count(connection: Connection, staged: Staged, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(staged.rows).where(condition)).scalar_one()


def _rules(connection: Connection, staged: Staged) -> pd.DataFrame:
    own = staged.problems
    key = (own.c.rule, own.c.column)
    counts = (func.min(own.c.said).label("said"), func.count(own.c.row_no.distinct()).label("rows"))
    query = select(*key, *counts).group_by(*key).order_by(*key)
    rules = read_frame(connection, query)
    return rules.assign(rejects=rules["rule"].isin(rejecting(sample=staged.sample)))


def problem_rows(staged: Staged) -> Select:
    """The problems of a file in its order: sheet, row, column, value, rule, said, rejects."""
    rows, own = staged.rows, staged.problems
    return (
        select(
            rows.c.sheet,
            rows.c.row,
            own.c.column,
            own.c.value,
            own.c.rule,
            own.c.said,
            own.c.rule.in_(rejecting(sample=staged.sample)).label("rejects"),
        )
        .join_from(own, rows, rows.c.row_no == own.c.row_no)
        .order_by(rows.c.row_no, own.c.column, own.c.rule)
    )


def _publish(target: Target, report: Report, *, sample: bool) -> None:
    connection = target.connection
    before = connection.execute(select(func.max(data_load.c.cut_off))).scalar()
    first, last = add_load(
        connection,
        source=report.name,
        tables={name: sum(counts) for name, counts in report.tables.items()},
        sha256=report.sha256,
        cut_off=max(before or report.as_of, report.as_of),
        sample=sample,
    )
    remember_load(connection, first=first, last=last, source=report.name)
    target.publish()


def undo(*, url: URL) -> str:
    """Take back the last load; returns what it was called. Raises LoadProblemError where there is none."""
    with open_target(url) as target:
        last = undo_last(target.connection)
        target.publish()
    return last.source
