"""回头看: a sample of the problems that were struck off is looked at again."""

import secrets
from datetime import timedelta

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.clock import month_number, month_text
from data_access.errors import LedgerError
from data_access.inspection.draws import Draw, Unit, add_draw, read_draws, read_units
from data_access.inspection.rates import wilson
from data_access.inspection.sampling import ALGORITHM, frame_hash, take
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.schema.limits import limit
from pages.shell import identity, notices, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers
from pages.widgets.problems import table

KIND = "problems"
_STRATUM = "struck_off"


def show(rows: pd.DataFrame, *, view: View) -> None:
    """Draw, and what came out of the newest draw."""
    st.markdown(t("problems.look_back_intro"))
    _make(_settled(rows), view=view)
    drawn = read_draws(door.ledger(), scope=view_state.scope(), kind=KIND)
    if drawn.empty:
        st.info(t("problems.look_back_none"))
        return
    newest = drawn.iloc[0]
    units = read_units(door.ledger(), scope=view_state.scope().narrowed(view.place), draw_id=newest["draw_id"])
    own = rows[rows["problem_id"].isin(units["code"])]
    st.markdown(_reading(own, number=newest["draw_id"], seed=newest["seed"]))
    table.listed(own, view=view)


def _settled(rows: pd.DataFrame) -> pd.DataFrame:
    """Problems struck off lately enough to be looked at again."""
    since = clock.today() - timedelta(days=limit("look_back_days", on=clock.today()))
    day = pd.to_datetime(rows["struck_off_on"])
    return rows[(rows["state"] == "struck_off") & (day >= pd.Timestamp(since))]


def _make(settled: pd.DataFrame, *, view: View) -> None:
    if identity.looks_only("draw"):
        return
    if settled.empty:
        st.caption(t("problems.look_back_empty", days=limit("look_back_days", on=clock.today())))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.number_input(
            t("problems.look_back_size"), min_value=1, max_value=len(settled), value=min(10, len(settled)), width=150
        )
        suggested = st.session_state.setdefault("problems_suggested", f"{clock.today()}-{secrets.token_hex(4)}")
        seed = st.text_input(t("draw.seed"), value=suggested, max_chars=LONGEST_TEXT, key="problems_seed", width=260)
        by = identity.recorder(t("draw.by"), key="problems_drawn_by", width=180)
        pressed = st.button(t("problems.look_back_draw", of=len(settled)), type="primary", key="problems_draw")
    if not pressed:
        return
    try:
        add_draw(door.ledger(), _draw(settled, size=int(size), seed=seed, view=view), by=by, scope=view_state.scope())
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    st.session_state.pop("problems_suggested", None)
    st.rerun()


def _draw(settled: pd.DataFrame, *, size: int, seed: str, view: View) -> Draw:
    places = {row["problem_id"]: row for row in settled.to_dict("records")}
    taken = take(places, seed=seed, kind=KIND, stratum=_STRATUM, size=size)
    return Draw(
        kind=KIND,
        month=month_text(month_number(clock.today())),
        seed=seed,
        algorithm=ALGORITHM,
        frame_hash=frame_hash([(KIND, _STRATUM, code) for code in places]),
        frame_rows=len(places),
        settings={"size": size},
        data_version=str(view.current.facts.version.load_id),
        units=[
            Unit(
                kind=KIND,
                code=code,
                township_code=places[code]["township_code"],
                village_code=places[code]["village_code"] or places[code]["township_code"],
                stratum=_STRATUM,
                position=position,
                replacement=False,
                probability=round(taken.probability, 8),
            )
            for position, code in enumerate(taken.drawn, start=1)
        ],
    )


def _reading(own: pd.DataFrame, *, number: str, seed: str) -> str:
    back, held = int((own["reopened"] > 0).sum()), int(own["held_on"].notna().sum())
    interval = wilson(back, back + held)
    if interval is None:
        return t("problems.look_back_reading_none", number=number, seed=seed, size=len(own))
    return t(
        "problems.look_back_reading",
        number=number,
        seed=seed,
        size=len(own),
        seen=back + held,
        back=back,
        low=numbers.share(100 * interval[0]),
        high=numbers.share(100 * interval[1]),
    )
