"""问题与销号: every problem with its history, what is overdue, who is to settle it; looked at again after it was."""

from pages.components import switch, view
from pages.components.problems import board, card, look_back, new, records, table
from pages.components.texts import t

now = view.current()
rows = records.all_problems(now)
board.figures(rows)
part = switch.choose(
    "part",
    {name: t(f"problems.part_{name}") for name in ("table", "board", "look_back", "new")},
    label=t("problems.part"),
)
if part == "table":
    card.show(table.show(rows, now=now), now=now)
elif part == "board":
    board.show(rows, now=now)
elif part == "look_back":
    look_back.show(rows, now=now)
else:
    new.show(now)
