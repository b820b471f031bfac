"""The steps of the first start: the state of each, what was read, and what the next file brings."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from data_access import clock, door
from data_access.errors import DatabaseError
from data_access.load.history import read_holdings
from pages.shell import menu, notices, view_state
from pages.shell.texts import t
from pages.widgets import numbers

_WHY = 560
"""Width in pixels of what a step brings."""


@dataclass(frozen=True)
class _Step:
    """One step: what counts for it, and the page on which it goes on."""

    key: str
    counts: tuple[str, ...]
    page: tuple[str, str] | None = None


STEPS = (
    _Step("regions", ("townships", "villages")),
    _Step("persons", ("households", "persons")),
    _Step("departments", ("departments", "clues"), page=("data", "imports")),
    _Step("targets", ("targets",), page=("data", "imports")),
    _Step("rules", ("rules",), page=("about", "rulebook")),
)

STATES = {
    "done": ("green", "check_circle"),
    "partly": ("orange", "pending"),
    "open": ("gray", "radio_button_unchecked"),
}
"""State of a step -> its colour and icon."""


def read() -> Mapping[str, int]:
    """How many there are of what the steps bring; of the rules alone while there is no database."""
    rules = {"rules": len(door.rulebook().rules_in_force(on=clock.today()))}
    try:
        held = door.read(read_holdings, scope=view_state.scope())
    except DatabaseError as error:
        st.caption(notices.error_text(error))
        return rules
    return rules | dict(zip(held["item"], held["rows"], strict=True))


def show(held: Mapping[str, int]) -> None:
    """One line per step."""
    with st.container(border=True, gap="small"):
        for number, step in enumerate(STEPS, start=1):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _line(number, step, held=held)


def _line(number: int, step: _Step, *, held: Mapping[str, int]) -> None:
    counts = [t(f"start.count_{name}", rows=numbers.count(held[name])) for name in step.counts if held.get(name)]
    complete = all(held.get(name) for name in step.counts)
    state = "done" if complete else "partly" if counts else "open"
    badge, icon = STATES[state]
    st.markdown(f"**{number} · {t(f'start.step_{step.key}')}**", width=150)
    st.markdown(f":{badge}-badge[:material/{icon}: {t(f'start.state_{state}')}]", width=80)
    st.markdown(t("list.separator").join(counts) or t("value.none"), width=210)
    st.markdown(t(f"start.why_{step.key}"), width=_WHY)
    if step.page is not None:
        label = t(f"page.{step.page[1]}")
        st.page_link(menu.page_path(*step.page), label=label, icon=":material/arrow_forward:", width="content")
