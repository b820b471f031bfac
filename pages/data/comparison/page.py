"""部门数据比对: what departments sent, how much of it was matched, agrees with the survey, was checked and led to a
case; by department, month and place."""

from pages.data.comparison import agreement, department_table, figures, months, places, stages
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = ("departments", "months", "places")

view = view_state.current()
stages.show(figures.total(view), view=view)
part = link_choice.choose("part", {name: t(f"comparison.part_{name}") for name in PARTS}, label=t("comparison.part"))

if part == "departments":
    by_department = figures.counts(view, by="department")
    agreement.show(by_department, view=view)
    department_table.show(by_department, view=view)
elif part == "months":
    months.show(figures.counts(view, by="received_month"), view=view)
else:
    places.show(figures.counts(view, by="village_code"), view=view)
