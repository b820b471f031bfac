"""What doubtful values mean for the lamps: how many households could have a different lamp if those values were wrong.

A doubtful value is treated as not collected. The rules that read it are then not assessed, and the lamp is undetermined
exactly where what they could add or take away would change it.
"""

from datetime import date

import pandas as pd
from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, case, false, func, literal, null, or_, select
from sqlalchemy.sql import Subquery

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.judged import judged_on
from data_access.quality.validation import found_on, rules_run
from data_access.risk.scoring import scored
from data_access.risk.sources import UNNAMED
from data_access.schema.tables import household_indicator
from data_access.scope import Scope
from data_access.sql import flag

_KEPT = ("household_id", "village_code", "household_type")


def _doubtful_households(snapshot: Snapshot, *, scope: Scope, on: date) -> CTE:
    """Households with a finding that casts doubt on an indicator; one row per household.

    Columns: those of `judged_on`; `doubts_<rule>` (1 if the rule found something) for every rule that casts doubt
    on an indicator.
    """
    run = rules_run(on=on, is_sample=snapshot.version.is_sample)
    doubting = tuple(rule for rule in run if rule.doubts)
    found = found_on(snapshot, scope=scope, on=on, rules=doubting)
    rules = [rule.id for rule in doubting]
    pivoted = (
        select(
            found.c.household_id,
            *(func.max(flag(found.c.audit_rule == rule)).label(f"doubts_{rule}") for rule in rules),
        )
        .group_by(found.c.household_id)
        .subquery("pivoted")
    )
    homes = judged_on(on, scope=scope, rulebook=snapshot.rulebook)
    return (
        select(*homes.c, *(pivoted.c[f"doubts_{rule}"] for rule in rules))
        .join_from(homes, pivoted, pivoted.c.household_id == homes.c.household_id)
        .where(homes.c.valid_from.is_not(None))
        .cte("doubtful_households")
        .prefix_with("MATERIALIZED")
    )


def _without_doubtful(homes: CTE, *, snapshot: Snapshot, on: date) -> Subquery:
    """The same households with every doubtful value taken as not collected."""
    doubted: dict[str, list[ColumnElement[bool]]] = {}
    for rule in rules_run(on=on, is_sample=snapshot.version.is_sample):
        for name in rule.doubts:
            doubted.setdefault(name, []).append(homes.c[f"doubts_{rule.id}"] == 1)
    columns = (column.name for column in household_indicator.c if column.name != "household_id")
    unnamed = (
        # A value in doubt is not known, even where no file names the household.
        and_(
            homes.c[f"{UNNAMED}{source.key}"], *(~said for name in source.columns for said in doubted.get(name, ()))
        ).label(f"{UNNAMED}{source.key}")
        for source in snapshot.rulebook.event_sources(on=on)
    )
    return select(
        *homes.c[_KEPT],
        *unnamed,
        *(
            case((or_(false(), *doubted[name]), null()), else_=homes.c[name]).label(name)
            if name in doubted
            else homes.c[name]
            for name in columns
        ),
    ).subquery("without_doubtful")


def _entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household with a doubtful indicator; values households (1), in_doubt (1 if its lamp is red, yellow or
    none and could be different if the doubtful values were wrong).

    `doubts_<rule>`: 1 if the rule found something.
    """
    homes = _doubtful_households(snapshot, scope=scope, on=on)
    rulebook = snapshot.rulebook
    now = scored(homes, rulebook=rulebook, on=on, keep=(*_KEPT, *_doubt_columns(homes))).subquery("lamps_now")
    bare = scored(
        _without_doubtful(homes, snapshot=snapshot, on=on), rulebook=rulebook, on=on, keep=("household_id",)
    ).subquery("lamps_without")
    changes = now.c.lamp != bare.c.lamp
    return select(
        *now.c[(*_KEPT, "lamp", "score", *_doubt_columns(homes))],
        flag(bare.c.may_be_red).label("may_be_red"),
        literal(1, Integer).label("households"),
        flag(changes).label("in_doubt"),
    ).join_from(now, bare, bare.c.household_id == now.c.household_id)


def _doubt_columns(homes: CTE) -> tuple[str, ...]:
    return tuple(column.name for column in homes.c if column.name.startswith("doubts_"))


def read_effect(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Households with a doubtful indicator by their lamp; one row per village and lamp found.

    Columns: village_code, lamp, households (户), in_doubt (户: the lamp could be different), could_be_red (户: those of
    them that are not red but could be).
    """
    rows = _entries(snapshot, scope, on).subquery("rows")
    keys = rows.c["village_code", "lamp"]
    could = flag((rows.c.in_doubt == 1) & (rows.c.lamp != "red") & (rows.c.may_be_red == 1))
    query = (
        select(
            *keys,
            func.sum(rows.c.households).label("households"),
            func.sum(rows.c.in_doubt).label("in_doubt"),
            func.sum(could).label("could_be_red"),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return read_frame(snapshot.connection, query).astype(dict.fromkeys(("households", "in_doubt", "could_be_red"), int))


LISTINGS = {
    "lamp_effect": Listing(
        entries=_entries,
        details={"lamp": "lamp", "score": "number", "doubts": "doubts"},
        facets={"lamp": "lamp", "household_type": "household_type"},
        order="-score",
    )
}
