"""Local accounts, for a network without an identity provider: created only from the command line, kept in the ledger.

Each event of an account (created, password set, wrong password, disabled) is a record; its state follows from all of
them. Passwords are kept as argon2id hashes.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Boolean, Column, String, select

from data_access.access.settings import setting
from data_access.access.users import User, make_user
from data_access.errors import AccessError
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, in_utc, record_table
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
    Column("password_hash", String, comment="口令哈希 / hash of the password"),
    Column("must_change", Boolean, comment="须改口令 / password must be changed"),
    action=None,
)

MADE, PASSWORD, WRONG, RIGHT, DISABLED, ENABLED = "made", "password", "wrong", "right", "disabled", "enabled"

LONGEST_PASSWORD = 128
"""Characters; a longer text would only cost the server time."""

_USER_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_EVERYTHING = Scope.everything()


@dataclass(frozen=True)
class Account:
    """A local account, as its records describe it."""

    user_id: str
    label: str
    role: str
    places: tuple[str, ...]
    password_hash: str
    must_change: bool
    disabled: bool
    locked_until: datetime | None

    def user(self) -> User:
        """The user who signs in with it. Raises AccessError as `make_user` does."""
        return make_user(user_id=self.user_id, label=self.label, role=self.role, places=self.places)


def add_account(
    ledger: Ledger, *, user_id: str, label: str, role: str, places: tuple[str, ...], recorded_by: str
) -> str:
    """Create an account; returns its first password, which must be changed at the first sign-in.

    Raises AccessError for a name that is taken or invalid, and as `make_user` does.
    """
    if not _USER_ID.fullmatch(user_id):
        raise AccessError("access_user_id", user=user_id[:40])
    if read_account(ledger, user_id) is not None:
        raise AccessError("access_user_taken", user=user_id)
    make_user(user_id=user_id, label=label, role=role, places=places)
    told = {"label": label.strip() or user_id, "role": role, "places": " ".join(places)}
    _record(ledger, user_id, MADE, recorded_by=recorded_by, audited="account_made", **told)
    return reset_password(ledger, user_id=user_id, recorded_by=recorded_by)


def reset_password(ledger: Ledger, *, user_id: str, recorded_by: str) -> str:
    """Give an account a new random password and unlock it; the password must be changed at the next sign-in.

    Raises AccessError for an account that does not exist.
    """
    _existing(ledger, user_id)
    password = secrets.token_urlsafe(12)
    _set_password(ledger, user_id, password, must_change=True, recorded_by=recorded_by)
    return password


def change_password(ledger: Ledger, *, user_id: str, old: str, new: str) -> User:
    """Change a user's own password; the old one proves who it is.

    Raises AccessError as `sign_in` does, and for a new password that is too short, too long or the same as the old one.
    """
    shortest = setting("passwords", "shortest")
    user = _checked(ledger, user_id, old).user()
    if not shortest <= len(new) <= LONGEST_PASSWORD or new in (old, user_id):
        raise AccessError("access_password_unfit", shortest=str(shortest), longest=str(LONGEST_PASSWORD))
    _set_password(ledger, user_id, new, must_change=False, recorded_by=user.signature)
    return user


def disable_account(ledger: Ledger, *, user_id: str, recorded_by: str, enable: bool = False) -> None:
    """Disable an account, or enable it again. Raises AccessError for an account that does not exist."""
    _existing(ledger, user_id)
    _record(ledger, user_id, ENABLED if enable else DISABLED, recorded_by=recorded_by, audited="account_changed")


def sign_in(ledger: Ledger, *, user_id: str, password: str) -> User:
    """The user who signs in with a name and a password.

    Raises AccessError: the same one for an unknown name, a wrong password and a disabled account; another for an
    account locked after too many wrong passwords, and another if the password must be changed first.
    """
    account = _checked(ledger, user_id, password)
    if account.must_change:
        raise AccessError("access_must_change")
    return account.user()


def read_account(ledger: Ledger, user_id: str) -> Account | None:
    """An account by its name, None if there is none."""
    rows = ledger.read(
        select(account_event).where(account_event.c.user_id == user_id).order_by(account_event.c.record_id)
    ).to_dict("records")
    return _state(rows) if rows else None


def read_accounts(ledger: Ledger) -> list[Account]:
    """Every account, by name."""
    rows = ledger.read(select(account_event).order_by(account_event.c.user_id, account_event.c.record_id))
    return [_state(own.to_dict("records")) for _, own in rows.groupby("user_id")]


def _checked(ledger: Ledger, user_id: str, password: str) -> Account:
    account = read_account(ledger, user_id) if _USER_ID.fullmatch(user_id) else None
    locked = account is not None and account.locked_until is not None and account.locked_until > datetime.now(UTC)
    # A password is always compared, so that the response time does not reveal whether a name exists.
    kept = account.password_hash if account is not None else _nobody()
    right = _matches(kept, password) and account is not None and not account.disabled
    if account is None or not right:
        _refused(ledger, account, user_id, counts=not locked)
        if not locked:
            raise AccessError("access_refused")
    if locked or account is None:
        raise AccessError("access_locked")
    _record(ledger, user_id, RIGHT, recorded_by=account.user().signature)
    return account


def _refused(ledger: Ledger, account: Account | None, user_id: str, *, counts: bool) -> None:
    """`counts`: whether the attempt counts towards a lock. None does while the account is locked, or the lock might
    never end."""
    # A user may type a password as the name by mistake: only names of accounts are kept.
    named = account is not None
    event = Event(kind="sign_in_refused", detail={"account": user_id if named else "?"})
    rows = [{"user_id": user_id, "what": WRONG}] if named and counts else []
    ledger.append((account_event, rows), recorded_by=user_id if named else "?", scope=_EVERYTHING, events=[event])


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher().verify(password_hash, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id; the library's own parameters follow RFC 9106 and change with it


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(12))


def _existing(ledger: Ledger, user_id: str) -> Account:
    account = read_account(ledger, user_id)
    if account is None:
        raise AccessError("access_user_unknown", user=user_id[:40])
    return account


def _set_password(ledger: Ledger, user_id: str, password: str, *, must_change: bool, recorded_by: str) -> None:
    told = {"password_hash": _hasher().hash(password), "must_change": must_change}
    _record(ledger, user_id, PASSWORD, recorded_by=recorded_by, audited="password_set", **told)


def _record(
    ledger: Ledger, user_id: str, what: str, *, recorded_by: str, audited: str | None = None, **told: Any
) -> None:
    secret = ("password_hash",)
    detail = {"account": user_id, "what": what, **{name: value for name, value in told.items() if name not in secret}}
    events = [] if audited is None else [Event(kind=audited, detail=detail)]
    row = {"user_id": user_id, "what": what, **told}
    ledger.append((account_event, [row]), recorded_by=recorded_by, scope=_EVERYTHING, events=events)


def _state(rows: list[dict[Any, Any]]) -> Account:
    """The state of one account from its records, oldest first."""
    made = next(row for row in rows if row["what"] == MADE)
    passwords = [row for row in rows if row["what"] == PASSWORD]
    switched = [row["what"] for row in rows if row["what"] in (DISABLED, ENABLED)]
    return Account(
        user_id=made["user_id"],
        label=made["label"],
        role=made["role"],
        places=tuple(made["places"].split()),
        password_hash=passwords[-1]["password_hash"] if passwords else "",
        must_change=bool(passwords and passwords[-1]["must_change"]),
        disabled=bool(switched and switched[-1] == DISABLED),
        locked_until=_locked_until(rows),
    )


def _locked_until(rows: Sequence[Mapping[Any, Any]]) -> datetime | None:
    """Until when an account is locked after too many wrong passwords; a correct or a new password resets the count."""
    wrong: list[datetime] = []
    for row in rows:
        if row["what"] == WRONG:
            wrong.append(in_utc(row["recorded_at"]))
        elif row["what"] in (RIGHT, PASSWORD):
            wrong = []
    if len(wrong) < setting("passwords", "tries"):
        return None
    return wrong[-1] + timedelta(minutes=setting("passwords", "locked_minutes"))
