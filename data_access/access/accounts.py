"""Local accounts, for a network without an identity provider: created only from the command line, kept in the ledger.

Each event of an account (created, password set, tried, closed) is a record; its state follows from all of them. How
often somebody may try is said in `tries.py`, what a password must be in `passwords.py`.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import or_, select

from data_access.access import passwords
from data_access.access.account_event import (
    DISABLED,
    ENABLED,
    FACTOR,
    FACTOR_RESET,
    MADE,
    NOBODY,
    PASSWORD,
    RIGHT,
    account_event,
    record,
    was_there,
)
from data_access.access.second_factor import SecondFactors, step_of
from data_access.access.tries import Origin, Tries, hash_of_browser
from data_access.access.users import User, make_user
from data_access.errors import AccessError, FactorMissingError, LedgerError
from data_access.ledger.audit_chain import Event
from data_access.ledger.ledger import Ledger

_USER_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

_STATE = (MADE, PASSWORD, DISABLED, ENABLED, FACTOR, FACTOR_RESET)
"""The records that say how an account is; the others are tries."""

NOWHERE = Origin()


@dataclass(frozen=True)
class Account:
    """A local account, as its records describe it."""

    user_id: str
    label: str
    role: str
    places: tuple[str, ...]
    department: str | None
    password_hash: str = field(repr=False)
    must_change: bool
    disabled: bool
    factor: str | None = field(repr=False)
    """The secret of the second factor, encrypted; None where none is set up."""
    step: int | None
    """The newest step of time whose code was used."""

    def user(self) -> User:
        """The user who signs in with it. Raises AccessError as `make_user` does."""
        return make_user(
            user_id=self.user_id, label=self.label, role=self.role, places=self.places, department=self.department
        )


def add_account(
    ledger: Ledger,
    *,
    user_id: str,
    label: str,
    role: str,
    places: tuple[str, ...],
    recorded_by: str,
    department: str | None = None,
) -> str:
    """Create an account; returns its first password, which must be changed at the first sign-in.

    Raises AccessError for a name that is taken or invalid, and as `make_user` does.
    """
    if not _USER_ID.fullmatch(user_id):
        raise AccessError("access_user_id", user=user_id[:40])
    if read_account(ledger, user_id) is not None:
        raise AccessError("access_user_taken", user=user_id)
    make_user(user_id=user_id, label=label, role=role, places=places, department=department)
    told = {"label": label.strip() or user_id, "role": role, "places": " ".join(places)}
    told |= {} if department is None else {"department": department}
    record(ledger, user_id, MADE, recorded_by=recorded_by, audited="account_made", **told)
    return reset_password(ledger, user_id=user_id, recorded_by=recorded_by)


def reset_password(ledger: Ledger, *, user_id: str, recorded_by: str) -> str:
    """Give an account a new random password and lift its locks; the password must be changed at the next sign-in.

    Raises AccessError for an account that does not exist.
    """
    _existing(ledger, user_id)
    password = secrets.token_urlsafe(12)
    _set_password(ledger, user_id, password, must_change=True, recorded_by=recorded_by)
    return password


def change_password(
    ledger: Ledger, *, user_id: str, old: str, new: str, code: str = "", origin: Origin = NOWHERE, fresh: str = ""
) -> User:
    """Change a user's own password; the old one proves who it is, and a code where the role needs one.

    Raises AccessError for a new password that is unfit (`passwords.check_fit`), and the same one as `sign_in` for who
    is refused.
    """
    passwords.check_fit(new, user_id=user_id, old=old)
    with passwords.turn():
        user = _proved(ledger, user_id, old, code=code, origin=origin, fresh=fresh).user()
        _set_password(ledger, user_id, new, must_change=False, recorded_by=user.signature)
    return user


def disable_account(ledger: Ledger, *, user_id: str, recorded_by: str, enable: bool = False) -> None:
    """Disable an account, or enable it again. Raises AccessError for an account that does not exist."""
    _existing(ledger, user_id)
    record(ledger, user_id, ENABLED if enable else DISABLED, recorded_by=recorded_by, audited="account_changed")


def sign_in(
    ledger: Ledger, *, user_id: str, password: str, code: str = "", origin: Origin = NOWHERE, fresh: str = ""
) -> User:
    """The user who signs in with a name, a password, and a code where the role needs one.

    Args:
        fresh: the secret that the browser is given if this succeeds; from then on the account knows the browser.

    Raises AccessError: the same one for an unknown name, a wrong password, a wrong or used code, a closed account and
    too many tries before; another where too many wait for their turn; and, for who knows the password, if it must be
    changed first or the second factor is still to be set up (FactorMissingError).
    """
    with passwords.turn():
        account = _proved(ledger, user_id, password, code=code, origin=origin, fresh=fresh, changes=False)
    if account.must_change:
        raise AccessError("access_must_change")
    require_factor(ledger, account.user())
    return account.user()


def require_factor(ledger: Ledger, user: User) -> None:
    """Raises FactorMissingError, with a secret to set it up, for a user who proved who it is, needs a second factor and
    has none."""
    if user.role.second_factor and _existing(ledger, user.user_id).factor is None:
        raise FactorMissingError("access_factor_missing", secret=SecondFactors(ledger).offer(user_id=user.user_id))


def set_up_factor(
    ledger: Ledger,
    *,
    user_id: str,
    password: str,
    secret: str,
    code: str,
    origin: Origin = NOWHERE,
    fresh: str = "",
) -> User:
    """Set up the second factor, with its first code; returns the user, who has signed in.

    Args:
        secret: the one that was offered.

    Raises AccessError as `sign_in` does, and FactorMissingError for a wrong code.
    """
    with passwords.turn():
        account = _proved(ledger, user_id, password, code="", origin=origin, fresh=fresh, changes=False)
        user = account.user()
        if account.must_change:
            raise AccessError("access_must_change")
        factors = SecondFactors(ledger)
        if not factors.was_offered(secret, user_id=user_id):
            require_factor(ledger, user)
            raise AccessError("access_refused")
        step = step_of(secret, code, newest=account.step)
        if step is None:
            raise FactorMissingError("access_code_wrong", secret=secret)
        try:
            kept = factors.set_up(secret, user_id=user_id, step=step, recorded_by=user.signature)
        except LedgerError as error:
            if not was_there(error):
                raise
            raise FactorMissingError("access_code_wrong", secret=secret) from error
        if _existing(ledger, user_id).factor != kept:  # somebody else with the password was first
            raise AccessError("access_refused")
    return user


def read_account(ledger: Ledger, user_id: str) -> Account | None:
    """An account by its name, None if there is none."""
    rows = ledger.read(_states().where(account_event.c.user_id == user_id)).astype(object).to_dict("records")
    return _state(rows) if rows else None


def read_accounts(ledger: Ledger) -> list[Account]:
    """Every account, by name."""
    rows = ledger.read(_states().where(account_event.c.user_id != NOBODY)).astype(object)
    return [_state(own.to_dict("records")) for _, own in rows.groupby("user_id")]


def _proved(
    ledger: Ledger, user_id: str, password: str, *, code: str, origin: Origin, fresh: str, changes: bool = True
) -> Account:
    """The account of whom name, password and code prove to be its user. The try counts; raises AccessError otherwise.

    Args:
        changes: whether a first password is changed with it; before that it opens nothing, and needs no code.
    """
    account = read_account(ledger, user_id) if _USER_ID.fullmatch(user_id) else None
    turn = Tries(ledger).enter(user_id=None if account is None else account.user_id, origin=origin)
    kept = None if account is None or account.disabled or turn is None else account.password_hash
    # A password is always looked at: the time that takes must not tell whether a name exists.
    if passwords.matches(kept, password) and account is not None and turn is not None:
        asked = _asks_for_code(account) and (changes or not account.must_change)
        step = _step(ledger, account, code) if asked else None
        if (step is not None or not asked) and _right(
            ledger, account, turn=turn, step=step, origin=origin, fresh=fresh
        ):
            return account
    if turn is not None:
        _note_refused(ledger, account, origin=origin)
    raise AccessError("access_refused")


def _asks_for_code(account: Account) -> bool:
    return account.factor is not None and account.user().role.second_factor


def _step(ledger: Ledger, account: Account, code: str) -> int | None:
    secret = SecondFactors(ledger).secret_of(str(account.factor), user_id=account.user_id)
    return step_of(secret, code, newest=account.step)


def _right(ledger: Ledger, account: Account, *, turn: int, step: int | None, origin: Origin, fresh: str) -> bool:
    """Record that a try was right; whether its code was not used before, in another process."""
    told: dict[str, Any] = {"answers": turn, "step": step, "address": origin.address}
    told |= {"browser_hash": hash_of_browser(fresh) if fresh else None}
    try:
        record(ledger, account.user_id, RIGHT, recorded_by=account.user().signature, **told)
    except LedgerError as error:
        if not was_there(error):
            raise
        return False
    return True


def _note_refused(ledger: Ledger, account: Account | None, *, origin: Origin) -> None:
    """Enter a refusal, and the lock that follows from it; tries during a lock leave nothing, or they could fill the
    ledger."""
    user_id = None if account is None else account.user_id
    detail = {"account": user_id or NOBODY, "address": origin.address}
    events = [Event(kind="sign_in_refused", detail=detail)]
    if Tries(ledger).are_locked(user_id=user_id, origin=origin):
        events.append(Event(kind="sign_in_locked", detail=detail))
    ledger.note(*events, recorded_by=user_id or NOBODY)


def _existing(ledger: Ledger, user_id: str) -> Account:
    account = read_account(ledger, user_id)
    if account is None:
        raise AccessError("access_user_unknown", user=user_id[:40])
    return account


def _set_password(ledger: Ledger, user_id: str, password: str, *, must_change: bool, recorded_by: str) -> None:
    told = {"password_hash": passwords.hash_of(password), "must_change": must_change}
    record(ledger, user_id, PASSWORD, recorded_by=recorded_by, audited="password_set", **told)


def _states() -> Any:
    query = select(account_event).where(or_(account_event.c.what.in_(_STATE), account_event.c.step.is_not(None)))
    return query.order_by(account_event.c.user_id, account_event.c.record_id)


def _state(rows: list[dict[Any, Any]]) -> Account:
    """The state of one account from its records, oldest first."""
    made = next(row for row in rows if row["what"] == MADE)
    newest = {row["what"]: index for index, row in enumerate(rows)}
    password = rows[newest[PASSWORD]] if PASSWORD in newest else None
    since = newest.get(FACTOR_RESET, -1)
    factors = [row["factor"] for row in rows[since + 1 :] if row["what"] == FACTOR]
    steps = [int(row["step"]) for row in rows[since + 1 :] if pd.notna(row["step"])]
    return Account(
        user_id=made["user_id"],
        label=made["label"],
        role=made["role"],
        places=tuple(made["places"].split()),
        department=made["department"],
        password_hash=password["password_hash"] if password else "",
        must_change=bool(password and password["must_change"]),
        disabled=newest.get(DISABLED, -1) > newest.get(ENABLED, -1),
        factor=factors[0] if factors else None,
        step=max(steps, default=None),
    )
