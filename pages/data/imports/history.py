"""The loads so far, and the button that undoes the last one."""

import streamlit as st

from data_access import door
from data_access.facts.dictionary import table_label
from data_access.ledger.audit_chain import Event
from data_access.load import job
from data_access.load.differences.kept import read_kept
from data_access.load.errors import LoadError
from data_access.load.history import read_loads, read_undoable
from data_access.load.loading import undo
from data_access.load.target import can_load, load_url
from pages.data.imports import differences
from pages.shell import gate, notices, view_state
from pages.shell.texts import language, t
from pages.widgets import sheet, table_file

_MOST = 200
_TALL, _ROWS_SHOWN = 420, 10
COLUMNS = ("load_id", "source", "table", "rows", "cut_off", "loaded_at", "sha256")


def show() -> None:
    """The newest loads; the last one can be undone."""
    st.subheader(t("imports.history"), anchor=False)
    loads = door.read(read_loads, scope=view_state.scope(), limit=_MOST)
    shown = loads.assign(
        table=[table_label(name, language=language()) if isinstance(name, str) else "" for name in loads["table_name"]],
        cut_off=loads["cut_off"].astype("datetime64[s]").dt.strftime("%Y-%m-%d"),
        loaded_at=loads["loaded_at"].astype("datetime64[s]").dt.strftime("%Y-%m-%d %H:%M"),
    )[list(COLUMNS)]
    headings = {name: t(f"imports.load_{name}") for name in COLUMNS}
    sheet.show(
        shown,
        hide_index=True,
        column_config=headings,
        height="content" if len(shown) <= _ROWS_SHOWN else _TALL,
        placeholder=t("value.none"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        table_file.offer(
            shown, title=t("imports.history"), headings=headings, view=view_state.current(), key="imports_loads"
        )
        _undo()
    _differences()


def _differences() -> None:
    """What earlier loads found to differ, by matter and township: counts alone are kept."""
    kept = door.read(read_kept, scope=view_state.scope())
    if kept.empty:
        return
    with st.expander(t("imports.differences_kept"), icon=":material/difference:"):
        sources = dict(zip(kept["load_id"], kept["source"], strict=True))
        chosen = st.selectbox(
            t("imports.differences_kept_choose"),
            list(sources),
            format_func=lambda number: f"{number} · {sources[number]}",
            key="imports_differences_kept",
            width=420,
        )
        names = view_state.current().names
        sheet.show(
            differences.counts_table(kept[kept["load_id"] == chosen], place=lambda code: names.get(code, code)),
            hide_index=True,
        )


def _undo() -> None:
    if not can_load():
        return
    source = door.read(read_undoable, scope=view_state.scope())
    if source is None:
        st.markdown(t("imports.nothing_to_undo"))
        return
    runs = job.under_way() is not None
    try:
        if st.button(t("imports.undo", name=source), key="imports_undo", icon=":material/undo:", disabled=runs):
            gate.require("load")
            gate.note(Event(kind="undo_started", detail={"source": source}))
            gate.note(Event(kind="load_undone", detail={"source": undo(url=load_url())}))
            st.rerun()
    except LoadError as error:
        st.error(notices.error_text(error), icon=":material/error:")
