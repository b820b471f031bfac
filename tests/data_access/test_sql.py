"""Expressions in SQL at their edges: they mean the same on both databases, and what Python means by the same word."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Date, Integer, cast, literal, null, select

from data_access.clock import month_number, month_text
from data_access.database.engine import HouseholdDatabase
from data_access.sql import flag, month_of, month_text_of, months_later
from tests.data_access.conftest import MakeDatabase
from tests.support.households import village

EDGES = [
    date(2021, 12, 31),
    date(2022, 1, 1),
    date(2022, 1, 31),
    date(2022, 2, 1),
    date(2024, 2, 29),
    date(2022, 9, 30),
]


@pytest.fixture(scope="module")
def database(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(village())


def worked_out(database: HouseholdDatabase, *expressions: ColumnElement[Any]) -> list[Any]:
    with database.connect() as (connection, _):
        return list(connection.execute(select(*(one.label(f"c{n}") for n, one in enumerate(expressions)))).one())


def test_a_flag_is_one_where_the_condition_holds_and_zero_where_it_is_unknown(database: HouseholdDatabase) -> None:
    unknown = cast(null(), Integer) > 1
    assert worked_out(database, flag(literal(2) > 1), flag(literal(1) > 1), flag(unknown)) == [1, 0, 0]


def test_the_month_of_a_day_is_the_one_python_counts(database: HouseholdDatabase) -> None:
    assert worked_out(database, *(month_of(literal(day, Date)) for day in EDGES)) == [
        month_number(day) for day in EDGES
    ]


def test_the_month_of_a_day_as_text_is_the_one_python_writes(database: HouseholdDatabase) -> None:
    assert worked_out(database, *(month_text_of(literal(day, Date)) for day in EDGES)) == [
        month_text(month_number(day)) for day in EDGES
    ]


def test_a_month_turns_with_its_first_day(database: HouseholdDatabase) -> None:
    first, before = (month_of(literal(date(2022, 10, 1) - timedelta(days=n), Date)) for n in (0, 1))
    assert worked_out(database, first - before) == [1]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 3, 30), 6, date(2022, 9, 30)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 8, 31), -6, date(2022, 2, 28)),
        (date(2022, 9, 30), -12, date(2021, 9, 30)),
        (date(2022, 9, 30), 0, date(2022, 9, 30)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    database: HouseholdDatabase, day: date, months: int, expected: date
) -> None:
    assert worked_out(database, months_later(literal(day, Date), months)) == [expected]
