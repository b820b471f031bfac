"""Draw records to be checked again."""

import secrets

import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import draw_settings, draws, recheck
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import record_form

MOST = 50
"""The most records that may be drawn in one township."""


def show(view: View) -> None:
    """How many, the seed, who draws."""
    if identity.looks_only("draw"):
        return
    settings = draw_settings.load_settings()
    collected = door.read(recheck.read_collected, scope=view_state.scope(), on=view.on)
    st.markdown(t("records.collected", month=view.month_name(), households=len(collected)))
    if collected.empty:
        return
    form = record_form.of("records_draw")
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        size = st.number_input(
            t("records.size"), min_value=1, max_value=MOST, value=settings.records, key="records_size", width=200
        )
        seed = st.text_input(
            t("draw.seed"),
            value=_suggested(view.month),
            max_chars=LONGEST_TEXT,
            key="records_seed",
            width=300,
        )
        by = identity.recorder(t("draw.by"), key="records_by", width=200)
        pressed = st.button(
            t("records.press"),
            type="primary",
            key=form.key("records_press"),
            disabled=not (seed.strip() and by.strip()),
        )
    st.caption(t("records.placeholder"))
    if not pressed:
        return
    made = recheck.draw_records(
        collected,
        month=view.month,
        seed=seed.strip(),
        size=int(size),
        spare=settings.spare["household"],
        data_version=str(view.current.facts.version.load_id),
    )
    ledger, scope = door.ledger(), view_state.scope()
    try:
        number = draws.add_draw(ledger, made, recorded_by=by, scope=scope)
        form.recorded()
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.session_state.pop(_SUGGESTED, None)
    st.query_params["draw"] = number
    st.query_params["part"] = "made"
    st.rerun()


_SUGGESTED = "records_suggested"


def _suggested(month: str) -> str:
    """A random seed that nobody chose; it stays the same while the page is open."""
    return str(st.session_state.setdefault(_SUGGESTED, f"{month}-{secrets.token_hex(4)}"))
