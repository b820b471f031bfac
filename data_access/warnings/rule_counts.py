"""Which rules fire, how often, alone or together, and which stay silent because their data is missing."""

from datetime import date
from itertools import combinations

import pandas as pd
from sqlalchemy import ColumnElement, Integer, func, literal, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.scope import Scope
from data_access.sql import flag
from data_access.warnings.lists import lamps_on

WARNED = ("red", "yellow")


def read_rule_counts(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """How every risk rule fares among the households on the register on a day; one row per rule in force.

    Columns (all 户): rule (id), fired (it gives points), warned (those of them that are red or yellow), red (those
    that are red), alone (warned households in which no other risk rule gives points), silent (undetermined households
    in which it was not assessed).
    """
    names = ["fired", "warned", "red", "alone", "silent"]
    rules = _risks(snapshot, on=on)
    if not rules:  # no source of any is connected
        return pd.DataFrame(columns=["rule", *names]).astype(dict.fromkeys(names, "int64"))
    lamps = lamps_on(snapshot, scope=scope, on=on)
    points = {rule: lamps.c[f"points_{rule}"] for rule in rules}
    firing: ColumnElement[int] = literal(0, Integer)
    for column in points.values():
        firing = firing + flag(column > 0)
    rows = select(*points.values(), lamps.c.lamp, firing.label("firing")).subquery("rows")
    warned, undetermined = rows.c.lamp.in_(WARNED), rows.c.lamp == "undetermined"

    def sums(rule: str) -> list[ColumnElement[int]]:
        column = rows.c[f"points_{rule}"]
        conditions = (
            column > 0,
            (column > 0) & warned,
            (column > 0) & (rows.c.lamp == "red"),
            (column > 0) & warned & (rows.c.firing == 1),
            column.is_(None) & undetermined,
        )
        return [func.coalesce(func.sum(flag(condition)), 0) for condition in conditions]

    counted = snapshot.connection.execute(select(*(one for rule in rules for one in sums(rule)))).one()
    frame = pd.DataFrame(
        [counted[start : start + len(names)] for start in range(0, len(counted), len(names))], columns=names
    )
    return frame.astype("int64").assign(rule=rules)[["rule", *names]]


def read_rule_pairs(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Which risk rules give points in the same red or yellow households; one row per such pair, the most common first.

    Columns: first, second (rule ids), households (户).
    """
    rules = _risks(snapshot, on=on)
    if not rules:
        return pd.DataFrame({"first": [], "second": [], "households": []})
    lamps = lamps_on(snapshot, scope=scope, on=on)
    fires = select(
        *((func.coalesce(lamps.c[f"points_{rule}"], 0) > 0).label(rule) for rule in rules),
    ).where(lamps.c.lamp.in_(WARNED))
    # Households with the same rules are one row: few enough to pair up here, instead of hundreds of sums in the
    # database.
    patterns = fires.subquery("fires")
    columns = [patterns.c[rule] for rule in rules]
    grouped = select(*columns, func.count().label("households")).group_by(*columns)
    found = read_frame(snapshot.connection, grouped)
    pairs: dict[tuple[str, str], int] = {}
    for row in found.to_dict("records"):
        for pair in combinations([rule for rule in rules if row[rule]], 2):
            pairs[pair] = pairs.get(pair, 0) + int(row["households"])
    frame = pd.DataFrame(
        [(first, second, households) for (first, second), households in pairs.items()],
        columns=["first", "second", "households"],
    )
    return frame.sort_values(["households", "first", "second"], ascending=[False, True, True], ignore_index=True)


def _risks(snapshot: Snapshot, *, on: date) -> list[str]:
    return [rule.id for rule in snapshot.rulebook.rules_in_force(on=on) if rule.family == "risk"]
