"""What a reader chooses is kept in the link; what a link says is checked."""

import json

import pytest
from streamlit.testing.v1 import AppTest


def chooser() -> None:
    import streamlit as st

    from pages.widgets import link_choice

    names = {"a": "first", "b": "second"}
    chosen = {
        "side": link_choice.choose("side", names, label="Side"),
        "pick": link_choice.select("pick", names, label="Pick", key="pick_widget"),
        "later": link_choice.select("later", names, label="Later", key="later_widget", default="b"),
        "by": link_choice.narrow("by", names, label="By", everything="all", key="by_widget", width=190),
    }
    st.json(chosen)


def app(**link: str) -> AppTest:
    app = AppTest.from_function(chooser)
    app.query_params.update(link)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> dict[str, str]:
    """What the choices came to."""
    return dict(json.loads(app.json[0].value))


def link(app: AppTest) -> dict[str, str]:
    return {key: one if isinstance(one, str) else one[0] for key, one in app.query_params.items()}


def test_at_first_the_first_is_chosen_the_one_a_page_says_or_everything() -> None:
    opened = app()
    assert said(opened) == {"side": "a", "pick": "a", "later": "b", "by": ""}
    assert link(opened) == {}, "each would be a step of the browser's Back"


def test_what_is_chosen_is_kept_in_the_link() -> None:
    opened = app()
    opened.segmented_control(key="switch_side").set_value("b")
    opened.selectbox(key="pick_widget").set_value("b")
    opened.selectbox(key="later_widget").set_value("a")
    opened.selectbox(key="by_widget").set_value("b")
    opened.run()
    assert said(opened) == {"side": "b", "pick": "b", "later": "a", "by": "b"}
    assert link(opened) == {"side": "b", "pick": "b", "later": "a", "by": "b"}


def test_what_the_link_says_is_shown() -> None:
    opened = app(side="b", pick="b", later="a", by="a")
    assert said(opened) == {"side": "b", "pick": "b", "later": "a", "by": "a"}
    assert opened.selectbox(key="pick_widget").value == "b"
    assert opened.segmented_control(key="switch_side").value == "b"


@pytest.mark.parametrize("forged", ["c", "", "first", "a b", "x" * 10_000, "' or 1=1 --"])
def test_a_forged_value_falls_back_and_leaves_the_link(forged: str) -> None:
    opened = app(side=forged, pick=forged, later=forged, by=forged)
    assert said(opened) == {"side": "a", "pick": "a", "later": "b", "by": ""}
    assert {key: value for key, value in link(opened).items() if key != "by"} == {
        "side": "a",
        "pick": "a",
        "later": "b",
    }


def test_everything_takes_the_choice_out_of_the_link() -> None:
    opened = app(by="a")
    opened.selectbox(key="by_widget").set_value("")
    opened.run()
    assert said(opened)["by"] == ""
    assert "by" not in opened.query_params


def test_a_link_without_the_choice_shows_what_was_chosen_before_but_not_what_narrowed() -> None:
    opened = app(pick="b", by="b")
    opened.query_params.clear()
    opened.run()
    assert said(opened) == {"side": "a", "pick": "b", "later": "b", "by": ""}
