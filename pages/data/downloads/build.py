"""Build conditions from field, operator and value; choose the columns."""

from dataclasses import replace

import streamlit as st

from data_access.lists.selection import OPERATORS, Condition, Field, Selection, load_fields, missing_columns
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import conditions, selection_link

_COLUMNS = "downloads_columns"


def show(selection: Selection) -> None:
    """The conditions so far, each of which can be removed; a form for another one; the columns. What is chosen goes
    into the link."""
    for position, condition in enumerate(selection.conditions):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(conditions.in_words(condition), width="content")
            if st.button(t("downloads.take_off"), key=f"downloads_off_{position}", icon=":material/close:"):
                left = (*selection.conditions[:position], *selection.conditions[position + 1 :])
                selection_link.write(replace(selection, conditions=left))
                st.rerun()
    _one_more(selection)
    names = {key: field.label[language()] for key, field in _kept(selection.columns).items() if field.kind != "rule"}
    st.session_state[_COLUMNS] = list(selection.columns)  # the link says which; the widget shows them
    st.multiselect(
        t("downloads.columns"),
        list(names),
        format_func=names.__getitem__,
        placeholder=t("downloads.columns_hint"),
        key=_COLUMNS,
        on_change=lambda: selection_link.write_columns(st.session_state[_COLUMNS]),
    )


def _kept(named: tuple[str, ...] = ()) -> dict[str, Field]:
    """The fields that are collected here, and those that are named all the same."""
    coverage = view_state.current().current.facts.version.coverage
    return {
        key: field
        for key, field in load_fields().items()
        if key in named or not missing_columns(key, coverage=coverage)
    }


def _one_more(selection: Selection) -> None:
    fields = _kept()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox(
            t("downloads.field"),
            list(fields),
            format_func=lambda name: fields[name].label[language()],
            key="downloads_field",
            width=280,
        )
        field = fields[key]
        asked = st.selectbox(
            t("downloads.operator"),
            OPERATORS[field.kind],
            format_func=lambda name: t(f"downloads.op_{name}"),
            key=f"downloads_operator_{field.kind}",
            width=150,
        )
        wanted = _wanted(field, operator=asked)
        pressed = st.button(t("downloads.add"), key="downloads_add", type="primary", disabled=wanted is None)
    if pressed and wanted is not None:
        condition = Condition(field=key, operator=asked, wanted=wanted)
        selection_link.write(replace(selection, conditions=(*selection.conditions, condition)))
        st.rerun()


def _wanted(field: Field, *, operator: str) -> tuple[str, ...] | None:
    """The value the user entered; None while there is none."""
    if operator in ("missing", "present"):
        return ()
    label = t("downloads.value")
    if field.kind == "number":
        number = st.number_input(label, value=0.0, step=1.0, format="%g", key="downloads_number", width=160)
        return (f"{number:g}",)
    if field.kind == "text":
        text = st.text_input(label, max_chars=40, key="downloads_text", width=200).strip().replace(",", "")
        return (text,) if text else None
    names = conditions.names(field)
    if field.kind == "code":
        chosen = st.multiselect(
            label,
            list(names),
            format_func=names.__getitem__,
            placeholder=t("downloads.choose"),
            key=f"downloads_codes_{field.key}",
            width=320,
        )
        return tuple(chosen) or None
    one = st.selectbox(label, list(names), format_func=names.__getitem__, key=f"downloads_one_{field.key}", width=240)
    return (one,)
