"""The draw on one page, to be printed and signed in the meeting."""

import hashlib
from pathlib import Path

from data_access import door
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.inspection import draws
from pages.documents import draw_paper
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import download
from pages.widgets.draw.choice import ChosenDraw


def show(chosen: ChosenDraw, *, view: View) -> None:
    """The button that builds it: the whole draw, wherever the page looks."""

    def write(path: Path, progress: Progress) -> Written:
        units = draws.read_units(door.ledger(), scope=view_state.scope(), draw_id=chosen.draw_id)
        content = draw_paper.write(chosen, units=units, view=view)
        path.write_bytes(content)
        progress(1)
        return Written(rows=1, sha256=hashlib.sha256(content).hexdigest())

    download.build(
        t("draw_paper.build"),
        name=export.file_name(t("draw_paper.name"), chosen.month, chosen.draw_id, suffix="pdf"),
        rows=1,
        write=write,
        key="draw_paper",
        told={"draw": chosen.draw_id},
        stamp=chosen.draw_id,
    )
