"""The parts of a village, its groups and its grids: the same metrics as everywhere else, counted from their lists on a
day."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from sqlalchemy import String, cast, func, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.facts.metrics import Term, load_metrics
from data_access.lists.figures import amount_of, terms_by_frame
from data_access.lists.lists import LISTINGS
from data_access.schema.tables import grid, household
from data_access.scope import Scope

PARTS = ("group_no", "grid_code")
"""How a village can be divided: villagers' groups (组) or grids (网格); columns of `household`."""


def read_groups(snapshot: Snapshot, *, scope: Scope, by: str, on: date, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Metrics of every group or grid with households in a scope on a day; one row per part, in order.

    Counted from the lists, so that each figure is the sum over its list. Every list must be of households or persons.

    Columns: part (text; NULL for households that belong to none), and of each metric `<metric>` (its count) and
    `<metric>:of` (what it is a share of; only of shares).

    Args:
        scope: one village; with several, equal group numbers would be added together.
        by: one of PARTS.
        metrics: keys of metrics.
    """
    terms = terms_by_frame(load_metrics()[key] for key in metrics)
    counts = [_read_counts(snapshot, frame, terms[frame], scope=scope, by=by, on=on) for frame in terms]
    parts = pd.concat(counts).groupby("part", dropna=False).sum().astype("int64").reset_index()
    # Group 10 comes after group 9; households without a part come last.
    return parts.sort_values("part", key=lambda part: part.str.zfill(20), na_position="last", ignore_index=True)


def read_grid_workers(snapshot: Snapshot, *, scope: Scope) -> pd.DataFrame:
    """The grids in a scope with their grid workers; one row per grid. Columns: code, worker."""
    query = select(grid.c.code, grid.c.worker).where(scope.rows(grid.c.village_code)).order_by(grid.c.code)
    return read_frame(snapshot.connection, query)


def _read_counts(
    snapshot: Snapshot, frame: str, terms: Mapping[str, Term], *, scope: Scope, by: str, on: date
) -> pd.DataFrame:
    entries = LISTINGS[frame].entries(snapshot, scope, on).subquery("entries")
    part = cast(household.c[by], String).label("part")
    query = (
        select(part, *(func.sum(amount_of(entries, term)).label(name) for name, term in terms.items()))
        .join_from(entries, household, household.c.household_id == entries.c.household_id)
        .group_by(household.c[by])
    )
    return read_frame(snapshot.connection, query).astype({"part": "str"})
