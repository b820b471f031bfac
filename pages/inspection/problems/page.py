"""问题与销号: every problem with its history, what is overdue, who is to settle it; and the second look at it."""

from pages.inspection.problems import card, look_back, new
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice
from pages.widgets.problems import board, records, table

view = view_state.current()
rows = records.all_problems(view)
board.figures(rows)
part = link_choice.choose(
    "part",
    {name: t(f"problems.part_{name}") for name in ("table", "board", "look_back", "new")},
    label=t("problems.part"),
)
if part == "table":
    card.show(table.show(rows, view=view), view=view)
elif part == "board":
    board.show(rows, view=view)
elif part == "look_back":
    look_back.show(rows, view=view)
else:
    new.show(view)
