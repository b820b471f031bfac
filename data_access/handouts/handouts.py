"""按镇拆分 and 回收: a list is sent out in one file per township or village, and comes back filled in.

A handout (下发) keeps the rows as they were sent out. An answer is a record; the newest answer to a row counts, the
earlier ones stay.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Column, Date, Integer, String, Text, and_, func, select

from data_access.errors import ScopeError
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.region_codes import cut_codes
from data_access.schema.limits import limit
from data_access.scope import Scope

handout = record_table(
    "handout",
    "一次下发的名单",
    "one list that was sent out",
    Column("handout_id", String, nullable=False, unique=True, comment="下发编号 / number of the handout"),
    Column("metric", String, nullable=False, comment="名单 / list"),
    Column("filters", Text, nullable=False, comment="筛选条件 / filters of the list"),
    Column("place", String, nullable=False, comment="地区 / place"),
    Column("day", Date, nullable=False, comment="名单截止日期 / day the list speaks of"),
    Column("level", String, nullable=False, comment="拆分到 / split by"),
    Column("due_on", Date, nullable=False, comment="回收期限 / to be returned by"),
    Column("row_count", Integer, nullable=False, comment="行数 / rows"),
    action="hand_out",
)

handout_row = record_table(
    "handout_row",
    "下发名单中的一行",
    "one row of a list that was sent out",
    Column("handout_id", String, nullable=False, index=True, comment="下发编号 / number of the handout"),
    Column("number", Integer, nullable=False, comment="序号 / number in the whole list"),
    Column("part", String, nullable=False, comment="拆分地区 / township or village of the part"),
    Column("household_id", String, nullable=False, comment="户编号 / household number"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("thing", String, comment="事项编号 / number of the thing"),
    action="hand_out",
)

handout_answer = record_table(
    "handout_answer",
    "对一行的一次回复",
    "one answer to one row",
    Column("handout_id", String, nullable=False, index=True, comment="下发编号 / number of the handout"),
    Column("number", Integer, nullable=False, comment="序号 / number in the whole list"),
    Column("household_id", String, nullable=False, comment="户编号 / household number"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("verdict", String, nullable=False, comment="核实情况 / verdict"),
    Column("reason", String(LONGEST_TEXT), comment="不符原因 / why it is not so"),
    Column("settle_by", Date, comment="整改时限 / to be settled by"),
    Column("checked_by", String(LONGEST_TEXT), nullable=False, comment="核实人 / who checked"),
    Column("phone", String(LONGEST_TEXT), comment="电话 / telephone"),
    Column("file_sha256", String, nullable=False, comment="回收文件 / file it came in"),
    Column("checked_on", Date, comment="核查日期 / checked on"),
    Column("words", String(LONGEST_TEXT), comment="说明 / in words"),
    Column("content", Text, comment="其他内容（JSON） / what else it says"),
    action="hand_out",
)

PART_LEVELS = ("township", "village")
"""What a list is split by: the levels of its parts."""

ANSWERED = ("verdict", "reason", "settle_by", "checked_on", "words", "checked_by", "phone")
"""What an answer can say."""


@dataclass(frozen=True)
class Handout:
    """A list that is sent out: which list, of which day, how it is split, when it is due."""

    handout_id: str
    metric: str
    filters: str
    place: str
    day: date
    level: str
    due_on: date
    row_count: int = 0


@dataclass(frozen=True)
class Answer:
    """What a township says about one row of a handout."""

    number: int
    household_id: str
    village_code: str
    verdict: str
    checked_by: str
    reason: str | None = None
    settle_by: date | None = None
    phone: str | None = None
    thing: str | None = None
    """The number of the thing that the row is about, where its list is one of things."""
    checked_on: date | None = None
    words: str | None = None
    besides: Mapping[str, Any] = field(default_factory=dict)
    """What else it says of the thing, by column; a day as text."""
    step: str | None = None
    """The step that the row waits for, where its list is one of steps."""


def new_handout_id(day: date) -> str:
    """A unique number for a handout of a list of a given day."""
    return f"H{day:%Y%m%d}-{secrets.token_hex(3).upper()}"


def usual_due(on: date) -> date:
    """The default day by which a handout of a given day is to be returned."""
    return on + timedelta(days=limit("handout_due_days", on=on))


def split(rows: pd.DataFrame, *, level: str) -> pd.DataFrame:
    """The rows of a list with their part and number; one row per row of the list, in its order.

    Args:
        rows: a list with the columns `household_id`, `village_code` and, if it is one of things, `thing`.
        level: `township` or `village`.

    Adds number (1, 2, … over the whole list: what an answer is recognised by), part (code), position (1, 2, … within
    the part), township_code. Raises ScopeError for any other level.
    """
    if level not in PART_LEVELS:
        raise ScopeError("unknown_handout_level", level=level[:40])
    part = cut_codes(rows["village_code"], level=level)
    return rows.assign(
        number=range(1, len(rows) + 1),
        part=part,
        position=part.groupby(part).cumcount() + 1,
        township_code=cut_codes(rows["village_code"], level="township"),
    )


def send_out(ledger: Ledger, sent: Handout, *, rows: pd.DataFrame, recorded_by: str, scope: Scope) -> Handout:
    """Record a handout and its rows, as returned by `split`, all or nothing; returns it with the number of its rows.
    One that is recorded stays as it is.

    Raises LedgerError as `Ledger.append` does.
    """
    counted = replace(sent, row_count=len(rows))
    if not ledger.read(select(handout.c.record_id).where(handout.c.handout_id == sent.handout_id)).empty:
        return counted
    kept = rows[["number", "part", "household_id", "township_code", "village_code"]]
    things = rows.get("thing")
    records = kept.assign(handout_id=sent.handout_id, thing=things).to_dict("records")
    ledger.append((handout, [asdict(counted)]), (handout_row, records), recorded_by=recorded_by, scope=scope)
    return counted


def read_handouts(ledger: Ledger, *, scope: Scope) -> pd.DataFrame:
    """The handouts, newest first; one row per handout that has rows in the scope, all columns of the table."""
    within = select(handout_row.c.handout_id).where(scope.rows(handout_row.c.village_code))
    return ledger.read(select(handout).where(handout.c.handout_id.in_(within)).order_by(handout.c.record_id.desc()))


def read_rows(ledger: Ledger, *, handout_id: str, scope: Scope) -> pd.DataFrame:
    """The rows of a handout with their newest answers; one row per row sent out, in order.

    Columns: number, part, household_id, township_code, village_code, thing (empty in a list of households), and those
    of ANSWERED and answered_at: empty until somebody answers; besides: what else the answer says, as a mapping.
    """
    newest = (
        select(handout_answer.c.number, func.max(handout_answer.c.record_id).label("record_id"))
        .where(handout_answer.c.handout_id == handout_id)
        .group_by(handout_answer.c.number)
        .subquery("newest")
    )
    query = (
        select(
            *handout_row.c["number", "part", "household_id", "township_code", "village_code", "thing"],
            *(handout_answer.c[name] for name in (*ANSWERED, "content")),
            handout_answer.c.recorded_at.label("answered_at"),
        )
        .outerjoin_from(handout_row, newest, newest.c.number == handout_row.c.number)
        .outerjoin(handout_answer, handout_answer.c.record_id == newest.c.record_id)
        .where(and_(handout_row.c.handout_id == handout_id, scope.rows(handout_row.c.village_code)))
        .order_by(handout_row.c.number)
    )
    rows = ledger.read(query)
    rows["besides"] = [json.loads(text) if isinstance(text, str) else {} for text in rows.pop("content")]
    return rows


def add_answers(
    ledger: Ledger,
    answers: Sequence[Answer],
    *more: Batch,
    handout_id: str,
    file_sha256: str,
    recorded_by: str,
    scope: Scope,
) -> int:
    """Record answers together with what follows from them (`more`: conclusions, problems), all or nothing; returns how
    many answers. Raises LedgerError as `Ledger.append` does."""
    own = {"handout_id": handout_id, "file_sha256": file_sha256}
    rows = [{**asdict(answer), **own} for answer in answers]
    for row in rows:
        del row["thing"], row["step"]  # the row that is answered has them
        row["content"] = json.dumps(row.pop("besides"), sort_keys=True, ensure_ascii=False)
    ledger.append((handout_answer, rows), *more, recorded_by=recorded_by, scope=scope)
    return len(rows)


def board(rows: pd.DataFrame, *, due_on: date, on: date) -> pd.DataFrame:
    """已报/未报/超期: how much of a handout has been returned; one row per part, in the order of their codes.

    Columns: part, sent, answered, waiting (rows), state (code list `handout_state`), answered_at (newest).

    Args:
        rows: as returned by `read_rows`.
        due_on: a part that is incomplete after this day is overdue.
        on: today.
    """
    counted = (
        rows.assign(answered=rows["verdict"].notna())
        .groupby("part")
        .agg(sent=("number", "size"), answered=("answered", "sum"), answered_at=("answered_at", "max"))
        .reset_index()
    )
    counted["waiting"] = counted["sent"] - counted["answered"]
    counted["state"] = [_state(row, late=on > due_on) for row in counted.to_dict("records")]
    return counted


def _state(part: Mapping, *, late: bool) -> str:
    if part["waiting"] == 0:
        return "complete"
    if late:
        return "overdue"
    return "partial" if part["answered"] else "waiting"
