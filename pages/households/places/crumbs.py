"""Where the page is: district, township, village, and below it group or grid; each level above is a link."""

import streamlit as st

from data_access.region_codes import level_of, path_of, township_of
from pages.households.places import division, sections
from pages.households.places.division import Division
from pages.shell import menu, view_state
from pages.shell.view_state import View
from pages.widgets import card_link

_ARROW = ":material/chevron_right:"


def show(view: View, parts: Division | None) -> None:
    """One line from the district down to the place shown, and the choice of a part of the village."""
    chosen = parts is not None and parts.chosen is not None
    above = [place for place in levels(view) if place != view.place or chosen]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for place in above:
            _link(place, view=view, parts=parts)
            st.markdown(_ARROW, width="content")
        here = parts.names[str(parts.chosen)] if parts is not None and chosen else view.name(view.place)
        st.subheader(here, width="content", anchor=False)
        if level_of(view.place) != "county" and not sections.is_card(view):
            card_link.show(view, township=township_of(view.place))
        if parts is not None:
            st.space("stretch")
            division.choose(parts, view)


def levels(view: View) -> list[str]:
    """The codes of the chosen place and of the places above it that the reader may see in full, the highest first."""
    return [place for place in path_of(view.place) if view_state.scope().opens(place)]


def _link(place: str, *, view: View, parts: Division | None) -> None:
    link = view.link | {view_state.PLACE: place}
    if parts is not None and place == view.place:
        # The whole village; without this value the session would restore the part chosen before.
        link[division.LINK[parts.by]] = division.ALL
    st.page_link(menu.page_path("households", "places"), label=view.name(place), query_params=link, width="content")
