"""Unmasking names, numbers and telephones for a while (break-glass): it needs permission and a reason, has an end, and
is entered in the audit record.

Who may open what: the role says how (`unmask` with a reason, `unmask_own` all own places for a day, `unmask_drawn` only
inside the current draws that open names, `unmask_for_purpose` under an approved purpose), the scope says where. What
was opened stays open only while the user still may: a unit that was replaced meanwhile is closed, as is everything for
whoever changed roles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import Column, DateTime, String, select

from data_access.access.settings import setting
from data_access.access.users import Unmasked, User
from data_access.clock import end_of_day
from data_access.errors import AccessError
from data_access.inspection.draws import read_opening_draws, read_units
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.region_codes import is_region_code, level_of
from data_access.scope import Scope

unmasking = record_table(
    "unmasking",
    "一次脱敏解除",
    "names opened for a while",
    Column("user_id", String(LONGEST_TEXT), nullable=False, index=True, comment="账号 / account"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("household_id", String, comment="户编号；空为全村 / household number; empty: the whole village"),
    Column("reason", String(LONGEST_TEXT), nullable=False, comment="理由 / reason"),
    Column("until", DateTime(timezone=True), nullable=False, comment="到期 / until"),
    Column("draw_id", String, comment="依据的抽样编号 / number of the draw that allowed it"),
    action=None,
)


@dataclass(frozen=True)
class UnmaskTarget:
    """What is to be opened: one household or a whole village."""

    village_code: str
    household_id: str | None = None


def may_open(ledger: Ledger, target: UnmaskTarget, *, scope: Scope) -> bool:
    """Whether the reader may open a target, given a reason; a purpose opens files, not screens."""
    return _may_open(target, scope=scope, drawn=_drawn(ledger, scope=scope))


def open_names(ledger: Ledger, target: UnmaskTarget, *, reason: str, user: User) -> datetime:
    """Open a target for a user; returns until when.

    Raises AccessError without a reason, and for a target that the user may not open.
    """
    shortest = setting("unmasking", "shortest_reason")
    if len(reason.strip()) < shortest:
        raise AccessError("unmask_reason_missing", shortest=str(shortest))
    with ledger.refusals_noted(recorded_by=user.signature, place=target.village_code):
        drawn = _drawn(ledger, scope=user.scope)
        if not _may_open(target, scope=user.scope, drawn=drawn):
            raise AccessError("unmask_not_allowed")
    until = datetime.now(UTC) + timedelta(minutes=setting("unmasking", "minutes"))
    why = _Opening(reason.strip(), until=until, draw_id=_draw_of(target, drawn=drawn))
    _record(ledger, [target], why, user_id=user.user_id, recorded_by=user.signature, scope=user.scope)
    return until


def own_to_open(user: User) -> tuple[str, ...]:
    """The places whose names a user may open for the day by noting a purpose; none for other roles, or if they are
    open."""
    if not user.scope.may("unmask_own") or not user.scope.masked:
        return ()
    return user.places or ()


def open_own(ledger: Ledger, *, purpose: str, user: User) -> datetime:
    """Open all a user's own places until the end of the day; returns until when.

    Raises AccessError without a purpose, and for a user who may not.
    """
    shortest = setting("unmasking", "shortest_reason")
    if len(purpose.strip()) < shortest:
        raise AccessError("unmask_purpose_missing", shortest=str(shortest))
    places = own_to_open(user)
    with ledger.refusals_noted(recorded_by=user.signature):
        if not places:
            raise AccessError("unmask_not_allowed")
    until = end_of_day(datetime.now(UTC))
    why, targets = _Opening(purpose.strip(), until=until), [UnmaskTarget(place) for place in places]
    _record(ledger, targets, why, user_id=user.user_id, recorded_by=user.signature, scope=user.scope)
    return until


def open_package(
    ledger: Ledger, *, draw_id: str, units: pd.DataFrame, scope: Scope, recorded_by: str, user_id: str
) -> Scope:
    """The scope under which the package of a draw is built: the names of its units are open in that file, if the draw
    opens names and the reader may open what is drawn. What was opened is recorded; no screen opens by it.

    Args:
        units: the units that the package holds, as returned by `draws.read_units`.
    """
    if not (scope.may("unmask") or scope.may("unmask_drawn")) or draw_id not in _current_draws(ledger, scope=scope):
        return scope
    homes = units[(units["kind"] == "household") & units["active"]]
    targets = [UnmaskTarget(village, code) for village, code in zip(homes["village_code"], homes["code"], strict=True)]
    why = _Opening(f"package {draw_id}", until=datetime.now(UTC), draw_id=draw_id)
    _record(ledger, targets, why, user_id=user_id, recorded_by=recorded_by, scope=scope)
    return replace(scope, unmasked_households=(*scope.unmasked_households, *homes["code"]))


@dataclass(frozen=True)
class _Opening:
    """Why something is opened, and until when."""

    reason: str
    until: datetime
    draw_id: str | None = None


def _record(
    ledger: Ledger,
    targets: Sequence[UnmaskTarget],
    why: _Opening,
    *,
    user_id: str,
    recorded_by: str,
    scope: Scope,
) -> None:
    """Record what is opened, and enter each target into the audit record."""
    rows = [{"user_id": user_id, **asdict(target), **asdict(why)} for target in targets]
    detail = {"reason": why.reason, "until": why.until.isoformat(timespec="minutes"), "draw": why.draw_id}
    events = [
        Event(kind="unmasked", place=target.village_code, household_id=target.household_id, detail=detail)
        for target in targets
    ]
    ledger.append((unmasking, rows), recorded_by=recorded_by, scope=scope, events=events)


def read_unmasked(ledger: Ledger, *, reader: User, at: datetime) -> Unmasked:
    """What a reader has open at a point in time and may still open."""
    rows = ledger.read(
        select(*unmasking.c["village_code", "household_id", "until"]).where(unmasking.c.user_id == reader.user_id)
    )
    # SQLite keeps no time zone, so times are compared here. An entry that ends later than anything opened now could end
    # was opened under a clock that has since been set back: it is not open until that time comes near again.
    until = pd.to_datetime(rows["until"], utc=True)
    rows = rows[(until > at) & (until <= _latest(reader, at=at))]
    if rows.empty:
        return Unmasked()
    drawn = _drawn(ledger, scope=reader.scope)
    targets = [
        UnmaskTarget(village, None if pd.isna(household) else household)
        for village, household in zip(rows["village_code"], rows["household_id"], strict=True)
    ]
    held = {target for target in targets if _may_open(target, scope=reader.scope, drawn=drawn)}
    return Unmasked(
        places=tuple(sorted(target.village_code for target in held if target.household_id is None)),
        households=tuple(sorted(target.household_id for target in held if target.household_id is not None)),
    )


def read_opened(ledger: Ledger, *, draw_id: str, scope: Scope) -> pd.DataFrame:
    """What was opened under a draw, the newest first; one row per opening. Columns: recorded_at (with zone),
    recorded_by, village_code, household_id (None: the whole village), reason.

    Raises ScopeError for a user whose draws open no names: it is for those who answer for it.
    """
    scope.require("draw_for_names")
    rows = ledger.read(
        select(*unmasking.c["recorded_at", "recorded_by", "village_code", "household_id", "reason"])
        .where(unmasking.c.draw_id == draw_id, scope.rows(unmasking.c.village_code))
        .order_by(unmasking.c.record_id.desc())
    )
    return rows.assign(recorded_at=pd.to_datetime(rows["recorded_at"], utc=True))


def _latest(reader: User, *, at: datetime) -> datetime:
    """Until when something opened at a point in time can stay open."""
    return end_of_day(at) if reader.scope.may("unmask_own") else at + timedelta(minutes=setting("unmasking", "minutes"))


def _may_open(target: UnmaskTarget, *, scope: Scope, drawn: Mapping[str, str]) -> bool:
    village = is_region_code(target.village_code) and level_of(target.village_code) == "village"
    if not village or not scope.covers(target.village_code):  # never a whole township at once
        return False
    return scope.may("unmask") or scope.may("unmask_own") or _draw_of(target, drawn=drawn) is not None


def _draw_of(target: UnmaskTarget, *, drawn: Mapping[str, str]) -> str | None:
    """The draw under which a target is to be inspected: itself, or its village."""
    return drawn.get(target.village_code) or drawn.get(target.household_id or "")


def _drawn(ledger: Ledger, *, scope: Scope) -> dict[str, str]:
    """What is to be inspected under a current draw that opens names (drawn, or the replacement of a drawn unit) -> the
    draw; nothing for a reader who needs no draw, or may not open what is drawn."""
    if scope.may("unmask") or not scope.may("unmask_drawn"):
        return {}
    drawn: dict[str, str] = {}
    for draw_id in _current_draws(ledger, scope=scope):
        units = read_units(ledger, scope=scope, draw_id=draw_id)
        drawn |= dict.fromkeys(units["code"][units["active"]], draw_id)
    return drawn


def _current_draws(ledger: Ledger, *, scope: Scope) -> list[str]:
    """The newest draw of each kind that opens names, unless it is too old."""
    draws = read_opening_draws(ledger, scope=scope).drop_duplicates("kind")
    oldest = datetime.now(UTC) - timedelta(days=setting("unmasking", "draw_days"))
    return draws.loc[pd.to_datetime(draws["recorded_at"], utc=True) >= oldest, "draw_id"].tolist()
