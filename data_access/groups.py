"""The parts of a village, its groups and its grids: the same metrics as everywhere, counted from their lists on a
day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, String, and_, case, cast, func, select, true
from sqlalchemy.sql import Subquery

from data_access.engine import Snapshot
from data_access.frames import read_frame
from data_access.lists import LISTINGS
from data_access.metrics import Metric, Term, load_metrics
from data_access.scope import Scope
from data_access.tables import grid, household

PARTS = ("group_no", "grid_code")
"""How a village is divided: villagers' groups (组) or grids (网格); columns of `household`."""


def read_groups(snapshot: Snapshot, *, scope: Scope, by: str, on: date, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Metrics of every group or grid with households in a scope on a day; one row per part, in order.

    Counted from the lists, so that each figure is what its list adds up to. Every list named must be of households or
    persons.

    Columns: part (text; NULL for households that belong to none), and of each metric `<metric>` (its count) and
    `<metric>:of` (what it is a share of; only of shares).

    Args:
        scope: one village; of several, equal group numbers would be added up.
        by: of PARTS.
        metrics: keys of metrics.
    """
    terms = _terms(load_metrics()[key] for key in metrics)
    counts = [_read_counts(snapshot, frame, terms[frame], scope=scope, by=by, on=on) for frame in terms]
    parts = pd.concat(counts).groupby("part", dropna=False).sum().astype("int64").reset_index()
    # Group 10 comes after group 9; households of no part come last.
    return parts.sort_values("part", key=lambda part: part.str.zfill(20), na_position="last", ignore_index=True)


def read_grid_workers(snapshot: Snapshot, *, scope: Scope) -> pd.DataFrame:
    """The grids in a scope with who looks after them; one row per grid. Columns: code, worker."""
    query = select(grid.c.code, grid.c.worker).where(scope.rows(grid.c.village_code)).order_by(grid.c.code)
    return read_frame(snapshot.connection, query)


def _terms(metrics: Iterable[Metric]) -> dict[str, dict[str, Term]]:
    """The terms of metrics by their frame, so that each frame is read once: frame -> column of the result -> term."""
    terms: defaultdict[str, dict[str, Term]] = defaultdict(dict)
    for metric in metrics:
        terms[metric.numerator.frame][metric.key] = metric.numerator
        if metric.denominator is not None:
            terms[metric.denominator.frame][f"{metric.key}:of"] = metric.denominator
    return terms


def _read_counts(
    snapshot: Snapshot, frame: str, terms: Mapping[str, Term], *, scope: Scope, by: str, on: date
) -> pd.DataFrame:
    entries = LISTINGS[frame].entries(snapshot, scope, on).subquery("entries")
    part = cast(household.c[by], String).label("part")
    query = (
        select(part, *(func.sum(_amount(entries, term)).label(name) for name, term in terms.items()))
        .join_from(entries, household, household.c.household_id == entries.c.household_id)
        .group_by(household.c[by])
    )
    return read_frame(snapshot.connection, query).astype({"part": "str"})


def _amount(entries: Subquery, term: Term) -> ColumnElement[int]:
    """What one entry adds to a term, as the lists have it."""
    kept = and_(true(), *(entries.c[column].in_(values) for column, values in term.where.items()))
    amount = entries.c[term.column] - entries.c[term.minus] if term.minus else entries.c[term.column]
    return case((kept, amount * term.times), else_=0)
