"""The call sheet: its columns, and how it is read back."""

from data_access.files.export import FileColumn
from data_access.inspection.call_forms import CODES, FILLED, CallForm
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import every, language, t
from pages.shell.view_state import View

COLUMNS = ("caller", "household_id", "head_name", "phone", "township", "village", *FILLED)


def columns() -> list[FileColumn]:
    """The columns of the sheet, with their drop-downs, in the reader's language."""
    return [
        FileColumn(
            key=key,
            title=t(f"calls.column.{key}"),
            kind="date" if key == "called_on" else "text",
            choices=tuple(
                code_label(codes=CODES[key], code=code, language=language()) for code in load_codes()[CODES[key]]
            )
            if key in CODES
            else (),
        )
        for key in COLUMNS
    ]


def form_of(view: View) -> CallForm:
    """How sheets of the chosen month are read, whichever language they were written in."""
    return CallForm(
        titles={key: every(f"calls.column.{key}") for key in ("caller", "household_id", *FILLED)},
        earliest=view.on.replace(day=1),
    )
