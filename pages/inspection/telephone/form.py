"""The call sheet: its columns, and how it is read back."""

from data_access import clock
from data_access.files.export import FileColumn
from data_access.files.forms import VILLAGE
from data_access.inspection.call_forms import CODES, FILLED, CallForm
from data_access.inspection.call_questions import load_call_questions
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import every, language, t
from pages.shell.view_state import View

_NAMED = ("caller", "household_id", VILLAGE, *(key for key in FILLED if key not in load_call_questions()))
"""Columns whose titles stand in the catalogues; those of questions are declared with them."""

COLUMNS = ("caller", "household_id", "head_name", "phone", "township", VILLAGE, *FILLED)


def columns() -> list[FileColumn]:
    """The columns of the sheet, with their drop-downs, in the reader's language."""
    return [
        FileColumn(
            key=key,
            title=_title(key),
            kind="date" if key == "called_on" else "text",
            choices=tuple(
                code_label(codes=CODES[key], code=code, language=language()) for code in load_codes()[CODES[key]]
            )
            if key in CODES
            else (),
        )
        for key in COLUMNS
    ]


def _title(key: str) -> str:
    asked = load_call_questions().get(key)
    return t(f"calls.column.{key}") if asked is None else asked.label[language()]


def read_aloud() -> tuple[str, ...]:
    """What the caller says: who calls and why, then each question with its column."""
    asked = load_call_questions().values()
    return (
        t("calls.say_first"),
        *(
            t("calls.say", number=number, question=one.ask[language()], column=one.label[language()])
            for number, one in enumerate(asked, start=1)
        ),
    )


def about(view: View) -> str:
    """What the passwords of the sheets of the chosen month are kept by."""
    return f"calls {view.month}"


def form_of(view: View) -> CallForm:
    """How sheets of the chosen month are read, whichever language they were written in."""
    return CallForm(
        titles={
            **{key: every(f"calls.column.{key}") for key in _NAMED},
            **{key: frozenset((one.zh, one.en)) for key, one in load_call_questions().items()},
        },
        earliest=view.on.replace(day=1),
        latest=clock.today(),
    )
