"""The lamps that an edition froze, and where present data and rules say another one about the same day."""

import streamlit as st

from data_access import door
from data_access.dispatch import editions
from data_access.dispatch.editions import Edition
from data_access.schema.indicators import code_label
from pages.board.dispatch import changed_households
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View


def show(chosen: Edition, *, place: str, view: View) -> None:
    """The households with another lamp, as a table and a file."""
    frozen = editions.load_judged(door.ledger(), chosen, scope=view_state.scope())
    if frozen is None:
        st.caption(t("dispatch.judged_not_kept"))
        return
    recounted = door.read(editions.read_judged, scope=view_state.scope(), on=chosen.day)
    rows = editions.judged_again(frozen, recounted, place=place)
    if rows.empty:
        st.markdown(t("dispatch.judged_none"))
        return
    st.markdown(t("dispatch.judged", households=len(rows)))
    lamps = {
        name: [code_label(codes="lamp", code=lamp, language=language()) for lamp in rows[name]]
        for name in ("frozen", "recounted")
    }
    changed_households.show(
        rows,
        told={name: (t(f"dispatch.compare_{name}"), said) for name, said in lamps.items()},
        title=t("dispatch.judged_file", name=chosen.name),
        key="judged",
        view=view,
    )
