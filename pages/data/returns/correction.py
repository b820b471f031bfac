"""A list that is sent out to correct an indicator of its households: which one, and what the data hold of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.households.intervals import read_intervals
from data_access.lists.lists import LISTINGS
from data_access.reports import corrections
from data_access.schema.indicators import IndicatorColumn
from data_access.scope import Scope
from pages.data.returns.form import HELD, INDICATOR
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import correction_form, household_values

Interval = Mapping[str, Any]
"""A row of `household_indicator`."""

_AT_ONCE = 1000
"""Households of which the indicators are read together."""


def choose(metric: str) -> IndicatorColumn | None:
    """The indicator that a list is sent out to correct; None where it asks what its list asks, as a list of other
    things than households always does."""
    declared = load_metrics().get(metric)
    if declared is not None and LISTINGS[declared.numerator.fact].thing:
        return None
    columns = correction_form.columns_of(door.rulebook().rules)
    names = {"": t("returns.asks_list"), **{name: label(one) for name, one in columns.items()}}
    chosen = st.selectbox(
        t("returns.asks"), list(names), format_func=names.__getitem__, key=f"returns_asks_{metric}", width=260
    )
    return columns.get(chosen)


def label(column: IndicatorColumn) -> str:
    """The name of an indicator, as the option says it."""
    return t("returns.corrects", column=_name(column))


def _name(column: IndicatorColumn) -> str:
    return column.zh if language() == "zh" else column.en


def filled(rows: pd.DataFrame, column: IndicatorColumn, *, view: View, scope: Scope) -> pd.DataFrame:
    """The households of a list, once each: which indicator is asked about, and what the data hold of it."""
    homes = rows.drop_duplicates("household_id").reset_index(drop=True)
    held = dict(_held(tuple(homes["household_id"]), column, view=view, scope=scope))
    told = [household_values.column_text(column, held.get(home)) for home in homes["household_id"]]
    return homes.assign(thing=column.name, **{INDICATOR: _name(column), HELD: told})


def _held(homes: tuple[str, ...], column: IndicatorColumn, *, view: View, scope: Scope) -> Iterator[tuple[str, object]]:
    for first in range(0, len(homes), _AT_ONCE):
        asked = tuple(sorted(homes[first : first + _AT_ONCE]))
        for home, own in by_household(asked, scope=scope).items():
            yield home, corrections.value_on(own, column=column.name, on=view.on)


def by_household(homes: tuple[str, ...], *, scope: Scope) -> dict[str, tuple[Interval, ...]]:
    """The intervals of the indicators of some households, by household."""
    found: dict[str, tuple[Interval, ...]] = {}
    for one in door.read(read_intervals, scope=scope, household_ids=homes):
        found[one["household_id"]] = (*found.get(one["household_id"], ()), one)
    return found
