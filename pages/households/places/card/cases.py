"""The township's cases by the step that they wait for, with those that are late."""

from data_access import door
from data_access.cases.procedure import load_steps
from data_access.lists.figures import read_figures
from pages.households.places.card.reading import Card, heading
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import case_steps, field_reports, numbers
from pages.widgets.part import part

METRICS, BY = ("step_overdue", "step_open"), ("village_code", "step")
"""Read for all places at once, as one card follows the other before a meeting."""


@part
def show(card: Card) -> None:
    """A line per step, also where nobody waits: that is known, too."""
    heading(t("card.cases"))
    view = card.view
    view.require(*METRICS, by=BY)
    without = view.left_out_of(*METRICS)
    counted = door.read(read_figures, scope=view_state.scope(), metrics=METRICS, by=BY, on=view.on, without=without)
    field_reports.note(*METRICS, view=view)
    found = counted[counted["village_code"].str.startswith(card.township)].groupby("step")[list(METRICS)].sum()
    for step in case_steps.kept(view)[1:]:
        name = load_steps(on=view.on).name(step.key, language=language())
        late, waiting = (int(found[key].get(step.key, 0)) for key in METRICS)
        only = {"step": step.key}
        card.link("step_open", text=t("card.step", number=numbers.count(waiting), step=name), only=only)
        if late:
            card.link("step_overdue", text=t("card.step_late", number=numbers.count(late)), only=only)
