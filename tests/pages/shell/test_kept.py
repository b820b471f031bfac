"""Parts that are drawn once: what is sent again is what was drawn, and nobody gets what is another's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access.access.users import make_user
from pages.shell import identity, kept
from pages.widgets import tile
from tests.pages.conftest import OpenApp, conclude, label, tiles, wording
from tests.support.households import household, merged, village

HERE, THERE, BESIDE = "610902107", "610902110", "610902119"
RED = {"dropout_n": 1}
ROWS = merged(
    village(f"{HERE}201", township=HERE),
    village(f"{THERE}201", township=THERE),
    village(f"{BESIDE}201", township=BESIDE),
    household(
        "H1", village_code=f"{HERE}201", cases=[{"identified_on": date(2022, 9, 5)}], indicators={"dropout_n": 1}
    ),
    household("H2", village_code=f"{THERE}201", indicators={"dropout_n": 1}),
)
CHARTS = {"board/overview": ("case_trend", "cause_bars"), "households/warnings": ("lamps_by_place",)}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    kept._store.clear()
    kept._values.clear()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tiles that were drawn, and not sent again."""
    made: list[str] = []
    draw = tile.draw

    def noting(name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(name)
        return draw(name, *args, **kwargs)

    monkeypatch.setattr(tile, "draw", noting)
    return made


def pieces(block: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str, bytes]]:
    """Everything on a page: where, what, and its content."""
    for place, child in block.children.items():
        yield (*path, place), child.type, child.proto.SerializeToString(deterministic=True) if child.proto else b""
        if hasattr(child, "children"):
            yield from pieces(child, (*path, place))


def seen(app: AppTest) -> list[tuple[tuple[int, ...], str, bytes]]:
    return list(pieces(app.main))


@pytest.mark.parametrize("page", CHARTS)
def test_what_is_sent_again_is_what_was_drawn(page: str, open_app: OpenApp, drawn: list[str]) -> None:
    first = open_app(ROWS, page=page)
    once = len(drawn)
    second = open_app(ROWS, page=page)
    assert len(drawn) == once > 0, "nothing is drawn twice"
    assert seen(second) == seen(first)
    for chart in CHARTS[page]:
        assert second.session_state[chart]["selection"]["points"] == [], "it can be selected in"


def test_another_month_place_or_language_is_drawn_anew(open_app: OpenApp, drawn: list[str]) -> None:
    for link in ({}, {"month": "2022-08"}, {"place": HERE}, {"lang": "en"}):
        drawn.clear()
        open_app(ROWS, **link)
        assert drawn, link


def test_who_sees_less_gets_nothing_of_who_sees_more(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    for places, households in (((HERE, THERE), 1), ((THERE, BESIDE), 0)):
        somebody = make_user(user_id="li", label="李四", role="township", places=places)
        monkeypatch.setattr(identity, "user", lambda somebody=somebody: somebody)
        said = wording("tile.both", households=households, persons=2 * households)
        assert tiles(open_app(ROWS))[label("monitored_households")] == said


def test_what_people_record_is_seen_at_once(open_app: OpenApp, drawn: list[str]) -> None:
    open_app(ROWS)
    drawn.clear()
    conclude(["H1"], month="2022-09")
    open_app(ROWS)
    assert drawn


def test_a_part_that_tells_of_an_error_is_not_kept(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @kept.part
    def part() -> None:
        told.append("drawn")
        st.error("broken") if len(told) == 1 else st.markdown("whole")

    monkeypatch.setattr("pages.board.overview.tiles.show", lambda *_: part())
    for drawn in (1, 2, 2):
        open_app(ROWS)
        assert len(told) == drawn
