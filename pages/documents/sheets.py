"""Sheets for households that are visited: one page each, with room to write in by hand."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pages.documents.pdf import typeset
from pages.shell.texts import language, t

SHEET = Path(__file__).with_name("sheet.typ")


@dataclass(frozen=True)
class HouseholdSheet:
    """What is known of one household before the visit."""

    place: str
    position: str
    """Which of how many, by the route."""
    who: tuple[tuple[str, ...], ...]
    """Columns of lines: the household, whom to call, who is responsible."""
    why: str
    questions: tuple[tuple[str, str], ...]
    """What is asked, and what the system says, in the order of a visit."""
    help: tuple[tuple[str, str], ...]
    """What was promised, and when."""


def write(sheets: Sequence[HouseholdSheet], *, by: str, footer: str, watermark: str | None) -> bytes:
    """The sheets as a PDF file, one page each. Raises DocumentError where no Chinese font is installed."""
    content = {
        "title": t("sheet.title"),
        "by": by,
        "footer": footer,
        "watermark": watermark,
        "language": language(),
        "sheets": [asdict(sheet) for sheet in sheets],
        "words": _words(),
    }
    return typeset(SHEET, content, for_paper=True)


def _words() -> dict[str, object]:
    yes_no = (t("sheet.yes"), t("sheet.no"))
    return {
        "why": t("sheet.why"),
        "questions": t("sheet.questions"),
        "question_heads": (t("sheet.item"), t("sheet.system"), t("sheet.agrees"), t("sheet.seen")),
        "answers": yes_no,
        "help": t("sheet.help"),
        "help_heads": (t("sheet.measure"), t("sheet.when"), t("sheet.arrived"), t("sheet.remark")),
        "no_help": t("sheet.no_help"),
        "ask": t("sheet.ask"),
        "asked": (
            (t("sheet.knows_monitored"), yes_no),
            (t("sheet.knows_helper"), yes_no),
            (t("sheet.satisfied"), (t("sheet.content"), t("sheet.mostly"), t("sheet.discontent"), t("sheet.unsure"))),
        ),
        "hardest": t("sheet.hardest"),
        "found": t("sheet.found"),
        "signatures": (t("sheet.visitor"), t("sheet.visitor"), t("sheet.family"), t("sheet.day")),
    }
