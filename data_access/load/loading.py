"""One load from file to database: read, check, merge, count, publish."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial as bound
from pathlib import Path

from sqlalchemy import URL, Connection, Integer, cast, func, select

from data_access.clock import moment_now
from data_access.files.export import XLSX_ROWS
from data_access.files.limits import Budget
from data_access.files.reading import open_file
from data_access.load import provenance
from data_access.load.by_number import find_owners
from data_access.load.deriving import derive_rows, note_measures_without_case
from data_access.load.differences.found import find_differences
from data_access.load.differences.kept import keep_counts
from data_access.load.errors import LoadError
from data_access.load.families import count_families
from data_access.load.incoming import Incoming, build_incoming
from data_access.load.kinds import FileKind
from data_access.load.merge import Merged, merge
from data_access.load.places import Places
from data_access.load.pushes import drop_matched, keep_news, match_rows, note_reach, speaks_of_all
from data_access.load.rejects import files_about, write_differences, write_problems, write_rejects
from data_access.load.report import Report, count_outcomes, count_rows, listed_problems
from data_access.load.review import review_incoming, review_rows
from data_access.load.same_persons import review_persons
from data_access.load.staging import Staged, stage_file
from data_access.load.steps import CHECKED, COUNTED, MERGED, READING, LoadStep, Progress, Telling
from data_access.load.target import Target, open_target
from data_access.load.undo import add_load, clear_journal, remember_load, undo_last
from data_access.schema.tables import data_load
from data_access.scope import Scope

_MASKED = Scope.district()

OF_PART = ":part"
"""Behind the recorded kind of a file that speaks of a part of the district: it is no list of all events."""


def load_file(
    path: Path,
    *,
    url: URL,
    kind: FileKind,
    as_of: date,
    name: str | None = None,
    mapped: Mapping[str, str] | None = None,
    partial: bool = False,
    part: bool = False,
    dry_run: bool = False,
    create: bool = False,
    rejects: Path | None = None,
    problems: Path | None = None,
    differences: Path | None = None,
    language: str = "zh",
    budget: Budget | None = None,
    progress: Progress = lambda _step: None,
    scope: Scope = _MASKED,
) -> Report:
    """Load a file into a household database.

    Args:
        kind: the kind of file.
        as_of: the day it describes: indicators hold from then on, and new persons are members from then on.
        name: its original name.
        mapped: headings mapped by hand, see `headings.recognise`.
        partial: load the valid rows even if others are rejected; otherwise all or nothing.
        part: the list of a department is that of a part of the district: it says nothing of whom it does not name.
        dry_run: only check.
        create: create an empty database if there is none.
        rejects, problems: where to write the rejected rows and the list of broken rules, as Excel files; not written if
            there are none, and the rejected rows not if they do not fit on a sheet.
        differences: where to write what differs from the database, as an Excel file; not written if nothing does.
        language: the language of these files.
        budget: what reading the file may take; by default that of a file that was uploaded.
        progress: what it raises ends the load.
        scope: whose list of differences it is: rows and names as it may see them.

    Raises ReadError for a file that cannot be read, LoadError for one that lacks columns, and if the database cannot be
    written. Whatever is raised, the database is unchanged.
    """
    if as_of > moment_now().date():
        raise LoadError("day_to_come", day=as_of.isoformat())
    part = part and speaks_of_all(kind)
    telling = Telling(progress)
    telling.again()
    source = open_file(path, name=name, budget=budget, waiting=telling.again)
    with closing(source), open_target(url, create=create) as target:
        connection = target.connection
        sample = bool(connection.execute(select(func.max(cast(data_load.c.is_sample, Integer)))).scalar())
        staged = stage_file(
            connection,
            source,
            kind=kind,
            as_of=as_of,
            sample=sample,
            mapped=mapped or {},
            places=Places(connection),
            progress=telling,
        )

        def tell(key: str, *, share: float) -> None:
            telling(LoadStep(key, share, rows=staged.count, of=staged.count))

        incoming = prepare(connection, staged, tell=bound(tell, "checking"))
        note_reach(connection, staged, part=part, name=source.name)
        tell("checking", share=CHECKED)
        found = find_differences(connection, staged, scope=scope)
        rejected = count_rows(connection, staged, ~staged.alive())
        merged: dict[str, Merged] = {}
        clear_journal(connection)
        for number, (table, one) in enumerate(incoming.items()):
            tell("merging", share=CHECKED + (MERGED - CHECKED) * number / len(incoming))
            merged[table] = merge(connection, one, staged=staged)
        if kind.department is not None:
            drop_matched(connection, incoming["clue"])
        tell("counting", share=MERGED)
        report = count_outcomes(connection, staged, source, incoming=incoming, merged=merged, rejected=rejected)
        files = files_about(staged, name=source.name, language=language)
        if rejects is not None and 0 < rejected < XLSX_ROWS:
            write_rejects(rejects, connection, staged, files=files)
        if problems is not None and len(report.problems):
            write_problems(problems, listed_problems(connection, staged), files=files)
        if differences is not None and found is not None and len(found.listed()):
            write_differences(differences, found, files=files)
        brings = report.brings or (not part and _speaks_of_later(connection, kind, as_of=as_of))
        report = replace(report, brings=brings, differences=found)
        if not dry_run and report.brings and (partial or not rejected):
            tell("writing", share=COUNTED)
            _publish(target, report, kind=f"{kind.key}{OF_PART}" if part else kind.key, sample=sample)
            return replace(report, published=True)
    return report


def _speaks_of_later(connection: Connection, kind: FileKind, *, as_of: date) -> bool:
    """Whether the list of a department tells something without a new row: that nothing else happened up to a later day,
    or, if it is a roster, what differs."""
    newest = select(func.max(data_load.c.as_of)).where(data_load.c.kind == kind.key)
    held = connection.execute(newest).scalar()
    return (kind.department is not None or kind.is_roster) and (held is None or held < as_of)


def prepare(
    connection: Connection, staged: Staged, *, tell: Callable[..., None] = lambda **_: None
) -> dict[str, Incoming]:
    """Checks what can only be judged across rows, and puts together what they say about each table of their kind.

    Args:
        tell: called with the share of the load that is done.
    """
    steps = [derive_rows, review_rows, review_persons, count_families]
    if staged.kind.department is not None:
        steps = [match_rows, keep_news, *steps]
    elif staged.kind.row:
        steps = [find_owners, *steps]
    for number, step in enumerate(steps):
        tell(share=READING + (CHECKED - READING) / 2 * number / len(steps))
        step(connection, staged)
    tell(share=(READING + CHECKED) / 2)
    incoming = build_incoming(connection, staged)
    review_incoming(connection, staged, incoming)
    note_measures_without_case(connection, staged, incoming)
    return incoming


def _publish(target: Target, report: Report, *, kind: str, sample: bool) -> None:
    connection = target.connection
    before = connection.execute(select(func.max(data_load.c.cut_off))).scalar()
    first, last = add_load(
        connection,
        source=report.name,
        tables={name: sum(counts) for name, counts in report.tables.items()} or {"": 0},
        sha256=report.sha256,
        cut_off=max(before or report.as_of, report.as_of),
        sample=sample,
        kind=kind,
        as_of=report.as_of,
    )
    provenance.record(connection, load_id=first, tables=report.tables)
    if report.differences is not None:
        keep_counts(connection, report.differences.counts, load_id=first)
    remember_load(connection, first=first, last=last, source=report.name)
    target.publish()


def undo(*, url: URL) -> str:
    """Undo the last load; returns its name. Raises LoadError if there is none."""
    with open_target(url) as target:
        last = undo_last(target.connection)
        target.publish()
    return last.source
