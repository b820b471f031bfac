"""回头看: a sample of the problems that were struck off is looked at again."""

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.errors import LedgerError
from data_access.inspection import look_back
from data_access.inspection.draws import add_draw, read_draws, read_units
from data_access.schema.limits import limit
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers, record_form
from pages.widgets.draw import ceremony
from pages.widgets.problems import table


def show(rows: pd.DataFrame, *, view: View) -> None:
    """Make a draw, and see the results of the newest one."""
    st.markdown(t("problems.look_back_intro"))
    _make(look_back.struck_off_lately(rows, on=clock.today()), view=view)
    drawn = read_draws(door.ledger(), scope=view_state.scope(), kind=look_back.KIND)
    if drawn.empty:
        st.info(t("problems.look_back_none"))
        return
    newest = drawn.iloc[0]
    units = read_units(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=newest["draw_id"])
    own = rows[rows["problem_id"].isin(units["code"])]
    st.markdown(_reading(look_back.outcome(own), number=newest["draw_id"], seed=newest["seed"]))
    table.listed(own, view=view)


def _make(settled: pd.DataFrame, *, view: View) -> None:
    if identity.looks_only("draw"):
        return
    if settled.empty:
        st.caption(t("problems.look_back_empty", days=limit("look_back_days", on=clock.today())))
        return
    form = record_form.of("problems_draw")
    month = f"{clock.today():%Y-%m}"
    entered = ceremony.ask(view, kind=look_back.KIND, month=month, form=form, key="problems")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.number_input(
            t("problems.look_back_size"), min_value=1, max_value=len(settled), value=min(10, len(settled)), width=150
        )
        by = identity.recorder(t("draw.by"), key="problems_drawn_by", width=180)
        pressed = st.button(
            t("problems.look_back_draw", of=len(settled)),
            type="primary",
            key=form.key("problems_draw"),
            disabled=not (entered.is_whole and by.strip()),
        )
    if not pressed:
        return
    ledger, scope = door.ledger(), view_state.scope()
    try:
        made = look_back.draw_to_look_back(
            settled,
            seed=entered.seed,
            size=int(size),
            on=clock.today(),
            data_version=str(view.current.facts.version.load_id),
        )
        made = entered.noted_on(made)
        add_draw(ledger, made, recorded_by=by, scope=scope)
        form.recorded()
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.rerun()


def _reading(found: look_back.LookBack, *, number: str, seed: str) -> str:
    if found.interval is None:
        return t("problems.look_back_reading_none", number=number, seed=seed, size=found.drawn)
    low, high = found.interval
    return t(
        "problems.look_back_reading",
        number=number,
        seed=seed,
        size=found.drawn,
        seen=found.seen,
        back=found.back,
        low=numbers.share(100 * low),
        high=numbers.share(100 * high),
    )
