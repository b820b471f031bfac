"""The records of local accounts: what happened to one, and who tried to sign in with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, String
from sqlalchemy.exc import IntegrityError

from data_access.errors import LedgerError
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

account_event = record_table(
    "account_event",
    "一个本地账号的一次变化",
    "one thing that happened to a local account",
    Column("user_id", String(LONGEST_TEXT), nullable=False, index=True, comment="账号 / account"),
    Column("what", String, nullable=False, comment="变化 / what happened"),
    Column("label", String(LONGEST_TEXT), comment="姓名 / name"),
    Column("role", String(LONGEST_TEXT), comment="角色 / role"),
    Column("places", String, comment="地区代码 / region codes"),
    Column("department", String(LONGEST_TEXT), comment="部门代码 / department code"),
    Column("password_hash", String, comment="口令哈希 / hash of the password"),
    Column("must_change", Boolean, comment="须改口令 / password must be changed"),
    Column("address", String(LONGEST_TEXT), index=True, comment="来源地址 / address that a try came from"),
    Column("browser_hash", String, comment="浏览器哈希 / hash of what the browser was given"),
    Column("turn", Integer, index=True, unique=True, comment="尝试序号 / number of a try"),
    Column("answers", Integer, comment="所答尝试的序号 / number of the try that was right"),
    Column("factor", String, comment="加密的第二因素 / secret of the second factor, encrypted"),
    Column("step", Integer, comment="动态码时间步 / step of time whose code was used"),
    action=None,
)

Index("ix_account_event_user_id_step", account_event.c.user_id, account_event.c.step, unique=True)
"""A code serves once, in whichever process: the database refuses a second use."""

MADE, PASSWORD, DISABLED, ENABLED = "made", "password", "disabled", "enabled"
TRIED, RIGHT, LIFTED = "tried", "right", "lifted"
FACTOR_OFFERED, FACTOR, FACTOR_RESET = "factor_offered", "factor", "factor_reset"

NOBODY = "?"
"""In place of a name that no account has: a user may type a password as the name by mistake."""

EVERYTHING = Scope.everything()

_UNTOLD = {"password_hash", "factor", "step"}
"""Columns that the audit record does not repeat."""

_SAID_BY_THE_EVENT = {LIFTED, FACTOR, FACTOR_RESET}


def record(
    ledger: Ledger, user_id: str, what: str, *, recorded_by: str, audited: str | None = None, **told: Any
) -> None:
    """Record one thing that happened to an account.

    Args:
        audited: the kind of the event that says so in the audit record, without secrets; None: nothing does.

    Raises LedgerError as `Ledger.append` does.
    """
    detail = {"account": user_id, "what": what, **{name: value for name, value in told.items() if name not in _UNTOLD}}
    if what in _SAID_BY_THE_EVENT:
        del detail["what"]
    events: Sequence[Event] = () if audited is None else (Event(kind=audited, detail=detail),)
    row = {"user_id": user_id, "what": what, **told}
    ledger.append((account_event, [row]), recorded_by=recorded_by, scope=EVERYTHING, events=events)


def was_there(error: LedgerError) -> bool:
    """Whether the ledger refused a record because there is one of the same number: another process was first."""
    return isinstance(error.__cause__, IntegrityError)
