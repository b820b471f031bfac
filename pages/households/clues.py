"""线索核查: the clues that wait, with their countdown; what households reported themselves; needs and tasks of open
cases; visits that are due; help that does not fit."""

from pages.components import switch, view
from pages.components.clues import case_help, figures, misfits, self_reports, visits, work_list
from pages.components.texts import t

PARTS = ("work_list", "self_reports", "case_help", "visits", "misfits")

now = view.current()
figures.tiles(view.metric_table(), now)
part = switch.choose("part", {name: t(f"clues.part_{name}") for name in PARTS}, label=t("clues.part"))

if part == "work_list":
    work_list.show(now)
elif part == "self_reports":
    self_reports.show(now)
elif part == "case_help":
    case_help.show(now)
elif part == "visits":
    visits.show(now)
else:
    misfits.show(now)
