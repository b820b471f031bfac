"""Make a draw: the numbers, the seed of the meeting, who draws."""

from dataclasses import replace

import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import draw_settings, draws, inspection_draw, sampling_frame
from pages.shell import identity, notices, view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View
from pages.widgets import record_form
from pages.widgets.draw import ceremony, how_drawn
from pages.widgets.draw.ceremony import Ceremony
from pages.widgets.record_form import RecordForm

MOST = 50
"""The most units of a kind that may be drawn in one township."""


def show(view: View) -> None:
    """The form, and the draw once the button is pressed."""
    if identity.looks_only("draw"):
        return
    declared = draw_settings.settings_of(view.month)
    with st.container(border=True):
        with st.container(horizontal=True):
            size = {
                kind: int(
                    st.number_input(
                        t(f"draw.size_{kind}"),
                        min_value=0,
                        max_value=MOST,
                        value=declared.size[kind],
                        width=170,
                        key=f"draw_size_{kind}",
                    )
                )
                for kind in draw_settings.KINDS
            }
            excluded = int(
                st.number_input(
                    t("draw.excluded_months"),
                    min_value=0,
                    max_value=24,
                    value=declared.excluded_months,
                    width=200,
                    key="draw_excluded",
                )
            )
        settings = replace(declared, size=size, excluded_months=excluded)
        st.caption(how_drawn.sentence(settings.recorded))
        st.caption(t("draw.placeholders"))
        form = record_form.of("draw")
        entered = ceremony.ask(view, kind=draw_settings.INSPECTION, month=view.month, form=form, key="draw")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = identity.recorder(t("draw.by"), key="draw_by", width=200)
            pressed = st.button(
                t("draw.press", month=month_name(view.month)),
                type="primary",
                key=form.key("draw_press"),
                disabled=not (entered.is_whole and name.strip()),
            )
    if pressed:
        _draw(view, entered=entered, settings=settings, form=form, recorded_by=name)


def _draw(
    view: View, *, entered: Ceremony, settings: draw_settings.DrawSettings, form: RecordForm, recorded_by: str
) -> None:
    with st.spinner(t("draw.drawing")):
        whole = door.read(sampling_frame.read_frame_units, scope=view_state.scope(), on=view.on)
        lately = draws.recently_drawn(
            door.ledger(),
            kind="inspection",
            months=inspection_draw.months_before(view.month, count=settings.excluded_months),
        )
        left = sampling_frame.leave_out(whole, excluded=lately, settings=settings)
        ledger, scope, version = door.ledger(), view_state.scope(), str(view.current.facts.version.load_id)
        try:
            made = inspection_draw.draw_inspection(
                left, month=view.month, seed=entered.seed, settings=settings, data_version=version
            )
            made = entered.noted_on(made)
            number = draws.add_draw(ledger, made, recorded_by=recorded_by, scope=scope)
            form.recorded()
        except LedgerError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
    st.query_params["draw"] = number
    st.query_params["part"] = "made"
    st.rerun()
