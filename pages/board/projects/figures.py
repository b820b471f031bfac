"""The figures of the projects page: metrics counted from the lists of projects and assets."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers
from pages.widgets.metrics_of_day import MetricsOfDay

UNKNOWN = "unknown"
"""Stands for a code that is not recorded."""

_WAN = 10_000


@dataclass(frozen=True)
class Figures:
    """Metrics of projects and assets at the chosen place, or at another one."""

    view: View
    counted: MetricsOfDay

    @classmethod
    def of(cls, view: View) -> "Figures":
        """The figures for the reader's view."""
        return cls(view, MetricsOfDay(view.current.facts.months.cut_off))

    @property
    def cut_off(self) -> date:
        """The day all of them refer to."""
        return self.counted.on

    def value(self, key: str, *, place: str | None = None) -> float | None:
        """A metric at a place; None for a share of nothing."""
        return self.counted.of(key).value(place=place or self.view.place)

    def text(self, key: str) -> str:
        """A metric at the chosen place, with its unit."""
        return numbers.in_unit(self.value(key), metric=load_metrics()[key])

    def by(self, key: str, *columns: str) -> pd.Series:
        """A metric at the chosen place by some columns of its list; index: the columns, UNKNOWN where nothing is
        recorded."""
        scope = view_state.scope().narrowed(self.view.place)
        rows = door.read(lists.read_breakdown, scope=scope, metric=key, by=columns, on=self.cut_off)
        return rows.fillna(dict.fromkeys(columns, UNKNOWN)).set_index(list(columns))["amount"]


def word(code: object, *, codes: str) -> str:
    """The word for a code in the reader's language."""
    known = code in load_codes()[codes]
    return code_label(codes=codes, code=str(code), language=language()) if known else t("projects.unknown")


def in_wan(amounts: pd.Series) -> pd.Series:
    """Yuan in units of 10,000, one decimal."""
    return (amounts / _WAN).round(1)
