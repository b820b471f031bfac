"""The purpose under which a file is taken: masked as everyone sees it, or with the columns approved for it."""

import streamlit as st

from data_access import clock, door
from data_access.access import purposes
from data_access.access.purposes import Contents, Purpose
from data_access.errors import AppError
from data_access.scope import Scope
from pages.shell import identity, kept, notices
from pages.shell.texts import t


def show(contents: Contents) -> Purpose | None:
    """Let the reader choose one of the purposes of a list; None for a masked file, and for a reader who may not use
    any.

    Args:
        contents: the list; only a purpose approved for it, or for more, is offered.
    """
    if not identity.may("unmask_for_purpose"):
        return None
    try:
        known = kept.value(
            f"purposes {contents.subject}",
            lambda: purposes.in_force(door.ledger(), contents.subject, on=clock.today()),
            everywhere=True,
        )
    except AppError as error:
        st.warning(notices.error_text(error), icon=":material/warning:")
        return None
    names = {purpose.purpose_id: purpose for purpose in known if purpose.covers(contents)}
    if not names:
        return None
    chosen = st.selectbox(
        t("purpose.choose"),
        ["", *names],
        format_func=lambda number: _named(names[number]) if number else t("purpose.none"),
        key=f"purpose_{contents.subject}",
        width=240,
        label_visibility="collapsed",
    )
    return names.get(chosen)


def _named(purpose: Purpose) -> str:
    """With its number: two purposes may be called the same."""
    return t("purposes.named", name=purpose.name, number=purpose.purpose_id)


def opened(purpose: Purpose | None, *, contents: Contents, scope: Scope) -> Scope:
    """The scope of a file: with its columns open under a purpose, otherwise unchanged.

    Raises AccessError if the purpose does not hold (any more) for such a file.
    """
    if purpose is None:
        return scope
    return purposes.open_for(
        door.ledger(),
        purpose,
        contents,
        scope=scope,
        on=clock.today(),
        recorded_by=identity.signature(),
    )
