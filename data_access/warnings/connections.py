"""What a source changes when it is connected: every lamp with it and without it, on the same day."""

from datetime import date

import pandas as pd
from sqlalchemy import func, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.households.judged import judged_on
from data_access.risk.scoring import scored
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on


def read_connection_effect(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The households whose lamp would be another had the sources of `RuleBook.newly_connected` not begun to deliver in
    that month; one row per village and pair of lamps, none where no source is new.

    Columns: village_code, before, lamp (without and with them), households (户).
    """
    new, coverage = snapshot.rulebook.newly_connected(on=on), snapshot.rulebook.coverage
    if not new or coverage is None:
        return pd.DataFrame({"village_code": [], "before": [], "lamp": [], "households": []})
    rulebook = snapshot.rulebook.here(coverage.without(new, since=on.replace(day=1)))
    homes = judged_on(on, scope=scope, rulebook=rulebook)
    before = scored(homes, rulebook=rulebook, on=on, keep=("household_id",)).subquery("before")
    now = lamps_on(snapshot, scope=scope, on=on)
    keys = (now.c.village_code, before.c.lamp.label("before"), now.c.lamp)
    changed = (
        select(*keys)
        .join_from(now, before, before.c.household_id == now.c.household_id)
        .where(before.c.lamp != now.c.lamp)
        .subquery("changed")
    )
    query = select(*changed.c, func.count().label("households")).group_by(*changed.c).order_by(*changed.c)
    return read_frame(snapshot.connection, query)
