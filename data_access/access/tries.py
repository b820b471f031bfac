"""How often somebody may try to sign in: tries are counted in the ledger, so that all servers count together.

A try is entered before its password is looked at. Tries are counted in lanes: an account from one address, an account
from everywhere, an address for whichever accounts; a browser that the account signed in with before has a lane of its
own, in which nobody else can lock it. After so many wrong ones a lane is locked, each time for twice as long; tries
meanwhile are not looked at and do not count.
"""

import hashlib
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from data_access.access.account_event import (
    LIFTED,
    NOBODY,
    PASSWORD,
    RIGHT,
    TRIED,
    account_event,
    record,
    was_there,
)
from data_access.access.settings import setting
from data_access.errors import AccessError, LedgerError
from data_access.ledger.declaration import in_utc
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

_TURNS = 50
"""How often a try is judged anew when others keep getting in first."""


@dataclass(frozen=True)
class Origin:
    """Where a try comes from; what is not known is empty."""

    address: str = ""
    browser: str = field(default="", repr=False)
    """The secret that the browser was given when somebody last signed in with it."""


@dataclass(frozen=True)
class Lock:
    """A lane that is locked."""

    user_id: str | None
    """None: whichever account."""
    address: str | None
    """None: whichever address."""
    until: datetime


@dataclass(frozen=True)
class _Lane:
    """Tries that are counted together; None: whichever."""

    user_id: str | None
    address: str | None
    browser_hash: str | None
    """None: browsers that the account does not know."""
    most: int

    def holds(self, row: Mapping[Any, Any]) -> bool:
        told = self.user_id in (None, row["user_id"]) and self.address in (None, row["address"])
        return told and self.browser_hash == row["browser_hash"]

    def freed_by(self, row: Mapping[Any, Any]) -> bool:
        """A new password or a manager frees an account; an address, only a manager."""
        if self.user_id is None:
            return bool(row["what"] == LIFTED and row["address"] == self.address)
        return row["what"] in (LIFTED, PASSWORD) and row["user_id"] == self.user_id

    @property
    def in_a_row(self) -> bool:
        """Whether a right try ends the count. It does not where several people try, or one with an account of their
        own could go on for ever."""
        return self.browser_hash is not None or (self.user_id is not None and self.address is not None)


class Tries:
    """The tries of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def enter(self, *, user_id: str | None, origin: Origin) -> int | None:
        """Enter a try, before its password is looked at; returns its number, None if it may not be looked at.

        Of tries made at once, in whichever processes, each is judged with those before it: the database refuses a
        second one of the same number.

        Args:
            user_id: None for a name that no account has.

        Raises LedgerError when it cannot be entered.
        """
        for left in reversed(range(_TURNS)):
            newest = self._ledger.read(select(func.max(account_event.c.turn).label("turn")))["turn"].item()
            if self.are_locked(user_id=user_id, origin=origin):
                return None
            turn = int(newest or 0) + 1
            told: dict[str, Any] = {"address": origin.address, "turn": turn}
            told |= {"browser_hash": self._known(user_id=user_id, browser=origin.browser)}
            try:
                record(self._ledger, user_id or NOBODY, TRIED, recorded_by=user_id or NOBODY, **told)
            except LedgerError as error:
                if not left or not was_there(error):
                    raise
                time.sleep(random.uniform(0, 0.02))  # noqa: S311 (waiting, not secrets)
            else:
                return turn
        return None

    def are_locked(self, *, user_id: str | None, origin: Origin) -> bool:
        """Whether a try would not be looked at now. Raises LedgerError."""
        now = datetime.now(UTC)
        browser_hash = self._known(user_id=user_id, browser=origin.browser)
        rows = self._counted(now=now, user_id=user_id, address=origin.address)
        found = (_until(lane, rows) for lane in _lanes(user_id, origin.address, browser_hash))
        return any(until is not None and until > now for until in found)

    def locks(self, *, scope: Scope) -> list[Lock]:
        """Every lane that is locked now. Raises ScopeError for whoever may not lift locks, LedgerError."""
        scope.require("manage_sign_in")
        now = datetime.now(UTC)
        rows = self._counted(now=now)
        lanes = {lane for row in rows if row["what"] == TRIED for lane in _lanes_of(row)}
        found = [(lane, _until(lane, rows)) for lane in lanes]
        locks = {Lock(lane.user_id, lane.address, until) for lane, until in found if until is not None and until > now}
        return sorted(locks, key=lambda lock: lock.until)

    def lift(self, *, user_id: str | None = None, address: str | None = None, recorded_by: str, scope: Scope) -> None:
        """Lift every lock of an account, or that of an address.

        Raises ScopeError for whoever may not, AccessError for an account that does not exist, LedgerError.
        """
        with self._ledger.refusals_noted(recorded_by=recorded_by):
            scope.require("manage_sign_in")
            if user_id is not None:
                known = select(account_event.c.record_id).where(account_event.c.user_id == user_id).limit(1)
                if user_id == NOBODY or self._ledger.read(known).empty:
                    raise AccessError("access_user_unknown", user=user_id[:40])
        told = {} if address is None else {"address": address}
        record(self._ledger, user_id or NOBODY, LIFTED, recorded_by=recorded_by, audited="lock_lifted", **told)

    def _known(self, *, user_id: str | None, browser: str) -> str | None:
        """The hash of a browser that an account signed in with before; None for any other."""
        if user_id is None or not browser:
            return None
        shown = hash_of_browser(browser)
        since = datetime.now(UTC) - timedelta(days=setting("passwords", "known_days"))
        query = select(account_event.c.record_id).where(account_event.c.user_id == user_id)
        query = query.where(account_event.c.what == RIGHT, account_event.c.browser_hash == shown)
        return None if self._ledger.read(query.where(account_event.c.recorded_at > since).limit(1)).empty else shown

    def _counted(
        self, *, now: datetime, user_id: str | None = None, address: str | None = None
    ) -> list[dict[Any, Any]]:
        """Tries that still count and what frees them, oldest first: of an account and an address, or all."""
        columns = account_event.c["what", "user_id", "address", "browser_hash", "turn", "answers", "recorded_at"]
        since = now - timedelta(hours=setting("passwords", "counted_hours"))
        query = select(*columns).where(account_event.c.recorded_at > since)
        query = query.where(account_event.c.what.in_([TRIED, RIGHT, LIFTED, PASSWORD]))
        if address is not None:
            query = query.where(or_(account_event.c.user_id == user_id, account_event.c.address == address))
        frame = self._ledger.read(query.order_by(account_event.c.record_id)).astype(object)
        return frame.where(frame.notna(), None).to_dict("records")


def hash_of_browser(secret: str) -> str:
    """What the ledger keeps of a browser's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _lanes(user_id: str | None, address: str, browser_hash: str | None) -> Iterable[_Lane]:
    tries = setting("passwords", "tries")
    if browser_hash is not None:
        return (_Lane(user_id, None, browser_hash, tries),)
    lanes: list[_Lane] = []
    if user_id is not None:
        lanes.append(_Lane(user_id, address, None, tries))
        lanes.append(_Lane(user_id, None, None, setting("passwords", "account_tries")))
    if address:  # what comes from nowhere could be anybody, and would lock everybody
        lanes.append(_Lane(None, address, None, setting("passwords", "address_tries")))
    return lanes


def _lanes_of(row: Mapping[Any, Any]) -> Iterable[_Lane]:
    user_id = None if row["user_id"] == NOBODY else row["user_id"]
    return _lanes(user_id, row["address"], row["browser_hash"])


def _until(lane: _Lane, rows: Sequence[Mapping[Any, Any]]) -> datetime | None:
    """Until when a lane is, or was last, locked."""
    right = {row["answers"] for row in rows if row["what"] == RIGHT}
    wrong = locks = 0
    until: datetime | None = None
    for row in rows:
        if lane.freed_by(row) or (row["turn"] in right and lane.in_a_row and lane.holds(row)):
            wrong, locks, until = 0, 0, None
        elif row["what"] != TRIED or row["turn"] in right or not lane.holds(row):
            continue
        else:
            wrong += 1
            if wrong == lane.most:
                wrong, locks = 0, locks + 1
                until = in_utc(row["recorded_at"].to_pydatetime()) + _how_long(locks)
    return until


def _how_long(locks: int) -> timedelta:
    minutes = setting("passwords", "locked_minutes") * 2 ** min(locks - 1, 16)
    return timedelta(minutes=min(minutes, setting("passwords", "longest_locked_minutes")))
