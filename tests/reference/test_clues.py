"""The department table and the needs and tasks equal a slow and obvious count, by village and department."""

from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.lists.figures import read_figures
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.scope import Scope
from pages.data.comparison import figures
from pages.households.clues import case_help
from tests.reference import clues
from tests.reference.frames import Frames

DAYS = [date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30)]
KEY = ["village_code", "department"]


def counted(database: HouseholdDatabase, metrics: tuple[str, ...], *, on: date) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = read_figures(snapshot, scope=Scope.district(), metrics=metrics, by=tuple(KEY), on=on)
    return found.set_index(KEY).sort_index()


def assert_equal(found: pd.DataFrame, rows: pd.DataFrame) -> None:
    expected = rows.groupby(KEY)[list(found.columns)].sum().astype("int64").sort_index()
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_departments_have_the_clues_that_the_reference_counts(
    database: HouseholdDatabase, tables: Frames, day: date
) -> None:
    rows = clues.department_clues(tables, pd.Timestamp(day), months=limit("clue_look_back_months", on=day))
    found = counted(database, figures.COUNTS, on=day)
    assert_equal(found, rows.reindex(columns=[*KEY, *figures.COUNTS]).fillna(0))
    assert (found.sum() > 0).drop("department_clues_unmatched").all()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_open_cases_have_the_needs_and_tasks_that_the_reference_counts(
    database: HouseholdDatabase, tables: Frames, day: date
) -> None:
    found = counted(database, case_help.COUNTS, on=day)
    assert_equal(found, clues.case_help(tables, pd.Timestamp(day)))
    assert (found.sum() > 0).drop("tasks_overdue").all()
