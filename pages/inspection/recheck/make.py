"""Draw records to be checked again."""

import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import draw_settings, draws, recheck
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers, record_form
from pages.widgets.draw import ceremony

MOST = 50
"""The most records that may be drawn in one township."""


def show(view: View) -> None:
    """How many, the seed, who draws."""
    if identity.looks_only("draw"):
        return
    settings = draw_settings.settings_of(view.month)
    collected = door.read(recheck.read_collected, scope=view_state.scope(), on=view.on)
    st.markdown(t("records.collected", month=view.month_name(), households=numbers.exact(len(collected))))
    if collected.empty:
        return
    form = record_form.of("records_draw")
    entered = ceremony.ask(view, kind=recheck.KIND, month=view.month, form=form, key="records")
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        size = st.number_input(
            t("records.size"), min_value=1, max_value=MOST, value=settings.records, key="records_size", width=200
        )
        by = identity.recorder(t("draw.by"), key="records_by", width=200)
        pressed = st.button(
            t("records.press"),
            type="primary",
            key=form.key("records_press"),
            disabled=not (entered.is_whole and by.strip()),
        )
    st.caption(t("records.placeholder"))
    if not pressed:
        return
    ledger, scope = door.ledger(), view_state.scope()
    try:
        made = recheck.draw_records(
            collected,
            month=view.month,
            seed=entered.seed,
            size=int(size),
            spare=settings.spare["household"],
            data_version=str(view.current.facts.version.load_id),
        )
        made = entered.noted_on(made)
        number = draws.add_draw(ledger, made, recorded_by=by, scope=scope)
        form.recorded()
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.query_params["draw"] = number
    st.query_params["part"] = "made"
    st.rerun()
