"""The loads that produced the present database."""

import pandas as pd
from sqlalchemy import func, literal, select, union_all

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.load.undo import LAST, last_load
from data_access.schema.contract import present_tables
from data_access.schema.tables import clue, data_load, department, household, member, region, target
from data_access.scope import Scope


def read_loads(snapshot: Snapshot, *, scope: Scope, limit: int) -> pd.DataFrame:
    """The newest loads, the newest first; one row per load and table, all columns of `data_load` that are kept.

    They contain nothing about households, so every scope sees all of them.
    """
    del scope
    kept = (column for column in data_load.c if snapshot.keeps(column))
    return read_frame(snapshot.connection, select(*kept).order_by(data_load.c.load_id.desc()).limit(limit))


def read_holdings(snapshot: Snapshot, *, scope: Scope) -> pd.DataFrame:
    """What the first steps towards a board have brought; one row per item (townships, villages, departments, targets,
    households, persons, clues): item, rows. Households and persons are those on the register, as on the board."""
    homes = scope.rows(household.c.village_code)
    on_register = household.c.closed_on.is_(None)
    places = select(region.c.code).where(scope.rows(region.c.code))
    counts = {
        "townships": places.where(region.c.level == "township"),
        "villages": places.where(region.c.level == "village"),
        "departments": select(department.c.code),
        "targets": select(target.c.metric).where(scope.rows(target.c.region_code)),
        "households": select(household.c.household_id).where(homes, on_register),
        "persons": select(member.c.household_id)
        .join(household, household.c.household_id == member.c.household_id)
        .where(homes, on_register, member.c.left_on.is_(None)),
        "clues": select(clue.c.household_id)
        .join(household, household.c.household_id == clue.c.household_id)
        .where(homes),
    }
    parts = [
        select(literal(item).label("item"), func.count().label("rows")).select_from(rows.subquery())
        for item, rows in counts.items()
    ]
    return read_frame(snapshot.connection, union_all(*parts).order_by("item"))


def read_undoable(snapshot: Snapshot, *, scope: Scope) -> str | None:
    """The name of the load that can be undone; None if there is none. Every scope sees it."""
    del scope
    if LAST.name not in present_tables(snapshot.connection):
        return None
    last = last_load(snapshot.connection)
    return None if last is None else last.source
