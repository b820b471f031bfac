"""What people concluded about households that a lamp made them look at (核查结论), and whether it is still in force.

A conclusion answers what the rules saw at the time. It is in force until its own date, and only while the inputs of the
rules that gave points stay the same: when one of them changes, the household must be looked at again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Column, Date, String, select

from data_access import clock
from data_access.clock import last_day, month_number, month_text
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.errors import LedgerError
from data_access.households.population import households_on
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.risk.rulebook import RuleBook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on

disposition = record_table(
    "disposition",
    "一条核查结论",
    "one conclusion about a household",
    Column("household_id", String, nullable=False, index=True, comment="户编号 / household number"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("conclusion", String, nullable=False, comment="核查结论 / conclusion"),
    Column("reason", String, comment="不纳入原因 / reason for not including"),
    Column("note", String(LONGEST_TEXT), comment="说明 / note"),
    Column("until", Date, comment="关注至 / holds until (included)"),
    Column("lamp", String, nullable=False, comment="核查时预警等级 / lamp at the time"),
    Column("fingerprint", String, nullable=False, comment="核查时触发规则的输入 / inputs of the rules that fired"),
    action="record_conclusions",
)


@dataclass(frozen=True)
class Disposition:
    """What a user concluded about a household."""

    household_id: str
    village_code: str
    conclusion: str
    lamp: str
    fingerprint: str
    reason: str | None = None
    note: str | None = None
    until: date | None = None


def add_dispositions(ledger: Ledger, dispositions: Sequence[Disposition], *, recorded_by: str, scope: Scope) -> int:
    """Record conclusions, all or none; returns their number.

    Raises LedgerError for an invalid conclusion, a missing reason, and as `Ledger.append` does.
    """
    return ledger.append(disposition_batch(dispositions), recorded_by=recorded_by, scope=scope)


def disposition_batch(dispositions: Sequence[Disposition]) -> Batch:
    """Conclusions as rows for `Ledger.append`, to be recorded together with what they came from. Raises LedgerError for
    an invalid conclusion and for a missing reason."""
    for one in dispositions:
        _check(one)
    return disposition, [asdict(one) for one in dispositions]


def read_dispositions(ledger: Ledger, *, scope: Scope, household_ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Conclusions, newest first; one row per conclusion, all columns of the table.

    Args:
        household_ids: only these households; None means all in the scope.
    """
    query = select(disposition).where(scope.rows(disposition.c.village_code))
    if household_ids is not None:
        query = query.where(disposition.c.household_id.in_(household_ids))
    return ledger.read(query.order_by(disposition.c.record_id.desc()))


def _check(one: Disposition) -> None:
    if one.conclusion not in load_codes()["disposition"]:
        raise LedgerError("ledger_unknown_conclusion", conclusion=one.conclusion[:40])
    if (one.conclusion == "not_include") != (one.reason is not None):
        raise LedgerError("ledger_reason_missing", household=one.household_id)
    if one.reason is not None and one.reason not in load_codes()["reject_reason"]:
        raise LedgerError("ledger_unknown_conclusion", conclusion=one.reason[:40])


def read_fingerprints(snapshot: Snapshot, *, scope: Scope, on: date, household_ids: tuple[str, ...]) -> pd.DataFrame:
    """What the rules see in certain households on a day; one row per household that is on the register.

    Columns: household_id, village_code, lamp, fingerprint (a short hash of the rules that give risk points and of
    their inputs).
    """
    rules = [rule for rule in snapshot.rulebook.rules_in_force(on=on) if rule.family == "risk"]
    inputs = sorted({column for rule in rules for column in rule.columns})
    lamps, homes = lamps_on(snapshot, scope=scope, on=on), households_on(on, scope=scope, of=household_ids)
    query = select(
        *lamps.c["household_id", "village_code", "lamp"],
        *(lamps.c[f"points_{rule.id}"] for rule in rules),
        *(homes.c[name] for name in inputs),
    ).join_from(lamps, homes, homes.c.household_id == lamps.c.household_id)
    rows = read_frame(snapshot.connection, query)
    prints = [_fingerprint(row, rulebook=snapshot.rulebook, on=on) for row in rows.to_dict("records")]
    return rows[["household_id", "village_code", "lamp"]].assign(fingerprint=prints)


def _fingerprint(row: dict, *, rulebook: RuleBook, on: date) -> str:
    fired = [
        rule
        for rule in rulebook.rules_in_force(on=on)
        if rule.family == "risk" and pd.notna(row[f"points_{rule.id}"]) and row[f"points_{rule.id}"] > 0
    ]
    seen = [f"{rule.id}:{column}={_plain(row[column])}" for rule in fired for column in rule.columns]
    return hashlib.sha256("|".join(seen).encode()).hexdigest()[:16]


def _plain(value: object) -> str:
    """The same spelling of a value, whichever database it comes from."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return str(int(value))
    return str(value)


def in_force(dispositions: pd.DataFrame, fingerprints: pd.DataFrame, *, on: date, newest: bool) -> pd.DataFrame:
    """The conclusions that are in force on a day; one row per household, the columns of both frames.

    Args:
        dispositions: from the ledger, newest first.
        fingerprints: from `read_fingerprints`, for the same day.
        on: the day that is judged.
        newest: whether it is the newest day of the data. If so, everything recorded so far counts, because conclusions
            are recorded after the cut-off; for an earlier month, what was recorded up to its end.
    """
    known = dispositions if newest else dispositions[_days(dispositions) <= last_day(month_text(month_number(on)))]
    latest = known.drop_duplicates("household_id").drop(columns=["village_code", "lamp"])
    both = fingerprints.merge(latest, on="household_id", suffixes=("", "_then"))
    same = both["fingerprint"] == both["fingerprint_then"]
    running = both["until"].isna() | (pd.to_datetime(both["until"]) >= pd.Timestamp(_today(on, newest=newest)))
    return both[same & running].reset_index(drop=True)


def _days(dispositions: pd.DataFrame) -> pd.Series:
    return clock.column_in_place(dispositions["recorded_at"]).dt.date


def _today(on: date, *, newest: bool) -> date:
    return max(on, clock.today()) if newest else on
