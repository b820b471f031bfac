"""Sessions of signed-in users: they end by sign-out, idleness or age, on every server of a ledger.

The browser holds a secret, the ledger only its SHA-256. Use is recorded from time to time, so that another server, or
this one after a restart, knows of it.
"""

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, String, select

from data_access.access.settings import setting
from data_access.access.users import User, make_user
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, in_utc, record_table
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

session_event = record_table(
    "session_event",
    "一次登录会话的一次变化",
    "one thing that happened to a session",
    Column("session_hash", String, nullable=False, index=True, comment="会话哈希 / hash of the session"),
    Column("what", String, nullable=False, comment="变化 / what happened"),
    Column("user_id", String(LONGEST_TEXT), comment="账号 / account"),
    Column("label", String(LONGEST_TEXT), comment="姓名 / name"),
    Column("role", String(LONGEST_TEXT), comment="角色 / role"),
    Column("places", String, comment="地区代码 / region codes"),
    Column("department", String(LONGEST_TEXT), comment="部门代码 / department code"),
    action=None,
)

STARTED, SEEN, ENDED = "started", "seen", "ended"

_LOOKED_AT_FOR = 2.0
"""Seconds for which a session found live is not looked up again: how long a sign-out on another server may go
unnoticed."""

_SEEN_EVERY = timedelta(minutes=1)
"""How often use is recorded."""

_EVERYTHING = Scope.everything()


@dataclass(frozen=True)
class _Held:
    user: User
    started: datetime
    used: datetime
    recorded: datetime
    looked_at: float


class Sessions:
    """The sessions of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def start(self, secret: str, user: User) -> None:
        """Begin a session for a user whose identity is proved."""
        row = {
            "session_hash": _hash(secret),
            "what": STARTED,
            "user_id": user.user_id,
            "label": user.label,
            "role": user.role.key,
            "places": " ".join(user.places or ()),
            "department": user.department,
        }
        own = {} if user.department is None else {"department": user.department}
        event = Event(kind="signed_in", detail={"role": user.role.key, "places": user.places, **own})
        self._append(row, user, events=[event])

    def end(self, secret: str, *, why: str = "signed_out") -> None:
        """End a session for good; does nothing if it is not live."""
        user = self.find(secret)
        with self._lock:
            self._held.pop(_hash(secret), None)
        if user is not None:
            self._append({"session_hash": _hash(secret), "what": ENDED}, user, events=[Event(kind=why)])

    def known(self, secret: str) -> bool:
        """Whether a session ever began with this secret, live or not."""
        query = select(session_event.c.record_id).where(session_event.c.session_hash == _hash(secret)).limit(1)
        return not self._ledger.read(query).empty

    def find(self, secret: str, *, used: bool = True) -> User | None:
        """The user of a session; None if it never began, was ended, was idle too long or is too old.

        Args:
            used: whether this lookup counts as use.

        Raises LedgerError when the ledger cannot be read.
        """
        now, key = datetime.now(UTC), _hash(secret)
        held = self._held.get(key)
        if held is None or time.monotonic() - held.looked_at > _LOOKED_AT_FOR:
            held = self._look_up(key, held)
        if held is None or not _is_live(held, now=now):
            return None
        if used:
            held = replace(held, used=max(held.used, now))
            if now - held.recorded > _SEEN_EVERY:
                self._append({"session_hash": key, "what": SEEN}, held.user)
                held = replace(held, recorded=now)
        with self._lock:
            self._held[key] = held
        return held.user

    def end_all(self, user_id: str, *, recorded_by: str) -> int:
        """End every session of a user, for example when the account is disabled; returns how many."""
        rows = self._ledger.read(select(*session_event.c["session_hash", "what", "user_id"]))
        own = rows[rows["what"].eq(STARTED) & rows["user_id"].eq(user_id)]["session_hash"]
        live = set(own) - set(rows[rows["what"].eq(ENDED)]["session_hash"])
        ended = [{"session_hash": one, "what": ENDED} for one in sorted(live)]
        self._ledger.append((session_event, ended), recorded_by=recorded_by, scope=_EVERYTHING)
        return len(ended)

    def _look_up(self, key: str, held: _Held | None) -> _Held | None:
        rows = self._ledger.read(
            select(session_event).where(session_event.c.session_hash == key).order_by(session_event.c.record_id)
        ).to_dict("records")
        with self._lock:
            self._held = {one: kept for one, kept in self._held.items() if _is_live(kept, now=datetime.now(UTC))}
            self._held.pop(key, None)
        if not rows or rows[0]["what"] != STARTED or any(row["what"] == ENDED for row in rows):
            return None
        first, newest = rows[0], in_utc(rows[-1]["recorded_at"])
        return _Held(
            user=make_user(
                user_id=first["user_id"],
                label=first["label"],
                role=first["role"],
                places=tuple(first["places"].split()),
                department=first["department"],
            ),
            started=in_utc(first["recorded_at"]),
            used=newest if held is None else max(newest, held.used),
            recorded=newest,
            looked_at=time.monotonic(),
        )

    def _append(self, row: dict[str, str | None], user: User, *, events: Sequence[Event] = ()) -> None:
        self._ledger.append((session_event, [row]), recorded_by=user.signature, scope=_EVERYTHING, events=events)


def _is_live(held: _Held, *, now: datetime) -> bool:
    idle = timedelta(minutes=setting("sessions", "idle_minutes"))
    longest = timedelta(hours=setting("sessions", "longest_hours"))
    # A clock that was set back must not make a session younger than its last use.
    return now - held.used <= idle and now - held.started <= longest and held.started <= now + idle


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
