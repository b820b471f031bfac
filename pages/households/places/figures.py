"""The metrics shown for every place, wherever they are counted: by month, on demand, by part of a village."""

from dataclasses import dataclass

import pandas as pd

from data_access import door
from data_access.facts.metrics import Metric, MetricTable, load_metrics
from data_access.lists import village_parts
from pages.shell import view_state
from pages.shell.view_state import View
from pages.widgets import numbers

COMPARED = (
    "households",
    "persons",
    "monitored_households",
    "open_households",
    "open_share",
    "red_households",
    "yellow_households",
    "undetermined_households",
    "red_not_included",
    "measures_overdue",
    "clues_overdue",
    "zero_employment_households",
    "in_work_share",
    "completeness",
)
"""The same metrics at every level, from the district down to a group."""


@dataclass(frozen=True)
class Figure:
    """One metric of one place or part of a village."""

    metric: Metric
    value: float | None
    """None for a share of nothing, and where nobody lives."""
    lived_in: bool = True
    """Whether any household is on the register there."""

    @property
    def text(self) -> str:
        """The value as shown to the reader."""
        return numbers.in_unit(self.value, metric=self.metric)


def of_place(key: str, *, table: MetricTable, view: View, place: str) -> Figure:
    """A metric of a district, township or village."""
    metric = load_metrics()[key]
    if not table.knows(key):
        return Figure(metric, value=door.amounts(metric=key, on=view.on, scope=view_state.scope()).value(place=place))
    if table.count("households", place=place, month=view.month) == 0:
        return Figure(metric, value=None, lived_in=False)
    return Figure(metric, value=table.value(key, place=place, month=view.month))


def read_parts(view: View, *, by: str) -> pd.DataFrame:
    """Every group or grid of the chosen village; as returned by `groups.read_groups`."""
    scope = view_state.scope().narrowed(view.place)
    return door.read(village_parts.read_groups, scope=scope, by=by, on=view.on, metrics=COMPARED)


def of_part(key: str, row: pd.Series) -> Figure:
    """A metric of a group or grid; `row`: one row of `read_parts`."""
    metric = load_metrics()[key]
    if not view_state.collects(metric):
        return Figure(metric, value=None)
    base = 0 if metric.denominator is None else int(row[f"{key}:of"])
    return Figure(metric, value=metric.value(count=int(row[key]), base=base))
