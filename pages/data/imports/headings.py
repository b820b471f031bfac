"""How the headings of a file were recognised; unknown ones are mapped by hand, and the mapping is saved."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Literal

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.files.headings import IGNORED, Recognised
from data_access.load.kinds import FileKind
from data_access.load.maps import keep_map, read_map
from data_access.load.staging import half_known, recognise_sheets
from pages.data.imports.upload import ChosenFile
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.widgets import sheet

_TALL, _ROWS_SHOWN = 360, 9


def show(chosen: Sequence[ChosenFile]) -> dict[str, str]:
    """The headings of every sheet of files of one kind; returns those mapped by hand, now or earlier: heading ->
    field."""
    kind, found = chosen[0].kind, list[Recognised]()
    kept = read_map(door.ledger(), kind=kind.key)
    for one in chosen:
        with closing(one.source) as source:
            found += [sheet for _, sheet in recognise_sheets(source, kind=kind, mapped=kept)]
    unknown = list(dict.fromkeys(heading for one in found for heading in (*one.twice, *one.unknown)))
    waits = any(one.missing or one.twice or half_known(one, kind=kind) for one in found)
    known = sum(len(one.columns) for one in found)
    st.markdown(t("imports.recognised", known=known, unknown=len(unknown)))
    with st.expander(t("imports.recognised_heading"), icon=":material/rule:"):
        sheet.show(_recognised(found, kind=kind), hide_index=True, height=_height(known))
    if not unknown:
        return kept
    with st.expander(t("imports.unknown_heading"), icon=":material/help:", expanded=waits):
        st.caption(t("imports.unknown_intro"))
        files = "_".join(one.source.sha256[:8] for one in chosen)
        mapped = _map(unknown, kind=kind, key=f"imports_map_{kind.key}_{files}")
        _keep(mapped, kind=kind)
    return kept | mapped


def _recognised(found: list[Recognised], *, kind: FileKind) -> pd.DataFrame:
    rows = [
        {
            t("imports.column_heading"): one.headings[at],
            t("imports.column_field"): kind.fields[field].label(language()),
            t("imports.column_key"): kind.fields[field].key,
        }
        for one in found
        for at, field in one.columns.items()
    ]
    return pd.DataFrame(rows)


def _map(unknown: list[str], *, kind: FileKind, key: str) -> dict[str, str]:
    """A table with a choice beside each unknown heading."""
    labels = {f"{one.label(language())} · {one.key}": one.key for one in kind.fields}
    ignore = t("imports.ignore")
    table = pd.DataFrame({"heading": unknown, "field": pd.Series([None] * len(unknown), dtype="str")})
    edited = st.data_editor(
        table,
        hide_index=True,
        height=_height(len(unknown)),
        disabled=["heading"],
        key=key,
        placeholder=t("value.none"),
        column_config={
            "heading": st.column_config.TextColumn(t("imports.column_heading")),
            "field": st.column_config.SelectboxColumn(t("imports.column_field"), options=[ignore, *labels]),
        },
    )
    pairs = zip(edited["heading"], edited["field"], strict=True)
    return {heading: labels.get(field, IGNORED) for heading, field in pairs if isinstance(field, str) and field}


def _keep(mapped: Mapping[str, str], *, kind: FileKind) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = identity.recorder(t("imports.by"), key="imports_map_by", width=200)
        pressed = st.button(t("imports.keep_map"), key="imports_keep", disabled=not (mapped and by.strip()))
    if not pressed:
        return
    try:
        kept = keep_map(door.ledger(), mapped, kind=kind.key, recorded_by=by, scope=view_state.scope())
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.success(t("imports.map_kept", headings=kept))


def _height(rows: int) -> int | Literal["content"]:
    return "content" if rows <= _ROWS_SHOWN else _TALL
