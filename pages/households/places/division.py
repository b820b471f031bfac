"""How a village is divided, into groups or grids, and which of them is chosen. The link remembers it."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data_access import door
from data_access.lists import village_parts
from data_access.region_codes import level_of
from pages.households.places import figures
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View

LINK = {"group_no": "group", "grid_code": "grid"}
"""How a village is divided -> its name in the link."""

ALL = "all"
_DEFAULT = ("group_no", ALL)
_HELD = "places.division"


@dataclass(frozen=True)
class Division:
    """The parts of the chosen village."""

    by: str
    """group_no or grid_code."""
    rows: pd.DataFrame
    """One row per part; as returned by `groups.read_groups`."""
    names: dict[str, str]
    """Code of a part -> its name."""
    chosen: str | None
    """Code of the chosen part; None for the whole village."""

    @property
    def row(self) -> pd.Series:
        """The row of the chosen part."""
        return self.rows[self.rows["part"] == self.chosen].iloc[0]

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """What restricts a list to the chosen part."""
        return () if self.chosen is None else ((self.by, self.chosen),)


def settle(view: View) -> Division | None:
    """The division of the chosen village, checked against the parts it has; None above village level.

    A part belongs to its village: a different village is shown whole.
    """
    held_village, *held = st.session_state.get(_HELD, (None, *_DEFAULT))
    if held_village not in (None, view.place):
        keep(None, *_DEFAULT)
        held = list(_DEFAULT)
    if level_of(view.place) != "village":
        keep(None, *_DEFAULT)
        return None
    by, code = next(((by, st.query_params[key]) for by, key in LINK.items() if key in st.query_params), held)
    rows = figures.read_parts(view, by=by)
    names = _names(view, by=by, codes=rows["part"].dropna().tolist())
    chosen = code if code in names else None
    keep(view.place, by, chosen or ALL)
    return Division(by=by, rows=rows, names=names, chosen=chosen)


def choose(division: Division, view: View) -> None:
    """Let the reader choose groups or grids, and one of them."""
    kinds = {by: t(f"places.by_{by}") for by in village_parts.PARTS}
    st.session_state["places_by"] = division.by
    st.segmented_control(
        t("places.by"),
        list(kinds),
        format_func=kinds.__getitem__,
        key="places_by",
        required=True,
        on_change=_choose_by,
        args=(view.place,),
        label_visibility="collapsed",
        width="content",
    )
    names = {ALL: t(f"places.all_{division.by}"), **division.names}
    st.session_state["places_part"] = division.chosen or ALL
    st.selectbox(
        t("places.part"),
        list(names),
        format_func=names.__getitem__,
        key="places_part",
        on_change=_choose_part,
        args=(view.place, division.by),
        label_visibility="collapsed",
        width=220,
    )


def _names(view: View, *, by: str, codes: list[str]) -> dict[str, str]:
    if by == "group_no":
        return {code: t("places.group", number=code) for code in codes}
    workers = door.read(village_parts.read_grid_workers, scope=view_state.scope().narrowed(view.place))
    names = dict(zip(workers["code"], workers["worker"].fillna(t("value.none")), strict=True))
    missing = t("value.none")
    return {code: t("places.grid", number=code[12:] or code, worker=names.get(code, missing)) for code in codes}


def _choose_by(village: str) -> None:
    keep(village, st.session_state["places_by"], ALL)


def _choose_part(village: str, by: str) -> None:
    keep(village, by, st.session_state["places_part"])


def keep(village: str | None, by: str, code: str) -> None:
    """Keep a choice in the session and, unless it is the default one, in the link."""
    st.session_state[_HELD] = (village, by, code)
    wanted = {} if (by, code) == _DEFAULT else {LINK[by]: code}
    for key in LINK.values():
        if key in wanted and st.query_params.get(key) != wanted[key]:
            st.query_params[key] = wanted[key]
        elif key not in wanted:
            st.query_params.pop(key, None)
