"""A draw on one printed page: what it was drawn by and from, what was drawn in each township, how anybody checks it,
and a line for signatures."""

import hashlib
from pathlib import Path

import pandas as pd
from babel.dates import format_datetime

from data_access import clock
from data_access.inspection.draw_settings import STATUSES
from pages.documents.pdf import typeset
from pages.shell import identity
from pages.shell.texts import language, locale, month_name, t
from pages.shell.view_state import View
from pages.widgets.draw import head, how_drawn
from pages.widgets.draw.choice import ChosenDraw

DRAW = Path(__file__).with_name("draw.typ")


def write(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> bytes:
    """The page as a PDF file.

    Args:
        units: of the draw, as returned by `draws.read_units`; the reserve is left out.

    Raises DocumentError where no Chinese font is installed.
    """
    drawn = units[~units["replacement"].astype(bool)]
    content = {
        "title": t("draw_paper.title", month=month_name(chosen.month)),
        "subtitle": t(
            "draw_paper.subtitle",
            number=chosen.draw_id,
            at=format_datetime(chosen.drawn_at, "yyyy-MM-dd HH:mm", locale=locale()),
            by=chosen.drawn_by,
        ),
        "by": identity.signature(),
        "language": language(),
        "footer": t("draw_paper.footer", by=identity.signature(), at=f"{clock.local_now():%Y-%m-%d %H:%M}"),
        "facts": _facts(chosen, drawn=drawn),
        "how": how_drawn.sentence(chosen.settings),
        "heading": _heading(),
        "rows": _rows(drawn, view=view),
        "check_heading": t("draw_paper.check_heading"),
        "check": t("draw_paper.check", seed=chosen.seed),
        "signatures": [t(f"draw_paper.{who}") for who in ("drew", "watched", "noted", "day")],
    }
    return typeset(DRAW, content, for_paper=True)


def digest(units: pd.DataFrame) -> str:
    """What a list of units is recognised by: the hash of their kinds and numbers, one a line, in order."""
    lines = sorted(f"{kind},{code}" for kind, code in zip(units["kind"], units["code"], strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _facts(chosen: ChosenDraw, *, drawn: pd.DataFrame) -> list[tuple[str, str]]:
    kinds = drawn["kind"].value_counts()
    return [
        (t("draw_paper.standing"), t("list.separator").join(head.ceremony_words(chosen))),
        (t("draw_paper.seed"), chosen.seed),
        (
            t("draw_paper.frame"),
            t("draw_paper.frame_said", rows=chosen.frame_rows, digest=chosen.frame_hash, version=chosen.data_version),
        ),
        (
            t("draw_paper.drawn"),
            t(
                "draw_paper.drawn_said",
                villages=int(kinds.get("village", 0)),
                households=int(kinds.get("household", 0)),
                projects=int(kinds.get("project", 0)),
                digest=digest(drawn),
            ),
        ),
    ]


def _heading() -> list[str]:
    return [
        t("draw.column_group"),
        t("draw.column_township"),
        t("draw.column_villages"),
        *(how_drawn.status_word(status) for status in STATUSES),
        t("draw.column_households"),
        t("draw.column_projects"),
    ]


def _rows(drawn: pd.DataFrame, *, view: View) -> list[list[str]]:
    """A row for each township: its group, the drawn villages, how many households of each status, and projects."""
    rows = []
    for township, own in drawn.sort_values(["group_no", "township_code"]).groupby("township_code", sort=False):
        kinds, statuses = own["kind"].value_counts(), own["status"].value_counts()
        villages = (view.names.get(code, code) for code in own.loc[own["kind"] == "village", "code"])
        counts = [*(statuses.get(status, 0) for status in STATUSES), kinds.get("household", 0), kinds.get("project", 0)]
        group = "" if pd.isna(own["group_no"].iloc[0]) else str(int(own["group_no"].iloc[0]))
        name = view.names.get(str(township), str(township))
        rows.append([group, name, t("list.separator").join(villages), *map(str, counts)])
    return rows
