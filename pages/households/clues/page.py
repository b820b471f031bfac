"""线索核查: waiting clues with their countdown; what households reported themselves; needs and tasks of open cases;
visits due; help that does not fit."""

from pages.households.clues import case_help, figures, misfits, self_reports, visits, work_list
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = ("work_list", "self_reports", "case_help", "visits", "misfits")

view = view_state.current()
figures.tiles(view_state.metric_table(), view)
part = link_choice.choose("part", {name: t(f"clues.part_{name}") for name in PARTS}, label=t("clues.part"))

if part == "work_list":
    work_list.show(view)
elif part == "self_reports":
    self_reports.show(view)
elif part == "case_help":
    case_help.show(view)
elif part == "visits":
    visits.show(view)
else:
    misfits.show(view)
