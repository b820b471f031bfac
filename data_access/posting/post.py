"""Puts what waits into the household database, in one transaction: reports, and records that take some back.

A report becomes a row of its table as a file with that row would: staged, checked against everything that a load
checks, and merged. Where the data hold something else by then it is not merged: it is noted with both values, for
somebody to decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import URL, Connection, Integer, Table, and_, cast, func, select, update
from sqlalchemy.schema import DropTable

from data_access.cases.recording import REJECTED
from data_access.database.coverage import POST
from data_access.database.engine import open_engine
from data_access.ledger.audit_chain import Event
from data_access.ledger.ledger import Ledger
from data_access.load import posted
from data_access.load.kinds import load_kinds
from data_access.load.loading import prepare
from data_access.load.merge import merge
from data_access.load.posted import PostedRow, Row
from data_access.load.problems import first_problems
from data_access.load.staging import stage_values
from data_access.load.target import open_target
from data_access.load.undo import add_load
from data_access.posting.amending import Followed, Report, Takers, reports_before, takers
from data_access.posting.corrections import corrected, emptied, filled_again, restored
from data_access.posting.rows import (
    Thing,
    content,
    correction_of,
    doubt_of_correction,
    held_of_household,
    held_rows,
    holds,
    key_of,
    meant,
    said,
    text_of,
)
from data_access.posting.waiting import to_be_posted
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import CONFIRMED, ReportDoubt, add_doubts, read_reports, records_of
from data_access.schema.tables import data_load, household
from data_access.scope import Scope

POSTED = "posted"
"""The event that the audit record has of a post."""

SOURCE = "reports: {count}"
RECORDED_BY = "server"

AGAINST = "against"
"""Why a report cannot be put into the data: they hold something else."""

_AT_ONCE = 1000
"""Reports of one kind that are looked up and merged together."""


@dataclass(frozen=True)
class Posted:
    """What became of the reports that waited."""

    applied: int = 0
    """In the data now, those that say what it held already included."""
    doubts: int = 0
    """Noted as disagreeing with the data."""


@dataclass
class _Outcome:
    """What one transaction does."""

    before: Mapping[str, Report] = field(default_factory=dict)
    """What the same person reported before, by the number of the report that may correct it."""
    takers: Takers = field(default_factory=dict)
    rows: list[PostedRow] = field(default_factory=list)
    doubts: list[ReportDoubt] = field(default_factory=list)

    @property
    def applied(self) -> int:
        """How many reports are in the data now."""
        return len({one.report_no for one in self.rows})

    def counts(self) -> dict[str, int]:
        """Rows that were changed, by table."""
        changed = [one.table for one in self.rows if one.table is not None and one.key is not None]
        return {table: changed.count(table) for table in dict.fromkeys(changed)}


def post_waiting(ledger: Ledger, *, url: URL) -> Posted:
    """Put what waits into the household database; nothing is written where nothing waits.

    Raises LoadError while a load is under way or if the database cannot be written, DatabaseError if it cannot be read,
    LedgerError.
    """
    reports = read_reports(ledger, scope=Scope.everything())
    reports = reports[reports["kind"].isin([key for key, kind in load_report_kinds().items() if kind.way == "post"])]
    if reports.empty or to_be_posted(reports, posted=_posted_now(url)).empty:
        return Posted()
    with open_target(url) as target:
        posted.make_table(target.connection)
        waiting = to_be_posted(reports, posted=posted.read_posted(target.connection))
        outcome = _Outcome(reports_before(reports), takers(reports))
        _post(target.connection, waiting, outcome=outcome)
        if outcome.rows:
            _record(target.connection, outcome)
            target.publish(post=True)
    if outcome.rows:
        detail = {"reports": outcome.applied, "tables": outcome.counts()}
        ledger.note(Event(kind=POSTED, detail=detail), recorded_by=RECORDED_BY)
    if outcome.doubts:
        add_doubts(ledger, outcome.doubts, recorded_by=RECORDED_BY)
    return Posted(applied=outcome.applied, doubts=len(outcome.doubts))


def _posted_now(url: URL) -> frozenset[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return posted.read_posted(connection)
    finally:
        engine.dispose()


def _post(connection: Connection, waiting: pd.DataFrame, *, outcome: _Outcome) -> None:
    records = records_of(waiting)
    there = posted.read_posted(connection)
    # What was taken back before it came into the data never does.
    closed = {number for one in records if (number := text_of(one["takes_back"])) and number not in there}
    outcome.rows += [PostedRow(one["report_no"], load_id=0) for one in records if one["report_no"] in closed]
    told = {row.report_no for row in outcome.rows}
    left = [one for one in records if one["report_no"] not in told]
    for batch in _batches([one for one in left if not text_of(one["takes_back"])]):
        _apply(connection, batch, outcome=outcome)
    for one in left:
        if text_of(one["takes_back"]):
            _take_back(connection, one, outcome=outcome)


def _batches(records: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Reports of one kind, no two of them of one thing, in the order in which they came."""
    rest = list(records)
    while rest:
        kind, things = rest[0]["kind"], set[tuple[str, str, str]]()
        batch, later = list[dict[str, Any]](), list[dict[str, Any]]()
        for one in rest:
            thing = (load_report_kinds()[one["kind"]].table, one["household_id"], one["thing"])
            fits = one["kind"] == kind and thing not in things and len(batch) < _AT_ONCE
            (batch if fits else later).append(one)
            things.add(thing)
        yield batch
        rest = later


def _apply(connection: Connection, batch: Sequence[dict[str, Any]], *, outcome: _Outcome) -> None:
    """Put reports of one kind into the data."""
    kind = load_report_kinds()[batch[0]["kind"]]
    if kind.corrects:
        for one in batch:
            _correct(connection, one, kind=kind, outcome=outcome)
        return
    homes, held = _homes(connection, batch), held_rows(connection, batch, kind=kind)
    followed = Followed.of(connection, held.values(), kind=kind, on=_cut_off(connection))
    merged, amended = list[dict[str, Any]](), set[str]()
    for one in batch:
        row = held.get(key_of(one, kind=kind))
        why = _disagreement(one, row, kind=kind) if one["household_id"] in homes else "unknown"
        if why == AGAINST and followed.amends(one, row or {}, before=outcome.before.get(one["report_no"])):
            why = None
            amended.add(one["report_no"])
        if why is not None:
            outcome.doubts.append(_doubt(one, row, kind=kind, why=why))
        elif holds(row, one, kind=kind):
            outcome.rows.append(PostedRow(one["report_no"], load_id=0))
        else:
            merged.append(one)
    if not merged:
        return
    replacing = [one for one in merged if one["state"] == CONFIRMED or one["report_no"] in amended]
    _empty_for(connection, replacing, kind=kind)
    _put_in(connection, merged, held=held, kind=kind, followed=followed, outcome=outcome)


def _put_in(
    connection: Connection,
    merged: Sequence[dict[str, Any]],
    *,
    held: Mapping[Thing, Row],
    kind: ReportKind,
    followed: Followed,
    outcome: _Outcome,
) -> None:
    """Merge reports of one kind, and close what some of them take the ground from."""
    refused = _merge(connection, [_values(one, kind=kind) for one in merged], kind=kind)
    now = held_rows(connection, merged, kind=kind)
    for at, one in enumerate(merged):
        before = held.get(key_of(one, kind=kind))
        if at in refused:
            outcome.doubts.append(_doubt(one, before, kind=kind, why=refused[at]))
            continue
        after = now[key_of(one, kind=kind)]
        outcome.rows.append(PostedRow(one["report_no"], 0, kind.table, before=before, after=after))
        if (closed := followed.closing(connection, one, before=before, after=after)) is not None:
            outcome.rows.append(_closed(connection, one, *closed))


def _closed(connection: Connection, report: Report, case: Row, values: Mapping[str, Any]) -> PostedRow:
    """Close a case together with a report."""
    kind = load_report_kinds()[REJECTED]
    _merge(connection, [_row_of_file(values, kind=kind)], kind=kind)
    done = PostedRow(report["report_no"], 0, kind.table, before=case)
    return replace(done, after=posted.row_now(connection, done))


def _correct(connection: Connection, report: Mapping[str, Any], *, kind: ReportKind, outcome: _Outcome) -> None:
    """Put a correction into the data: the intervals that it ends, opens and changes, merged as rows of a file."""
    held = held_of_household(connection, report["household_id"], kind=kind)
    meant_ = correction_of(report, kind=kind, cut_off=_cut_off(connection))
    changes = emptied(next(iter(held), None), meant_) if kind.empties else corrected(held, meant_)
    if isinstance(changes, str):
        outcome.doubts.append(doubt_of_correction(report, held, meant_, why=changes))
        return
    if not changes:
        outcome.rows.append(PostedRow(report["report_no"], load_id=0))
        return
    done = [PostedRow(report["report_no"], 0, kind.table, before=one.before, after=one.after) for one in changes]
    if kind.empties:
        for row in done:
            posted.put(connection, row)
    elif refused := _merge(connection, [_row_of_file(one.after or {}, kind=kind) for one in changes], kind=kind):
        outcome.doubts.append(doubt_of_correction(report, held, meant_, why=min(refused.values())))
        return
    outcome.rows += done


def _row_of_file(row: Mapping[str, Any], *, kind: ReportKind) -> dict[str, Any]:
    return {f"{kind.table}.{name}": value for name, value in row.items()}


def _disagreement(report: Mapping[str, Any], row: Row | None, *, kind: ReportKind) -> str | None:
    """Why a report cannot be put into the data as it is; None if it can."""
    if row is None:
        return "unknown" if kind.existing else None
    if kind.after is not None and row[kind.after] is not None and row[kind.after] > report["happened_on"]:
        return "too_early"
    if report["state"] == CONFIRMED or (kind.result is not None and row[kind.result] in kind.gives_way):
        return None
    different = [name for name, value in said(report, kind=kind).items() if row[name] not in (None, value)]
    if not different:
        return None
    held = row[kind.day]
    return "older" if held is not None and held > report["happened_on"] else AGAINST


def _doubt(report: Mapping[str, Any], row: Row | None, *, kind: ReportKind, why: str) -> ReportDoubt:
    values = {} if row is None else {name: _plain(row[name]) for name in kind.columns}
    return ReportDoubt(report["report_no"], report["village_code"], why=why, held=values)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _homes(connection: Connection, batch: Sequence[Mapping[str, Any]]) -> set[str]:
    ids = {one["household_id"] for one in batch}
    return set(connection.execute(select(household.c.household_id).where(household.c.household_id.in_(ids))).scalars())


def _empty_for(connection: Connection, replacing: Sequence[Mapping[str, Any]], *, kind: ReportKind) -> None:
    """Empty what the data hold where the report replaces it."""
    table = kind.filled
    for one in replacing:
        own = and_(table.c.household_id == one["household_id"], table.c[kind.thing] == meant(one["thing"], kind=kind))
        nothing = {name: None for name in kind.columns if table.c[name].nullable}
        if nothing:
            connection.execute(update(table).where(own).values(nothing))


def _values(report: Mapping[str, Any], *, kind: ReportKind) -> dict[str, Any]:
    own = content(report, kind=kind)
    key = {"household_id": report["household_id"], kind.thing: meant(report["thing"], kind=kind)}
    row = {**own, kind.day: report["happened_on"], **key}
    return {f"{kind.table}.{name}": value for name, value in row.items()}


def _merge(connection: Connection, values: Sequence[Mapping[str, Any]], *, kind: ReportKind) -> dict[int, str]:
    """Merge rows as a load does; returns the rule that rejects a row, by its position."""
    sample = bool(connection.execute(select(func.max(cast(data_load.c.is_sample, Integer)))).scalar())
    as_of = _cut_off(connection)
    staged = stage_values(connection, values, kind=load_kinds()[kind.load], as_of=as_of, sample=sample)
    incoming = prepare(connection, staged)
    made: list[Table] = [staged.rows, staged.problems, staged.families]
    refused = first_problems(connection, staged)
    for one in incoming.values():
        keys = merge(connection, one, staged=staged, journal=False).keys
        made += [one.rows] if keys is None else [one.rows, keys]
    for table in made:
        connection.execute(DropTable(table))
    return refused


def _take_back(connection: Connection, counter: Mapping[str, Any], *, outcome: _Outcome) -> None:
    """Put back what a report replaced, as far as nothing else changed it since."""
    kind = load_report_kinds()[counter["kind"]]
    rows = posted.read_rows(connection, report_no=str(counter["takes_back"]))
    own = [row for row in rows if row.key is not None]
    if kind.corrects and own:
        _take_correction_back(connection, counter, rows, kind=kind, outcome=outcome)
        return
    now = [posted.row_now(connection, row) for row in own]
    told = [row.after for row in own if row.table == kind.table and row.after is not None] if rows else []
    if not rows and kind.amended:  # taken back before it came into the data: what it opened may be there
        told = [{**row, **said(counter, kind=kind)} for row in held_rows(connection, [counter], kind=kind).values()]
    followed = Followed.of(connection, told, kind=kind, on=_cut_off(connection))
    if counter["state"] != CONFIRMED:
        goes_on = any(followed.goes_on(row, by=counter["reported_by"], takers=outcome.takers) for row in told)
        if goes_on or not all(posted.is_as_left(row, held) for row, held in zip(own, now, strict=True)):
            held = now[0] if now else told[0]
            outcome.doubts.append(_doubt(counter, held, kind=kind, why="case_goes_on" if goes_on else "changed_since"))
            return
    done = [
        PostedRow(counter["report_no"], 0, row.table, before=held, after=posted.put_back(connection, row, held))
        for row, held in zip(own, now, strict=True)
    ]
    if told:
        after = held_rows(connection, [counter], kind=kind)[key_of(counter, kind=kind)]
        closed = followed.closing(connection, counter, before=told[0], after=after)
        done += [] if closed is None else [_closed(connection, counter, *closed)]
    outcome.rows += done or [PostedRow(counter["report_no"], load_id=0)]


def _take_correction_back(
    connection: Connection,
    counter: Mapping[str, Any],
    rows: Sequence[PostedRow],
    *,
    kind: ReportKind,
    outcome: _Outcome,
) -> None:
    """Put back what a correction changed, and what took its value over since."""
    held = held_of_household(connection, counter["household_id"], kind=kind)
    meant_ = correction_of(counter, kind=kind, cut_off=_cut_off(connection))
    anyway = counter["state"] == CONFIRMED
    if kind.empties:
        changes = filled_again(next(iter(held), None), rows[0], meant_, anyway=anyway)
    else:
        changes = restored(held, rows, meant_, anyway=anyway)
    if changes is None:
        outcome.doubts.append(doubt_of_correction(counter, held, meant_, why="changed_since"))
        return
    done = [PostedRow(counter["report_no"], 0, kind.table, before=one.before, after=one.after) for one in changes]
    for one in done:
        posted.put(connection, one)
    outcome.rows += done or [PostedRow(counter["report_no"], load_id=0)]


def _record(connection: Connection, outcome: _Outcome) -> None:
    """Note a load that moves no cut-off, and which reports it put into the data."""
    newest = select(data_load.c.is_sample).order_by(data_load.c.load_id.desc()).limit(1)
    first, _ = add_load(
        connection,
        source=SOURCE.format(count=outcome.applied),
        tables=outcome.counts() or {"": 0},
        sha256=None,
        cut_off=_cut_off(connection),
        sample=bool(connection.execute(newest).scalar()),
        kind=POST,
    )
    posted.mark(
        connection,
        [PostedRow(one.report_no, first, one.table, before=one.before, after=one.after) for one in outcome.rows],
    )


def _cut_off(connection: Connection) -> date:
    newest = select(data_load.c.cut_off).order_by(data_load.c.load_id.desc()).limit(1)
    return connection.execute(newest).scalar_one()
