"""月度调度: what is frozen for the meeting, what was done each week, who ranks where, and the five lists."""

from pages.board.dispatch import assessment, documents, edition, five_lists, weekly
from pages.shell import view_state, wall
from pages.shell.texts import t
from pages.widgets import link_choice, rank_table

PARTS = {
    "ranking": rank_table.show,
    "five_lists": five_lists.show,
    "weekly": weekly.show,
    "assessment": assessment.show,
    "edition": edition.show,
    "documents": documents.show,
}

view = view_state.current()
wall.link(view)
part = link_choice.choose("part", {name: t(f"dispatch.part_{name}") for name in PARTS}, label=t("dispatch.part"))
PARTS[part](view)
