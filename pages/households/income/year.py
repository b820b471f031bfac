"""The year of the incomes on the page, assessment year or calendar year, and the line they are compared with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.clock import month_number, month_text
from data_access.facts.metrics import Metric, load_metrics
from data_access.income.figures import read_periods
from data_access.income.incomes import BASES
from pages.shell import view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View
from pages.widgets import link_choice, numbers
from pages.widgets.metrics_of_day import MetricsOfDay

_DEFAULT = "assessment"


@dataclass(frozen=True)
class IncomeYear:
    """Incomes of one kind of year at the chosen place and month."""

    basis: str
    """A key of `incomes.BASES`."""
    view: View
    periods: pd.DataFrame
    """As returned by `read_periods`."""
    counted: MetricsOfDay

    @property
    def has_records(self) -> bool:
        """Whether any household's income is known."""
        return not self.periods.empty

    @property
    def compares(self) -> bool:
        """Whether incomes are compared with a line."""
        return bool(self.periods["line"].notna().any())

    @property
    def lines(self) -> dict[int, int]:
        """The lines they are compared with: year -> yuan per person."""
        known = self.periods.dropna(subset="line")
        return {end.year: int(line) for end, line in zip(known["period_end"], known["line"], strict=True)}

    @property
    def has_placeholder(self) -> bool:
        """Whether a line they are compared with is not published yet."""
        declared = door.rulebook().lines
        return any(declared[number].status == "placeholder" for number in self.lines)

    def metric(self, key: str) -> Metric:
        """A metric for this kind of year; `key` is that of the assessment year."""
        return load_metrics()[_key(key, basis=self.basis)]

    def count(self, key: str, *, place: str | None = None) -> int:
        """The numerator of a metric at a place, the chosen one by default."""
        return self.counted.of(self.metric(key).key).count(place=place or self.view.place)

    def value(self, key: str, *, place: str | None = None) -> float | None:
        """A metric at a place, the chosen one by default; None for a share of nothing."""
        return self.counted.of(self.metric(key).key).value(place=place or self.view.place)

    def read(self, query: Callable[..., pd.DataFrame], **arguments: Any) -> pd.DataFrame:
        """What a query of `income_figures` returns for the chosen place."""
        scope = view_state.scope().narrowed(self.view.place)
        return door.read(query, scope=scope, basis=self.basis, on=self.view.on, **arguments)


def choose(view: View) -> IncomeYear:
    """Let the reader choose the kind of year; the link remembers it."""
    names = {basis: t(f"income.basis_{basis}") for basis in BASES}
    chosen = link_choice.choose("year", names, label=t("income.basis"))
    scope = view_state.scope().narrowed(view.place)
    periods = door.read(read_periods, scope=scope, basis=chosen, on=view.on)
    return IncomeYear(chosen, view, periods, MetricsOfDay(view.on, together=tuple(_of_basis(chosen))))


def _of_basis(basis: str) -> Iterator[str]:
    """The metrics of a kind of year."""
    fact = load_metrics()[_key("below_line_households", basis=basis)].numerator.fact
    return (key for key, metric in load_metrics().items() if metric.numerator.fact == fact)


def _key(metric: str, *, basis: str) -> str:
    return metric if basis == _DEFAULT else f"{basis}_{metric}"


def say(shown: IncomeYear) -> None:
    """Which months the incomes cover, which line they are compared with, and whether that line is published."""
    for period in shown.periods.to_dict("records"):
        last = month_number(period["period_end"])
        months = {"first": month_name(month_text(last - period["months"] + 1)), "last": month_name(month_text(last))}
        if pd.notna(period["line"]):
            status = door.rulebook().lines[period["period_end"].year].status
            badge = f":orange-badge[{t('badge.placeholder')}]" if status == "placeholder" else ""
            published = f":green-badge[{t('badge.published')}]" if status == "published" else ""
            st.markdown(f"{t('income.period', **months, line=numbers.exact(period['line']))} {badge}{published}")
        elif period["months"] < 12:
            st.markdown(t("income.period_unfinished", **months))
        else:
            st.markdown(t("income.period_without_line", **months))


def nothing(shown: IncomeYear) -> str:
    """Why there is nothing to show."""
    if shown.basis == "calendar":
        return t("income.none_calendar", year=shown.view.on.year)
    return t("income.none_assessment")
