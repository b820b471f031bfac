"""Unmasking names, numbers and telephones for a while (break-glass): it needs permission and a reason, has an end, and
is entered in the audit record.

Who may open what: the role says how (`unmask` with a reason, `unmask_drawn` only inside the current draws,
`unmask_for_purpose` under an approved purpose), the scope says where.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import Column, DateTime, String, select

from data_access.access.settings import setting
from data_access.access.users import Unmasked, User
from data_access.errors import AccessError
from data_access.inspection.draws import draw, drawn_unit, read_units
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
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
    action=None,
)


@dataclass(frozen=True)
class UnmaskTarget:
    """What is to be opened: one household or a whole village."""

    village_code: str
    household_id: str | None = None


def may_open(ledger: Ledger, target: UnmaskTarget, *, scope: Scope) -> bool:
    """Whether the reader may open a target, given a reason; a purpose opens files, not screens."""
    if not scope.covers(target.village_code):
        return False
    if scope.may("unmask"):
        return True
    return scope.may("unmask_drawn") and _is_drawn(ledger, target, scope=scope)


def open_names(ledger: Ledger, target: UnmaskTarget, *, reason: str, user: User) -> datetime:
    """Open a target for a user; returns until when.

    Raises AccessError without a reason, and for a target that the user may not open.
    """
    shortest = setting("unmasking", "shortest_reason")
    if len(reason.strip()) < shortest:
        raise AccessError("unmask_reason_missing", shortest=str(shortest))
    with ledger.refusals_noted(recorded_by=user.signature, place=target.village_code):
        if not may_open(ledger, target, scope=user.scope):
            raise AccessError("unmask_not_allowed")
    until = datetime.now(UTC) + timedelta(minutes=setting("unmasking", "minutes"))
    row = {
        "user_id": user.user_id,
        "village_code": target.village_code,
        "household_id": target.household_id,
        "reason": reason.strip(),
        "until": until,
    }
    event = Event(
        kind="unmasked",
        place=target.village_code,
        household_id=target.household_id,
        detail={"reason": reason.strip(), "until": until.isoformat(timespec="minutes")},
    )
    ledger.append((unmasking, [row]), recorded_by=user.signature, scope=user.scope, events=[event])
    return until


def read_unmasked(ledger: Ledger, *, user_id: str, at: datetime) -> Unmasked:
    """What a user has open at a point in time."""
    rows = ledger.read(
        select(*unmasking.c["village_code", "household_id", "until"]).where(unmasking.c.user_id == user_id)
    )
    # SQLite keeps no time zone, so times are compared here. An entry that ends later than anything opened now could end
    # was opened under a clock that has since been set back: it is not open until that time comes near again.
    until = pd.to_datetime(rows["until"], utc=True)
    rows = rows[(until > at) & (until <= at + timedelta(minutes=setting("unmasking", "minutes")))]
    whole = rows["household_id"].isna()
    return Unmasked(
        places=tuple(sorted(set(rows.loc[whole, "village_code"]))),
        households=tuple(sorted(set(rows.loc[~whole, "household_id"]))),
    )


def _is_drawn(ledger: Ledger, target: UnmaskTarget, *, scope: Scope) -> bool:
    """Whether a target is to be inspected under a current draw: drawn, or the replacement of a drawn unit."""
    return any(
        target.village_code in active or target.household_id in active
        for active in (_active_units(ledger, draw_id, scope=scope) for draw_id in _current_draws(ledger, scope=scope))
    )


def _current_draws(ledger: Ledger, *, scope: Scope) -> list[str]:
    """The newest draw of each kind unless it is too old."""
    within = select(drawn_unit.c.draw_id).where(scope.rows(drawn_unit.c.village_code))
    draws = ledger.read(
        select(*draw.c["draw_id", "kind", "recorded_at"])
        .where(draw.c.draw_id.in_(within))
        .order_by(draw.c.record_id.desc())
    ).drop_duplicates("kind")
    oldest = datetime.now(UTC) - timedelta(days=setting("unmasking", "draw_days"))
    return draws.loc[pd.to_datetime(draws["recorded_at"], utc=True) >= oldest, "draw_id"].tolist()


def _active_units(ledger: Ledger, draw_id: str, *, scope: Scope) -> set[str]:
    units = read_units(ledger, scope=scope, draw_id=draw_id)
    return set(units.loc[units["active"], "code"])
