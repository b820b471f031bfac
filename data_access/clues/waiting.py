"""The clues of one household that wait to be checked."""

from datetime import date

import pandas as pd
from sqlalchemy import or_, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.tables import clue, household
from data_access.scope import Scope


def read_waiting_clues(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> pd.DataFrame:
    """The clues of a household that came in up to a day and wait, the first that is due first; one row per clue:
    household_id, village_code, clue_id, kind, received_on, due_on."""
    checked_on = snapshot.counted_on(clue.c.checked_on)
    return read_frame(
        snapshot.connection,
        select(household.c.village_code, *clue.c["household_id", "clue_id", "kind", "received_on", "due_on"])
        .join_from(clue, household, household.c.household_id == clue.c.household_id)
        .where(
            clue.c.household_id == household_id,
            snapshot.counted_on(clue.c.received_on) <= on,
            or_(checked_on.is_(None), checked_on > on),
            scope.rows(household.c.village_code),
        )
        .order_by(clue.c.due_on, clue.c.clue_id),
    )
