"""A thousand links that somebody mistyped or forged: whatever reads a choice from a link takes what there is, or the
usual. Over a server, page by page: tests/faults/test_links.py."""

import pytest
from sqlalchemy import create_engine
from streamlit.testing.v1 import AppTest

from pages.components import view
from pages.components.texts import LOCALES
from tests.support.forging import malformed_links
from tests.support.households import create_database, household, load, merged, village

LINKS = 1_000


def read_everything() -> None:
    """A page that reads from its link all that any page reads, and draws next to nothing."""
    import streamlit as st

    from data_access.lists import LISTINGS
    from data_access.metrics import load_metrics
    from pages.components import list_filters, meeting, view
    from pages.components.downloads import link
    from pages.components.household import choice
    from pages.components.places import division
    from pages.components.trends import choices

    view.adopt_language()
    view.settle()
    now = view.current()
    lists = {key for key, metric in load_metrics().items() if metric.numerator.frame in LISTINGS}
    chosen = view.remembered("list", known=lists, default="red_households")
    st.session_state["read"] = {
        "filters": list_filters.choose(chosen),
        "household": choice.chosen(),
        "selection": link.read(),
        "division": division.settle(now),
        "on_the_wall": meeting.on_the_wall(),
        "split": choices.split(),
        "unit": choices.unit(),
        "from": choices.first_month(now),
        **{key: view.remembered(key, known={"first", "second"}, default="first") for key in ("part", "draw", "year")},
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
    for link in malformed_links(LINKS):
        app = AppTest.from_function(read_everything, default_timeout=180)
        for name, value in link:
            app.query_params[name] = [*app.query_params.get(name, ()), value]
        app.run()
        assert not app.exception, (link, app.exception[0].message)
        now = app.session_state[view._NOW]
        read = app.session_state["read"]
        assert now.month in now.months, link
        assert now.place in now.names, link
        assert now.edition is None, link
        assert app.session_state["view.lang"] in LOCALES, link
        assert (read["part"], read["draw"], read["year"]) == ("first", "first", "first"), link
