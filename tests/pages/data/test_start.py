"""Getting started: from nothing to a board, step by step; every page points there until there are households."""

from datetime import date
from pathlib import Path

import pytest

from tests.data_access.load.conftest import embedded
from tests.data_access.load.test_loading import BASE
from tests.data_access.load.test_national_sheet import HEADING, person
from tests.pages.conftest import OpenApp, says, wording
from tests.pages.data.test_imports import press, upload
from tests.support.households import VILLAGE, household, merged, village

PAGE = "data/start"
PLACES = ["县", "镇", "行政区划代码"]
PLACE = ["汉滨区", "关庙镇", VILLAGE]


@pytest.fixture
def nothing(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"duckdb:///{(tmp_path / 'household').as_posix()}"


def test_a_board_is_made_from_a_person_sheet_alone(open_app: OpenApp, nothing: str) -> None:
    app = open_app(nothing, page=PAGE)
    sheet = [[*HEADING, *PLACES], person("H1-1", *PLACE), person("H1-2", *PLACE)]
    upload(app, *sheet)
    assert says(app, "start.found", counties=1, townships=1, villages=1)
    press(app, "start_confirm")
    assert says(app, "start.count_villages", rows="1")
    assert says(app, "start.count_departments", rows="11")
    press(app, "imports_check")
    press(app, "imports_load")
    assert app.success[0].value == wording("imports.published", name="人员.csv", rows=2)
    assert says(app, "start.count_households", rows="1")
    board = open_app(nothing, page="board/overview")
    assert not says(board, "start.nothing_yet")
    assert not says(board, "start.no_households")


def test_a_sheet_without_codes_says_which_column_is_missing(open_app: OpenApp, nothing: str) -> None:
    app = upload(open_app(nothing, page=PAGE), HEADING, person("H1-1"))
    assert app.error
    assert "start_confirm" not in {button.key for button in app.button}


@pytest.mark.parametrize("page", ["board/overview", "households/warnings", "data/imports", "inspection/draw"])
def test_every_page_points_there_while_there_is_nothing(open_app: OpenApp, nothing: str, page: str) -> None:
    assert says(open_app(nothing, page=page), "start.nothing_yet")


def test_without_households_a_page_points_there(open_app: OpenApp, tmp_path: Path) -> None:
    assert says(open_app(embedded(tmp_path, BASE).url, page="board/overview"), "start.no_households")


def test_households_and_persons_are_those_on_the_register_as_on_the_board(open_app: OpenApp) -> None:
    gone = date(2022, 9, 1)
    rows = merged(
        village(),
        household("H1", members=[{}, {"left_on": gone}]),
        household("H2", members=[{}], closed_on=gone),
    )
    app = open_app(rows, page=PAGE)
    assert says(app, "start.count_households", rows="1")
    assert says(app, "start.count_persons", rows="1")
