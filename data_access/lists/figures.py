"""Several metrics counted together from their lists, each fact queried once: the scores and joins of a list are the
expensive part, not one more sum."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.sql import Subquery

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.facts.metrics import Amounts, Metric, Term, load_metrics
from data_access.lists.lists import LISTINGS, Without, without_conditions
from data_access.scope import Scope


def terms_by_frame(metrics: Iterable[Metric]) -> dict[str, dict[str, Term]]:
    """The terms of metrics by fact: fact -> name -> term; a metric's key names what it counts, `key:of` what it is a
    share of."""
    terms: defaultdict[str, dict[str, Term]] = defaultdict(dict)
    for metric in metrics:
        terms[metric.numerator.fact][metric.key] = metric.numerator
        if metric.denominator is not None:
            terms[metric.denominator.fact][f"{metric.key}:of"] = metric.denominator
    return terms


def amount_of(entries: Subquery, term: Term) -> ColumnElement[int]:
    """SQL: what one entry adds to a term, as in the lists; 0 if it is not one that the term keeps."""
    return case((_kept(entries, term), term.amounts(entries.c)), else_=0)


def _kept(entries: Subquery, term: Term) -> ColumnElement[bool]:
    return and_(true(), *term.conditions(entries.c, is_in=ColumnElement.in_))


def read_figures(
    snapshot: Snapshot,
    *,
    scope: Scope,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    on: date,
    without: tuple[tuple[str, Without], ...] = (),
) -> pd.DataFrame:
    """Several metrics counted from their lists on a day, by some columns of the lists; one row per combination.

    `without`: what is left out of the lists of some metrics.

    Columns: those of `by`, then each metric's count under its key; combinations in which all are 0 are left out. For a
    share the count is its numerator. A metric that is not collected, or
    not by one of these columns, is NaN.

    Raises NotCollectedError where none of the metrics, divided by the columns of `by`, is collected.
    """
    coverage = snapshot.version.coverage
    known = [key for key in metrics if not load_metrics()[key].lacking(*by, coverage=coverage)]
    if not known:
        load_metrics()[metrics[0]].require(*by, coverage=coverage)
    numerators = (load_metrics()[key].model_copy(update={"denominator": None}) for key in metrics)
    found = pd.DataFrame(columns=list(by))
    for frame, named in terms_by_frame(numerators).items():
        rows = _sums(snapshot, frame, named, scope=scope, by=by, on=on, without=dict(without))
        found = rows if found.empty else found.merge(rows, on=list(by), how="outer")
    counts = found.reindex(columns=list(metrics)).fillna(0).astype("int64")
    rows = pd.concat([found[list(by)], counts], axis=1)[(counts[known] != 0).any(axis=1)].sort_values(list(by))
    return rows.astype({key: "float64" for key in metrics if key not in known}).assign(
        **{key: float("nan") for key in metrics if key not in known}
    )


def read_amounts(snapshot: Snapshot, *, scope: Scope, metric: str, on: date, without: Without = ()) -> pd.DataFrame:
    """A metric counted from its list on a day, with what it is a share of; one row per village.

    `without`: what is left out of the count.

    Columns: village_code, count, base (0 where the metric is not a share).
    """
    return read_all_amounts(snapshot, scope=scope, metrics=(metric,), on=on, left_out=((metric, without),))[metric]


def count_amounts(snapshot: Snapshot, *, scope: Scope, metric: str, on: date, without: Without = ()) -> Amounts:
    """A metric counted from its list on a day, at every place in a scope."""
    return count_all_amounts(snapshot, scope=scope, metrics=(metric,), on=on, left_out=((metric, without),))[metric]


def count_all_amounts(
    snapshot: Snapshot,
    *,
    scope: Scope,
    metrics: tuple[str, ...],
    on: date,
    left_out: tuple[tuple[str, Without], ...] = (),
) -> dict[str, Amounts]:
    """Several metrics counted from their lists on a day, at every place in a scope."""
    rows = read_all_amounts(snapshot, scope=scope, metrics=metrics, on=on, left_out=left_out)
    coverage = snapshot.version.coverage
    return {key: Amounts(rows[key], metric=load_metrics()[key], coverage=coverage) for key in metrics}


def read_all_amounts(
    snapshot: Snapshot,
    *,
    scope: Scope,
    metrics: tuple[str, ...],
    on: date,
    left_out: tuple[tuple[str, Without], ...] = (),
    tell: Callable[[int], None] = lambda _done: None,
) -> dict[str, pd.DataFrame]:
    """Several metrics counted from their lists on a day; metric -> one row per village, as `lists.read_amounts` returns
    them, without villages in which all are 0.

    Args:
        left_out: what is left out of the lists of some metrics.
        tell: called with the number of metrics counted so far.
    """
    sums: dict[str, pd.Series] = {}
    for frame, named in terms_by_frame(load_metrics()[key] for key in metrics).items():
        without = dict(left_out)
        rows = _sums(snapshot, frame, named, scope=scope, by=("village_code",), on=on, without=without)
        rows = rows.set_index("village_code")
        sums |= {name: rows[name] for name in named}
        tell(sum(key in sums for key in metrics))
    amounts = {}
    for key in metrics:
        counted = pd.DataFrame({"count": sums[key], "base": sums.get(f"{key}:of", 0)}).fillna(0).astype("int64")
        amounts[key] = counted[(counted != 0).any(axis=1)].reset_index(names="village_code")
    return amounts


def _sums(
    snapshot: Snapshot,
    frame: str,
    terms: Mapping[str, Term],
    *,
    scope: Scope,
    by: tuple[str, ...],
    on: date,
    without: Mapping[str, Without] = MappingProxyType({}),
) -> pd.DataFrame:
    """Terms over one fact by some of its columns; columns: those of `by`, and the terms by name."""
    entries, thing = LISTINGS[frame].entries(snapshot, scope, on).subquery("entries"), LISTINGS[frame].thing
    columns, sums = [entries.c[name] for name in by], []
    for name, term in terms.items():
        amount, kept = amount_of(entries, term), without_conditions(entries, without.get(name, ()), thing=thing)
        sums.append(func.sum(case((and_(*kept), amount), else_=0) if kept else amount).label(name))
    query = select(*columns, *sums).group_by(*columns)
    if all(term.where for term in terms.values()):  # the others would add nothing
        query = query.where(or_(*(_kept(entries, term) for term in terms.values())))
    return read_frame(snapshot.connection, query)
