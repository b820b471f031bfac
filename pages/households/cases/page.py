"""在办: cases by the step they wait for, who has to take it and by when; those on their way to elimination."""

from pages.households.cases import elimination, steps
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = ("steps", "elimination")

view = view_state.current()
part = link_choice.choose("part", {name: t(f"cases.part_{name}") for name in PARTS}, label=t("cases.part"))

if part == "steps":
    steps.show(view)
else:
    elimination.show(view)
