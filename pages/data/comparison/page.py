"""部门数据比对: what departments sent, how much of it was matched, agrees with the survey, was checked and led to a
case; by department, month and place."""

from pages.data.comparison import agreement, departments, figures, months, places, stages
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = ("departments", "months", "places")

now = view_state.current()
stages.show(figures.total(now), now=now)
part = link_choice.choose("part", {name: t(f"comparison.part_{name}") for name in PARTS}, label=t("comparison.part"))

if part == "departments":
    by_department = figures.counts(now, by="department")
    agreement.show(by_department, now=now)
    departments.show(by_department, now=now)
elif part == "months":
    months.show(figures.counts(now, by="received_month"), now=now)
else:
    places.show(figures.counts(now, by="village_code"), now=now)
