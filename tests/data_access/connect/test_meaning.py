"""What is wrong with rows as a whole is told with what follows from it."""

from datetime import date

import pandas as pd
import pytest

from data_access.connect.assembling import Frames, clues_due, region_by_level
from data_access.connect.meaning import tell_meaning
from data_access.connect.reading import Told
from data_access.connect.telling import load_told
from data_access.load.incoming import INCOMES


def told_of(frames: Frames) -> dict[tuple[str, str, str], int]:
    told = Told()
    tell_meaning(frames, told=told)
    assert {rule for _, _, rule in told.counts} <= set(load_told())
    return dict(told.counts)


@pytest.mark.parametrize(
    ("table", "says", "ends", "word"),
    [
        ("household", "closed_reason", "closed_on", "died_out"),
        ("member", "leave_reason", "left_on", "died"),
        ("monitoring_case", "outcome", "eliminated_on", "eliminated"),
        ("clue", "result", "checked_on", "case"),
    ],
)
def test_what_is_over_without_a_day_is_told(table: str, says: str, ends: str, word: str) -> None:
    days = [pd.Timestamp(2022, 9, 1), pd.NaT, pd.NaT]
    rows = pd.DataFrame({"household_id": ["1", "2", "3"], says: [word, word, None], ends: days})
    assert told_of({table: rows})[table, says, f"no_end_{table}"] == 1
    assert told_of({table: rows.drop(columns=ends)})[table, says, f"no_end_{table}"] == 2


def test_a_person_in_two_households_is_told_unless_one_was_left() -> None:
    people = pd.DataFrame(
        [
            ("1", "01", "张三", date(1990, 3, 7), "A", None),
            ("2", "07", "张三", date(1990, 3, 7), "A", None),  # by the certificate
            ("3", "09", "李四", date(1985, 1, 2), None, None),
            ("4", "09", "李四", date(1985, 1, 2), None, None),  # by number, name and day of birth
            ("5", "01", "王五", date(1970, 1, 2), None, None),
            ("6", "01", "赵六", date(1970, 1, 3), None, None),  # numbered in each household from 1
            ("7", "02", "孙七", date(1960, 1, 3), "B", pd.Timestamp(2022, 9, 1)),
            ("8", "03", "孙七", date(1960, 1, 3), "B", None),
        ],
        columns=["household_id", "member_id", "name", "birth_date", "id_no", "left_on"],
    )
    assert told_of({"member": people}) == {("member", "member_id", "person_twice"): 4}


def test_incomes_of_an_unknown_number_of_persons_are_told() -> None:
    rows = pd.DataFrame({"household_id": ["1", "2"], **dict.fromkeys(INCOMES, 1000)})
    about = ("household_indicator", "income_persons", "income_without_persons")
    assert told_of({"household_indicator": rows}) == {about: 2}
    assert told_of({"household_indicator": rows.assign(income_persons=pd.array([3, None], "Int32"))}) == {about: 1}


def test_a_household_in_a_township_is_told() -> None:
    regions = pd.DataFrame({"code": ["999902101", "999902101200"], "level": ["township", "village"]})
    homes = pd.DataFrame({"household_id": ["1", "2"], "village_code": regions["code"]})
    assert told_of({"household": homes, "region": regions}) == {("household", "village_code", "home_above_village"): 1}


def test_regions_are_found_by_codes_of_any_length_and_told_where_they_are_short_or_stand_twice() -> None:
    told = Told()
    rows = pd.DataFrame(
        [
            ("999902", None, "安和县", "county"),
            ("999902101", "999902000000", "青石镇", "township"),
            ("999902101200", "999902101000", "一村", "village"),
            ("999902101200", "999902101000", "二村", "village"),
            ("99990210", "999902", "白石镇", "township"),
            ("999902102", "999902", "红石乡", None),
        ],
        columns=["code", "parent_code", "name_zh", "level"],
    )
    found = region_by_level(rows, told=told)
    assert found["parent_code"].tolist()[1:] == ["999902", "999902101", "999902", "999902"]
    assert dict(told.counts) == {("region", "parent_code", "not_below"): 1, ("region", "code", "region_twice"): 1}
    assert told.examples["region", "code", "region_twice"] == [("999902101200", "二村")]


def test_a_warning_of_a_department_is_due_after_the_days_that_were_laid_down_when_it_came() -> None:
    days = ["2020-12-31", "2023-02-13", "2023-02-14", "2023-02-14", "2023-02-14", None]
    ways = [None, "department", "department", None, "hotline", None]
    rows = pd.DataFrame({"received_on": pd.Series(days, dtype="datetime64[ns]"), "way": ways})
    due = clues_due(rows)["due_on"]
    before, later = pd.Timestamp("2023-02-28"), pd.Timestamp("2023-02-19")
    assert due.tolist() == [pd.NaT, before, later, later, pd.NaT, pd.NaT]
    said = pd.Series([None, "2023-03-01", None, None, None, None], dtype="datetime64[ns]")
    own = rows.assign(due_on=said)
    assert clues_due(own)["due_on"].tolist()[1:3] == [pd.Timestamp("2023-03-01"), later]
    assert "due_on" not in clues_due(rows[4:])
