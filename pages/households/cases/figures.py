"""What the parts of the page have in common: counts of a list, by step and by place, that open their lists."""

from collections.abc import Mapping

import pandas as pd

from data_access import door
from data_access.lists.figures import read_figures
from data_access.schema.indicators import load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import figure_table
from pages.widgets.figure_table import Column


def counts(view: View, *, metrics: tuple[str, ...], by: tuple[str, ...]) -> pd.DataFrame:
    """Metrics at the chosen place by columns of their lists; one row per combination of values."""
    view.require(*metrics, by=by)
    scope = view_state.scope().narrowed(view.place)
    return door.read(read_figures, scope=scope, metrics=metrics, by=by, on=view.on)


def by_place(view: View, *, metrics: Mapping[str, str], column: str, codes: str, key: str) -> None:
    """One row per place below the chosen one: each metric, under a short name, in all and by the codes of a column."""
    found = counts(view, metrics=tuple(metrics), by=("village_code", column))
    parts = {code: words[language()] for code, words in load_codes()[codes].items() if code in set(found[column])}
    wide, columns = found[["village_code"]].copy(), []
    for metric, label in metrics.items():
        wide[metric] = found[metric]
        columns.append(Column(metric, label))
        for code, name in parts.items() if len(parts) > 1 else ():
            wide[f"{metric}_{code}"] = found[metric].where(found[column] == code, 0)
            columns.append(Column(metric, t("cases.of", figure=label, part=name), only={column: code}))
    names = list(wide.columns.drop("village_code"))
    rows = figure_table.place_rows(
        wide, counts=lambda row: [figure_table.amount(row[name]) for name in names], view=view
    )
    figure_table.show(
        rows, columns=columns, heading=t("table.place"), title=t("page.cases"), view=view, key=f"{key}_places"
    )
