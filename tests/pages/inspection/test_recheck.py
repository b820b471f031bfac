"""The re-check of records: drawn, worked through, its error rate by township and grid."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.inspection import draws, findings
from data_access.inspection.recheck import KIND
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, wording, words
from tests.support.households import household, merged, village

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()
RENEWED = date(2022, 9, 5)
COLLECTED: list[dict[str, object]] = [{"valid_to": RENEWED}, {"valid_from": RENEWED, "water_problem": True}]


def make(open_app: OpenApp, database: object) -> AppTest:
    app = open_app(database, page="inspection/records", part="make")
    app.text_input(key="records_called").input("3712").run()
    app.text_input(key="records_by").input("质控组").run()
    app.button(key="records_press").click().run()
    assert not app.exception, app.exception[0].message
    return app


def test_where_nothing_was_collected_nothing_can_be_drawn(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), page="inspection/records")
    assert says(app, "draw.none_records")
    app.query_params["part"] = "make"
    app.run()
    assert "**0户**" in words(app)
    assert "records_press" not in {button.key for button in app.button}


def test_one_record_is_drawn_checked_and_counted_wrong(open_app: OpenApp) -> None:
    app = make(open_app, merged(village(), household("H1", indicators=COLLECTED)))
    assert says(app, "records.progress", checked=0, drawn=1)
    app.radio(key="villages_H1_water_answer").set_value("differs")
    app.text_input(key="villages_H1_water_text").input("已通自来水")
    app.text_input(key="villages_by").input("质控组")
    next(button for button in app.button if button.label == wording("villages.record")).click().run()
    assert not app.exception, app.exception[0].message
    [draw] = draws.read_draws(door.ledger(), scope=DISTRICT, kind=KIND)["draw_id"]
    [found] = findings.read_findings(door.ledger(), scope=DISTRICT, draw_id=draw).to_dict("records")
    assert (found["code"], found["system_value"], bool(found["agrees"])) == ("H1", "饮水安全问题：是", False)
    progress = wording("records.progress", checked=1, drawn=1, rate="100.0%")
    assert progress.removesuffix("**") in words(app)
    assert draws.read_draws(door.ledger(), scope=DISTRICT).empty


@pytest.mark.parametrize("by", ["township", "grid"])
def test_the_full_sample_is_drawn_by_township_and_shown_by_grid(open_app: OpenApp, sample_url: str, by: str) -> None:
    app = make(open_app, sample_url)
    app.query_params["by"] = by
    app.run()
    assert not app.exception, app.exception[0].message
    shown = app.dataframe[0].value
    assert (shown["drawn"] <= shown["collected"]).all()
    assert shown["drawn"].sum() > 0
