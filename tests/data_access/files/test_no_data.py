"""Rows below the heading that are no data, and rows of data that look like them."""

from collections.abc import Sequence

import pytest

from data_access.files.no_data import load_no_data
from data_access.files.parsing.no_data import NoData

HEAD = [["关庙镇人员表"], ["序号", "户编号", "人编号", "姓名", "关系", "工资性收入（元）"]]


def why(*row: object, keys: Sequence[int] = (1, 2)) -> str | None:
    rules = load_no_data()
    sheet = NoData(alone=rules.alone, keyless=rules.keyless, keys=keys, head=HEAD)
    doubtful = any(sheet.may_be(row[at] if at < len(row) else None, at) for at in sheet.looked_at)
    found = sheet.why(row) if doubtful else None
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["合计", "", "", "", "", 300], "total"),
        (["总 计", 12.0, 45.0, "", "", 300], "total"),
        (["", "小计", "", "", "", 300], "total"),
        (["", "双溪村小计", "3人", "", "", 300], "total"),
        (["", "", "", "双溪村合计", "", 300], "total"),
        (["", "", "共计：45人", "", "", ""], "total"),
        (["Subtotal", "", "", "", "", 1], "total"),
        (["序号", "户编号", "人编号", "姓名", "关系", "工资性收入\n（元）"], "heading"),
        (["关庙镇人员表"], "heading"),
        (["栏次", 1.0, 2.0, 3.0, 4.0, 5.0], "column_numbers"),
        (["1", "2", "3", "4", "5", "6"], "column_numbers"),
        (["", "（1）", "（2）", "（3）", "（4）", ""], "column_numbers"),
        (["例", "H0", "H0-1", "张三", "户主", 1.0], "example"),
        ([1.0, "H0（示例）", "H0-1", "张三", "户主", 1.0], "example"),
        (["填表人：张三", "", "审核人：李四", "", "单位负责人：王五", ""], "signature"),
        (["", "", "", "", "关庙镇人民政府（盖章）", ""], "signature"),
        (["填报日期：2022年9月30日"], "signature"),
        (["注：1.本表一式两份"], "remark"),
        (["", "本月无新增"], "remark"),
        (["", "附表1 关庙镇人员表（续）"], "remark"),
        (["", "", "", "第 1 页 共 3 页", "", ""], "remark"),
    ],
)
def test_a_row_that_is_no_data_is_known(row: list[object], expected: str) -> None:
    assert why(*row) == expected


@pytest.mark.parametrize(
    "row",
    [
        [1.0, "H1", "H1-1", "张三", "户主", 300.0],
        ["1", "2", "3", "张三", "户主", "300"],
        [1.0, "", "H1-1", "张三", "户主", 300.0],
        [1.0, "", "", "张三", "户主", 300.0],
        [1.0, "", "", "王小计", "户主", 300.0],
        [1.0, "H1", "H1-1", "合计", "户主", 300.0],
        [1.0, "H1", "H1-1", "张三", "注：外出", 300.0],
        ["", "", "", "张三", "填表人：王五", ""],
        ["/", "", "", "张三", "", ""],
        ["1", "", "", "张三", "无", ""],
        [],
    ],
)
def test_a_row_of_data_is_never_left_out_even_where_it_lacks_its_numbers(row: list[object]) -> None:
    assert why(*row) is None
