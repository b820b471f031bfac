"""A question that was asked before is answered from the data of the day, with the values of now."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from data_access.database.duckdb_dialect import CachingDialect

pytestmark = pytest.mark.opens_a_database

NUMBERS = Table("numbers", MetaData(), Column("number", Integer))


def test_a_question_parsed_once_is_asked_with_other_values_of_other_rows_and_of_another_database() -> None:
    first, second = create_engine("duckdb:///:memory:"), create_engine("duckdb:///:memory:")
    assert isinstance(first.dialect, CachingDialect)

    def above(number: int) -> list[int]:
        return list(connection.execute(select(NUMBERS).where(NUMBERS.c.number > number)).scalars())

    with first.begin() as connection:
        NUMBERS.create(connection)
        connection.execute(insert(NUMBERS), [{"number": 1}, {"number": 2}])
        assert (above(0), above(1)) == ([1, 2], [2])
        connection.execute(insert(NUMBERS), [{"number": 3}])
        assert above(1) == [2, 3]
    with second.begin() as connection:
        NUMBERS.create(connection)
        assert above(0) == []
