"""A selection as the link carries it: f=lamp.is.red,yellow once per condition, c=score once per column. And the
ways to the pages that make a file of it, or send it out."""

from collections.abc import Iterable

import streamlit as st

from data_access.errors import ScopeError
from data_access.lists.selection import Condition, Selection, checked
from pages.shell import gate, identity, menu, notices
from pages.shell.texts import t
from pages.shell.view_state import View
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


def open_list(selection: Selection, *, label: str, view: View) -> None:
    """The way to the page where a selection is made into a file."""
    _page_link("downloads", selection, label=label, icon="arrow_forward", view=view)


def send_out(selection: Selection, *, view: View) -> None:
    """The way to the page where a selection is sent out by township, for readers who may send lists out."""
    allowed = gate.pages()
    if identity.may("hand_out") and (allowed is None or "returns" in allowed):
        _page_link("returns", selection, label=t("returns.send_chosen"), icon="outgoing_mail", view=view)


def _page_link(page: str, selection: Selection, *, label: str, icon: str, view: View) -> None:
    st.page_link(
        menu.page_path("data", page),
        label=label,
        query_params=[
            *view.link.items(),
            *((CONDITION, text_of(condition)) for condition in selection.conditions),
        ],
        icon=f":material/{icon}:",
        width="content",
    )
