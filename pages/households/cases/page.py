"""在办: cases by the step they wait for, who has to take it and by when; those that wait for the reader; what is to be
entered into the national system; eliminations; help that ends soon."""

from pages.households.cases import elimination, endings, entry, mine, steps
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = {
    "steps": steps.show,
    "mine": mine.show,
    "entry": entry.show,
    "elimination": elimination.show,
    "endings": endings.show,
}

part = link_choice.choose("part", {name: t(f"cases.part_{name}") for name in PARTS}, label=t("cases.part"))
PARTS[part](view_state.current())
