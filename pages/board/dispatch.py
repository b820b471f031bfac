"""月度调度: what is frozen for the meeting, what was done week by week, who stands where, and the five lists."""

from pages.components import meeting, switch, view
from pages.components.dispatch import assessment, documents, edition, five_lists, ranking, weekly
from pages.components.texts import t

PARTS = {
    "ranking": ranking.show,
    "five_lists": five_lists.show,
    "weekly": weekly.show,
    "assessment": assessment.show,
    "edition": edition.show,
    "documents": documents.show,
}

now = view.current()
meeting.link(now)
part = switch.choose("part", {name: t(f"dispatch.part_{name}") for name in PARTS}, label=t("dispatch.part"))
PARTS[part](now)
