"""一查三: from a finding or a problem to all households with the same signature, as a list to send out."""

from dataclasses import replace

import streamlit as st

from data_access import door
from data_access.inspection.findings import load_questions
from data_access.lists import selection as selections
from data_access.lists import signature
from data_access.lists.selection import Selection
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import conditions as in_conditions
from pages.widgets import numbers, selection_link

USUAL = ("value", "grid")
"""What is asked to be the same unless the reader chooses otherwise."""


def show(household_id: str, *, question: str | None, view: View, key: str) -> None:
    """What is to be the same, how many households that are, and the way to their list.

    Args:
        question: the key of the question that was answered; None where the item is not known.
    """
    asked_of = load_questions()["household"].get(question or "")
    item = t("signature.any_item") if asked_of is None else asked_of.label[language()]
    with st.expander(t("signature.heading", item=item), icon=":material/travel_explore:"):
        found = door.read(
            signature.read_signature,
            scope=view_state.scope(),
            household_id=household_id,
            on=view.on,
            item=signature.columns_of(question),
        )
        if not found:
            st.caption(t("signature.none"))
            return
        st.caption(t("signature.intro", whole=view.regions.whole(language())))
        usual = [part for part in found if part in USUAL] or list(found)
        chosen = [
            part
            for part in found
            if st.checkbox(_words(part, found), value=part in usual, key=f"{key}_{household_id}_{question}_{part}")
        ]
        if not chosen:
            st.caption(t("signature.choose"))
            return
        asked = Selection(conditions=tuple(one for part in chosen for one in found[part]))
        households = door.read(selections.count_selection, scope=view_state.scope(), on=view.on, selection=asked)
        wide = replace(view, place=_whole(view))
        selection_link.open_list(asked, label=t("signature.open", households=numbers.count(households)), view=wide)
        selection_link.send_out(asked, view=wide)


def _words(part: str, found: signature.Signature) -> str:
    said = t("list.separator").join(in_conditions.in_words(one) for one in found[part])
    return t(f"signature.part_{part}", said=said)


def _whole(view: View) -> str:
    """Wherever the reader may look: who shares a signature is not known beforehand."""
    return view.county if view_state.scope().opens(view.county) else view_state.scope().whole or view.place
