"""Make a draw: the numbers, the seed, who draws."""

import secrets
from dataclasses import replace

import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import draw_settings, draws, sampling_frame
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity, notices, view_state
from pages.shell.texts import month_name, t
from pages.shell.view_state import View
from pages.widgets import record_form
from pages.widgets.record_form import RecordForm

MOST = 50
"""The most units of a kind that may be drawn in one township."""


def show(view: View) -> None:
    """The form, and the draw once the button is pressed."""
    if identity.looks_only("draw"):
        return
    declared = draw_settings.load_settings()
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
        st.caption(t("draw.placeholders"))
        form = record_form.of("draw")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seed = st.text_input(
                t("draw.seed"),
                value=_suggested(view.month),
                max_chars=LONGEST_TEXT,
                help=t("draw.seed_help"),
                key="draw_seed",
                width=300,
            )
            name = identity.recorder(t("draw.by"), key="draw_by", width=200)
            pressed = st.button(
                t("draw.press", month=month_name(view.month)),
                type="primary",
                key=form.key("draw_press"),
                disabled=not (seed.strip() and name.strip()),
            )
    if pressed:
        settings = replace(declared, size=size, excluded_months=excluded)
        _draw(view, seed=seed.strip(), settings=settings, form=form, recorded_by=name)


def _suggested(month: str) -> str:
    """A random seed that nobody chose; it stays the same while the page is open."""
    return str(st.session_state.setdefault("draw_suggested", f"{month}-{secrets.token_hex(4)}"))


def _draw(view: View, *, seed: str, settings: draw_settings.DrawSettings, form: RecordForm, recorded_by: str) -> None:
    with st.spinner(t("draw.drawing")):
        whole = door.read(sampling_frame.read_frame_units, scope=view_state.scope(), on=view.on)
        lately = draws.recently_drawn(
            door.ledger(),
            kind="inspection",
            months=sampling_frame.months_before(view.month, count=settings.excluded_months),
        )
        left = sampling_frame.leave_out(whole, excluded=lately, settings=settings)
        made = sampling_frame.draw_inspection(
            left, month=view.month, seed=seed, settings=settings, data_version=str(view.current.facts.version.load_id)
        )
        ledger, scope = door.ledger(), view_state.scope()
        try:
            number = draws.add_draw(ledger, made, recorded_by=recorded_by, scope=scope)
            form.recorded()
        except LedgerError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
    st.session_state.pop("draw_suggested", None)
    st.query_params["draw"] = number
    st.query_params["part"] = "made"
    st.rerun()
