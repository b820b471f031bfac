"""Links that somebody mistyped or forged: whatever reads a choice from a link takes what there is, or the usual. Over a
server, page by page: tests/test_app.py."""

import pytest
from sqlalchemy import create_engine
from streamlit.testing.v1 import AppTest

from pages.shell import view_state
from pages.shell.texts import LOCALES
from tests.support.forging import links_of_every_value, malformed_links
from tests.support.households import create_database, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

AT_RANDOM = 100


def read_everything() -> None:
    """A page that reads from its link all that any page reads, and draws next to nothing."""
    import streamlit as st

    from data_access.facts.metrics import load_metrics
    from data_access.lists.lists import LISTINGS
    from pages.board.trends import choices
    from pages.households.household import choice
    from pages.households.places import division
    from pages.shell import language_switch, view_state, wall
    from pages.widgets import list_filters, selection_link

    language_switch.adopt()
    view_state.settle("overview")
    view = view_state.current()
    lists = {key for key, metric in load_metrics().items() if metric.numerator.fact in LISTINGS}
    chosen = view_state.remembered("list", known=lists, default="red_households")
    st.session_state["read"] = {
        "filters": list_filters.choose(chosen),
        "household": choice.chosen(),
        "selection": selection_link.read(),
        "division": division.settle(view),
        "on_the_wall": wall.on_the_wall(),
        "split": choices.split(),
        "unit": choices.unit(),
        "from": choices.first_month(view),
        **{
            key: view_state.remembered(key, known={"first", "second"}, default="first")
            for key in ("part", "draw", "year")
        },
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A village with a household in danger."""
    made = f"duckdb:///{tmp_path_factory.mktemp('links') / 'household.duckdb'}"
    engine = create_engine(made)
    create_database(engine, merged(village(), household("H1", indicators={"water_problem": True}), load()))
    engine.dispose()
    return made


def test_whatever_reads_a_link_takes_what_there_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", url)
    for link in (*links_of_every_value(), *malformed_links(AT_RANDOM)):
        app = AppTest.from_function(read_everything, default_timeout=180)
        for name, value in link:
            app.query_params[name] = [*app.query_params.get(name, ()), value]
        app.run()
        assert not app.exception, (link, app.exception[0].message)
        view = app.session_state[view_state._NOW]
        read = app.session_state["read"]
        assert view.month in view.months, link
        assert view.place in view.names, link
        assert view.edition is None, link
        assert app.session_state["view.lang"] in LOCALES, link
        assert (read["part"], read["draw"], read["year"]) == ("first", "first", "first"), link
