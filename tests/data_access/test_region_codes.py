"""The codes of counties, townships and villages."""

import pandas as pd
import pytest
from sqlalchemy import create_engine, literal, select

from data_access.region_codes import (
    LEVELS,
    at_level,
    cut_codes,
    cut_in_sql,
    is_region_code,
    level_of,
    path_of,
    township_of,
)

pytestmark = pytest.mark.opens_a_database

COUNTY, TOWNSHIP, VILLAGE = "610902", "610902104", "610902104201"


def test_a_code_begins_with_the_codes_of_the_regions_it_lies_in() -> None:
    assert [at_level("610902104000", level) for level in ("county", "township")] == [COUNTY, TOWNSHIP]
    assert (township_of(VILLAGE), township_of(COUNTY)) == (TOWNSHIP, COUNTY)
    assert path_of(VILLAGE) == (COUNTY, TOWNSHIP, VILLAGE)
    assert path_of(COUNTY) == (COUNTY,)


def test_the_digits_of_a_code_say_its_level() -> None:
    assert [level_of(code) for code in path_of(VILLAGE)] == list(LEVELS) == ["county", "township", "village"]
    with pytest.raises(ValueError, match="61"):
        level_of("61")


@pytest.mark.parametrize("text", ["", "61", "61090210", "6109021042011", "６１０９０２", "61090A"])
def test_what_has_other_digits_is_no_code(text: str) -> None:
    assert not is_region_code(text)
    assert is_region_code(VILLAGE)


@pytest.mark.parametrize("level", LEVELS)
def test_many_codes_are_cut_alike_in_frames_and_in_sql(level: str) -> None:
    [wanted] = [code for code in path_of(VILLAGE) if level_of(code) == level]
    assert cut_codes(pd.Series([VILLAGE]), level=level).tolist() == [wanted]
    with create_engine("duckdb:///:memory:").connect() as connection:
        assert connection.execute(select(cut_in_sql(literal(VILLAGE), level=level))).scalar_one() == wanted
