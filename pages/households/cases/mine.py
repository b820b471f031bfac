"""轮到我办: the cases that wait for somebody at the reader's place, with the form that records the step."""

import streamlit as st

from data_access.cases import recording
from data_access.lists.lists import ListRequest
from data_access.schema.indicators import code_label
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import case_forms, link_choice, list_table
from pages.widgets.part import part

METRICS = ("step_open", "cases_to_open", "elimination_open")


@part
def show(view: View) -> None:
    """What is to be done, by whom; the form; the list."""
    levels = [level for level, action in recording.ACTIONS.items() if identity.may(action)]
    if not levels:
        st.caption(t("cases.nothing_mine"))
        return
    what = link_choice.choose("mine", {name: t(f"cases.mine_{name}") for name in METRICS}, label=t("cases.part"))
    filters: tuple[tuple[str, str], ...] = ()
    if what != "cases_to_open":
        names = {level: code_label(codes="step_level", code=level, language=language()) for level in levels}
        level = link_choice.choose("acts", names, label=t("cases.acts")) if len(levels) > 1 else levels[0]
        filters = (("acts", level),)
    form = st.container()  # above the rows: below fifty of them nobody would see it
    request = ListRequest(what, view.on, filters=filters, without=view.left_out(what))
    scope = view_state.scope().narrowed(view.place)
    ticked = list_table.show(request, view=view, scope=scope, selectable=True)
    with form:
        case_forms.record(what, list_table.households(ticked), view=view)
