"""The outcome of a load: every row is counted under exactly one of three outcomes; and what is wrong with the rejected
rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    exists,
    func,
    insert,
    select,
)

from data_access.database.frames import read_frame, stream_frames
from data_access.files.export import CHUNK_ROWS
from data_access.files.reading import SourceFile
from data_access.ledger.audit_chain import Event
from data_access.load.cells import load_checks
from data_access.load.differences.found import Differences
from data_access.load.incoming import Incoming
from data_access.load.lookups import temporary_table
from data_access.load.merge import Merged
from data_access.load.notes import notes_on, other_month
from data_access.load.rules import rejecting
from data_access.load.staging import Staged

PROBLEMS_SHOWN = 1000
"""How many broken rules a report lists one by one; the file has more."""


@dataclass(frozen=True)
class Report:
    """The outcome of a load. `rows` = loaded + unchanged + rejected; rows that are no data are not among them."""

    name: str
    kind: str
    sha256: str
    as_of: date
    rows: int
    loaded: int
    unchanged: int
    rejected: int
    brings: bool
    """Whether there is anything to publish: rows, or that nothing else happened up to a later day."""
    left_out: int
    """Rows that are no data: totals, signatures, headings again. The notes name them."""
    published: bool
    """Whether the database was changed: not if everything is unchanged, if nothing may be rejected and something was,
    or if only a check was asked for."""
    tables: Mapping[str, tuple[int, int]]
    """Table -> rows added, rows changed."""
    headings: Mapping[str, str]
    """`table.column` -> the heading under which the file has it, for what is said of whole rows."""
    rules: pd.DataFrame
    """One row per broken rule and column: rule, column, said (details of one of them), rows (how many), rejects
    (whether they were rejected)."""
    problems: pd.DataFrame
    """The first broken rules, those that reject a row before the others: sheet, row, column, value, rule, said,
    rejects."""
    notes: tuple[tuple[str, str], ...]
    """What else the user should know: (key of `errors.yaml`, detail)."""
    differences: Differences | None = None
    """How the file differed from what was held; None for a kind that is not compared."""


class CountError(RuntimeError):
    """Rows of a file went missing or were counted twice: a bug in the program; nothing is published."""


def load_event(report: Report) -> Event:
    """The entry in the audit record for a load, or for a check alone: it says which numbers are known, too."""
    detail = {
        "file": report.name,
        "kind": report.kind,
        "sha256": report.sha256,
        "as_of": report.as_of.isoformat(),
        "rows": report.rows,
        "loaded": report.loaded,
        "rejected": report.rejected,
    }
    return Event(kind="loaded" if report.published else "load_checked", detail=detail)


def count_outcomes(
    connection: Connection,
    staged: Staged,
    source: SourceFile,
    *,
    incoming: Mapping[str, Incoming],
    merged: Mapping[str, Merged],
    rejected: int,
) -> Report:
    """The report of a load that was merged. Raises CountError if the rows do not add up.

    Args:
        rejected: how many rows were rejected, counted before the merge.
    """
    touched = temporary_table("touched_rows", ("row_no", Integer))
    touched.create(connection)
    for table, one in merged.items():
        if one.keys is None or not (one.added or one.changed):
            continue
        links = [one.keys.c[name] == staged.column(table, name) for name in incoming[table].links]
        own = select(staged.rows.c.row_no).where(exists().where(*links), staged.alive())
        connection.execute(insert(touched).from_select(["row_no"], own))
    told = select(touched.c.row_no).distinct().subquery("told")
    counts = select(func.count(), func.count(told.c.row_no)).select_from(
        staged.rows.outerjoin(told, told.c.row_no == staged.rows.c.row_no)
    )
    alive, loaded = map(int, connection.execute(counts.where(staged.alive())).one())
    unchanged = alive - loaded
    if loaded + unchanged + rejected != staged.count:
        raise CountError(f"{staged.count} rows: {loaded} loaded, {unchanged} unchanged, {rejected} rejected")
    skipped = (("note_sheet_skipped", sheet) for sheet in staged.skipped)
    return Report(
        name=source.name,
        kind=staged.kind.key,
        sha256=source.sha256,
        as_of=staged.as_of,
        rows=staged.count,
        loaded=loaded,
        unchanged=unchanged,
        rejected=rejected,
        brings=bool(loaded),
        left_out=sum(len(aside.left_out) for _, aside in staged.asides),
        published=False,
        tables={name: (one.added, one.changed) for name, one in merged.items() if one.added or one.changed},
        headings={
            staged.kind.fields[field].key: found.headings[position]
            for _, found in staged.parts
            for position, field in found.columns.items()
        },
        rules=_rules(connection, staged),
        problems=read_frame(connection, _problem_rows(staged).limit(PROBLEMS_SHOWN)),
        notes=(*source.notes, *skipped, *staged.notes, *other_month(staged, name=source.name), *notes_on(staged)),
    )


def count_rows(connection: Connection, staged: Staged, condition: ColumnElement[bool]) -> int:
    """How many staged rows meet a condition."""
    return connection.execute(select(func.count()).select_from(staged.rows).where(condition)).scalar_one()


def _rules(connection: Connection, staged: Staged) -> pd.DataFrame:
    own = staged.problems
    key = (own.c.rule, own.c.column)
    counts = (func.min(own.c.said).label("said"), func.count(own.c.row_no.distinct()).label("rows"))
    query = select(*key, *counts).group_by(*key).order_by(*key)
    rules = read_frame(connection, query)
    return rules.assign(rejects=rules["rule"].isin(rejecting(sample=staged.sample)))


def listed_problems(connection: Connection, staged: Staged) -> Iterator[pd.DataFrame]:
    """The broken rules in a file, those that reject a row first; no more than a user can work through.

    Columns: sheet, row, column, value, rule, said, rejects.
    """
    most = load_checks().problems_listed
    return stream_frames(connection, _problem_rows(staged).limit(most), rows=CHUNK_ROWS)


def _problem_rows(staged: Staged) -> Select:
    rows, own = staged.rows, staged.problems
    return (
        select(rows.c.sheet, rows.c.row, *own.c["column", "value", "rule", "said", "rejects"])
        .join_from(own, rows, rows.c.row_no == own.c.row_no)
        .order_by(own.c.rejects.desc(), rows.c.row_no, own.c.column, own.c.rule)
    )
