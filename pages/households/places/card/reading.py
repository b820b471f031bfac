"""What the card says of a metric, wherever it is counted, as a link to its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.lists.figures import read_figures
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import change_since, list_link, numbers


@dataclass(frozen=True)
class Card:
    """The township that the card is about, and the figures in view."""

    township: str
    table: MetricTable
    view: View
    on_demand: tuple[str, ...] = ()
    """Counts that the table may not know: read together, for the villages of the township."""

    @property
    def sees_all(self) -> bool:
        """Whether the reader sees the other townships, too: otherwise nothing is compared with them."""
        return view_state.scope().covers(self.view.county)

    @cached_property
    def _counted(self) -> pd.DataFrame:
        """The counts on demand by village, as far as nothing else takes something off their lists: read for all places
        at once, as one card follows the other before a meeting."""
        keys = dict.fromkeys(key for key in self.on_demand if not self.table.knows(key) and not self.view.left_out(key))
        scope = view_state.scope()
        found = door.read(read_figures, scope=scope, metrics=tuple(keys), by=("village_code",), on=self.view.on)
        return found.set_index("village_code")

    def value(self, key: str, *, place: str | None = None) -> float | None:
        """A metric at the township, or at one of its villages; what takes households off its list is off it here, too.
        None where it is not collected."""
        code = self.township if place is None else place
        if not view_state.collects(load_metrics()[key]):
            return None
        if self.table.knows(key):
            return self.table.value(key, place=code, month=self.view.month)
        if key in self.on_demand and key in self._counted:
            own = self._counted[key][self._counted.index.str.startswith(code)]
            return float(own.sum())
        without = self.view.left_out(key)
        return door.amounts(metric=key, on=self.view.on, scope=view_state.scope(), without=without).value(place=code)

    def line(self, key: str, *, with_change: bool = False) -> None:
        """A line of the card: number, name and, where it is asked for, the change; a link to the list."""
        metric = load_metrics()[key]
        number = numbers.in_unit(self.value(key), metric=metric)
        text = t("strip.matter", number=number, name=metric.label[language()])
        self.link(key, text=f"{text} {self._changed(key)}" if with_change else text)

    def link(
        self,
        key: str,
        *,
        text: str,
        place: str | None = None,
        only: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """A link to the list behind a metric at the township, or at one of its villages."""
        code = self.township if place is None else place
        list_link.show(key, view=self.view, place=code, text=text, icon=False, only=only)

    def _changed(self, key: str) -> str:
        change = change_since.change(self.table, key, place=self.township, view=self.view)
        if change is None:
            return ""
        said = t("card.change", since=change_since.words(self.view), change=numbers.change(change))
        return f":gray[{said}]"


def heading(text: str) -> None:
    """The name of a block of the card."""
    st.markdown(f"**{text}**")
