"""The reference scores and frames, checked against numbers worked out by hand: a yardstick has to be right first."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine

from tests.reference.frames import read_tables, records, tables_from_rows
from tests.reference.scores import score_households
from tests.support.households import (
    Changes,
    Rows,
    create_database,
    factory,
    household,
    merged,
    village,
)

END_OF_SEPTEMBER = date(2022, 9, 30)


def score_of(*parts: Rows, on: date = END_OF_SEPTEMBER) -> dict[str, Any]:
    return records(score_households(tables_from_rows(merged(village(), *parts)), on=on))[0]


def test_a_score_is_risk_less_resistance() -> None:
    row = score_of(household(indicators={"lost_main_labor": True, "uninsured_n": 2, "worker_months": 7}))
    assert (row["points_lost_main_labour"], row["points_uninsured"], row["points_steady_work"]) == (12, 5, 3)
    assert (row["score"], row["rules_not_assessed"], row["lamp"]) == (14, 0, "none")


def test_two_rules_of_one_class_are_one_shortfall() -> None:
    row = score_of(household(indicators={"house_grade": "C", "house_damaged": True, "uninsured_n": None}))
    shortfalls = {column for column in row if column.startswith("shortfall_") and row[column]}
    assert shortfalls == {"shortfall_housing"}


def test_the_classes_of_shortfall_are_the_five_of_the_district() -> None:
    classes = {column.removeprefix("shortfall_") for column in score_of(household()) if column.startswith("shortfall_")}
    assert classes == {"income", "housing", "water", "education", "medical"}


def test_an_interval_holds_from_its_first_day_up_to_its_last() -> None:
    intervals: list[Changes] = [
        {"valid_from": date(2021, 5, 1), "valid_to": date(2022, 3, 10)},
        {"valid_from": date(2022, 3, 10), "valid_to": date(2022, 6, 1), "water_problem": True},
    ]
    lamps = [
        score_of(household(indicators=intervals), on=day)["lamp"]
        for day in (
            date(2021, 4, 30),
            date(2021, 5, 1),
            date(2022, 3, 9),
            date(2022, 3, 10),
            date(2022, 5, 31),
            date(2022, 6, 1),
        )
    ]
    assert lamps == ["undetermined", "none", "none", "red", "red", "undetermined"]


def test_of_two_intervals_on_one_day_the_one_that_began_last_counts() -> None:
    intervals: list[Changes] = [
        {"valid_from": date(2021, 5, 1)},
        {"valid_from": date(2022, 1, 1), "water_problem": True},
    ]
    assert score_of(household(indicators=intervals))["lamp"] == "red"
    assert score_of(household(indicators=intervals), on=date(2021, 12, 31))["lamp"] == "none"


def test_a_household_exists_from_its_registration_up_to_its_closing() -> None:
    tables = tables_from_rows(merged(village(), household(registered_on=date(2022, 2, 1), closed_on=date(2022, 4, 1))))
    days = [date(2022, 1, 31), date(2022, 2, 1), date(2022, 3, 31), date(2022, 4, 1)]
    assert [len(score_households(tables, on=day)) for day in days] == [0, 1, 1, 0]


# --- frames ---


@pytest.mark.opens_a_database
def test_rows_and_a_database_of_the_same_rows_give_the_same_frames(tmp_path: Path) -> None:
    rows = merged(
        village(),
        factory(),
        household(
            "H1", household_type=None, members=3, cases=[{}], measures=[{}], clues=[{}], screenings=[{}], jobs=[{}]
        ),
        household("H2", indicators=None),
    )
    engine = create_engine(f"duckdb:///{tmp_path / 'households.duckdb'}")
    create_database(engine, rows)
    read, made = read_tables(engine), tables_from_rows(rows)
    engine.dispose()
    assert read.keys() == made.keys()
    for name in made:
        keys = list(made[name].columns)
        pd.testing.assert_frame_equal(
            read[name].sort_values(keys, ignore_index=True), made[name].sort_values(keys, ignore_index=True)
        )


def test_a_misspelt_column_is_refused(tmp_path: Path) -> None:
    engine = create_engine(f"duckdb:///{tmp_path / 'households.duckdb'}")
    with pytest.raises(KeyError, match="water_trouble"):
        create_database(engine, household(indicators={"water_trouble": True}))
