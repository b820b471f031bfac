"""What became of checks and refreshes of a connected source: each is a record, with a report that the page 连接 shows.
No personal value is in it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, String, Text, func, select

from data_access.addresses import AddressError
from data_access.connect.errors import ConnectError
from data_access.connect.mapping import SourceMapping
from data_access.connect.refresh import Refreshed, RunState
from data_access.connect.tables import Assembled
from data_access.connect.telling import faults_of, personal_columns
from data_access.connect.writing import ENDS
from data_access.errors import AppError, read_texts
from data_access.ledger.declaration import LONGEST_TEXT, in_utc, record_table
from data_access.ledger.ledger import Ledger
from data_access.load.errors import LoadError
from data_access.schema.tables import data_load, metadata
from data_access.scope import Scope

CHECK, REFRESH = "check", "refresh"
REFRESHED = "refreshed"
"""Among the newest runs, the newest refresh that was done."""

connection_run = record_table(
    "connection_run",
    "一次源库检查或更新",
    "one check or refresh of a connected source",
    Column("command", String(LONGEST_TEXT), nullable=False, comment="命令 / check or refresh"),
    Column("done", Boolean, nullable=False, comment="是否完成 / whether it was done"),
    Column("cut_off", Date, comment="数据截止日期 / cut-off"),
    Column("report", Text, nullable=False, comment="报告（JSON） / report"),
    action=None,
)


@dataclass(frozen=True)
class Run:
    """One run, as the page shows it."""

    command: str
    done: bool
    cut_off: date | None
    at: datetime
    report: dict[str, Any]
    """`tables`: one per table of ours; `faults`: one per kind of fault; `mapping`: the same for the same mapping;
    `figures`, `rules`: of a check; `state`: of a refresh, what it left; `error`: the key and the details of what stood
    in the way."""


@dataclass(frozen=True)
class Mapped:
    """What became of a table of ours in a run."""

    title: str
    read: int
    """Rows of theirs."""
    taken: int
    mapped: tuple[str, ...]
    """Its columns that are mapped, in words."""
    missing: tuple[str, ...]
    """Those that are not."""


def is_outdated(check: Run, *, by: Run | None) -> bool:
    """Whether what a check found is no longer so, because the source was read again and taken since.

    Args:
        by: the newest refresh that was done.
    """
    return by is not None and by.at > check.at


def mapped_tables(run: Run, *, language: str) -> list[Mapped]:
    """The tables that a run was about."""
    found = []
    for one in run.report["tables"]:
        words = {column.name: column.info[language] for column in metadata.tables[one["table"]].c}
        mapped = tuple(words[name] for name in one["mapped"])
        missing = tuple(word for name, word in words.items() if name not in one["mapped"])
        title = table_title(one["table"], language=language)
        found.append(Mapped(title=title, read=one["read"], taken=one["taken"], mapped=mapped, missing=missing))
    return found


def removed_rows(report: dict[str, Any], *, language: str) -> list[tuple[str, int]]:
    """The tables without an end of their rows from which a refresh removed some, in words, and how many: what is gone
    from them is gone from the months before, too."""
    gone = ((one["table"], one.get("gone", 0)) for one in report["tables"])
    return [(table_title(table, language=language), rows) for table, rows in gone if rows and table not in ENDS]


def not_kept_tables(run: Run, *, language: str) -> list[str]:
    """The tables of ours that are not mapped, in words."""
    mapped = {one["table"] for one in run.report["tables"]} | {data_load.name}
    return [table_title(name, language=language) for name in metadata.tables if name not in mapped]


def table_title(table: str, *, language: str) -> str:
    """What one row of a table of ours is."""
    return str(metadata.tables[table].info[language])


def error_of(run: Run) -> AppError:
    """What stood in the way of a run that was not done."""
    said = run.report["error"]
    for kind in (ConnectError, LoadError, AddressError):
        if said["key"] in read_texts(kind.texts):
            return kind(said["key"], **said["details"])
    return AppError(said["key"], **said["details"])


def report_of(
    assembled: Assembled,
    mapping: SourceMapping,
    *,
    done: Refreshed | None = None,
    figures: dict[str, int] | None = None,
) -> dict[str, Any]:
    """The report of a run that could be carried out."""
    state = {} if done is None else {"state": vars(done.state)}
    tables = [
        {
            "table": table,
            "read": assembled.read.get(table, len(rows)),
            "taken": len(rows),
            "mapped": [column for column in rows if not str(column).startswith("_")],
            **(vars(done.written[table]) if done is not None else {}),
        }
        for table, rows in assembled.tables.items()
    ]
    faults = faults_of(assembled.told, personal=personal_columns(mapping))
    return {"tables": tables, "faults": faults, "figures": figures or {}, "mapping": _digest(mapping), **state}


def is_read_otherwise(last: Run | None, mapping: SourceMapping) -> bool:
    """Whether the last run read the source by another mapping; of one that does not say it nobody knows."""
    return last is not None and last.report.get("mapping", _digest(mapping)) != _digest(mapping)


def _digest(mapping: SourceMapping) -> str:
    return hashlib.sha256(mapping.model_dump_json().encode()).hexdigest()


def report_again(run: Run) -> dict[str, Any]:
    """The report of a run that found everything as the last one left it."""
    unchanged = dict.fromkeys(("added", "changed", "gone"), 0)
    return {**run.report, "tables": [{**table, **unchanged} for table in run.report["tables"]]}


def state_of(run: Run | None) -> RunState | None:
    """What a run left; None where it left nothing."""
    return RunState(**run.report["state"]) if run is not None and run.done and "state" in run.report else None


def record_run(
    ledger: Ledger, *, command: str, done: bool, cut_off: date | None, report: dict[str, Any], recorded_by: str
) -> None:
    """Record what became of a run. Raises LedgerError."""
    row = {"command": command, "done": done, "cut_off": cut_off, "report": json.dumps(report, ensure_ascii=False)}
    ledger.append((connection_run, [row]), recorded_by=recorded_by, scope=Scope.everything())


def newest_runs(ledger: Ledger) -> dict[str, Run]:
    """The newest run of each command, and the newest refresh that was done. Raises LedgerError."""
    newest = select(func.max(connection_run.c.record_id)).group_by(connection_run.c.command, connection_run.c.done)
    query = select(connection_run).where(connection_run.c.record_id.in_(newest))
    found: dict[str, Run] = {}
    for row in ledger.read(query.order_by(connection_run.c.record_id)).to_dict("records"):
        run = Run(
            command=row["command"],
            done=bool(row["done"]),
            cut_off=row["cut_off"] if isinstance(row["cut_off"], date) else None,
            at=in_utc(row["recorded_at"]),
            report=json.loads(row["report"]),
        )
        found[run.command] = run
        if run.command == REFRESH and run.done:
            found[REFRESHED] = run
    return found
