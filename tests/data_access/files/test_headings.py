"""Which column is which: titles above, merged cells, unknown headings, maps made by hand."""

import pytest

from data_access.files.headings import IGNORED, Recognised, recognise
from data_access.files.parsing.merged import Merged
from data_access.load.kinds import load_kinds

PERSONS = load_kinds()["persons"]


def read(*rows: list[str], mapped: dict[str, str] | None = None) -> Recognised:
    return recognise(rows, fields=PERSONS.fields, mapped=mapped)


def fields(found: Recognised) -> dict[str, str]:
    return {found.headings[at]: PERSONS.fields[field].key for at, field in found.columns.items()}


def test_headings_are_found_below_a_title_whatever_their_blanks_and_brackets() -> None:
    found = read(["人员信息表"], [], ["户编号", " 人 编号*", "所在镇(街道)", "没人知道"])
    assert found.row == 2
    assert fields(found) == {
        "户编号": "household.household_id",
        "人 编号*": "member.member_id",
        "所在镇(街道)": "place.township",
    }
    assert found.unknown == ("没人知道",)
    assert found.missing == ()


def test_a_merged_cell_gives_its_name_to_the_column_below() -> None:
    found = read(["户编号", "家庭成员", "", ""], ["", "人编号", "姓名", "性别"])
    assert found.row == 1
    assert fields(found) == {
        "户编号": "household.household_id",
        "人编号": "member.member_id",
        "姓名": "member.name",
        "性别": "member.gender",
    }


def test_what_is_missing_is_said() -> None:
    assert read(["姓名", "性别"]).missing == ("household.household_id", "member.member_id")


def test_two_columns_for_one_field_are_both_named_until_one_is_chosen() -> None:
    assert read(["户编号", "人编号", "户编码"]).twice == ("户编号", "户编码")
    rows = ["户编号", "人编号", "联系电话", "姓名", "联系电话"]
    assert read(rows).twice == ("联系电话 [C]", "联系电话 [E]")
    chosen = read(rows, mapped={"联系电话 [E]": IGNORED})
    assert chosen.twice == ()
    assert fields(chosen)["联系电话"] == "household.phone"
    assert 4 not in chosen.columns


@pytest.mark.parametrize("merged", [[(0, 2, 0, 3), (0, 4, 0, 5)], []], ids=["merged", "as text"])
def test_what_stands_above_a_heading_is_part_of_its_name(merged: list[Merged]) -> None:
    upper = ["户编号", "人编号", "户主信息", "", "家庭成员", ""]
    found = recognise([upper, ["", "", "姓名", "证件号码", "姓名", "证件号码"]], fields=PERSONS.fields, merged=merged)
    assert found.row == 1
    assert [PERSONS.fields[found.columns[at]].key for at in range(2, 6)] == [
        "household.head_name",
        "household.head_id_no",
        "member.name",
        "member.id_no",
    ]


def test_two_years_side_by_side_have_two_names_of_which_one_is_chosen() -> None:
    upper, lower = ["户编号", "人编号", "2021年", "", "2022年", ""], ["", "", *["工资性收入", "财产性收入"] * 2]
    assert read(["标题"], upper, lower).twice == (
        "2021年·工资性收入",
        "2021年·财产性收入",
        "2022年·工资性收入",
        "2022年·财产性收入",
    )
    found = read(["标题"], upper, lower, mapped={"2021年·工资性收入": IGNORED, "2021年·财产性收入": IGNORED})
    assert found.twice == found.unknown == ()
    assert sorted(found.columns) == [0, 1, 4, 5]


def test_words_under_the_heading_belong_to_it() -> None:
    found = read(["户编号", "人编号", "措施", "", "工资性收入"], ["", "", "甲", "乙", "万元"], ["H1", "P1"])
    assert found.row == 1
    assert found.unknown == ("措施·甲", "措施·乙", "工资性收入·万元")


def test_three_rows_of_headings_below_title_and_unit_lines() -> None:
    found = read(
        ["汉滨区人员表"],
        ["填报单位：关庙镇", "", "", "", "单位：元"],
        ["基本情况", "", "家庭情况", "", ""],
        ["户编号", "人编号", "户主", "", "收入"],
        ["", "", "姓名", "证件号码", "工资性收入"],
        ["H1", "P1", "丙", "1", "2"],
    )
    assert found.row == 4
    assert [PERSONS.fields[field].column for field in found.columns.values()] == [
        "household_id",
        "member_id",
        "head_name",
        "head_id_no",
        "wage_income",
    ]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        *((f"致贫/返贫风险{at}", f"cause_{at}") for at in range(1, 6)),
        ("风险是否消除", "outcome"),
        ("风险识别时间", "identified_on"),
        ("整户无劳动能力兜底保障户", "no_labor_backstop"),
        ("易返贫致贫户(监测对象)类型", "category"),
        ("1.联系\n电话（必填）", "phone"),
        ("联系电话（手机）", "phone"),
        ("户类型（脱贫户/一般农户）", "household_type"),
        ("性别\n（ 男 ／ 女 ）", "gender"),
        ("与户主的关系", "relation"),
        ("公民身份证号码", "id_no"),
        ("出生时间", "birth_date"),
        ("工资性收入（元/年）", "wage_income"),
    ],
)
def test_headings_of_the_national_sheet_are_known_whatever_their_signs(heading: str, column: str) -> None:
    found = read(["户编号", "人编号", heading])
    assert found.columns[2] in {at for at, one in enumerate(PERSONS.fields) if one.column == column}


def test_an_amount_in_another_unit_is_no_amount_in_yuan() -> None:
    for heading in ("工资性收入(万元)", "工资性收入（元/月）"):
        assert read(["户编号", "人编号", heading]).unknown == (heading,)
    group = read(["户编号", "人编号", "收入（万元）", ""], ["", "", "工资性收入", "财产性收入"])
    assert group.unknown == ("收入（万元）·工资性收入", "收入（万元）·财产性收入")
    for line, scale in (
        ("单位：万元", "万元"),
        ("金额单位：人、千元", "千元"),
        ("填报单位：万源镇", ""),
        ("单位：元", ""),
    ):
        assert read(["标题"], ["", "", line], ["户编号", "人编号", "工资性收入"]).scale == scale


def test_a_map_goes_before_the_declared_headings() -> None:
    found = read(["HBH", "人编号", "姓名"], mapped={"HBH": "household.household_id", "姓名": IGNORED})
    assert fields(found) == {"HBH": "household.household_id", "人编号": "member.member_id"}
    assert found.unknown == ()


def test_every_table_of_the_contract_is_a_kind_with_its_own_columns() -> None:
    kind = load_kinds()["table_visit"]
    found = recognise([["household_id", "走访日期", "kind"]], fields=kind.fields)
    assert [kind.fields[at].key for at in found.columns.values()] == [
        "visit.household_id",
        "visit.visited_on",
        "visit.kind",
    ]


def test_indicators_are_known_by_their_own_names() -> None:
    found = read(["户编号", "人编号", "耕地面积", "近12月受灾损失"])
    assert set(fields(found).values()) >= {"household_indicator.farmland_mu", "household_indicator.disaster_loss"}
