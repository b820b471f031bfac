"""A person sheet of the national system as large as a district's: made up row by row, as text or as a workbook.

Nothing of it is in memory as a whole but the texts that a workbook shares.
"""

import csv
import random
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from data_access import id_numbers
from data_access.files.headings import with_letters
from tests.support.hostile_files import SHEET, sheet, workbook

Cell = str | int | float

COUNTY = "999902"
TOWNSHIPS, VILLAGES = 28, 15

_HEADINGS = """
省 市 县 镇 村 行政区划代码 户编号 人编号 姓名 证件类型 证件号码 与户主关系 民族 政治面貌 文化程度 在校生状况
健康状况 劳动技能 务工所在地 务工时间（月） 务工月收入 公益性岗位 是否参加城乡居民基本医疗保险 是否参加大病保险
户类型 监测对象类别 识别监测时间 致贫/返贫风险1 风险是否消除 消除监测时间 是否危房户 是否解决安全饮用水 是否有卫生厕所
家庭人口 耕地面积（亩） 住房面积（平方米） 工资性收入 生产经营性收入 财产性收入 转移性收入 生产经营性支出 合规自付支出
产业帮扶 就业帮扶 健康帮扶 综合保障 是否加入农民专业合作组织
"""
HEADINGS = tuple(_HEADINGS.split())
"""The columns that are made up; the others, up to the width that is asked for, are of the kind that nobody reads."""

_OTHERS = ("否", "", "", "12.5", "2026-03-20", "无", "", "陕西省安康市汉滨区某镇某村\n一组", "0", "")


def headings(columns: int) -> list[str]:
    """So many headings."""
    return [*HEADINGS, *(f"其他列{number}" for number in range(columns - len(HEADINGS)))]


def region_rows() -> Iterator[dict[str, Any]]:
    """The regions that the sheet names, as rows of the table."""
    yield {"code": COUNTY, "name_zh": "样例区", "name_en": "County", "level": "county", "parent_code": None}
    for township in range(TOWNSHIPS):
        code = f"{COUNTY}{100 + township}"
        yield {"code": code, "name_zh": f"第{township}镇", "name_en": code, "level": "township", "parent_code": COUNTY}
        for number in range(VILLAGES):
            own = f"{code}{200 + number}"
            name = f"第{township}镇{number}村"
            yield {"code": own, "name_zh": name, "name_en": own, "level": "village", "parent_code": code}


def rows(count: int, *, columns: int) -> Iterator[list[Cell]]:
    """So many persons; a blank cell is the empty text."""
    others = _others(columns)
    for number, row in enumerate(_persons(count)):
        yield [*row, *others[number % len(others)]]


def _others(columns: int) -> list[list[Cell]]:
    """What stands in the columns that nobody reads, some rows of it."""
    chance = random.Random(columns)
    return [[chance.choice(_OTHERS) for _ in range(columns - len(HEADINGS))] for _ in range(50)]


def _persons(count: int) -> Iterator[list[Cell]]:
    chance, made, home = random.Random(2026), 0, 0
    while made < count:
        home += 1
        size = min(chance.choice((1, 2, 3, 3, 4, 4)), count - made)
        yield from _household(home, size=size, chance=chance)
        made += size


def _household(home: int, *, size: int, chance: random.Random) -> Iterator[list[Cell]]:
    township, village = home % TOWNSHIPS, chance.randrange(VILLAGES)
    number, watched = f"9999{home:08d}", home % 8 == 0
    ended = watched and home % 16 == 0
    income = [chance.randrange(15_000, 60_000), chance.randrange(2_000, 15_000), 0, chance.randrange(500, 5_000), 900]
    of_home = ["脱贫户" if home % 3 == 0 else "一般农户"]
    of_home += ["边缘易致贫户", "2026-03", "因病"] if watched else [""] * 3
    of_home += ["是" if ended else "否", "2026-09" if ended else ""] if watched else [""] * 2
    conditions = ["是" if home % 20 == 3 else "否", "是", "是", size, 3.5, 100, *income, chance.choice((0, 800, 3_000))]
    conditions += ["是" if watched else "", "2026-03-20" if watched and not ended else "", "是" if watched else "", ""]
    for at in range(size):
        born, male = date((1955, 1958, 2005, 2015)[at] + chance.randrange(9), 1 + home % 12, 1 + home % 28), at != 1
        pupil, able = at > 1, at < 2 and born.year > 1960
        works = able and home % 2 == 0
        yield [
            *("陕西省", "安康市", "样例区", f"第{township}镇", f"第{township}镇{village}村"),
            *(f"{COUNTY}{100 + township}{200 + village}", number, f"{number}{at + 1:02d}"),
            chance.choice("张王李赵陈杨周吴郑冯") + chance.choice("伟芳娜敏静丽强磊军洋") + chance.choice("国建文明"),
            *("居民身份证", _certificate(home * 4 + at, born=born, male=male)),
            *(("户主", "配偶", "之子", "之子")[at], "汉族", "群众"),
            *(("", "小学" if at == 3 else "普通高中一年级") if pupil else ("初中", "")),
            *(chance.choice(("健康",) * 5 + ("长期慢性病",)), "普通劳动力" if able else "无劳动力"),
            *(("省外", 8, 3_800) if works else ("", "", "")),
            *("护林员" if home % 10 == 7 and at == 0 else "", "是", "是", *of_home, *conditions),
            "是" if home % 4 == 0 else "否",
        ]


def _certificate(number: int, *, born: date, male: bool) -> str:
    """A certificate number with a right check digit, another one for every person."""
    region = 100_000 + number // 500 % 800_000
    digits = f"{region}{born:%Y%m%d}{number % 500 * 2 + male:03d}"
    return digits + id_numbers.check_character(digits)


def write_csv(path: Path, *, count: int, columns: int, encoding: str = "utf-8") -> None:
    """The sheet as text."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings(columns))
        writer.writerows(rows(count, columns=columns))


def write_xlsx(path: Path, *, count: int, columns: int) -> None:
    """The sheet as a workbook, whose texts are shared as spreadsheets share them."""
    strings: dict[str, int] = {}
    letters = [with_letters("", at)[2:-1] for at in range(columns)]
    before, after = sheet("\n").encode().split(b"\n")
    others = [_cells(row, letters[len(HEADINGS) :], strings=strings) for row in _others(columns)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(SHEET, "w", force_zip64=True) as part:
            part.write(before)
            part.write(_row(_cells(headings(columns), letters, strings=strings), number=1))
            for at, row in enumerate(_persons(count)):
                part.write(_row(_cells(row, letters, strings=strings) + others[at % len(others)], number=at + 2))
            part.write(after)
        shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        with zipfile.ZipFile(BytesIO(workbook("", strings=shared, names=["人员信息"]))) as other:
            for name in other.namelist():
                if name != SHEET:
                    archive.writestr(name, other.read(name))


def _cells(row: Sequence[Cell], letters: Sequence[str], *, strings: dict[str, int]) -> str:
    """The XML of some cells of a row; # stands for the number of the row."""
    return "".join(
        f'<c r="{letter}#" t="s"><v>{strings.setdefault(cell, len(strings))}</v></c>'
        if isinstance(cell, str)
        else f'<c r="{letter}#"><v>{cell}</v></c>'
        for letter, cell in zip(letters, row, strict=False)
        if cell != ""
    )


def _row(cells: str, *, number: int) -> bytes:
    return f'<row r="#">{cells}</row>'.replace("#", str(number)).encode()
