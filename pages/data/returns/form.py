"""The form of a list that is sent out: what is filled in, which words may stand there, and how it is read back."""

from datetime import date

from data_access.files.export import FileColumn
from data_access.handouts.forms import KEYS, Form
from data_access.handouts.handouts import ANSWERED
from data_access.lists import lists
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import LOCALES, every, language, t

COLUMNS = (*KEYS, *ANSWERED)

_KINDS = {"settle_by": "date"}


def asks_for_conclusion(metric: str) -> bool:
    """Whether the rows of a list are households that a lamp had somebody look at: then an answer is a conclusion."""
    return "reasons" in lists.listing_of(metric).details


def verdict_codes(metric: str) -> str:
    """The code list of the answers to a list."""
    return "disposition" if asks_for_conclusion(metric) else "handout_verdict"


def columns_to_fill_in(metric: str) -> list[FileColumn]:
    """The blank columns of the form, with their drop-downs, in the reader's language."""
    choices = {"verdict": _words(verdict_codes(metric))}
    if asks_for_conclusion(metric):
        choices["reason"] = _words("reject_reason")
    return [
        FileColumn(
            key=key,
            title=t(f"returns.column.{key}"),
            kind=_KINDS.get(key, "text"),
            choices=choices.get(key, ()),
        )
        for key in ANSWERED
    ]


def form_of(metric: str, *, day: date) -> Form:
    """How a returned file of the list of a day is read, whichever language it was sent out in."""
    concludes = asks_for_conclusion(metric)
    return Form(
        titles={key: every(f"returns.column.{key}") for key in COLUMNS},
        verdicts=_codes(verdict_codes(metric)),
        needs_reason=frozenset({"not_include"} if concludes else {"not_true"}),
        reasons=_codes("reject_reason") if concludes else None,
        earliest=day,
    )


def _words(codes: str) -> tuple[str, ...]:
    return tuple(code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes])


def _codes(codes: str) -> dict[str, str]:
    return {
        code_label(codes=codes, code=code, language=known): code for code in load_codes()[codes] for known in LOCALES
    }
