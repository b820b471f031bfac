"""Columns of cells in their usual form mean what the reader of one cell says; everything else is left to it."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from data_access import id_numbers
from data_access.files.cells import CellRuleError, day
from data_access.load.cells import parser
from data_access.load.derived import OF_CERTIFICATE, of_certificate
from data_access.load.kinds import FileField
from data_access.load.staging import arrow_type
from data_access.load.usual import said_by_certificates, usual_values, without_times
from data_access.schema.tables import data_load, metadata

AS_OF = date(2022, 9, 30)
BODY = "61090219900307123"
RIGHT = BODY + id_numbers.check_character(BODY)
WRONG = BODY + ("0" if RIGHT[-1] != "0" else "1")
TEXTS = [
    *("0", "00", "1", "007", "12.5", "13.5", "1200.00", "2147483648", "99999999999999", "1e5", "-3", "1,200", "+1"),
    *("9990200000001", "999020000000101X", "12E5", "0.0", "1.0", "3户", "=1", "'12", "#N/A", "Err:502", "null", "-"),
    *(RIGHT, WRONG, RIGHT.replace("0307", "0231"), "61090219900307123x", f"{RIGHT}41", "H12345678", "610902900307123"),
    *("13800000000", "03800000000", "0915-3212345", "138 0000 0000", "86138000000", "13800000000、13900000000", "无"),
    *("张三", "张 三", "买买提·艾力", "未采集", "不详", "至今", "没有", "﨎", "是", "否", "户主", "一组", "长" * 201),
    *("2022-09-30", "20220930", "2022年9月30日", "202209", "2022-02-30", "2030-01-01", "1800-01-01", "", " ", "Ann Li"),
]
COLUMNS = [column for table in metadata.sorted_tables if table is not data_load for column in table.c]


def meaning(field: FileField, text: str) -> Any:
    try:
        return parser(field, as_of=AS_OF)(text)
    except CellRuleError as error:
        return error


def test_what_is_read_at_once_is_what_one_cell_means() -> None:
    for column in COLUMNS:
        field = FileField(table=column.table.name, column=column.name, headings=frozenset())
        found = usual_values(pa.array(TEXTS), field, type_=arrow_type(column.type)).to_pylist()
        for text, value in zip(TEXTS, found, strict=True):
            assert value is None or meaning(field, text) == value, f"{column} {text}"


@pytest.mark.parametrize(
    ("key", "usual"),
    [
        ("household.household_id", {"1", "007", "9990200000001", RIGHT, "13800000000"}),
        ("household_indicator.wage_income", {"0", "12.5", "1200.00"}),
        ("household_indicator.farmland_mu", {"12.5", "0.0"}),
        ("member.id_no", {RIGHT}),
        ("household.phone", {"13800000000"}),
        ("member.name", {"张三"}),
        ("match.id_no", {RIGHT, WRONG}),
    ],
)
def test_what_fills_most_rows_is_read_at_once(key: str, usual: set[str]) -> None:
    table, column = key.split(".")
    field = FileField(table=table, column=column, headings=frozenset())
    type_ = pa.string() if field.declared is None else arrow_type(field.declared.type)
    found = usual_values(pa.array(TEXTS), field, type_=type_).to_pylist()
    assert usual <= {text for text, value in zip(TEXTS, found, strict=True) if value is not None}
    assert all(value is None or meaning(field, text) == value for text, value in zip(TEXTS, found, strict=True))


def test_words_of_a_mapping_are_never_passed_over() -> None:
    field = FileField(table="member", column="disability_grade", headings=frozenset(), words={"1": "4"})
    assert usual_values(pa.array(["1"]), field, type_=pa.int32()).to_pylist() == [None]


def test_certificates_say_at_once_what_each_says() -> None:
    numbers = [RIGHT, WRONG, f"{RIGHT[:6]}19900231{RIGHT[14:]}", f"{RIGHT}41", RIGHT[:17], "H12345678", None, "", RIGHT]
    said = said_by_certificates(pa.array(numbers, pa.string()))
    assert list(zip(*(said[name].to_pylist() for name in OF_CERTIFICATE), strict=True)) == list(
        map(of_certificate, numbers)
    )


def test_a_time_of_day_says_nothing_of_the_day() -> None:
    texts = ["20220930101530", "202209301015", "2022-09-30 10:15:30", "2022/9/30 9:05", "2022-09-30T10:15:30.25"]
    assert [day(text) for text in texts] == [AS_OF] * 5
    short = without_times(pa.array([*texts, "2022-09-30 23:15:30+00:00", "20220930", "2022-02-30 10:00"])).to_pylist()
    assert [day(text) for text in short[:5]] == [AS_OF] * 5
    assert {len(text) for text in short[:5]} <= {8, 9, 10}
    assert short[5:] == ["2022-09-30 23:15:30+00:00", "20220930", "2022-02-30"]  # with a zone it may be the day after
