"""The national system's person sheet of a household database: one row per person, household columns repeated."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Boolean, Column, Engine, select

from data_access.schema.indicators import load_codes, load_indicators
from data_access.schema.tables import household, household_indicator, member, region

WIDTH = 177
"""Columns of the national export; those that nobody reads are filled with 其他列."""

_PERSON = {
    "姓名": "name",
    "与户主关系": "relation",
    "性别": "gender",
    "出生日期": "birth_date",
    "证件号码": "id_no",
    "文化程度": "education",
    "在校生状况": "school_stage",
    "健康状况": "health",
    "残疾等级": "disability_grade",
    "劳动技能": "labour",
    "是否有就业意愿": "wants_work",
    "未就业原因": "no_work_reason",
    "基本医保": "insurance",
    "社会救助": "relief",
}
_HOME = {
    "村民小组": "group_no",
    "户主姓名": "head_name",
    "户主证件号码": "head_id_no",
    "联系电话": "phone",
    "户类型": "household_type",
    "是否易地扶贫搬迁户": "relocated",
}


def headings() -> list[str]:
    """The headings, `WIDTH` of them."""
    named = ["户编号", "人编号", "乡镇", "行政村", *_HOME, *_PERSON, *_indicators(), "核算人口", "收入核算期末"]
    return [*named, *(f"其他列{number}" for number in range(WIDTH - len(named)))]


def _indicators() -> dict[str, str]:
    return {
        part.zh: part.name
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for part in indicator.columns
    }


def sheet_rows(engine: Engine) -> Iterator[list[Any]]:
    """The rows of the sheet, one per person on the register now, codes in Chinese words."""
    village, township = region.alias("village"), region.alias("township")
    query = (
        select(
            household.c.household_id,
            member.c.member_id,
            township.c.name_zh,
            village.c.name_zh,
            *(household.c[name] for name in _HOME.values()),
            *(member.c[name] for name in _PERSON.values()),
            *(household_indicator.c[name] for name in _indicators().values()),
            household_indicator.c.income_persons,
            household_indicator.c.income_period_end,
        )
        .join(member, member.c.household_id == household.c.household_id)
        .join(household_indicator, household_indicator.c.household_id == household.c.household_id)
        .join(village, village.c.code == household.c.village_code)
        .join(township, township.c.code == village.c.parent_code)
        .where(household.c.closed_on.is_(None), member.c.left_on.is_(None), household_indicator.c.valid_to.is_(None))
        .order_by(household.c.household_id, member.c.member_id)
    )
    parts = [*(household.c[name] for name in _HOME.values()), *(member.c[name] for name in _PERSON.values())]
    parts += [household_indicator.c[name] for name in _indicators().values()]
    words = [_words(part) for part in parts]
    filler = ["其他"] * (WIDTH - len(parts) - 6)
    with engine.connect() as connection:
        for row in connection.execute(query):
            values = [_cell(value, known) for known, value in zip(words, row[4:-2], strict=True)]
            yield [*row[:4], *values, *row[-2:], *filler]


def _cell(value: Any, known: dict[Any, str]) -> Any:
    """A value as the sheet shows it; of the 32 bits of a decimal no more than were entered."""
    return round(value, 3) if isinstance(value, float) else known.get(value, value)


def _words(part: Column) -> dict[Any, str]:
    if isinstance(part.type, Boolean):
        return {True: "是", False: "否"}
    codes = part.info["codes"]
    return {} if codes is None else {code: label["zh"] for code, label in load_codes()[codes].items()}


def write_csv(path: Path, engine: Engine, *, encoding: str = "gb18030", times: int = 1) -> int:
    """Write the sheet; returns its rows. `times`: so many districts, households and persons numbered anew."""
    rows = 0
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings())
        for copy in range(times):
            for row in sheet_rows(engine):
                mark = f"-{copy}" if copy else ""
                writer.writerow(["" if cell is None else cell for cell in (row[0] + mark, row[1] + mark, *row[2:])])
                rows += 1
    return rows


def write_xlsx(path: Path, engine: Engine) -> int:
    """Write the sheet as a workbook; returns its rows."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("人员信息")
    sheet.write_row(0, 0, headings())
    rows = 0
    for rows, row in enumerate(sheet_rows(engine), start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(rows, column, cell)
            elif cell is not None:
                sheet.write(rows, column, cell)
    book.close()
    return rows
