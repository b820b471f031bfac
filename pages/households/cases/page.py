"""在办: cases by the step they wait for, who has to take it and by when; those that wait for the reader; eliminations;
help that ends soon."""

from pages.households.cases import elimination, endings, mine, steps
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = {"steps": steps.show, "mine": mine.show, "elimination": elimination.show, "endings": endings.show}

part = link_choice.choose("part", {name: t(f"cases.part_{name}") for name in PARTS}, label=t("cases.part"))
PARTS[part](view_state.current())
