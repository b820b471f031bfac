"""Purposes: files with names and numbers, for a reason that was approved once, until a given day.

A manager approves what a file is for: one list as it stands before them (its conditions, place, day and number of
rows), the columns it may contain, why, until when. District staff download files under a purpose: these show the
approved personal columns and no others, hold no more than was approved, and every use is a record. Screens stay masked.

A purpose approved before place, day and rows were recorded opens no file any more: nobody knows how much was meant.
"""

import json
import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Column, Date, Integer, String, Text, func, select

from data_access.access.settings import setting
from data_access.disclosure import PERSONAL
from data_access.errors import AccessError
from data_access.facts.metrics import load_metrics
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.lists.lists import has_list, listing_of
from data_access.lists.selection import SELECTION as SELECTION
from data_access.lists.selection import Condition, load_fields
from data_access.scope import Scope

ALWAYS = ("household_id", "member_id", "township", "village")
"""Columns of every list: the numbers and places by which a household is found."""

purpose_record = record_table(
    "purpose",
    "一次用途的批准或撤销",
    "a purpose approved or taken back",
    Column("purpose_id", String, nullable=False, index=True, comment="用途编号 / number of the purpose"),
    Column("name", String(LONGEST_TEXT), nullable=False, comment="名称 / name"),
    Column("reason", String(LONGEST_TEXT), nullable=False, comment="理由 / reason"),
    Column("subject", String, nullable=False, comment="名单 / list"),
    Column("conditions", Text, nullable=False, comment="筛选条件 / conditions that the list keeps"),
    Column("columns", Text, nullable=False, comment="文件的列 / columns of its files"),
    Column("until", Date, nullable=False, comment="最后有效日 / last day it holds"),
    Column("withdrawn", Boolean, nullable=False, comment="是否已撤销 / taken back"),
    Column("place", String, comment="地区代码 / region code of the list; empty: not recorded then, opens no file"),
    Column("day", Date, comment="名单的日期 / day of the list"),
    Column("each_month", Boolean, comment="其后各月同样有效 / holds for the months after it too"),
    Column("approved_rows", Integer, comment="批准时的行数 / rows when it was approved"),
    action="approve_purposes",
)

purpose_use = record_table(
    "purpose_use",
    "按用途生成的一个文件",
    "a file built under a purpose",
    Column("purpose_id", String, nullable=False, index=True, comment="用途编号 / number of the purpose"),
    Column("file", Text, nullable=False, comment="文件名 / name of the file"),
    Column("row_count", Integer, nullable=False, comment="行数 / rows"),
    Column("sha256", String, nullable=False, comment="内容哈希 / hash of its rows"),
    action="unmask_for_purpose",
)


@dataclass(frozen=True)
class Contents:
    """What a list contains."""

    subject: str
    """A metric, or `selection`."""
    place: str
    """The region code it is narrowed to."""
    day: date
    rows: int
    conditions: tuple[Condition, ...] = ()
    """Of a selection; the filters of any other list."""


@dataclass(frozen=True)
class Purpose:
    """What files may be downloaded for."""

    name: str
    reason: str
    subject: str
    """A metric, or `selection`."""
    columns: tuple[str, ...]
    """Columns of the file in addition to those of `ALWAYS`."""
    until: date
    """The last day on which it is in force."""
    place: str | None = None
    """The region code that its files stay within; None, as `day` and `rows`: not recorded, so that it covers none."""
    day: date | None = None
    rows: int | None = None
    """How many the list had when it was approved."""
    conditions: tuple[Condition, ...] = ()
    """What its files are restricted to; a file may contain less, never more."""
    each_month: bool = False
    """Whether it also holds for the list of the months after its day."""
    purpose_id: str = field(default_factory=lambda: f"P{secrets.token_hex(4).upper()}")
    approved_by: str = ""

    @property
    def opened(self) -> frozenset[str]:
        """The personal columns shown in its files."""
        return frozenset(self.columns) & frozenset(PERSONAL)

    def carries(self, column: str) -> bool:
        """Whether its files contain a column."""
        return column in ALWAYS or column in self.columns

    @property
    def most_rows(self) -> int:
        """How many rows a file may have: as many as were approved, and the growth that is declared."""
        return 0 if self.rows is None else self.rows * (100 + setting("purposes", "growth_percent")) // 100

    def covers(self, wanted: Contents) -> bool:
        """Whether a list contains only what was approved."""
        if self.place is None or self.day is None:
            return False
        return (
            wanted.subject == self.subject
            and wanted.place.startswith(self.place)
            and (wanted.day == self.day or (self.each_month and wanted.day > self.day))
            and set(self.conditions) <= set(wanted.conditions)
            and wanted.rows <= self.most_rows
        )


def columns_of(subject: str) -> tuple[str, ...]:
    """The columns that a purpose can be approved for: the personal ones and those the list shows.

    Raises AccessError for an unknown list.
    """
    if subject == SELECTION:
        fields = (key for key, field in load_fields().items() if field.kind != "rule")
        return ("head_name", "head_id_no", "phone", *fields)
    if subject not in load_metrics() or not has_list(subject):
        raise AccessError("purpose_list_unknown", list=subject[:40])
    listing = listing_of(subject)
    personal = ("head_name",) if listing.posted else PERSONAL
    return (*personal, *listing.details)


def approve(ledger: Ledger, asked: Purpose, *, on: date, recorded_by: str, scope: Scope) -> str:
    """Approve a purpose on a day; returns its number.

    Raises AccessError without a name or a reason, for an unknown column or list, for a selection without conditions,
    without place, day and rows, and for an end that has passed or is too far off; ScopeError for a user who may not
    approve.
    """
    shortest = setting("unmasking", "shortest_reason")
    if not asked.name.strip() or len(asked.reason.strip()) < shortest:
        raise AccessError("purpose_words_missing", shortest=str(shortest))
    unknown = [name for name in asked.columns if name not in columns_of(asked.subject)]
    if unknown or not asked.columns:
        raise AccessError("purpose_columns", columns=", ".join(unknown)[:80] or "–")
    if asked.subject == SELECTION and not asked.conditions:
        raise AccessError("purpose_conditions_missing")
    if not (asked.place and asked.day and asked.rows and scope.covers(asked.place)):
        raise AccessError("purpose_extent")
    latest = on + timedelta(days=setting("purposes", "longest_days"))
    if not on <= asked.until <= latest:
        raise AccessError("purpose_end", first=on.isoformat(), last=latest.isoformat())
    _append(ledger, asked, withdrawn=False, recorded_by=recorded_by, scope=scope)
    return asked.purpose_id


def withdraw(ledger: Ledger, purpose_id: str, *, recorded_by: str, scope: Scope) -> None:
    """Withdraw a purpose: no more files are built under it.

    Raises AccessError if there is no such purpose, ScopeError for a user who may not approve.
    """
    _append(ledger, _one(ledger, purpose_id), withdrawn=True, recorded_by=recorded_by, scope=scope)


def read_purposes(ledger: Ledger, *, on: date) -> pd.DataFrame:
    """Every purpose, the newest first; one row each.

    Columns: those of the table from the newest record, approved_by, state on the day (code list `purpose_state`), uses
    (files built under it), used_at (the last use).
    """
    known = _newest(ledger)
    counted = select(
        purpose_use.c.purpose_id, func.count().label("uses"), func.max(purpose_use.c.recorded_at).label("used_at")
    ).group_by(purpose_use.c.purpose_id)
    known = known.merge(ledger.read(counted), on="purpose_id", how="left").fillna({"uses": 0}).astype({"uses": "int64"})
    known["state"] = [_state(row, on=on) for row in known.to_dict("records")]
    return known.iloc[::-1].reset_index(drop=True)


def in_force(ledger: Ledger, subject: str, *, on: date) -> list[Purpose]:
    """The purposes under which files of a list may be downloaded on a day, the newest first."""
    known = _newest(ledger).iloc[::-1]
    rows = known[known["subject"] == subject].to_dict("records")
    return [_purpose(row) for row in rows if _state(row, on=on) == "in_force"]


def open_for(
    ledger: Ledger,
    asked: Purpose,
    wanted: Contents,
    *,
    scope: Scope,
    on: date,
    recorded_by: str,
) -> Scope:
    """The scope of one file under a purpose: the personal columns it was approved for are shown, the others masked.

    Args:
        wanted: the list in the file.
        recorded_by: who downloads it; a refusal is entered in the audit record.

    Raises AccessError if the purpose is not or no longer in force, differs from what was approved, or was approved for
    another list or for less; ScopeError for a user who may not download such files.
    """
    with ledger.refusals_noted(recorded_by=recorded_by):
        scope.require("unmask_for_purpose")
        if asked not in in_force(ledger, wanted.subject, on=on) or not asked.covers(wanted):
            raise AccessError("purpose_not_in_force", purpose=asked.name)
    return replace(scope, opened=asked.opened)


def note_use(
    ledger: Ledger,
    used: Purpose,
    *,
    file: str,
    rows: int,
    sha256: str,
    events: Sequence[Event],
    recorded_by: str,
    scope: Scope,
) -> None:
    """Record that a file was built under a purpose, together with the entries in the audit record.

    Raises AccessError for more rows than it covers (the data may have changed since they were counted), ScopeError for
    a user who may not download such files, LedgerError if it cannot be recorded.
    """
    with ledger.refusals_noted(recorded_by=recorded_by):
        if rows > used.most_rows:
            raise AccessError("purpose_rows", purpose=used.name, rows=str(rows), most=str(used.most_rows))
    row = {"purpose_id": used.purpose_id, "file": file, "row_count": rows, "sha256": sha256}
    ledger.append((purpose_use, [row]), recorded_by=recorded_by, scope=scope, events=events)


def _newest(ledger: Ledger) -> pd.DataFrame:
    """The newest record of every purpose, in that order, with approved_by: who recorded it first."""
    records = ledger.read(select(purpose_record).order_by(purpose_record.c.record_id))
    first = records.drop_duplicates("purpose_id").set_index("purpose_id")["recorded_by"]
    newest = records.drop_duplicates("purpose_id", keep="last")
    return newest.assign(approved_by=newest["purpose_id"].map(first))


def _state(row: Mapping[Hashable, Any], *, on: date) -> str:
    """A code of `purpose_state`, from the newest record of a purpose."""
    if row["withdrawn"]:
        return "withdrawn"
    if row["until"] < on:
        return "expired"
    return "unbound" if pd.isna(row["place"]) else "in_force"


def _one(ledger: Ledger, purpose_id: str) -> Purpose:
    known = _newest(ledger)
    rows = known[known["purpose_id"] == purpose_id].to_dict("records")
    if not rows:
        raise AccessError("purpose_not_in_force", purpose=purpose_id[:40])
    return _purpose(rows[0])


def _purpose(row: dict) -> Purpose:
    conditions = tuple(
        Condition(said["field"], said["operator"], tuple(said["wanted"])) for said in json.loads(row["conditions"])
    )
    return Purpose(
        name=row["name"],
        reason=row["reason"],
        subject=row["subject"],
        columns=tuple(json.loads(row["columns"])),
        until=row["until"],
        place=_recorded(row["place"]),
        day=_recorded(row["day"]),
        rows=None if pd.isna(row["approved_rows"]) else int(row["approved_rows"]),
        conditions=conditions,
        each_month=bool(_recorded(row["each_month"])),
        purpose_id=row["purpose_id"],
        approved_by=row["approved_by"],
    )


def _recorded(value: Any) -> Any:
    """What stands in a column that older records do not have; None where it was not recorded."""
    return None if pd.isna(value) else value


def _append(ledger: Ledger, said: Purpose, *, withdrawn: bool, recorded_by: str, scope: Scope) -> None:
    row = {
        "purpose_id": said.purpose_id,
        "name": said.name.strip(),
        "reason": said.reason.strip(),
        "subject": said.subject,
        "conditions": json.dumps([asdict(condition) for condition in said.conditions], ensure_ascii=False),
        "columns": json.dumps(said.columns),
        "until": said.until,
        "withdrawn": withdrawn,
        "place": said.place,
        "day": said.day,
        "each_month": said.each_month,
        "approved_rows": said.rows,
    }
    event = Event(
        kind="purpose_withdrawn" if withdrawn else "purpose_approved",
        place=said.place,
        detail={**row, "conditions": [asdict(condition) for condition in said.conditions], "columns": said.columns},
    )
    ledger.append((purpose_record, [row]), recorded_by=recorded_by, scope=scope, events=[event])
