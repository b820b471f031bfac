"""Meeting mode: one view after the other, nothing else on the screen."""

from datetime import date

import pytest

from pages.board.meeting.slides import VIEWS
from tests.pages.conftest import OpenApp, label, tiles, wording, words
from tests.support.households import household, merged, village


@pytest.mark.parametrize("slide", list(VIEWS))
@pytest.mark.parametrize("households", ["none", "one", "sample"])
def test_every_view_is_drawn_empty_with_one_household_and_full(
    open_app: OpenApp, sample_url: str, households: str, slide: str
) -> None:
    databases = {"none": merged(village()), "one": merged(village(), household()), "sample": sample_url}
    app = open_app(databases[households], page="board/meeting", slide=slide)
    assert len(app.header) == 1


def test_next_and_previous_turn_from_the_first_view_to_the_last(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), page="board/meeting")
    assert app.button(key="meeting_previous").disabled
    seen = [app.header[0].value]
    while not app.button(key="meeting_next").disabled:
        app.button(key="meeting_next").click().run()
        seen.append(app.header[0].value)
    assert len(set(seen)) == len(seen) == len(VIEWS)
    app.button(key="meeting_previous").click().run()
    assert app.header[0].value == seen[-2]


def test_the_first_view_says_where_the_district_stands_and_shows_no_bar(open_app: OpenApp) -> None:
    case = {"identified_on": date(2022, 9, 5)}
    app = open_app(merged(village(), household(cases=[case], members=3)), page="board/meeting")
    assert tiles(app)[label("monitored_households")] == wording("tile.both", households=1, persons=3)
    assert len(app.get("plotly_chart")) == 1, "the bridge beside the figures"
    assert "2022年9月" in words(app)
    assert "截止 2022-09-30" in words(app)
    assert not app.selectbox
