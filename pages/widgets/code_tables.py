"""Counts of lists by a code and by place, as tables whose cells open the lists."""

from collections.abc import Mapping, Sequence

import pandas as pd

from data_access import door
from data_access.lists.figures import read_figures
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import figure_table
from pages.widgets.figure_table import Column, Row


def counts(view: View, *, metrics: tuple[str, ...], by: tuple[str, ...]) -> pd.DataFrame:
    """Metrics at the chosen place by columns of their lists; one row per combination of values."""
    view.require(*metrics, by=by)
    scope = view_state.scope().narrowed(view.place)
    without = view.left_out_of(*metrics)
    return door.read(read_figures, scope=scope, metrics=metrics, by=by, on=view.on, without=without)


def by_code(
    found: pd.DataFrame,
    *,
    metrics: Sequence[str],
    column: str,
    names: Mapping[str, str],
    view: View,
    key: str,
    heading: str | None = None,
) -> None:
    """One row per code, in the order of `names`; `found` as returned by `counts`."""
    held = found.groupby(column)[list(metrics)].sum()
    rows = [
        Row(
            name=name,
            counts=[int(held[metric].get(code, 0)) for metric in metrics],
            only={column: code},
        )
        for code, name in names.items()
    ]
    figure_table.show(
        rows,
        columns=[Column(metric) for metric in metrics],
        heading=t("table.kind") if heading is None else heading,
        title=t("table.by_code"),
        view=view,
        key=f"{key}_codes",
    )


def by_place(
    found: pd.DataFrame,
    *,
    metrics: Sequence[str],
    view: View,
    key: str,
    column: str | None = None,
    names: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    sums: bool = True,
) -> None:
    """One row per place below the chosen one: each metric in all, and where a column is given by its codes in `names`.

    Args:
        found: as returned by `counts`, by village_code and the column.
        labels: short names of the metrics.
        sums: whether a metric stands in all, too; not where its parts are of unlike kinds.
    """
    wide, columns = found[["village_code"]].copy(), []
    for metric in metrics:
        label = (labels or {}).get(metric)
        if sums:
            wide[metric] = found[metric]
            columns.append(Column(metric, label))
        for code, name in (names or {}).items() if column is not None else ():
            wide[f"{metric}_{code}"] = found[metric].where(found[column] == code, 0)
            of = name if label is None or len(metrics) == 1 else t("table.of", figure=label, part=name)
            columns.append(Column(metric, of, only={str(column): code}))
    shown = list(wide.columns.drop("village_code"))
    rows = figure_table.place_rows(
        wide, counts=lambda row: [figure_table.amount(row[name]) for name in shown], view=view
    )
    figure_table.show(
        rows, columns=columns, heading=t("table.place"), title=t("table.by_place"), view=view, key=f"{key}_places"
    )
