"""The page 连接, and what stands on the other pages: the last check and refresh of a connected source; what such a
database does not keep is neither zero nor none."""

from datetime import date
from typing import Any

import pytest

from data_access import door
from data_access.connect.runs import CHECK, REFRESH, record_run, table_title
from tests.pages.conftest import OpenApp, label, says, tiles, wording
from tests.support.households import Rows, factory, household, load, merged, village

pytestmark = pytest.mark.facts("households")

PAGE = "data/connection"
HOMES = merged(village(), load(), household("H1", household_type="lifted_out"))
TABLE = {"table": "household", "read": 5, "taken": 3, "mapped": ["household_id", "village_code"]}
FAULT = {
    "table": "household",
    "column": "xhsj",
    "rule": "not_a_date",
    "rows": 2,
    "words": {},
    "examples": ["7「2022-02-30」"],
}


def recorded(command: str, *, done: bool = True, **report: Any) -> None:
    cut_off = date(2022, 9, 30) if done else None
    record_run(door.ledger(), command=command, done=done, cut_off=cut_off, report=report, recorded_by="server")
    door._newest_runs.clear()


def test_without_a_source_the_page_says_how_to_connect_one(open_app: OpenApp) -> None:
    assert says(open_app(HOMES, page=PAGE), "connection.none")


def test_a_check_and_a_refresh_are_shown_with_what_could_not_be_taken(open_app: OpenApp) -> None:
    recorded(REFRESH, tables=[TABLE], faults=[], figures={})
    recorded(CHECK, tables=[TABLE], faults=[FAULT], figures={"households": 3})
    app = open_app(HOMES, page=PAGE)
    assert [one.value for one in app.success] == [wording("connection.no_faults")]
    assert says(app, "connection.faults", kinds=1, rows="2")
    mapped, _, faults = (one.value for one in app.dataframe)
    assert mapped[wording("connection.read")].tolist() == [5]
    assert faults[wording("connection.source_column")].tolist() == ["xhsj"]
    assert faults[wording("connection.examples")].tolist() == ["7「2022-02-30」"]


def test_what_is_gone_from_earlier_months_is_told_and_what_has_ended_is_not(open_app: OpenApp) -> None:
    ended, removed = TABLE | {"gone": 3}, TABLE | {"table": "monitoring_case", "mapped": ["case_id"], "gone": 1200}
    recorded(REFRESH, tables=[ended, removed], faults=[], figures={})
    [told] = [one.value for one in open_app(HOMES, page=PAGE).warning]
    assert told == wording("connection.removed", title=table_title("monitoring_case", language="zh"), rows="1200")


def test_a_check_stands_until_a_later_refresh_was_done(open_app: OpenApp) -> None:
    def shows_check() -> bool:
        headings = [one.value for one in open_app(HOMES, page=PAGE).subheader]
        return wording("connection.run_check") in headings

    recorded(CHECK, tables=[TABLE], faults=[FAULT], figures={"households": 3})
    recorded(REFRESH, done=False, error={"key": "no_such_table", "details": {"table": "ac01"}})
    assert shows_check()
    recorded(REFRESH, tables=[TABLE], faults=[], figures={})
    assert not shows_check()
    recorded(REFRESH, done=False, error={"key": "no_such_table", "details": {"table": "ac01"}})
    assert not shows_check()
    assert open_app(HOMES, page=PAGE).dataframe, "what the last good run took still stands on the board"


@pytest.mark.facts()
def test_a_failed_night_stands_on_every_page_until_the_next_good_one(open_app: OpenApp) -> None:
    error = {"key": "no_such_table", "details": {"table": "ac01"}}
    recorded(REFRESH, done=False, error=error)
    assert "ac01" in "".join(one.value for one in open_app(HOMES, page="households/warnings").warning)
    recorded(REFRESH, tables=[TABLE], faults=[], figures={})
    assert not open_app(HOMES, page="households/warnings").warning


@pytest.mark.facts()
def test_what_no_row_says_is_not_collected(open_app: OpenApp) -> None:
    def zero(rows: Rows) -> str:
        app = open_app(rows, page="households/employment")
        return tiles(app)[label("zero_employment_households")]

    def home(**said: Any) -> Rows:
        person = {"labour": "ordinary", **said}
        return merged(village(), load(), household("H1", household_type="lifted_out", members=[person]), factory())

    assert zero(home(wants_work=True)) == "1户"
    assert zero(home(wants_work=False)) == "0户"
    assert zero(home(wants_work=None)) == wording("figure.not_collected")
