"""The filter as the link carries it: f=lamp.is.red,yellow once per condition, c=score once per column."""

from collections.abc import Iterable

import streamlit as st

from data_access.errors import ScopeError
from data_access.lists.selection import Condition, Selection, checked
from pages.shell import notices
from pages.widgets.conditions import text_of

CONDITION, COLUMN = "f", "c"


def read() -> Selection:
    """The selection in the link; invalid parts are left out, with a message."""
    kept: list[Condition] = []
    for text in st.query_params.get_all(CONDITION):
        condition = condition_of(text)
        try:
            checked(Selection(conditions=(*kept, condition)))
        except ScopeError as error:
            st.warning(notices.error_text(error), icon=":material/warning:")
        else:
            kept.append(condition)
    columns: list[str] = []
    for name in dict.fromkeys(st.query_params.get_all(COLUMN)):
        try:
            checked(Selection(columns=(name,)))
        except ScopeError as error:
            st.warning(notices.error_text(error), icon=":material/warning:")
        else:
            columns.append(name)
    return Selection(conditions=tuple(kept), columns=tuple(columns))


def write(selection: Selection) -> None:
    """Write a selection into the link."""
    st.query_params[CONDITION] = [text_of(condition) for condition in selection.conditions]
    write_columns(selection.columns)


def write_columns(names: Iterable[str]) -> None:
    """Write the columns of a selection into the link."""
    st.query_params[COLUMN] = list(names)


def condition_of(text: str) -> Condition:
    """The condition that a text of the link stands for; it is validated later."""
    field, _, rest = text.partition(".")
    operator, _, wanted = rest.partition(".")
    return Condition(field=field, operator=operator, wanted=tuple(part for part in wanted.split(",") if part))


def texts_of(selection: Selection) -> str:
    """A whole selection as one text, for templates."""
    parts = [f"{CONDITION}={text_of(condition)}" for condition in selection.conditions]
    return "&".join([*parts, *(f"{COLUMN}={name}" for name in selection.columns)])


def adopt(text: str) -> None:
    """Write the result of `texts_of` into the link."""
    parts = [part.partition("=") for part in text.split("&") if part]
    st.query_params[CONDITION] = [value for key, _, value in parts if key == CONDITION]
    st.query_params[COLUMN] = [value for key, _, value in parts if key == COLUMN]
